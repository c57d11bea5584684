"""The headers that stand on every response."""

from __future__ import annotations

from starlette.types import Message

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; connect-src 'self'"
)

ALWAYS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


def secured(message: Message, *, api: bool) -> Message:
    """Add the security headers to the start of a response; what the interface says is never cached."""
    extra = dict(ALWAYS)
    headers = list(message.get("headers", ()))
    if api and not any(key.lower() == b"cache-control" for key, _ in headers):
        extra[b"cache-control"] = b"no-store"
    kept = [(key, value) for key, value in headers if key.lower() not in ALWAYS]
    return {**message, "headers": [*kept, *extra.items()]}
