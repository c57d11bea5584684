"""Login keys, sessions and tokens: single use, expiry, revocation, and no secret in the file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.storage import Store


class Clock:
    """A clock that the test turns."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store that lives by the test's clock."""
    store = Store.open(tmp_path / "store.db", clock)
    yield store
    asyncio.run(store.close())


async def test_a_login_key_works_once(timed: Store) -> None:
    key = await timed.add_login_key("operator", "ann")
    answers = await asyncio.gather(*(timed.use_login_key(key) for _ in range(10)))
    assert [answer for answer in answers if answer] == [("operator", "ann")]


async def test_a_login_key_expires(timed: Store, clock: Clock) -> None:
    key = await timed.add_login_key(ttl_s=60)
    clock.now += 60
    assert await timed.use_login_key(key) is None
    assert await timed.use_login_key("unknown") is None


async def test_sessions_and_tokens_are_different_things(timed: Store) -> None:
    session, granted = await timed.add_session("viewer", "ann", scope=["run-1"])
    token, _ = await timed.add_token("operator")
    assert await timed.session(session) == granted
    assert (granted.role, granted.user, granted.scope) == ("viewer", "ann", ["run-1"])
    assert await timed.token(session) is None
    assert await timed.session(token) is None
    assert [grant.role for grant in await timed.tokens()] == ["operator"]


async def test_a_session_ends_by_time_and_by_revocation(timed: Store, clock: Clock) -> None:
    short, _ = await timed.add_session("viewer", ttl_s=60)
    lasting, granted = await timed.add_session("viewer")
    clock.now += 60
    assert await timed.session(short) is None
    assert await timed.session(lasting) == granted
    assert await timed.revoke(granted.id)
    assert not await timed.revoke(granted.id)
    assert await timed.session(lasting) is None
    assert await timed.sessions() == []


async def test_a_token_made_outside_is_accepted(timed: Store) -> None:
    secret, granted = await timed.add_token("agent", "agent-1", secret="made outside, long enough")
    assert secret == "made outside, long enough"
    assert await timed.token(secret) == granted
    assert await timed.token("\ud800") is None, "a lone surrogate is just a wrong token"


def contents(folder: Path) -> list[bytes]:
    """Every file's bytes."""
    return [path.read_bytes() for path in folder.iterdir()]


async def test_no_secret_is_in_any_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "secret.db")
    secrets = [await store.add_login_key(), (await store.add_session("viewer"))[0], (await store.add_token("admin"))[0]]
    await store.use_login_key(secrets[0])
    files = contents(tmp_path)
    await store.close()
    files += contents(tmp_path)
    assert len(set(secrets)) == 3
    assert not any(secret.encode() in content for secret in secrets for content in files)


async def test_grants_and_the_instance_id_survive_a_restart(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    session, granted = await store.add_session("admin")
    await store.close()
    again = Store.open(tmp_path / "store.db")
    assert again.instance_id == store.instance_id
    assert await again.session(session) == granted
    await again.close()
    other = Store.open(tmp_path / "other.db")
    assert other.instance_id != store.instance_id
    await other.close()
