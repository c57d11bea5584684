"""On-policy rollouts: segments of T steps from every lane, or one whole episode from every lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from rl_core.collect.lanes_state import LanesState
from rl_core.collect.live import Keep, LiveRecorder
from rl_core.collect.normaliser import Normaliser
from rl_core.data.batch import Batch
from rl_core.environments.lanes import Lanes, StepResult
from rl_core.networks.actor_critic import ActorCritic
from rl_core.streams import Streams
from rl_core.types import Actions, BoolArray, Episode, FloatArray, IntArray

CHUNK = 64  # steps for which action noise is drawn at once when the length of a rollout is not known


@dataclass(slots=True)
class _Rows:
    """What each step stored, before it is stacked."""

    raw: list[FloatArray] = field(default_factory=list)  # as the environment gave it
    obs: list[FloatArray] = field(default_factory=list)  # as the policy saw it
    output: list[FloatArray] = field(default_factory=list)
    action: list[Actions] = field(default_factory=list)
    executed: list[Actions] = field(default_factory=list)
    step: list[StepResult] = field(default_factory=list)
    episode_step: list[IntArray] = field(default_factory=list)
    valid: list[BoolArray] = field(default_factory=list)
    masks: list[tuple[FloatArray, ...]] = field(default_factory=list)
    cuts: list[tuple[int, FloatArray]] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    live: LiveRecorder | None = None


class Collector:
    """Acts with the current actor. It counts `env_steps` and `episodes`; `clock` gives the run's wall time (s)."""

    def __init__(
        self,
        lanes: Lanes,
        net: ActorCritic,
        streams: Streams,
        dropout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = LanesState(lanes, streams)
        self.normaliser = Normaliser(lanes.info.obs_size, lanes.num_lanes)
        self._net, self.acting = net, net.acting(lanes.info.actions)
        self._device = next(net.parameters()).device
        self._streams, self._clock = streams, clock
        self._dropout, self._hidden = dropout, net.hidden_sizes
        self._n = lanes.num_lanes
        self.env_steps = 0
        self.episodes = 0
        self._begun = False

    def segments(self, n_steps: int) -> Batch:
        """T = n_steps from every lane; episodes end and begin inside, and go on into the next segment."""
        if not self._begun:
            self._begin_all()
            self._begun = True
        rows = _Rows()
        noise = self._noise(n_steps)
        for t in range(n_steps):
            result, is_end = self._step(rows, noise[t], None)
            if is_end is not None:
                for lane in np.flatnonzero(is_end):
                    self._finish(rows, t, int(lane), result)
                    self._state.begin(int(lane), self._state.clock + t + 1)
        self._state.remember(np.stack(rows.executed))  # type: ignore[arg-type]
        return self._batch(rows)

    def whole_episodes(self, keep: Keep | None = None) -> Batch:
        """One episode from every lane, padded to the longest: no transition is cut, none joins two episodes.

        With `keep` the policy's log-probabilities or outputs are kept with their graph; the actions are the same.
        """
        self._begin_all()
        self._begun = False
        rows, active, t = _Rows(live=LiveRecorder(self._net, keep) if keep else None), np.ones(self._n, np.bool_), 0
        while active.any():
            if t % CHUNK == 0:
                noise = self._noise(CHUNK)
            rows.valid.append(active.copy())
            result, is_end = self._step(rows, noise[t % CHUNK], active)
            if is_end is not None:
                for lane in np.flatnonzero(is_end & active):
                    self._finish(rows, t, int(lane), result)
                active &= ~is_end
            t += 1
        return self._batch(rows)

    def _step(self, rows: _Rows, noise: FloatArray, active: BoolArray | None) -> tuple[StepResult, BoolArray | None]:
        state = self._state
        masks = self._draw_masks()
        raw = state.obs
        obs = self.normaliser.obs(raw)
        output = self.acting.output(obs, masks)
        action = self.acting.sample(output, noise)
        executed = self.acting.executed(action)  # B-8: what is stored is the sample, what acts is inside the bounds
        if rows.live:
            rows.live.note(obs, masks, action)
        rows.episode_step.append(state.episode_length.copy())
        result = state.lanes.step(executed, active)
        state.obs = result.obs_tp1.copy()
        state.count(result.reward_t)
        self.env_steps += self._n if active is None else int(active.sum())
        rows.raw.append(raw)
        rows.obs.append(obs)
        rows.output.append(output)
        rows.action.append(action)
        rows.executed.append(executed)
        rows.step.append(result)
        rows.masks.append(masks)
        is_end = result.terminated_t | result.truncated_t
        return result, is_end if is_end.any() else None

    def _finish(self, rows: _Rows, t: int, lane: int, result: StepResult) -> None:
        self.episodes += 1
        ret, length = float(self._state.episode_return[lane]), int(self._state.episode_length[lane])
        rows.episodes.append(Episode(self.episodes, self.env_steps, ret, length, self._clock()))
        if not result.terminated_t[lane]:
            rows.cuts.append((t * self._n + lane, result.obs_tp1[lane]))

    def _noise(self, n_steps: int) -> FloatArray:
        return self.acting.noise(self._streams["action"], n_steps, self._n)

    def _begin_all(self) -> None:
        self._state.begin_all()
        self.normaliser.begin_all()

    def _draw_masks(self) -> tuple[FloatArray, ...]:
        if not self._dropout:
            return ()
        keep = 1.0 - self._dropout
        draw = self._streams["dropout"].random
        scale = np.float32(1.0 / keep)
        return tuple((draw((self._n, h), dtype=np.float32) < keep) * scale for h in self._hidden)

    def _batch(self, rows: _Rows) -> Batch:
        device = self._device

        def put(array: Any) -> torch.Tensor:
            return torch.from_numpy(array).to(device)

        action_t, behaviour_t = put(np.stack(rows.action)), put(self.acting.params(np.stack(rows.output)))
        terminated_t = put(np.stack([s.terminated_t for s in rows.step]))
        truncated_t = put(np.stack([s.truncated_t for s in rows.step])) & ~terminated_t
        end_t = terminated_t | truncated_t
        valid = np.stack(rows.valid) if rows.valid else None
        valid_t = None if valid is None else put(valid)
        obs, cut_obs, renormalised_t = self._observations(rows, valid)
        rewards = np.stack([s.reward_t for s in rows.step])
        reward_t = put(self.normaliser.rewards(rewards, end_t.cpu().numpy(), valid))
        if valid_t is not None:
            end_t = end_t | ~valid_t
        end_t[-1] = True
        return Batch(
            obs_t=put(obs),
            action_t=action_t,
            reward_t=reward_t if valid_t is None else reward_t * valid_t,
            terminated_t=terminated_t,
            truncated_t=truncated_t,
            end_t=end_t,
            episode_step_t=put(np.stack(rows.episode_step)),
            behaviour_t=behaviour_t,
            log_prob_t=self._net.distribution(behaviour_t).log_prob(action_t),
            cut_index=put(np.array([index for index, _ in rows.cuts], np.int64)),
            cut_obs=put(cut_obs),
            renormalised_t=None if renormalised_t is None else put(renormalised_t),
            valid_t=valid_t,
            masks_t=tuple(put(np.stack(layer)) for layer in zip(*rows.masks, strict=True)),
            live_t=rows.live.policy() if rows.live else None,
            episodes=tuple(rows.episodes),
        )

    def _observations(self, rows: _Rows, valid: BoolArray | None) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """The T+1 rows and the cut successors as acted on, and the T rows with the statistics that they have moved."""
        see = self.normaliser.obs
        cuts = np.array([obs for _, obs in rows.cuts], np.float32).reshape(-1, self._state.obs.shape[1])
        obs, cut_obs = np.stack([*rows.obs, see(self._state.obs)]), see(cuts)
        if not self.normaliser.scales_obs:
            return obs, cut_obs, None
        raw = np.stack(rows.raw)
        self.normaliser.learn_obs(raw.reshape(-1, raw.shape[-1]) if valid is None else raw[valid])
        return obs, cut_obs, see(raw)

    def state(self) -> dict[str, Any]:
        """Counters and unfinished episodes."""
        unfinished = self._state.unfinished() if self._begun else []
        return {
            "env_steps": self.env_steps, "episodes": self.episodes, "unfinished": unfinished,
            "next_episode": self._state.next_episodes(), "normaliser": self.normaliser.state(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.env_steps, self.episodes = state["env_steps"], state["episodes"]
        self._state.skip_to(state["next_episode"])
        self._begun = bool(state["unfinished"])
        if self._begun:
            self._state.replay(state["unfinished"])
        self.normaliser.restore(state["normaliser"])
