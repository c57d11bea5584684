"""What a person can set, by environment variable (`POLICYSCOPE_…`) or by flag."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def default_data_dir() -> Path:
    """Where runs are kept unless told otherwise: the platform's place for a user's data."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "policyscope"


class Settings(BaseSettings):
    """The settings of one server."""

    model_config = SettingsConfigDict(env_prefix="POLICYSCOPE_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=1, le=65535)
    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: str | None = None
    open_browser: bool = True
    insecure_lan: bool = False
    """Listen beyond this machine without TLS: passwords and pictures travel readable."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Further names under which the page is opened, `name` or `name:port`."""
    max_running: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Runs that train at once; further ones wait in the queue."""
    local_agent: bool = True
    agent_grace_s: float = 3.0
    """How long a request waits for an agent that is just starting."""
    sockets_per_session: int = 5
    sockets_in_all: int = 1000
    sockets_per_second: int = 20
    """New live sockets per address; 500 people behind one address are in within half a minute."""
    stall_s: float = 10.0
    """How long a viewer may take nothing before it is closed."""

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def split(cls, value: object) -> object:
        """Accept `a,b` from the environment."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The URL or path of the store."""
        return self.database_url or str(self.data_dir / "policyscope.db")

    @property
    def url(self) -> str:
        """Where the page is opened on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether nobody outside this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(settings: Settings) -> str | None:
    """Say why a server must not start with these settings, or None."""
    if not is_loopback(settings.host) and not settings.insecure_lan:
        return (
            f"Refusing to listen on {settings.host}: everybody on the network could read the traffic and the login. "
            "Listen on 127.0.0.1, or pass --insecure-lan (POLICYSCOPE_INSECURE_LAN=1) if you accept that."
        )
    if settings.database_url and settings.database_url.startswith("postgres"):
        return "POLICYSCOPE_DATABASE_URL names PostgreSQL, which this version does not support; use sqlite:///PATH."
    return None
