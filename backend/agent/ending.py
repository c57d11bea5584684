"""How a run ended, read from its journal, and the last event where the trainer could not write it."""

import signal
from pathlib import Path
from typing import Any

from rl_core.journal.journal import JournalWriter, last_record

TERMINAL = frozenset({"finished", "stopped", "failed"})


def has_ended(path: Path) -> bool:
    """Whether the journal's last record is a terminal event."""
    return (last_record(path) or {}).get("kind") in TERMINAL


def is_suspended(path: Path) -> bool:
    """Whether the run was left paused, to be resumed from its checkpoint."""
    last = last_record(path) or {}
    return last.get("kind") == "paused" and last["data"].get("suspended") is True


def end(path: Path, kind: str, data: dict[str, Any], settled: int) -> None:
    """Append the terminal event in the place of a dead trainer; the agent is then the only writer."""
    update, wall = _last_position(last_record(path))
    writer = JournalWriter(path, after_seq=settled)
    event = {"type": "event", "seq": writer.next_seq, "kind": kind, "at_update": update, "wall": wall, "data": data}
    writer.append(event, sync=True)
    writer.close()


def reason_of(exit_code: int | None, out_of_memory: bool) -> dict[str, Any]:
    """Return the data of a `failed` event; a negative exit code is a signal, None is unknown."""
    if exit_code is None:
        return {"reason": "trainer died (exit status unknown, it was adopted from an earlier agent)"}
    if exit_code >= 0:
        return {"reason": f"trainer left with exit code {exit_code} and no last word; see its log", "exit": exit_code}
    suffix = " (out of memory)" if out_of_memory else ""
    return {"reason": f"killed by signal {-exit_code}{suffix}", "signal": signal_name(-exit_code)}


def exit_text(exit_code: int | None) -> str:
    """Return an exit code in words, as in `reason_of`."""
    if exit_code is None:
        return "unknown"
    return f"exit {exit_code}" if exit_code >= 0 else f"signal {-exit_code} ({signal_name(-exit_code)})"


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _last_position(last: dict[str, Any] | None) -> tuple[int, float]:
    """Return update and wall seconds of a journal's last record."""
    if last is None:
        return 0, 0.0
    if last["type"] == "frame":
        return last["rows"]["update"][-1], last["rows"]["wall"][-1]
    return last["at_update"], last["wall"]
