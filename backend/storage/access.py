"""Who may enter: single-use login keys, browser sessions and bearer tokens. Only SHA-256 of a secret is stored.

Secrets are 256 random bits, so a plain hash is enough: there is no password to guess.
"""

import hashlib
import secrets
from typing import Any

import msgspec
import sqlalchemy as sa

from .tables import grants, login_keys, meta

SESSION, TOKEN = "session", "token"


class Grant(msgspec.Struct, frozen=True):
    """A session or a token; times are Unix seconds. `scope` limits it further, as its maker decides."""

    id: str
    kind: str
    role: str
    user: str
    scope: Any
    created: float
    expires: float | None = None
    revoked: float | None = None


def new_secret() -> str:
    """256 random bits as text that fits into a URL."""
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def add_login_key(conn: sa.Connection, secret: str, role: str, user: str, expires: float | None) -> None:
    """Store a key that can be used once."""
    conn.execute(login_keys.insert().values(secret_hash=_hash(secret), role=role, user=user, expires=expires))


def use_login_key(conn: sa.Connection, secret: str, now: float) -> tuple[str, str] | None:
    """(role, user) of the key, which is used up by this; None if it is unknown, expired or used."""
    which = (
        (login_keys.c.secret_hash == _hash(secret))
        & login_keys.c.used.is_(None)
        & (login_keys.c.expires.is_(None) | (login_keys.c.expires > now))
    )
    used = login_keys.update().where(which).values(used=now).returning(login_keys.c.role, login_keys.c.user)
    found = conn.execute(used).one_or_none()
    return None if found is None else (found.role, found.user)


def add_grant(conn: sa.Connection, secret: str, grant: Grant) -> Grant:
    """Store a session or a token under the hash of its secret."""
    conn.execute(grants.insert().values(secret_hash=_hash(secret), **msgspec.structs.asdict(grant)))
    return grant


def grant_of(conn: sa.Connection, kind: str, secret: str, now: float) -> Grant | None:
    """The session or token with this secret, unless it is expired or revoked."""
    query = _grants().where(grants.c.secret_hash == _hash(secret), grants.c.kind == kind, _valid(now))
    row = conn.execute(query).one_or_none()
    return None if row is None else Grant(**row._mapping)


def list_grants(conn: sa.Connection, kind: str, now: float) -> list[Grant]:
    """The valid sessions or tokens, oldest first."""
    query = _grants().where(grants.c.kind == kind, _valid(now)).order_by(grants.c.created, grants.c.id)
    return [Grant(**row._mapping) for row in conn.execute(query)]


def _grants() -> sa.Select[Any]:
    return sa.select(*(grants.c[name] for name in Grant.__struct_fields__))


def _valid(now: float) -> sa.ColumnElement[bool]:
    return grants.c.revoked.is_(None) & (grants.c.expires.is_(None) | (grants.c.expires > now))


def revoke(conn: sa.Connection, grant_id: str, now: float) -> bool:
    """End a session or token at once; false if there was none to end."""
    which = (grants.c.id == grant_id) & grants.c.revoked.is_(None)
    return conn.execute(grants.update().where(which).values(revoked=now)).rowcount > 0


def instance_id(conn: sa.Connection) -> str:
    """The random id of this store, made when it was first opened."""
    found = conn.execute(sa.select(meta.c.value).where(meta.c.key == "instance_id")).scalar()
    if found is None:
        found = secrets.token_hex(16)
        conn.execute(meta.insert().values(key="instance_id", value=found))
    return str(found)
