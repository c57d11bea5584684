"""Who a request comes from: a session cookie, a bearer token, or nobody."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, cast

from starlette.requests import cookie_parser

from backend.auth.origins import Headers, values
from backend.auth.roles import Role

if TYPE_CHECKING:
    from backend.storage import Store

SESSION_SECONDS = 30 * 24 * 3600


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
        self.keys: set[str] = set()
        self.fixed: dict[str, Principal] = {}
        self.known: dict[str, Principal] = {}
        self.on_revoked: list[Callable[[str], None]] = []

    async def open(self, store: Store, *, agent_token: str, local_token: str) -> None:
        """Learn the name of our cookie and the two tokens that lie in files of this machine."""
        self.store = store
        self.cookie = f"policyscope_{await store.instance_id()}"
        self.fixed = {
            digest(agent_token): Principal("agent", "agent", "agent", by_token=True),
            digest(local_token): Principal("local", "admin", "local", by_token=True),
        }

    def login_key(self) -> str:
        """Make a key that logs in once, until this server ends."""
        key = secrets.token_urlsafe(24)
        self.keys.add(digest(key))
        return key

    async def login(self, key: str) -> str | None:
        """Spend a login key on a new session and return its secret; None for a key that was never valid or is spent."""
        hashed = digest(key)
        found = next((known for known in self.keys if compare_digest(known, hashed)), None)
        if found is None or self.store is None:
            return None
        self.keys.discard(found)
        return await self.store.add_session("admin", "local")

    async def token(self) -> str:
        """Make a bearer token of the role admin."""
        assert self.store is not None
        return await self.store.add_token("admin")

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
        """Ask the store once for each secret and remember the answer until it is revoked."""
        hashed = digest(secret)
        if hashed not in self.known and self.store is not None:
            found = await (self.store.session(secret) if by_cookie else self.store.token(secret))
            if found is None:
                return NOBODY
            role = cast(Role, found.role)
            self.known[hashed] = Principal(
                "local", role, hashed, by_cookie=by_cookie, by_token=not by_cookie
            )
        principal = self.known.get(hashed, NOBODY)
        return principal if principal.by_cookie == by_cookie else NOBODY

    async def logout(self, principal: Principal) -> None:
        """End a session everywhere, its live sockets included."""
        assert self.store is not None
        await self.store.revoke(principal.session)
        self.known.pop(principal.session, None)
        for told in self.on_revoked:
            told(principal.session)


def bearer_of(headers: Headers) -> str | None:
    """Return the token of the one Authorization header."""
    found = values(headers, b"authorization")
    scheme, _, token = found[0].partition(" ") if len(found) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else None
