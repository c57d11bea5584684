"""Hosts and origins, compared as parsed values: a text prefix is how such checks are bypassed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?", re.ASCII)
DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port; two pages are one site for us only if all three agree."""

    scheme: str
    host: str
    port: int


def parse_host(text: str, scheme: str) -> Origin | None:
    """Parse a Host header; None if it is anything but a name or address with an optional port."""
    match = HOST.fullmatch(text.lower())
    if match is None:
        return None
    port = match["port"]
    return Origin(scheme, match["name"], int(port) if port else DEFAULT_PORTS[scheme])


def parse_origin(text: str) -> Origin | None:
    """Parse an Origin header; None for `null` and for everything that is more than an origin."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or f"{parts.scheme}://{parts.netloc}" != text:
        return None
    return parse_host(parts.netloc, parts.scheme)


def values(headers: Headers, name: bytes) -> list[str]:
    """Return every value of a header, in order."""
    return [value.decode("latin-1") for key, value in headers if key == name]


def one(headers: Headers, name: bytes) -> str | None:
    """Return the value of a header that came exactly once."""
    found = values(headers, name)
    return found[0] if len(found) == 1 else None


class Allowed:
    """The hosts under which this server may be addressed."""

    def __init__(self, port: int, names: tuple[str, ...] = ()) -> None:
        self.pairs = {(name, port) for name in LOOPBACK_NAMES}
        for name in names:
            parsed = parse_host(name, "http")
            if parsed is None:
                raise ValueError(f"{name!r} is no host name; expected NAME or NAME:PORT")
            self.pairs.add((parsed.host, parsed.port if ":" in name.rpartition("]")[2] else port))

    def host(self, headers: Headers, scheme: str) -> Origin | None:
        """Return the addressed host as an origin, or None unless there is exactly one and it is ours."""
        text = one(headers, b"host")
        parsed = parse_host(text, scheme) if text else None
        return parsed if parsed and (parsed.host, parsed.port) in self.pairs else None


def same_origin(headers: Headers, host: Origin) -> bool:
    """Whether the Origin header names exactly the host that is addressed."""
    text = one(headers, b"origin")
    return text is not None and parse_origin(text) == host


def unsafe_request_is_ours(headers: Headers, host: Origin) -> bool:
    """Whether a request that changes something comes from our own page (CSRF).

    `Sec-Fetch-Site` is set by the browser and out of a page's reach; where a browser sends none, Origin must agree.
    """
    site = values(headers, b"sec-fetch-site")
    if site:
        return site in (["same-origin"], ["none"]) and one(headers, b"sec-fetch-mode") != "no-cors"
    return same_origin(headers, host)
