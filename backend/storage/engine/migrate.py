"""Brings a database to the newest schema revision; forward only."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from backend.storage.errors import SchemaTooNew

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """Apply the missing revisions in one transaction, or refuse a database from a newer version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found == known.get_current_head():
            return
        if found is not None and found not in {script.revision for script in known.walk_revisions()}:
            raise SchemaTooNew(
                f"The database has schema revision {found}; this version knows up to {known.get_current_head()}. "
                "Usual cause: it was opened by a newer Policyscope. Upgrade Policyscope, or use another data directory."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
