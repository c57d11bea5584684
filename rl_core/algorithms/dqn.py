r"""DQN (Mnih et al. 2015): L = (1/B) \sum (Q_\phi(s, a) - sg[r + \gamma (1 - d) \max_{a'} Q_{\bar\phi}(s', a')])^2."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.replay import Replay
from rl_core.controls import inherited
from rl_core.networks.action_values import action_values
from rl_core.off_policy.at import QAt
from rl_core.off_policy.controls import OffPolicyControls
from rl_core.off_policy.estimate import AsTheyAre
from rl_core.off_policy.reader import q_reader
from rl_core.on_policy.losses import squared_errors
from rl_core.updates.descend import descending
from rl_core.updates.targets import following
from rl_core.updates.term import term, where


class DQN(OffPolicyControls):
    """Controls of DQN: a gradient step on a handful of remembered transitions."""

    activation: Literal["tanh", "relu", "leaky_relu"] = inherited(OffPolicyControls, "activation", "relu")
    learning_rate: float = inherited(OffPolicyControls, "learning_rate", 1e-3)
    max_grad_norm: float = inherited(OffPolicyControls, "max_grad_norm", 10.0)


@term("td", r"L=\textstyle\frac1B\sum\big(Q_\phi(s,a)-@td_target@\big)^2", into="q")
def td_loss(at: QAt) -> Tensor:
    r"""(1/B) \sum (Q_\phi(s, a) - sg[y])^2: a mean of squares, without a factor one half."""
    return squared_errors(at.q, at.target).mean()


@where(r"\\ y=r+\gamma\,(1-d)\,\textstyle\max_{a'}@target_network@(s',a')")
def target(at: QAt) -> Tensor:
    """What Q is fitted to."""
    return at.y


dqn = algorithm(
    Algorithm(
        id="dqn",
        title="DQN",
        doc="Action values from a memory of transitions, towards targets that a slower copy of the network makes.",
        ref="Mnih et al. 2015",
        controls=DQN,
        networks=action_values,
        source=Replay,
        estimate=AsTheyAre,
        see=QAt,
        terms=(td_loss,),
        rules=(descending("q"), following("q_target", "q")),
        where=(target,),
        instruments=(q_reader,),
    )
)
