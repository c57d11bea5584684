"""Whole-loop training speed: ours with telemetry on and off beside stable-baselines3, turn by turn.

Every turn is a fresh process with the same hyper-parameters and number of updates, one torch thread, and the
environment that our trainers have (its allocator settings help every subject); the first quarter of the updates is left
out. Turns alternate, so that a busy neighbour slows all subjects and not one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from backend.agent.environment import agent_environment
from bench import ours, peers
from bench.report import console, machine, print_table, spread

Trainer = Callable[[peers.Job, int], list[peers.Mark]]
SUBJECTS: dict[str, Trainer] = {
    "stable-baselines3": peers.stable_baselines3,
    "Policyscope, telemetry on": ours.telemetry_on,
    "Policyscope, telemetry off": ours.telemetry_off,
}
PEER = "stable-baselines3"
JOBS: dict[str, Callable[[int, int], peers.Job]] = {
    "ppo": peers.Ppo,
    "ppo-pendulum": peers.PendulumPpo,
    "a2c": peers.A2c,
}
UPDATES = {"ppo": {8: 160, 64: 40}, "ppo-pendulum": {8: 160, 64: 40}, "a2c": {8: 2000, 64: 800}}


@dataclass(frozen=True)
class Rate:
    """Environment steps per second, and per second of CPU: the second figure minds busy neighbours less."""

    wall: float
    cpu: float


def steady_rate(marks: list[peers.Mark]) -> Rate:
    """Return the rate without the first quarter of the updates."""
    begin, end = marks[len(marks) // 4], marks[-1]
    steps = end.env_steps - begin.env_steps
    return Rate(steps / (end.wall - begin.wall), steps / (end.cpu - begin.cpu))


def turn(subject: str, name: str, num_envs: int, updates: int, seed: int) -> Rate:
    """Train in a fresh process and return its rate."""
    command = [sys.executable, "-m", "bench.training", "--turn", subject, "--job", name]
    command += ["--lanes", str(num_envs), "--updates", str(updates), "--seed", str(seed)]
    environment = agent_environment(os.environ)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Rate(**json.loads(done.stdout.splitlines()[-1]))


def compare(name: str, num_envs: int, updates: int, rounds: int) -> None:
    """Run the turns of one setting and print its table."""
    rates: dict[str, list[Rate]] = {subject: [] for subject in SUBJECTS}
    for seed in range(rounds):
        for subject, found in rates.items():
            found.append(turn(subject, name, num_envs, updates, seed))
    job = JOBS[name](num_envs, updates)
    setting = f"{name} on {job.environment}, {num_envs} x {job.steps}, {updates} updates, {rounds} rounds"
    title = f"{setting}: environment steps"
    columns = ["", "per second", "x peer", "per CPU second", "x peer"]
    print_table(title, columns, [row(subject, rates) for subject in SUBJECTS])
    on, off = list(rates.values())[1:]
    kept = median(a.cpu / b.cpu for a, b in zip(on, off, strict=True))
    console.print(f"Telemetry takes {100 * (1 - kept):.1f} % of the loop's CPU time.\n")


def row(subject: str, rates: dict[str, list[Rate]]) -> list[str]:
    """Return medians with ranges, and the median of the ratios to the peer's turn of the same round."""
    mine, peer = rates[subject], rates[PEER]
    wall = median(a.wall / b.wall for a, b in zip(mine, peer, strict=True))
    cpu = median(a.cpu / b.cpu for a, b in zip(mine, peer, strict=True))
    return [subject, spread([r.wall for r in mine]), f"{wall:.2f}", spread([r.cpu for r in mine]), f"{cpu:.2f}"]


def one_turn(subject: str, job: peers.Job, seed: int) -> None:
    """Train here and print the rate as JSON."""
    import torch

    torch.set_num_threads(1)
    print(json.dumps(asdict(steady_rate(SUBJECTS[subject](job, seed)))))


def main() -> None:
    """Compare at every size, or take one turn when asked by `turn`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--job", choices=list(JOBS), help="only this job")
    parser.add_argument("--lanes", type=int, choices=sorted(UPDATES["ppo"]), help="only this many environments")
    parser.add_argument("--updates", type=int, help="updates per turn")
    parser.add_argument("--turn", choices=list(SUBJECTS), help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options, _ = parser.parse_known_args()
    if options.turn:
        one_turn(options.turn, JOBS[options.job](options.lanes, options.updates), options.seed)
        return
    console.print(machine("torch", "gymnasium", "stable-baselines3"))
    for name in [options.job] if options.job else JOBS:
        for num_envs in [options.lanes] if options.lanes else UPDATES[name]:
            compare(name, num_envs, options.updates or UPDATES[name][num_envs], options.rounds)


if __name__ == "__main__":
    main()
