"""stable-baselines3 in float64 on an environment of noise, and the rollout it made as one of our batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor
from stable_baselines3.common.vec_env import DummyVecEnv
from torch import Tensor, nn

from rl_core.data.batch import Batch
from rl_core.networks.actor_critic import ActorCritic

OBS, HIDDEN, STEPS, LANES = 4, 8, 11, 3
GAMMA, LAMBDA = 0.97, 0.9


class Noise(gym.Env[Any, Any]):
    """Random observations and rewards; a step terminates with probability 0.15 and is truncated with 0.15."""

    def __init__(self, actions: gym.Space[Any], seed: int) -> None:
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (OBS,), np.float32)
        self.action_space = actions
        self._rng = np.random.default_rng(seed)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return self._rng.standard_normal(OBS).astype(np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        draw = self._rng.random()
        obs, reward = self._rng.standard_normal(OBS).astype(np.float32), float(self._rng.standard_normal())
        return obs, reward, draw < 0.15, 0.15 < draw < 0.3, {}


class DoubleBuffer(RolloutBuffer):
    """The peer's buffer, which keeps float32, in float64."""

    def reset(self) -> None:
        super().reset()
        for name in ("rewards", "returns", "values", "log_probs", "advantages", "episode_starts"):
            setattr(self, name, getattr(self, name).astype(np.float64))


class Double(FlattenExtractor):
    """The peer casts observations to float32, which is all that they hold here."""

    def forward(self, observations: Tensor) -> Tensor:
        return super().forward(observations).double()


class Trunk(BaseFeaturesExtractor):
    """A layer that actor and critic share."""

    def __init__(self, observation_space: Any) -> None:
        super().__init__(observation_space, HIDDEN)
        self.layer = nn.Linear(OBS, HIDDEN)

    def forward(self, observations: Tensor) -> Tensor:
        return torch.tanh(self.layer(observations.double()))


@dataclass
class Recorder(BaseCallback):
    """What the peer's rollout was made of."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def _on_step(self) -> bool:
        names = ("obs_tensor", "actions", "rewards", "dones", "infos", "new_obs")
        self.rows.append({name: _copied(self.locals[name]) for name in names})
        return True


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


class Peer:
    """A model of the peer that has collected one rollout, and that rollout."""

    def __init__(
        self, algorithm: type[PPO] | type[A2C], actions: gym.Space[Any], shared: bool, **settings: Any
    ) -> None:
        seeds = range(LANES)
        env = DummyVecEnv([lambda seed=seed: Noise(actions, seed) for seed in seeds])
        env.buf_rews = env.buf_rews.astype(np.float64)
        heads: list[int] = [] if shared else [HIDDEN]
        policy = {"net_arch": {"pi": heads, "vf": heads}, "activation_fn": nn.Tanh, "ortho_init": False,
                  "features_extractor_class": Trunk if shared else Double} | settings.pop("policy", {})  # fmt: skip
        self.model = algorithm(
            "MlpPolicy", env, n_steps=STEPS, gamma=GAMMA, gae_lambda=LAMBDA, rollout_buffer_class=DoubleBuffer,
            policy_kwargs=policy, device="cpu", seed=0, **settings,
        )  # fmt: skip
        self.recorder = Recorder()
        callback = self.model._setup_learn(STEPS * LANES, self.recorder)[1]
        self.model.collect_rollouts(env, callback, self.model.rollout_buffer, STEPS)

    def copy_into(self, net: ActorCritic) -> None:
        """Write the peer's weights into ours."""
        for p, q in zip(self._parameters(), net.parameters(), strict=True):
            q.data.copy_(p.detach())

    def difference(self, net: ActorCritic) -> float:
        """The largest difference of a parameter."""
        pairs = zip(self._parameters(), net.parameters(), strict=True)
        return max(float((p - q).detach().abs().max()) for p, q in pairs)

    def _parameters(self) -> list[Tensor]:
        """In the order of our network's parameters."""
        policy: Any = self.model.policy
        own = [policy.log_std] if hasattr(policy, "log_std") else []
        parts = [policy.mlp_extractor.policy_net, policy.action_net, policy.mlp_extractor.value_net, policy.value_net]
        trunk = list(policy.features_extractor.parameters())
        return own + trunk + [p for part in parts for p in part.parameters()]

    def move_old_log_probs(self, by: float) -> None:
        """Pretend that another policy had acted, so that no ratio is 1."""
        log_probs = self.model.rollout_buffer.log_probs
        log_probs += by * np.random.default_rng(5).standard_normal(log_probs.shape)

    def batch(self, params_of: Callable[[Tensor], Tensor]) -> Batch:
        """The same rollout as ours; `params_of` observations gives the distribution's parameters."""
        rows, buffer = self.recorder.rows, self.model.rollout_buffer
        obs = torch.tensor(np.stack([*(row["obs_tensor"].numpy() for row in rows), rows[-1]["new_obs"]])).double()
        done = np.stack([row["dones"] for row in rows])
        cut = np.array([[info.get("TimeLimit.truncated", False) for info in row["infos"]] for row in rows]) & done
        action = torch.tensor(buffer.actions)
        end = torch.tensor(done)
        end[-1] = True
        index = np.flatnonzero(cut)
        lasts = [rows[k // LANES]["infos"][k % LANES]["terminal_observation"] for k in index]
        return Batch(
            obs_t=obs,
            action_t=action.squeeze(-1) if action.dtype == torch.int64 else action.double(),
            reward_t=torch.tensor(np.stack([row["rewards"] for row in rows])),
            terminated_t=torch.tensor(done & ~cut),
            truncated_t=torch.tensor(cut),
            end_t=end,
            episode_step_t=torch.zeros(STEPS, LANES, dtype=torch.int64),
            behaviour_t=params_of(obs[:-1]).detach(),
            log_prob_t=torch.tensor(buffer.log_probs),
            cut_index=torch.tensor(index),
            cut_obs=torch.tensor(np.array(lasts)).double(),
        )
