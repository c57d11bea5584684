"""A socket as uvicorn holds it: how much the peer has not taken, and a farewell that it can still read."""

from __future__ import annotations

import contextlib
import fcntl
import struct
import termios
from collections.abc import Iterable
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LINGER_S = 120.0
"""How long a viewer that was told to go may take to read that; then the connection is cut."""
PONG_S = 60.0
SLOW = 1013
KEY = "policyscope.outlet"


class Outlet(WebSocketsSansIOProtocol):
    """Uvicorn's websocket, which the application can reach through its scope."""

    patient = False

    async def run_asgi(self) -> None:
        self.scope["extensions"][KEY] = cast(Any, self)
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # Otherwise uvicorn calls a refused handshake a fault of the application.
            self.handshake_complete = True

    def unsent(self) -> int:
        """Return how many bytes the peer's machine has not acknowledged yet."""
        waiting = bytearray(4)
        with contextlib.suppress(OSError):
            fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, waiting)
        return int(self.transport.get_write_buffer_size()) + int(struct.unpack("i", waiting)[0])

    def farewell(self, texts: Iterable[str], code: int) -> None:
        """Write last messages and the close frame behind what waits, however full the socket is."""
        if self.close_sent or self.transport.is_closing():
            return
        for text in texts:
            self.conn.send_text(text.encode())
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(LINGER_S, self.transport.abort)

    def be_patient(self) -> None:
        """Let a pong come as late as what was sent before the ping takes to be read."""
        self.patient = True
        self.ping_timeout = PONG_S

    def keepalive_timeout(self) -> None:
        if not self.patient:
            super().keepalive_timeout()
        elif self.unsent():
            self.pong_timer = self.loop.call_later(PONG_S, self.keepalive_timeout)
        else:
            self.farewell((), SLOW)


def outlet_of(scope: Scope) -> Outlet:
    """Return the outlet of a websocket."""
    return cast(Outlet, scope["extensions"][KEY])
