"""`policyscope serve | train | runs | export | token | login`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from backend import __version__
from backend.api.wire import encode
from backend.client import NoServer, ServerSaid, ask, with_store
from backend.export.command import NoSuchRun, export
from backend.export.formats import FORMATS
from backend.jobs.machine import STATES
from backend.serving import Refused, open_browser
from backend.serving import serve as run_server
from backend.settings import Settings, is_loopback, refusal
from backend.storage import Store
from backend.storage.errors import StoreError

REFUSED = 2
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING if given.run is serve_command else logging.ERROR, format=LOG_FORMAT)
    try:
        sys.exit(given.run(given))
    except (Refused, ServerSaid, NoSuchRun, StoreError, OSError) as found:
        sys.exit(fail(str(found)))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        sys.exit(fail(f"{'.'.join(map(str, first['loc']))}: {first['msg']}."))


def parser() -> argparse.ArgumentParser:
    """Describe every command; settings that are not given come from POLICYSCOPE_* variables."""
    top = argparse.ArgumentParser(prog="policyscope", description="Watch and operate reinforcement learning live.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar="serve | train | runs | export | token | login")
    describe_serve(commands)
    describe_train(commands)
    describe_runs(commands)
    describe_export(commands)
    token = command(commands, "token", "print a bearer token for scripts", token_command)
    token.add_argument("--role", choices=["admin"], default="admin")
    command(commands, "login", "print a fresh login URL of the running server", login_command)
    return top


def command(commands: Any, name: str, about: str, run: Any, *, data: bool = True) -> argparse.ArgumentParser:
    """Add a command."""
    added: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about[0].upper() + about[1:] + "."
    )
    added.set_defaults(run=run)
    if data:
        added.add_argument("--data-dir", type=Path, help="where runs are kept (POLICYSCOPE_DATA_DIR)")
    return added


def describe_serve(commands: Any) -> None:
    """Describe `serve`."""
    serve = command(commands, "serve", "start the dashboard", serve_command)
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (8420)")
    serve.add_argument("--max-running", type=int, help="runs that train at once (the number of cores)")
    serve.add_argument("--allowed-host", dest="allowed_hosts", help="further names of the server, with commas")
    serve.add_argument("--insecure-lan", action="store_const", const=True, help="listen beyond this machine, no TLS")
    serve.add_argument("--no-browser", dest="open_browser", action="store_const", const=False, help="open no browser")


def describe_train(commands: Any) -> None:
    """Describe `train`."""
    train = command(commands, "train", "train a recipe here, without a server", train_command, data=False)
    train.add_argument("recipe", metavar="RECIPE", help="a recipe's id, such as cartpole-ppo")
    train.add_argument("--set", dest="settings", metavar="KEY=VALUE", action="append", default=[], help="a control")
    train.add_argument("--seed", type=int)
    train.add_argument("--budget", type=int, metavar="N", help="environment steps")


def describe_runs(commands: Any) -> None:
    """Describe `runs`."""
    runs = command(commands, "runs", "list runs, newest first", runs_command)
    runs.add_argument("--json", action="store_true", help="print JSON instead of a table")
    runs.add_argument("--state", choices=STATES, help="only runs in this state")
    runs.add_argument("--limit", type=int, default=20, help="how many (20, at most 200)")


def describe_export(commands: Any) -> None:
    """Describe `export`."""
    export = command(commands, "export", "write a run into a file", export_command)
    export.add_argument("wanted", metavar="RUN", help="its id, the beginning of its id, or its name")
    export.add_argument("--format", choices=FORMATS, required=True, help="html is a report that needs no network")
    export.add_argument("--out", type=Path, metavar="FILE", help="where to (a name made from the run's, here)")


def settings_of(given: argparse.Namespace) -> Settings:
    """Return the settings: flags before variables."""
    return Settings(**{k: v for k, v in vars(given).items() if k in Settings.model_fields and v is not None})


def fail(sentence: str) -> int:
    """Say why nothing was done."""
    print(sentence, file=sys.stderr)
    return REFUSED


def serve_command(given: argparse.Namespace) -> int:
    """Start the server and print the URL that logs in."""
    settings = settings_of(given)
    if reason := refusal(settings):
        return fail(reason)

    if not is_loopback(settings.host):
        print("Warning: without TLS everybody on this network can read the traffic and the login.", file=sys.stderr)

    def announce(url: str) -> None:
        print(f"Policyscope is at {url}\n(The key logs in once; `policyscope login` prints another.)", flush=True)
        open_browser(settings, url)

    run_server(settings, announce)
    return 0


def train_command(given: argparse.Namespace) -> int:
    """Train a recipe; the engine is loaded only for this."""
    from backend.agent.train import train

    return train(given.recipe, given.settings, seed=given.seed, budget=given.budget)


def runs_command(given: argparse.Namespace) -> int:
    """List runs."""
    settings = settings_of(given)
    limit = max(1, min(given.limit, 200))
    try:
        page = ask(settings, "GET", f"/api/runs?limit={limit}&state={given.state or ''}")
    except NoServer:
        page = with_store(settings, lambda store: stored_runs(store, limit, given.state))
    if given.json:
        print(encode(page).decode())
    else:
        Console().print(table(page["runs"]))
    return 0


async def stored_runs(store: Store, limit: int, state: str | None) -> dict[str, Any]:
    """Read a page of runs without a server."""
    records, following = await store.list_runs(limit=limit, state=state)
    return {"runs": [record.to_json() for record in records], "next": following}


def table(runs: list[dict[str, Any]]) -> Table:
    """Lay runs out for a terminal."""
    columns = ("id", "name", "state", "algorithm", "update", "env_steps", "created")
    shown = Table(box=None)
    for column in columns:
        shown.add_column(column, no_wrap=column == "id", min_width=32 if column == "id" else None)
    for run in runs:
        shown.add_row(*(str(run[column]) for column in columns))
    return shown


def export_command(given: argparse.Namespace) -> int:
    """Write a run into a file and print its name; the engine is loaded only where no server could declare it."""

    def catalog() -> Any:
        from backend.agent.engine import RlCore

        return RlCore().catalog()

    print(export(settings_of(given), given.wanted, given.format, given.out, catalog))
    return 0


def token_command(given: argparse.Namespace) -> int:
    """Print a bearer token."""
    settings = settings_of(given)
    try:
        token = ask(settings, "POST", "/api/tokens")["token"]
    except NoServer:
        token = with_store(settings, lambda store: store.add_token(given.role, "local"))[0]
    print(token)
    return 0


def login_command(given: argparse.Namespace) -> int:
    """Print a fresh login URL."""
    try:
        print(ask(settings_of(given), "POST", "/api/login-keys")["url"])
    except NoServer:
        return fail("No server runs on this data folder; start one with `policyscope serve`.")
    return 0


if __name__ == "__main__":
    main()
