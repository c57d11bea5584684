"""What the run list sorts by: returns, and the environment's id as a column of its own."""

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NO_RETURNS = msgspec.msgpack.encode([])


def upgrade() -> None:
    """Add the columns; of the returns of older runs nothing is known."""
    nothing, unknown = sa.text("''"), sa.text(f"x'{NO_RETURNS.hex()}'")
    op.add_column("runs", sa.Column("environment_id", sa.Text(), nullable=False, server_default=nothing))
    op.add_column("runs", sa.Column("last_return", sa.Double(), nullable=True))
    op.add_column("runs", sa.Column("best_return", sa.Double(), nullable=True))
    op.add_column("runs", sa.Column("returns", sa.LargeBinary(), nullable=False, server_default=unknown))
    runs = sa.table("runs", sa.column("id"), sa.column("environment"), sa.column("environment_id"))
    connection = op.get_bind()
    for run, environment in connection.execute(sa.select(runs.c.id, runs.c.environment)).all():
        name = str(msgspec.msgpack.decode(environment).get("id", ""))
        connection.execute(runs.update().where(runs.c.id == run).values(environment_id=name))
