"""From the click to the first point: POST /api/runs until the first frame with a row arrives on the websocket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from bench.report import console, machine, print_table, spread
from bench.server import Server, running_server

ROUNDS = 10
ENDED = {"finished", "stopped", "failed"}
START: dict[str, Any] = {"recipe": "cartpole-ppo", "seed": 0, "budget": {"env_steps": 4_000}}


def main() -> None:
    """Start runs one after another on a server that has been up for a moment."""
    console.print(machine("fastapi", "torch"))
    with running_server() as server, httpx.Client(base_url=server.url, timeout=30) as client:
        client.headers["Origin"] = server.url
        client.post("/api/session", json={"key": server.key}).raise_for_status()
        wait_until(lambda: client.get("/api/catalog").is_success)
        times = [click(server, client, seed) for seed in range(ROUNDS)]
    accepted, shown = zip(*times, strict=True)
    rows = [
        ["answer 201 to POST /api/runs", spread([1000 * t for t in accepted])],
        ["first frame on the websocket", spread([1000 * t for t in shown])],
    ]
    print_table(f"Click to first point, {ROUNDS} runs of cartpole-ppo", ["since the click", "ms, median (range)"], rows)


def click(server: Server, client: httpx.Client, seed: int) -> tuple[float, float]:
    """Start one run beside an open websocket, as the page does; return seconds to the answer and to the first frame."""
    with live(server, client) as socket:
        begin = time.perf_counter()
        run = client.post("/api/runs", json=START | {"seed": seed}).raise_for_status().json()["id"]
        accepted = time.perf_counter() - begin
        ask = {"type": "subscribe", "id": 1, "run": run, "after": {"epoch": 1, "seq": 0}, "metrics": "*"}
        socket.send(json.dumps(ask))
        while json.loads(socket.recv(timeout=30))["type"] != "frame":
            pass
        shown = time.perf_counter() - begin
    wait_until(lambda: client.get(f"/api/runs/{run}").json()["state"] in ENDED)
    return accepted, shown


def live(server: Server, client: httpx.Client) -> ClientConnection:
    """Open the live channel with the session's cookie."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    address = server.url.replace("http", "ws", 1) + "/api/live"
    return connect(address, subprotocols=["policyscope.v1"], origin=server.url, additional_headers={"Cookie": cookie})


def wait_until(ready: Callable[[], bool], within_s: float = 60) -> None:
    """Leave the machine to the next measurement alone; raise if it does not come to rest."""
    deadline = time.monotonic() + within_s
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"The server was not ready within {within_s:g} s.")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
