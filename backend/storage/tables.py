"""The schema: every table once, in SQLAlchemy Core.

runs        run records; beside them run_tags, idempotency and edits
streams     the data of one run in one epoch:
records     the newest payloads as they came, for replay and as the open tail
events      each at its seq
series      name to number
segments    blocks of consecutive rows:
axes        x of every row
columns     one metric's points
histograms  one distribution's rows
meta, login_keys, grants
"""

from typing import Any

import msgspec
import sqlalchemy as sa


class Packed(sa.types.TypeDecorator[Any]):
    """Any JSON-like value as MessagePack, because SQL REAL and JSON both lose NaN and infinities."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes:
        return msgspec.msgpack.encode(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else msgspec.msgpack.decode(value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _foreign(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.ForeignKey(f"{target}.id"), nullable=False, **options)


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.Column("recipe", sa.Text),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("environment", Packed, nullable=False),
    sa.Column("environment_id", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("budget", Packed, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reachable", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("update", sa.BigInteger, nullable=False),
    sa.Column("env_steps", sa.BigInteger, nullable=False),
    sa.Column("episodes", sa.BigInteger, nullable=False),
    sa.Column("last_return", sa.Double),
    sa.Column("best_return", sa.Double),
    sa.Column("returns", Packed, nullable=False),
    sa.Column("controls_version", sa.Integer, nullable=False),
    sa.Column("controls_values", Packed, nullable=False),
    sa.Column("pace", sa.Double),
    sa.Column("parent", Packed, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("tags", Packed, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("created", sa.Text, nullable=False),
    sa.Column("started", sa.Text),
    sa.Column("ended", sa.Text),
    sa.Column("reproducible", Packed, nullable=False),
    sa.Column("config", Packed, nullable=False),
    sa.Column("agent", sa.Text),
    sa.Column("memo", Packed, nullable=False),
    sa.Column("deleted_at", sa.Double),
    sa.Index(None, "created", "id"),
    sa.Index(None, "name_key", "id"),
    sa.Index(None, "state", "id"),
)

run_tags = sa.Table(
    "run_tags",
    metadata,
    sa.Column("tag", sa.Text, primary_key=True),
    _foreign("run_id", "runs", primary_key=True, index=True),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    _foreign("run_id", "runs"),
)

edits = sa.Table(
    "edits",
    metadata,
    _foreign("run_id", "runs", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("edit_id", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("values", Packed, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger),
    sa.UniqueConstraint("run_id", "edit_id"),
)

streams = sa.Table(
    "streams",
    metadata,
    _serial(),
    _foreign("run_id", "runs"),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("ended", sa.BigInteger, nullable=False),
    sa.Column("payloads", sa.BigInteger, nullable=False),
    sa.Column("sealed_seq", sa.BigInteger, nullable=False),
    sa.Column("sealed_rows", sa.BigInteger, nullable=False),
    sa.Column("sealed_ended", sa.BigInteger, nullable=False),
    sa.Column("sealed_payloads", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("run_id", "epoch"),
)

records = sa.Table(
    "records",
    metadata,
    _foreign("stream_id", "streams", primary_key=True),
    sa.Column("first_seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("payloads", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("compressed", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    _foreign("stream_id", "streams", primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", Packed, nullable=False),
)

series = sa.Table(
    "series",
    metadata,
    _serial(),
    _foreign("stream_id", "streams"),
    sa.Column("track", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("stream_id", "track", "name"),
)

segments = sa.Table(
    "segments",
    metadata,
    _serial(),
    _foreign("stream_id", "streams"),
    sa.Column("track", sa.Integer, nullable=False),
    sa.Column("first_row", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("tier", sa.Integer, nullable=False),
    sa.UniqueConstraint("stream_id", "track", "first_row"),
)

# In the three tables below the small columns come first: SQLite reads a row from its front
# and leaves the pages of the large ones alone unless they are asked for.
axes = sa.Table(
    "axes",
    metadata,
    _foreign("segment_id", "segments", primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("ends", sa.LargeBinary, nullable=False),
    sa.Column("values", sa.LargeBinary, nullable=False),
)

columns = sa.Table(
    "columns",
    metadata,
    _foreign("series_id", "series", primary_key=True),
    _foreign("segment_id", "segments", primary_key=True, index=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("coarse", sa.LargeBinary, nullable=False),
    sa.Column("fine", sa.LargeBinary, nullable=False),
    sa.Column("positions", sa.LargeBinary),
    sa.Column("last", sa.LargeBinary, nullable=False),
    sa.Column("low", sa.LargeBinary),
    sa.Column("high", sa.LargeBinary),
)

histograms = sa.Table(
    "histograms",
    metadata,
    _foreign("series_id", "series", primary_key=True),
    _foreign("segment_id", "segments", primary_key=True, index=True),
    sa.Column("first_update", sa.BigInteger, nullable=False),
    sa.Column("last_update", sa.BigInteger, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("blocks", sa.LargeBinary, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)

login_keys = sa.Table(
    "login_keys",
    metadata,
    sa.Column("secret_hash", sa.LargeBinary, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("expires", sa.Double),
    sa.Column("used", sa.Double),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("scope", Packed, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("expires", sa.Double),
    sa.Column("revoked", sa.Double),
)
