"""What value methods leave for the metrics: Q beside its targets, the TD errors, and how far exploration has gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rl_core.environments.lanes import Lanes
from rl_core.telemetry.grids import INTEGERS64, SYMLOG128
from rl_core.telemetry.metric import distribution, scalar
from rl_core.telemetry.reading import Array, Reading, array
from rl_core.updates.update import Onlooker, Update


@dataclass(frozen=True, slots=True)
class QReading(Reading):
    """Over the B transitions of an update's last step, before it."""

    q: Array
    q_tp1: Array  # the largest of each successor, as the target has it
    td_error: Array
    action: Array
    epsilon: float


@scalar("q/mean", title="Q, mean", unit="reward", latex=r"\mathbb E[Q_\phi(s,a)]", colour="green")
def q_mean(u: QReading) -> float:
    """Mean value of the actions in the batch; far above any return that was seen it is an over-estimate."""
    return float(u.q.mean())


@scalar("q/target_mean", title="Q of successors, mean", unit="reward", latex=r"\mathbb E[\max Q(s')]", colour="green")
def q_tp1_mean(u: QReading) -> float:
    """Mean of the largest value of each successor, as targets have it."""
    return float(u.q_tp1.mean())


@scalar("q/td_error", title="TD error, mean size", unit="reward", latex=r"\mathbb E|\delta|", colour="violet")
def td_error_size(u: QReading) -> float:
    """Mean size of the TD error of the batch."""
    return float(abs(u.td_error).mean())


@scalar("q/epsilon", title="Exploration", unit="1", latex=r"\varepsilon", colour="grey")
def epsilon(u: QReading) -> float:
    """Probability of a random action while this update's data were collected."""
    return u.epsilon


@distribution("q", title="Action values", unit="reward", latex=r"Q_\phi(s,a)", grid=SYMLOG128, colour="green")
def q_values(u: QReading) -> Array:
    """Value of each action in the batch."""
    return u.q


@distribution("q/td_error", title="TD error of Q", unit="reward", latex=r"\delta", grid=SYMLOG128, colour="violet")
def td_errors(u: QReading) -> Array:
    """TD error of each transition; centred on 0 when Q is consistent."""
    return u.td_error


@distribution("q/action", title="Actions in memory", unit="action", latex=r"a", grid=INTEGERS64, colour="grey")
def actions(u: QReading) -> Array:
    """How often each action stands in the batch."""
    return u.action


class QReader(Onlooker):
    """Reads the last step of an update."""

    def read(self, u: Update) -> None:
        """Leave it."""
        at, b = u.steps[-1].losses.at, u.steps[-1].samples
        largest = at.q_tp1.amax(-1)
        error = at.y - at.q
        action, exploring = array(b.action.to(at.q.dtype)), u.c.exploring(u.c.progress)
        u.leave(QReading(array(at.q), array(largest), array(error), action, exploring))


def q_reader(net: Any, lanes: Lanes, watched: bool) -> QReader:
    """Made for a run's networks."""
    return QReader()
