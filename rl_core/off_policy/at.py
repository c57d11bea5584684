"""Transitions seen by the networks of now."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from torch import Tensor

from rl_core.data.transitions import Transitions


class QAt:
    """`b` transitions [B], `net` the networks, `c` the controls with the numbers in force."""

    def __init__(self, b: Transitions, net: Any, c: Any) -> None:
        self.b, self.net, self.c = b, net, c

    @cached_property
    def q(self) -> Tensor:
        r"""Q_\phi(s, a) of the actions that were taken [B] (reward)."""
        q: Tensor = self.net["q"](self.b.obs).gather(-1, self.b.action.unsqueeze(-1)).squeeze(-1)
        return q

    @cached_property
    def q_tp1(self) -> Tensor:
        """Q(s', .) [B, A] of the network that targets are made with (reward)."""
        name = "q" if self.c.target_network == "none" else "q_target"
        q_tp1: Tensor = self.net[name](self.b.obs_tp1)
        return q_tp1

    @cached_property
    def y(self) -> Tensor:
        r"""r + \gamma (1 - d) \max_{a'} Q(s', a') [B] (reward); a time limit is no end."""
        y: Tensor = self.b.reward + self.c.gamma * self.alive * self.q_tp1.amax(-1)
        return y

    @cached_property
    def target(self) -> Tensor:
        """sg[y] [B]: the target behind its gate."""
        target: Tensor = self.c.td_target(self.y)
        return target

    @cached_property
    def alive(self) -> Tensor:
        """1 where s' is worth something, 0 where the MDP ended [B]."""
        return (~self.b.terminated).to(self.b.reward.dtype)
