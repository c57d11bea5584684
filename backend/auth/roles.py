"""The role table: every HTTP route × method and every websocket message, and who may use it.

What is not listed does not exist: the guard answers 404 before any route is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.routing import compile_path

Role = Literal["nobody", "agent", "admin"]

HTTP: dict[str, dict[str, Role]] = {
    "/api/health": {"GET": "nobody"},
    "/api/session": {"GET": "admin", "POST": "nobody", "DELETE": "admin"},
    "/api/login-keys": {"POST": "admin"},
    "/api/tokens": {"POST": "admin"},
    "/api/catalog": {"GET": "admin"},
    "/api/validate": {"POST": "admin"},
    "/api/lab": {"POST": "admin"},
    "/api/runs": {"GET": "admin", "POST": "admin"},
    "/api/queue": {"GET": "admin"},
    "/api/runs/{id}": {"GET": "admin", "PATCH": "admin", "DELETE": "admin"},
    "/api/runs/{id}/restore": {"POST": "admin"},
    "/api/runs/{id}/storage": {"GET": "admin"},
    "/api/runs/{id}/export": {"GET": "admin"},
    "/api/runs/{id}/episodes": {"GET": "admin"},
    "/api/runs/{id}/episodes/{n}": {"GET": "admin"},
    "/api/runs/{id}/episodes/{n}/frames/{k}.jpg": {"GET": "admin"},
    "/api/runs/{id}/controls": {"PATCH": "admin"},
    "/api/runs/{id}/actions": {"POST": "admin"},
    "/api/runs/{id}/log": {"GET": "admin"},
    "/api/runs/{id}/checkpoints": {"GET": "admin"},
    "/api/runs/{id}/events": {"GET": "admin"},
    "/api/runs/{id}/series": {"GET": "admin"},
    "/api/runs/{id}/distributions": {"GET": "admin"},
    "/openapi.json": {"GET": "nobody"},
    "/docs": {"GET": "nobody"},
    "/docs/{asset}": {"GET": "nobody"},
    # The page itself holds no data; what it shows, it asks for.
    "/{path:path}": {"GET": "nobody"},
}

SOCKETS: dict[str, Role] = {"/api/live": "admin", "/api/agent": "agent"}

MESSAGES: dict[str, Role] = {"subscribe": "admin", "unsubscribe": "admin", "set_controls": "admin", "watch": "admin"}

RANK: dict[Role, int] = {"nobody": 0, "admin": 1}
"""Higher includes lower. The agent's token is no rank: it opens its own door and no other."""


@dataclass(frozen=True)
class Listed:
    """The table's answer for a path: who may use which method."""

    template: str
    methods: dict[str, Role]


PATTERNS = [(compile_path(template)[0], Listed(template, methods)) for template, methods in HTTP.items()]


def listed(path: str) -> Listed | None:
    """Find the first row that matches a path; under /api nothing matches by accident."""
    for pattern, row in PATTERNS:
        if pattern.match(path) and not (row.template == "/{path:path}" and is_api(path)):
            return row
    return None


def is_api(path: str) -> bool:
    """Whether a path belongs to the interface rather than to the page."""
    return path == "/api" or path.startswith("/api/")


def role_for(row: Listed, method: str) -> Role | None:
    """Who may use the method; HEAD asks what GET asks."""
    return row.methods.get("GET" if method == "HEAD" else method)


def permits(role: Role, needed: Role) -> bool:
    """Whether a role reaches what is needed."""
    if "agent" in (role, needed):
        return role == needed or needed == "nobody"
    return RANK[role] >= RANK[needed]
