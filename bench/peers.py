"""The peers of `bench.training`: the same PPO, hyper-parameters and environment in another library."""

from __future__ import annotations

import time
from dataclasses import dataclass


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
class Ppo:
    """What every subject trains: CartPole-v1 with separate 64-64 tanh networks for policy and value."""

    num_envs: int
    updates: int
    steps: int = 128
    epochs: int = 4
    minibatches: int = 4
    learning_rate: float = 2.5e-4
    entropy_coef: float = 0.01
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.2
    value_coef: float = 0.5
    max_grad_norm: float = 0.5
    hidden: tuple[int, int] = (64, 64)

    @property
    def batch(self) -> int:
        """Environment steps of one update."""
        return self.num_envs * self.steps


def stable_baselines3(job: Ppo, seed: int) -> list[Mark]:
    """Train with stable-baselines3 and return a mark at the end of every update."""
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    marks: list[Mark] = []

    class Marks(BaseCallback):  # type: ignore[misc]
        def _on_rollout_start(self) -> None:
            marks.append(mark(self.num_timesteps))

        def _on_step(self) -> bool:
            return True

    model = PPO(
        "MlpPolicy",
        make_vec_env("CartPole-v1", n_envs=job.num_envs, seed=seed),
        n_steps=job.steps,
        n_epochs=job.epochs,
        batch_size=job.batch // job.minibatches,
        learning_rate=job.learning_rate,
        ent_coef=job.entropy_coef,
        vf_coef=job.value_coef,
        gamma=job.gamma,
        gae_lambda=job.gae_lambda,
        clip_range=job.clip,
        max_grad_norm=job.max_grad_norm,
        policy_kwargs={"net_arch": list(job.hidden), "activation_fn": torch.nn.Tanh},
        device="cpu",
        seed=seed,
    )
    model.learn(job.batch * job.updates, callback=Marks())
    return [*marks, mark(model.num_timesteps)]
