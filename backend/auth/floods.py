"""Ceilings on what one address, one session and all together may ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from backend.api.errors import ApiError

LOGINS = RateLimitItemPerMinute(10)
"""Login attempts per address."""
MESSAGES = RateLimitItemPerSecond(40, 2)
"""Messages per socket: 20 a second with bursts of 40."""

MESSAGE_BYTES = 64 * 1024
SUBSCRIPTIONS = 64
WATCHES = 8
"""Runs that one socket may watch at once; each costs its trainer a second process."""


class Floods:
    """Counts in memory: a restart forgives."""

    def __init__(self, *, per_session: int, in_all: int, per_second: int) -> None:
        self.windows = MovingWindowRateLimiter(MemoryStorage())
        self.per_session = per_session
        self.in_all = in_all
        self.joins = RateLimitItemPerSecond(per_second)
        self.open: Counter[str] = Counter()

    def login(self, address: str) -> None:
        """Count a login attempt; raises ApiError 429 beyond ten a minute."""
        if not self.windows.hit(LOGINS, "login", address):
            raise too_many("Ten logins a minute are the limit; wait a minute.", 60)

    def message(self, socket: str) -> bool:
        """Count a message of a socket; False if it floods."""
        return self.windows.hit(MESSAGES, "message", socket)

    @contextmanager
    def socket(self, session: str, address: str) -> Iterator[None]:
        """Hold a place for a socket; raises ApiError 429 or 503 if there is none."""
        if not self.windows.hit(self.joins, "join", address):
            raise too_many(f"{self.joins.amount} new sockets a second are the limit; wait a moment.", 1)
        if self.open[session] >= self.per_session:
            raise too_many(f"{self.per_session} live sockets a session are the limit; close a tab.", 5)
        if self.open.total() >= self.in_all:
            message = f"All {self.in_all} live places are taken."
            raise ApiError(503, "full", message, headers={"Retry-After": "10"})
        self.open[session] += 1
        try:
            yield
        finally:
            self.open[session] -= 1
            if not self.open[session]:
                del self.open[session]


def too_many(message: str, seconds: int) -> ApiError:
    """The answer to a flood."""
    return ApiError(429, "too_many_requests", message, headers={"Retry-After": str(seconds)})
