"""What the engine's tests share: hand-made batches, tabular networks, and gradients as one vector."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.config import resolve
from rl_core.data.batch import Batch
from rl_core.data.samples import Samples
from rl_core.estimators.reductions import reduction_scale
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.advantages import Estimated
from rl_core.on_policy.at import ScoreAt
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.estimate import Values, estimate
from rl_core.on_policy.gradient import ScoreProbing
from rl_core.on_policy.kl_control import Beta
from rl_core.on_policy.metrics.score import ScoreProbe
from rl_core.on_policy.samples import samples_of
from rl_core.on_policy.truth import Known
from rl_core.policies.categorical import Categorical
from rl_core.policies.gaussian import DiagonalGaussian
from rl_core.run.learner import Learner
from rl_core.run.run import Run
from rl_core.streams import Streams
from rl_core.telemetry.probes import Probe
from rl_core.types import ActionSpace, Box, Discrete, Spaces
from rl_core.updates.descend import EndedEarly
from rl_core.updates.probing import GraphProbing
from rl_core.updates.report import Gradients
from rl_core.updates.term import Losses
from rl_core.updates.trust_region import StepReport
from rl_core.updates.update import Update

torch.set_num_threads(1)

BOX = Box((-1.0, -0.5), (1.0, 0.5), ("x", "y"))

SMALL = {"hidden_layers": 1, "hidden_size": 4, "initialisation": "default"}


def controls(algorithm: str, **values: Any) -> OnPolicyControls:
    """The algorithm's controls: its defaults, a small network, and the given values."""
    made: OnPolicyControls = algorithms[algorithm].controls.model_validate(SMALL | values)
    return made


class Table(nn.Module):
    """An actor and a critic with one number per entry, for one-hot observations."""

    def __init__(self, n_states: int, n_actions: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states, n_actions))
        self.v = nn.Parameter(torch.zeros(n_states))

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Categorical:
        """pi(.|s) = softmax of the row of s."""
        return self.distribution(obs @ self.logits)

    def distribution(self, params: Tensor) -> Categorical:
        """The distribution with these logits."""
        return Categorical.from_logits(params)

    def value(self, obs: Tensor) -> Tensor:
        """V(s), the entry of s."""
        return obs @ self.v

    def features(self, obs: Tensor) -> Tensor:
        """There is no trunk."""
        return obs

    policy_of, value_of = policy, value


def network(obs_size: int, actions: int | ActionSpace, c: OnPolicyControls, seed: int = 0) -> ActorCritic:
    """Actor and critic with weights of their own seed; a number of actions means that they are discrete."""
    space = Discrete(("a",) * actions) if isinstance(actions, int) else actions
    return ActorCritic(obs_size, space, c, c.critic, torch.Generator().manual_seed(seed))


class Fit(Learner):
    """A learner whose updates are looked at through `Left`."""

    values: Any  # what its critic says of a batch

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.values = self.estimate.values  # type: ignore[attr-defined]
        scored = [ScoreProbing()] if issubclass(self._algorithm.see, ScoreAt) else []  # type: ignore[arg-type]
        self.instruments = [*scored, GraphProbing()]

    def update(self, *arguments: Any, **keywords: Any) -> Left:  # type: ignore[override]
        """One update, and what it left."""
        return Left(super().update(*arguments, **keywords))


def learner(algorithm: str, c: OnPolicyControls, b: Batch, seed: int = 0, actions: ActionSpace | None = None) -> Fit:
    """A learner for this batch's sizes."""
    space = actions or Discrete(("a",) * b.behaviour_t.shape[-1])
    return fit(algorithms[algorithm], c, b.obs_t.shape[-1], space, seed)


def fit(algorithm: Algorithm[Any], c: Any, obs_size: int, actions: ActionSpace, seed: int = 0) -> Fit:
    """A learner for observations and actions of these sizes."""
    return Fit(algorithm, c, Spaces((obs_size,), actions), Streams(seed))


class LossesSeen(Losses):
    """Losses, with what the samples say of the networks at hand."""

    def __init__(self, seen: Losses) -> None:
        self.at, self.declared, self.terms = seen.at, seen.declared, seen.terms

    def __getattr__(self, name: str) -> Any:
        return getattr(self.at, {"log_ratio": "log_rho"}.get(name, name))


LEFT: dict[str, tuple[type, str]] = {
    "step": (StepReport, ""), "score": (ScoreProbe, ""), "known": (Known, ""), "probe": (Probe, ""),
    "kl_coef": (Beta, "value"), "epoch_stopped": (EndedEarly, "epoch"), "estimates": (Estimated, "estimates"),
    "gradients": (Gradients, "reports"),
}  # fmt: skip


class Left:
    """What an update left, under short names."""

    def __init__(self, u: Update) -> None:
        self.u = u
        self.pressure, self.first_gradient, self.samples = u.pressure, u.first_gradient, u.samples
        self.losses = [LossesSeen(step.losses) for step in u.steps]
        self.minibatches, self.norms = [step.samples for step in u.steps], [step.norm for step in u.steps]

    def __getattr__(self, name: str) -> Any:
        kinds = {"step": StepReport, "score": ScoreProbe, "known": Known, "probe": Probe}
        if name in kinds:
            return self.u.find(kinds[name])
        found: Any = {"kl_coef": Beta, "epoch_stopped": EndedEarly, "estimates": Estimated, "gradients": Gradients}[
            name
        ]
        left = self.u.find(found)
        part = {"kl_coef": "value", "epoch_stopped": "epoch", "estimates": "estimates", "gradients": "reports"}[name]
        return None if left is None else getattr(left, part)


def random_batch(
    t: int = 7,
    n: int = 3,
    obs_size: int = 4,
    n_actions: int = 3,
    seed: int = 0,
    net: Any = None,
    whole: bool = False,
    masks: tuple[int, ...] = (),
) -> Batch:
    """Random data with terminations, truncations and rollout edges; under `net` if given, else a random behaviour.

    `whole` makes one padded episode per lane instead, each of another length. A Gaussian `net` acts by its own noise,
    a Categorical one uniformly.
    """
    g = torch.Generator().manual_seed(seed)
    obs = torch.randn(t + 1, n, obs_size, generator=g)
    draw = torch.rand(t, n, generator=g)
    terminated, truncated, valid = draw < 0.2, (draw > 0.2) & (draw < 0.4), None
    if whole:
        last = torch.randint(0, t, (n,), generator=g)
        last[0] = t - 1
        time = torch.arange(t).unsqueeze(1)
        at_end, valid = time == last, time <= last
        terminated, truncated = at_end & (torch.arange(n) % 2 == 0), at_end & (torch.arange(n) % 2 == 1)
    end = terminated | truncated
    if valid is not None:
        end = end | ~valid
    end[-1] = True
    cut = truncated.reshape(-1).nonzero().squeeze(1)
    mask = tuple((torch.rand(t, n, h, generator=g) < 0.5) * torch.tensor(2.0) for h in masks)
    logits = torch.randn(t, n, n_actions, generator=g)
    pi: Any = Categorical.from_logits(logits) if net is None else net.policy(obs[:-1], mask)
    if isinstance(pi, DiagonalGaussian):
        action = (pi.mean + pi.log_sigma.exp() * torch.randn(pi.mean.shape, generator=g)).detach()
    else:
        action = torch.randint(0, n_actions, (t, n), generator=g)
    reward = torch.randn(t, n, generator=g)
    return Batch(
        obs_t=obs,
        action_t=action,
        reward_t=reward if valid is None else reward * valid,
        terminated_t=terminated,
        truncated_t=truncated,
        end_t=end,
        episode_step_t=torch.arange(t).unsqueeze(1).expand(t, n).contiguous(),
        behaviour_t=logits if net is None else pi.params.detach(),
        log_prob_t=pi.log_prob(action).detach(),
        cut_index=cut,
        cut_obs=torch.randn(len(cut), obs_size, generator=g),
        valid_t=valid,
        masks_t=mask,
        renormalised_t=0.7 * obs[:-1] + 0.1,
    )


def values_of(b: Batch, v: Tensor, v_cut: Tensor) -> Values:
    """V of the T+1 rows and of the cut successors, as the estimators take them."""
    return Values.of(v, v_cut, b)


def minibatch(b: Batch, values: Values | None, c: OnPolicyControls, **changed: Any) -> Samples:
    """All samples of a batch with their estimates, as one minibatch."""
    return dataclasses.replace(samples_of(b, estimate(b, values, c), c), **changed)


def losses(
    algorithm: str | Algorithm[Any], m: Samples, net: Any, c: Any, progress: float = 0.0, **remembered: Any
) -> Any:
    """The algorithm's terms in force at its samples, at the beginning of the budget."""
    a = algorithms[algorithm] if isinstance(algorithm, str) else algorithm
    return LossesSeen(Losses(a.in_force(c), a.see(m, net, c.at(progress, remembered))))


def scale(m: Samples, c: Any) -> float:
    """What turns a mean over samples into the reduction of the controls."""
    return reduction_scale(c.reduction, *m.sizes)


def gradient(loss: Tensor, parameters: Iterable[Tensor]) -> Tensor:
    """d loss / d parameters as one vector; zeros where nothing flows."""
    wanted = list(parameters)
    if not loss.requires_grad:
        return torch.cat([torch.zeros_like(p).reshape(-1) for p in wanted])
    parts = torch.autograd.grad(loss, wanted, allow_unused=True, retain_graph=True)
    filled = [torch.zeros_like(p) if g is None else g for g, p in zip(parts, wanted, strict=True)]
    return torch.cat([g.reshape(-1) for g in filled])


def close(a: Tensor, b: Tensor, tolerance: float = 1e-9) -> bool:
    """Equal to an absolute tolerance; NaN is never close."""
    return a.shape == b.shape and bool(((a - b).abs() <= tolerance).all())


def run(body: dict[str, Any], **settings: Any) -> Run:
    """A run of a resolved configuration, ready to advance."""
    return Run(resolve(body), **settings)


SMALL_PPO: dict[str, Any] = {
    "algorithm": "ppo",
    "environment": {"id": "CartPole-v1", "num_envs": 4},
    "controls": {"n_steps": 16, "epochs": 2, "minibatches": 2, "hidden_size": 8, "record_episodes": False},
    "budget": {"updates": 6},
}
SMALL_REINFORCE: dict[str, Any] = {
    "algorithm": "reinforce",
    "environment": {"id": "CartPole-v1", "num_envs": 3},
    "controls": {"hidden_size": 8, "critic": "v", "baseline": "learned_v", "record_episodes": False},
    "budget": {"updates": 6},
}
