"""Who a request comes from: a session cookie, a bearer token, or nobody."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import cookie_parser

from backend.auth.origins import Headers, values
from backend.auth.roles import Role

if TYPE_CHECKING:
    from backend.storage import Store

SESSION_SECONDS = 30 * 24 * 3600
KEY_SECONDS = 12 * 3600
REMEMBER_SECONDS = 60.0
"""How long an answer of the store counts; a revocation by this server counts at once."""


@dataclass(frozen=True)
class Principal:
    """Who asks: a name for the record, a role, and by which proof."""

    name: str = "anonymous"
    role: Role = "nobody"
    session: str = ""
    by_cookie: bool = False
    by_token: bool = False


NOBODY = Principal()


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Identities:
    """Sessions and tokens of one server; the store keeps their hashes, so that they survive a restart."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.cookie = ""
        self.fixed: dict[str, Principal] = {}
        self.known: dict[str, tuple[Principal, float]] = {}
        self.on_revoked: list[Callable[[str], None]] = []

    def open(self, store: Store, *, agent_token: str, local_token: str) -> None:
        """Learn the name of our cookie and the two tokens that lie in files of this machine."""
        self.store = store
        # A cookie is sent to every port of a host: its name must differ between two servers.
        self.cookie = f"policyscope_{store.instance_id}"
        self.fixed = {
            digest(agent_token): Principal("agent", "agent", "agent", by_token=True),
            digest(local_token): Principal("local", "admin", "local", by_token=True),
        }

    @property
    def grants(self) -> Store:
        """The store, which is there while the server runs."""
        assert self.store is not None
        return self.store

    async def login_key(self) -> str:
        """Make a key that logs in once, within twelve hours."""
        return await self.grants.add_login_key("admin", "local", KEY_SECONDS)

    async def login(self, key: str) -> str | None:
        """Spend a login key on a new session and return its secret; None for a key that is unknown, old or spent."""
        found = await self.grants.use_login_key(key)
        if found is None:
            return None
        role, user = found
        secret, _ = await self.grants.add_session(role, user, SESSION_SECONDS)
        return secret

    async def token(self) -> str:
        """Make a bearer token of the role admin."""
        secret, _ = await self.grants.add_token("admin", "local")
        return secret

    async def identify(self, headers: Headers) -> Principal:
        """Find out who asks; a proof that fails counts as none."""
        cookie = self.cookie_of(headers)
        if bearer := bearer_of(headers):
            principal = self.fixed.get(digest(bearer)) or await self.look_up(bearer, by_cookie=False)
        else:
            principal = await self.look_up(cookie, by_cookie=True) if cookie else NOBODY
        return principal

    def cookie_of(self, headers: Headers) -> str | None:
        """Return the session secret in the cookie that is ours."""
        for header in values(headers, b"cookie"):
            if secret := cookie_parser(header).get(self.cookie):
                return secret
        return None

    async def look_up(self, secret: str, *, by_cookie: bool) -> Principal:
        """Ask the store and remember a valid answer for a while."""
        key = digest(f"{by_cookie}:{secret}")
        principal, until = self.known.get(key, (NOBODY, 0.0))
        if until > time.monotonic():
            return principal
        self.known.pop(key, None)
        grant = await (self.grants.session(secret) if by_cookie else self.grants.token(secret))
        if grant is None:
            return NOBODY
        principal = Principal(grant.user, cast(Role, grant.role), grant.id, by_cookie, not by_cookie)
        self.known[key] = (principal, time.monotonic() + REMEMBER_SECONDS)
        return principal

    async def logout(self, principal: Principal) -> None:
        """End a session everywhere, its live sockets included."""
        await self.grants.revoke(principal.session)
        self.known = {key: entry for key, entry in self.known.items() if entry[0].session != principal.session}
        for told in self.on_revoked:
            told(principal.session)


def bearer_of(headers: Headers) -> str | None:
    """Return the token of the one Authorization header."""
    found = values(headers, b"authorization")
    scheme, _, token = found[0].partition(" ") if len(found) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else None
