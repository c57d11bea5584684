"""The peers of `bench.training`: the same algorithm, hyper-parameters and environment in another library."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """A moment of a training: seconds on the wall, seconds of this process's CPU, environment steps so far."""

    wall: float
    cpu: float
    env_steps: int


def mark(env_steps: int) -> Mark:
    """Return the mark of now."""
    return Mark(time.perf_counter(), time.process_time(), env_steps)


@dataclass(frozen=True)
class Job:
    """What every subject trains: separate 64-64 tanh networks for policy and value."""

    num_envs: int
    updates: int
    steps: int
    learning_rate: float
    gae_lambda: float
    entropy_coef: float = 0.01
    gamma: float = 0.99
    value_coef: float = 0.5
    max_grad_norm: float = 0.5
    environment: str = "CartPole-v1"
    hidden: tuple[int, int] = (64, 64)

    @property
    def batch(self) -> int:
        """Environment steps of one update."""
        return self.num_envs * self.steps


@dataclass(frozen=True)
class Ppo(Job):
    """PPO with Adam."""

    steps: int = 128
    learning_rate: float = 2.5e-4
    gae_lambda: float = 0.95
    epochs: int = 4
    minibatches: int = 4
    clip: float = 0.2


@dataclass(frozen=True)
class PendulumPpo(Ppo):
    """PPO with a diagonal Gaussian, whose deviation does not depend on the state."""

    environment: str = "Pendulum-v1"


@dataclass(frozen=True)
class A2c(Job):
    """A2C with RMSprop: a single gradient step on each short batch, so the loop's own cost counts most."""

    steps: int = 5
    learning_rate: float = 7e-4
    gae_lambda: float = 1.0


def stable_baselines3(job: Job, seed: int) -> list[Mark]:
    """Train with stable-baselines3 and return a mark at the end of every update."""
    from stable_baselines3.common.callbacks import BaseCallback

    marks: list[Mark] = []

    class Marks(BaseCallback):  # type: ignore[misc]
        def _on_rollout_start(self) -> None:
            marks.append(mark(self.num_timesteps))

        def _on_step(self) -> bool:
            return True

    model = _model(job, seed)
    model.learn(job.batch * job.updates, callback=Marks())
    return [*marks, mark(model.num_timesteps)]


def _model(job: Job, seed: int) -> Any:
    import torch
    from stable_baselines3 import A2C, PPO
    from stable_baselines3.common.env_util import make_vec_env

    settings: dict[str, Any] = {
        "n_steps": job.steps,
        "learning_rate": job.learning_rate,
        "ent_coef": job.entropy_coef,
        "vf_coef": job.value_coef,
        "gamma": job.gamma,
        "gae_lambda": job.gae_lambda,
        "max_grad_norm": job.max_grad_norm,
        "policy_kwargs": {"net_arch": list(job.hidden), "activation_fn": torch.nn.Tanh},
        "device": "cpu",
        "seed": seed,
    }
    lanes = make_vec_env(job.environment, n_envs=job.num_envs, seed=seed)
    if isinstance(job, Ppo):
        parts = job.batch // job.minibatches
        return PPO("MlpPolicy", lanes, n_epochs=job.epochs, batch_size=parts, clip_range=job.clip, **settings)
    return A2C("MlpPolicy", lanes, **settings)
