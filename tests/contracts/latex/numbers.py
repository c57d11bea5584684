r"""The independent numbers: what the symbols of the equations stand for, from a batch, in plain NumPy.

Nothing here comes from `rl_core.estimators`: returns and TD errors are sums along trajectories, the policy is a linear
softmax, Bernoulli or Gaussian, the critic is linear, and parameters may be complex, so that everything can be
differentiated. What a symbol means is said where it is listed, in `Table._symbols`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from rl_core.data.batch import Batch
from rl_core.tabular.mdp import TabularMDP
from tests.contracts.latex.arithmetic import TINY, Array, Point
from tests.contracts.latex.evaluator import name_of

Look = Callable[[str], Array]


@dataclass(frozen=True)
class Data:
    """A batch as its M valid samples, and whatever else symbols are made of."""

    c: Any
    obs: Array  # [M, D]
    obs_tp1: Array  # [M, D] of the true successor
    action: Array  # [M], or [M, D_a]
    reward: Array
    over: Array  # whether nothing follows that is worth anything
    step: Array  # the index in the episode
    behaviour: Array  # [P, M] parameters of the policy that acted
    trajectories: list[list[int]]  # places of the samples of each, in the order of time
    family: str = "categorical"
    part: Array | None = None  # places of the samples of the minibatch at hand
    old_value: Array | None = None  # V before the first step of the update
    previous: Data | None = None  # the batch before
    mdp: tuple[TabularMDP, Array] | None = None  # and the features of its states
    given: Mapping[str, Array] = field(default_factory=dict)  # of symbols whose numbers the update itself says

    @classmethod
    def of(cls, b: Batch, c: Any, **also: Any) -> Data:
        """From a batch."""
        times, lanes = b.shape
        valid = np.ones((times, lanes), bool) if b.valid_t is None else b.valid_t.numpy()
        place = np.cumsum(valid.reshape(-1)).reshape(valid.shape) - 1
        follows = b.obs_t[1:].numpy().reshape(times * lanes, -1).copy()
        follows[b.cut_index.numpy()] = b.cut_obs.numpy()
        runs, found = [[] for _ in range(lanes)], list[list[int]]()
        for t, n in ((t, n) for t in range(times) for n in range(lanes) if valid[t, n]):
            runs[n].append(int(place[t, n]))
            if b.end_t[t, n]:
                found.append(runs[n])
                runs[n] = []
        over = b.terminated_t | (b.truncated_t if c.time_limit == "terminate" else torch.zeros_like(b.end_t))

        def flat(x: Any) -> Array:
            return np.asarray(x).reshape(times * lanes, *x.shape[2:])[valid.reshape(-1)]

        return cls(
            c, flat(b.obs_t[:-1]), follows[valid.reshape(-1)], flat(b.action_t), flat(b.reward_t), flat(over),
            flat(b.episode_step_t), flat(b.behaviour_t).T, found, **also,
        )  # fmt: skip

    def table(self, point: Point) -> Table:
        """The numbers at some parameters."""
        return Table(self, point)


def scheduled(c: Any, name: str, schedule: str, progress: float) -> float:
    """A control's number at this part of the budget."""
    how, value = getattr(c, schedule) if schedule else "constant", getattr(c, name)
    return float({"constant": value, "linear": value * (1 - progress), "exponential": value * 0.01**progress}[how])


class Table:
    """The numbers at some parameters."""

    def __init__(self, data: Data, point: Point) -> None:
        self._data, self._point, self._c = data, point, data.c
        self.longest, self.actions = max(map(len, data.trajectories)), len(data.behaviour)
        self.chosen = np.zeros(len(data.obs))
        self.chosen[slice(None) if data.part is None else data.part] = 1
        self.symbols = {name_of(latex): value for latex, value in self._symbols().items()}
        self.functions = {name_of(latex): f for latex, f in self._functions().items()}

    def shifted(self, x: Array, steps: int) -> Array:
        """x of each sample that many steps later in its trajectory, 0 beyond its ends."""
        x, out = np.broadcast_to(x, self.chosen.shape), np.zeros(self.chosen.shape, x.dtype)
        for places in self._data.trajectories:
            for here, place in enumerate(places):
                if 0 <= here + steps < len(places):
                    out[place] = x[places[here + steps]]
        return out

    def _symbols(self) -> dict[str, Callable[[Look], Array | list[Array]]]:
        d, c = self._data, self._c
        number = {"M": self.chosen.sum(), "N": len(d.trajectories), r"\gamma": c.gamma, r"\lambda": c.gae_lambda,
                  "b_0": c.baseline_constant}  # fmt: skip
        given = {name: np.atleast_1d(np.asarray(x, float)) for name, x in (number | dict(d.given)).items()}
        directed = {rf"({p}\Vert {q})": (name_of(p), name_of(q)) for p, q in ((BAR, NOW), (NOW, BAR))}
        kl = {
            rf"\mathrm{{KL}}{pair}": lambda look, p=p, q=q: self._kl(look(p), look(q))
            for pair, (p, q) in directed.items()
        }
        sampled = {
            f"k_{n}{pair}": lambda look, p=p, n=n: self._sampled_kl(n, look(name_of(BAR)), p == name_of(BAR))
            for pair, (p, q) in directed.items() for n in (1, 2, 3)
        }  # fmt: skip
        return kl | sampled | {name: lambda look, x=x: x for name, x in given.items()} | {
            r"t": lambda look: d.step.astype(float),
            r"r_t": lambda look: d.reward,
            r"\delta_t": lambda look: self._delta,  # r_t + gamma V(s_{t+1}) - V(s_t); nothing follows a termination
            r"G_t": lambda look: self._to_go(self.longest),  # gamma V(s_{t+1}) is added where a trajectory is cut
            r"G_t^{(n)}": lambda look: self._to_go(c.n_step),
            r"R(\tau)": lambda look: self._per_trajectory(lambda g: g[0]),
            r"\bar R": lambda look: np.mean(self._returns)[None],  # over trajectories
            r"\bar R_{-i}": lambda look: self._without_own(),
            r"\bar\Psi_t": lambda look: self._mean_at_t(),  # of the return in force, over those that still run
            r"V_\phi(s_t)": lambda look: self._v(d.obs),
            r"V_\phi": lambda look: self._v(d.obs),
            r"V_\phi(s_{t+1})": lambda look: self._v_tp1,  # 0 where nothing follows
            r"V_{\text{old}}": lambda look: d.old_value,
            r"Q_\phi(s_t,a_t)": lambda look: self._q(d.obs)[d.action, np.arange(len(d.obs))],
            r"Q_\phi(s_t,a)": lambda look: list(self._q(d.obs)),
            r"b^*_\phi(s_t)": lambda look: self._v(d.obs),
            r"b^*": lambda look: self._optimal(),
            r"\lVert S_t\rVert": lambda look: np.sqrt((self._scores**2).sum(0)),
            r"\theta": lambda look: self._point[r"\theta"][:, None, None],
            r"I": lambda look: np.eye(len(self._point[r"\theta"]))[:, :, None],
            r"J": lambda look: self._j(),
            NOW: lambda look: self._policy(d.obs),
            r"\pi_{\text{old}}": lambda look: d.behaviour,
            r"\pi_\theta(a\mid s_t)": lambda look: list(np.exp(self._policy(d.obs))),
            r"\pi_\theta(a_t\mid s_t)": lambda look: np.exp(self._log_pi),
            r"\operatorname{sg}[\pi_\theta](a_t\mid s_t)": lambda look: np.exp(self._log_pi.real),
            r"\pi_{\text{old}}(a_t\mid s_t)": lambda look: np.exp(self._log_prob(d.behaviour)),
            r"\log\pi_\theta(a_t\mid s_t)": lambda look: self._log_pi,
            r"\log\pi_\theta(a_t\mid s_t)\vert_{\text{rollout}}": lambda look: self._log_pi,
            r"\log\operatorname{softmax}(z_t)_{a_t}\vert_{\text{rollout}}": lambda look: self._log_pi,
            r"\operatorname{CE}(z_t,a_t)": lambda look: -self._log_pi,
            r"H(\pi_\theta)": lambda look: self._entropy(self._policy(d.obs)),
            r"H(\pi_{\text{stored}})": lambda look: self._entropy(d.behaviour),
            r"\overline{w}": lambda look: self._mean_weight(look(name_of(r"\rho_t"))),
        }  # fmt: skip

    def _functions(self) -> dict[str, Callable[[Array], Array]]:
        whole = np.arange(len(self.chosen))
        places = {"batch": [whole], "minibatch": [np.flatnonzero(self.chosen)], "episode": self._data.trajectories}
        return {
            rf"\operatorname{{norm}}_{{\text{{{name}}}}}": lambda x, parts=parts: self._normalised(x, parts)
            for name, parts in places.items()
        }

    # Along trajectories

    @cached_property
    def _v_tp1(self) -> Array:
        return np.where(self._data.over, 0.0, self._v(self._data.obs_tp1))

    @cached_property
    def _delta(self) -> Array:
        return self._data.reward + self._c.gamma * self._v_tp1 - self._v(self._data.obs)

    def _to_go(self, most: int) -> Array:
        """The sum of at most that many rewards, then V of the state after the last, [M]."""
        out = np.zeros(len(self.chosen), complex)
        for places in self._data.trajectories:
            for here, place in enumerate(places):
                summed = places[here : here + most]
                rewards = sum(self._c.gamma**k * self._data.reward[x] for k, x in enumerate(summed))
                out[place] = rewards + self._c.gamma ** len(summed) * self._v_tp1[summed[-1]]
        return out

    def _per_trajectory(self, f: Callable[[Array], Array]) -> Array:
        g, out = self._to_go(self.longest), np.zeros(len(self.chosen), complex)
        for places in self._data.trajectories:
            out[places] = f(g[places])
        return out

    @property
    def _returns(self) -> Array:
        return self._to_go(self.longest)[[places[0] for places in self._data.trajectories]]

    def _without_own(self) -> Array:
        total, n = self._returns.sum(), len(self._data.trajectories)
        return self._per_trajectory(lambda g: (total - g[0]) / (n - 1))

    @property
    def _weight(self) -> Array:
        """The return in force, for baselines that are made of it."""
        kind = self._c.return_kind
        if kind == "full":
            return self._per_trajectory(lambda g: g[0])
        return self._to_go(self._c.n_step if kind == "n_step" else self.longest)

    def _at_equal_times(self, x: Array) -> Array:
        """The mean of x over the trajectories that still run as many steps after their start."""
        out = np.zeros(len(self.chosen), complex)
        for t in range(self.longest):
            running = [places[t] for places in self._data.trajectories if t < len(places)]
            out[running] = x[running].mean()
        return out

    def _mean_at_t(self) -> Array:
        return self._at_equal_times(self._weight)

    def _normalised(self, x: Array, parts: list[Any]) -> Array:
        out = np.zeros(len(self.chosen), complex)
        for places in parts:
            centred, n = x[places] - x[places].mean(), len(places)
            if n > 1:
                out[places] = centred / (np.sqrt((centred**2).sum() / (n - self._c.norm_ddof)) + 1e-8)
        return out

    def _mean_weight(self, rho: Array) -> Array:
        """The mean of the weights: of one per trajectory, of those at equal times, or of all."""
        kind, most, log_w = self._c.importance, self._c.weight_clamp, np.log(rho)
        if kind != "timestep":
            for places in self._data.trajectories:
                log_w[places] = np.cumsum(log_w[places])
        if kind == "trajectory":
            log_w = log_w[[places[-1] for places in self._data.trajectories]]
        w = np.exp(np.where(abs(log_w.real) > most, np.sign(log_w.real) * most, log_w) if most else log_w)
        return self._at_equal_times(w) if kind == "per_decision" else w.mean()[None]

    # The policy: a linear function of the observation, and what its family makes of it

    def _policy(self, obs: Array) -> Array:
        """Parameters [P, M]: log-probabilities, or means and log sigmas."""
        theta, size = self._point[r"\theta"], obs.shape[1]
        if self._data.family == "gaussian":
            sizes = len(theta) // (size + 1)
            mean = theta[: sizes * size].reshape(sizes, size) @ obs.T
            return np.concatenate([mean, np.broadcast_to(theta[sizes * size :, None], mean.shape)])
        z = theta.reshape(-1, size) @ obs.T
        z = np.concatenate([0 * z, z]) if self._data.family == "bernoulli" else z
        return z - np.log(np.exp(z).sum(0))

    @cached_property
    def _log_pi(self) -> Array:
        return self._log_prob(self._policy(self._data.obs))

    def _log_prob(self, params: Array) -> Array:
        a = self._data.action
        if self._data.family != "gaussian":
            return params[a, np.arange(len(a))]
        mean, log_sigma = np.split(params, 2)
        return (-0.5 * ((a.T - mean) / np.exp(log_sigma)) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi)).sum(0)

    def _entropy(self, params: Array) -> Array:
        if self._data.family != "gaussian":
            return -(np.exp(params) * params).sum(0)
        return (np.split(params, 2)[1] + 0.5 * np.log(2 * np.pi * np.e)).sum(0)

    def _kl(self, p: Array, q: Array) -> Array:
        if self._data.family != "gaussian":
            return (np.exp(p) * (p - q)).sum(0)
        (m, s), (n, u) = np.split(p, 2), np.split(q, 2)
        return (u - s + (np.exp(2 * s) + (m - n) ** 2) / (2 * np.exp(2 * u)) - 0.5).sum(0)

    def _sampled_kl(self, n: int, bar: Array, from_bar: bool) -> Array:
        """k_n of one sample of the policy bar: of KL(bar || now), or, weighted with the ratio, of KL(now || bar)."""
        log_r = self._log_pi - self._log_prob(bar)  # what k_n is of: the log of the second over the first
        log_x, weight = (log_r, 1.0) if from_bar else (-log_r, np.exp(log_r))
        return weight * {1: -log_x, 2: log_x**2 / 2, 3: np.exp(log_x) - 1 - log_x}[n]

    @cached_property
    def _scores(self) -> Array:
        """The gradient of log pi(a_t|s_t) [P, M], as numbers."""
        theta = self._point[r"\theta"].real
        ways = np.eye(len(theta)) * 1j * TINY
        moved = [Table(self._data, {**self._point, r"\theta": theta + way}) for way in ways]
        return np.stack([table._log_pi.imag for table in moved]) / TINY

    # The critic

    def _q(self, obs: Array) -> Array:
        """The critic's outputs [A or 1, M]."""
        phi, size = self._point[r"\phi"], obs.shape[1]
        outputs = len(phi) // (size + 1)
        return phi[: outputs * size].reshape(outputs, size) @ obs.T + phi[outputs * size :, None]

    def _v(self, obs: Array) -> Array:
        if self._c.critic == "none":
            return np.zeros(len(obs))
        q = self._q(obs)
        return q[0] if len(q) == 1 else (np.exp(self._policy(obs).real) * q).sum(0)

    def _optimal(self) -> Array:
        """b*: E[X . Y] / E[|Y|^2] over trajectories, all at once or entry by entry; from the samples that it names."""
        own = self._xy()
        if self._c.baseline_source == "previous":
            x, y = Table(self._data.previous, self._point)._xy()  # type: ignore[arg-type]
        else:
            x, y = own
        cross, square = x * y, y * y
        if self._c.baseline == "optimal_scalar":
            cross, square = cross.sum(0, keepdims=True), square.sum(0, keepdims=True)
        out = np.zeros((len(cross), len(self.chosen)))
        for i, places in enumerate(self._data.trajectories):
            others = np.arange(cross.shape[1]) != (i if self._c.baseline_source == "leave_one_out" else -1)
            out[:, places] = (cross[:, others].sum(1) / square[:, others].sum(1))[:, None]
        return out[0] if self._c.baseline == "optimal_scalar" else out[:, None]

    def _xy(self) -> tuple[Array, Array]:
        """Each trajectory's part of the gradient without a baseline, and its sum of scores, [P, N]."""
        discounted = self._c.gamma_t and self._c.return_kind != "full"
        scores = self._scores * (self._c.gamma**self._data.step if discounted else 1.0)
        weighted = scores * self._weight.real
        parts = self._data.trajectories
        return tuple(np.stack([x[:, places].sum(1) for places in parts], 1) for x in (weighted, scores))  # type: ignore[return-value]

    def _j(self) -> Array:
        """The expected return of the policy in the MDP, backwards in time."""
        assert self._data.mdp is not None
        (mdp, features), v = self._data.mdp, 0.0
        for _ in range(mdp.horizon):
            v = (np.exp(self._policy(features)).T * (mdp.P * (mdp.R + self._c.gamma * v)).sum(-1)).sum(1)
        return (mdp.rho * v).sum()[None]


BAR, NOW = r"\bar\pi", r"\pi_\theta"
