"""Whole-loop training speed: ours with telemetry on and off beside stable-baselines3, turn by turn.

Every turn is a fresh process with one torch thread, the same hyper-parameters and the same number of updates; the first
quarter of the updates is left out. Turns alternate, so that a busy neighbour slows all subjects and not one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median

from bench import ours, peers
from bench.report import console, machine, print_table, spread

Trainer = Callable[[peers.Ppo, int], list[peers.Mark]]
SUBJECTS: dict[str, Trainer] = {
    "stable-baselines3 PPO": peers.stable_baselines3,
    "Policyscope PPO, telemetry on": ours.telemetry_on,
    "Policyscope PPO, telemetry off": ours.telemetry_off,
}
PEER = "stable-baselines3 PPO"
UPDATES = {8: 160, 64: 40}


def steady_rate(marks: list[peers.Mark]) -> float:
    """Return environment steps per second without the first quarter of the updates."""
    (start, done_before), (end, done) = marks[len(marks) // 4], marks[-1]
    return (done - done_before) / (end - start)


def turn(subject: str, num_envs: int, updates: int, seed: int) -> float:
    """Train in a fresh process and return its steady rate."""
    command = [sys.executable, "-m", "bench.training", "--turn", subject]
    command += ["--lanes", str(num_envs), "--updates", str(updates), "--seed", str(seed)]
    environment = {**os.environ, **ours.ALLOCATOR, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["rate"])


def compare(num_envs: int, updates: int, rounds: int) -> None:
    """Run the turns of one setting and print its table."""
    rates: dict[str, list[float]] = {subject: [] for subject in SUBJECTS}
    for seed in range(rounds):
        for subject, found in rates.items():
            found.append(turn(subject, num_envs, updates, seed))
    rows = []
    for subject, found in rates.items():
        ratios = [mine / peer for mine, peer in zip(found, rates[PEER], strict=True)]
        rows.append([subject, spread(found), f"{spread(ratios, 2)} x" if subject != PEER else "1"])
    job = peers.Ppo(num_envs, updates)
    title = f"CartPole-v1, {num_envs} x {job.steps}, {updates} updates, {rounds} rounds, one thread"
    print_table(title, ["", "environment steps/s, median (range)", "of the same round's peer"], rows)
    on, off = (median(rates[s]) for s in list(rates)[1:])
    console.print(f"Telemetry takes {100 * (1 - on / off):.1f} % of the loop.\n")


def one_turn(subject: str, job: peers.Ppo, seed: int) -> None:
    """Train here and print the rate as JSON."""
    import torch

    torch.set_num_threads(1)
    print(json.dumps({"rate": steady_rate(SUBJECTS[subject](job, seed))}))


def main() -> None:
    """Compare at every size, or take one turn when asked by `turn`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, choices=sorted(UPDATES), help="only this many environments")
    parser.add_argument("--updates", type=int, help="updates per turn")
    parser.add_argument("--turn", choices=list(SUBJECTS), help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options, _ = parser.parse_known_args()
    if options.turn:
        one_turn(options.turn, peers.Ppo(options.lanes, options.updates), options.seed)
        return
    console.print(machine("torch", "gymnasium", "stable-baselines3"))
    for num_envs in [options.lanes] if options.lanes else UPDATES:
        compare(num_envs, options.updates or UPDATES[num_envs], options.rounds)


if __name__ == "__main__":
    main()
