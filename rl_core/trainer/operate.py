"""What a person may do to a run between two updates: edit its controls, pause, step, pace, checkpoint, stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rl_core.config import check_edit
from rl_core.evaluate.evaluator import Evaluator
from rl_core.run.run import Run

Command = dict[str, Any]
POLL = 0.005  # s between two looks at the inbox while a run waits


class Ended(Exception):
    """The run is to end now; `state` is stopped or suspended."""

    def __init__(self, state: str) -> None:
        self.state = state


class Operator:
    """Applies commands in order, each at most once; `poll` returns those that have arrived since."""

    def __init__(
        self, poll: Callable[[], list[Command]] = list, paused: bool = False, pace: float | None = None
    ) -> None:
        self._poll = poll
        self.paused = paused
        self.pace = pace
        self.applied: set[str] = set()
        self._evaluator: Evaluator | None = None
        self._steps: list[tuple[str, int]] = []  # (action id, update to reach), in order
        self._next_update_at = 0.0

    def drives(self, run: Run, evaluator: Evaluator | None) -> None:
        """Be kept in the run's checkpoints, and hand on what is asked of the evaluator."""
        run.kept["operator"] = self
        self._evaluator = evaluator

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"pace": self.pace, "applied": sorted(self.applied)}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint: what was applied is not applied again."""
        self.pace, self.applied = state["pace"], set(state["applied"])

    def _attend(self, run: Run) -> None:
        if self._evaluator:
            self._evaluator.attend(run)

    def between_updates(self, run: Run) -> None:
        """Apply what has arrived; return when the next update may be computed. Raises Ended."""
        self._finish_steps(run)
        self._apply_new(run)
        self._attend(run)
        while self._must_wait():
            time.sleep(POLL)
            self._apply_new(run)
            self._attend(run)
        self._keep_pace(time.perf_counter())

    def _must_wait(self) -> bool:
        if self.paused and not self._steps:
            return True
        return self.pace is not None and time.perf_counter() < self._next_update_at

    def _keep_pace(self, now: float) -> None:
        """Allow the next update one interval after this one was due, or after now if that is long past."""
        if self.pace is not None:
            late = now - self._next_update_at
            self._next_update_at = (self._next_update_at if late < 1 / self.pace else now) + 1 / self.pace

    def _apply_new(self, run: Run) -> None:
        for command in self._poll():
            if command["id"] not in self.applied:
                self.applied.add(command["id"])
                _APPLY[command["op"]](self, run, command)

    def _finish_steps(self, run: Run) -> None:
        while self._steps and run.update >= self._steps[0][1]:
            self._end_step(run)

    def end_steps(self, run: Run) -> None:
        """What has not been stepped yet will not be, and every step gets its answer."""
        while self._steps:
            self._end_step(run)

    def _end_step(self, run: Run) -> None:
        action_id, _ = self._steps.pop(0)
        if not self._steps:
            run.watch.halt()
        run.event("action_done", {"action_id": action_id, "action": "step", "update": run.update})

    def controls(self, run: Run, command: Command) -> None:
        """An edit: all of it or nothing, from the next update on."""
        about = {key: command.get(key) for key in ("edit_id", "version", "by")}
        old = run.c.values()
        errors = check_edit(run.config, old, command["values"], run.lanes.info)
        if errors:
            run.event("control_refused", about | {"error": errors[0].model_dump(mode="json")}, run.update + 1)
            return
        run.edit(command["values"])
        if self._evaluator:
            self._evaluator.edited()
        new = run.c.values()
        changes = [{"name": name, "old": old[name], "new": new[name]} for name in command["values"]]
        run.event("control_changed", about | {"changes": changes}, run.update + 1)

    def pause(self, run: Run, command: Command) -> None:
        """Compute nothing until resumed; steps that have not been taken are not taken."""
        self.end_steps(run)
        if not self.paused:
            self.paused = True
            run.watch.halt()
            run.event("paused", _who(command))
        self._done(run, command)

    def resume(self, run: Run, command: Command) -> None:
        """Go on."""
        self.end_steps(run)
        if self.paused:
            self.paused = False
            run.watch.go()
            run.event("resumed", _who(command))
        self._done(run, command)

    def step(self, run: Run, command: Command) -> None:
        """Compute exactly so many updates more than asked for so far, then be paused."""
        if not self.paused:
            self.paused = True
            run.event("paused", _who(command))
        begin = self._steps[-1][1] if self._steps else run.update
        self._steps.append((command["id"], begin + int(command["updates"])))
        run.watch.go()

    def set_pace(self, run: Run, command: Command) -> None:
        """At most so many updates per second; None for full speed."""
        self.pace, self._next_update_at = command["updates_per_s"], 0.0
        self._done(run, command, updates_per_s=self.pace)

    def checkpoint(self, run: Run, command: Command) -> None:
        """Write a checkpoint now."""
        path = run.checkpoint()
        self._done(run, command, path=path)

    def record(self, run: Run, command: Command) -> None:
        """Record episodes of the policy as it is now; the answer comes when they are there."""
        if self._evaluator is None:
            self._done(run, command, episodes=[], error="Not recorded: this run has no place to keep episodes.")
        else:
            self._evaluator.request(int(command.get("episodes") or 1), command.get("seed"), command["id"])

    def watch(self, run: Run, command: Command) -> None:
        """Show the policy live at so many frames per second; 0 = no more."""
        if self._evaluator is not None:
            self._evaluator.watch(run, float(command["fps"]))

    def stop(self, run: Run, command: Command) -> None:
        """End the run for good, with a checkpoint unless told not to."""
        self.end_steps(run)
        if command.get("checkpoint", True):
            run.checkpoint()
        self._done(run, command)
        raise Ended("stopped")

    def suspend(self, run: Run, command: Command) -> None:
        """Leave the run paused on disk, to be resumed by another trainer from exactly here."""
        self.end_steps(run)
        self.paused = True
        run.watch.halt()
        run.checkpoint()
        raise Ended("suspended")

    def _done(self, run: Run, command: Command, **result: Any) -> None:
        run.event("action_done", {"action_id": command["id"], "action": command["op"], "update": run.update} | result)


def _who(command: Command) -> dict[str, Any]:
    return {"action_id": command["id"], "by": command.get("by")}


_APPLY: dict[str, Callable[[Operator, Run, Command], None]] = {
    "controls": Operator.controls,
    "pause": Operator.pause,
    "resume": Operator.resume,
    "step": Operator.step,
    "pace": Operator.set_pace,
    "checkpoint": Operator.checkpoint,
    "record": Operator.record,
    "watch": Operator.watch,
    "stop": Operator.stop,
    "suspend": Operator.suspend,
}
