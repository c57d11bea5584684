"""The controls that the on-policy family shares: of its estimate, its critic and its entropy bonus."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

import rl_core.estimators
from rl_core.ad.gate import Gate
from rl_core.collect.live import Keep
from rl_core.collect.normaliser import NormalisationControls
from rl_core.controls import boundary, choice, flag, number
from rl_core.estimators.options import baselines, critic_targets, return_kinds
from rl_core.estimators.reductions import Reduction
from rl_core.networks.controls import NetworkControls
from rl_core.registry import discover
from rl_core.run_controls import RunControls
from rl_core.schedules import Schedule
from rl_core.updates.optimisers import OptimiserControls

discover(rl_core.estimators)

if TYPE_CHECKING:  # the values are those of the options that are declared
    ReturnKind = str
    Baseline = str
    CriticTarget = str
else:
    ReturnKind, CriticTarget = return_kinds.literal(), critic_targets.literal()
    Baseline = baselines.literal(without="whole")

Normalisation = Literal["none", "episode", "batch", "minibatch"]
Critic = Literal["v", "none"]


class OnPolicyControls(NetworkControls, NormalisationControls, OptimiserControls, RunControls):
    """Controls of an advantage estimate, of the critic behind it, and of the entropy bonus."""

    @property
    def keeps(self) -> Keep | None:
        """What a rollout keeps of the policy with its graph."""
        return None

    @property
    def takes_exact_gradient(self) -> bool:
        """Whether the policy follows the exact gradient of a finite MDP instead of an estimate."""
        return False

    @property
    def compares_values(self) -> bool:
        """Whether the loss has to know what V was before the first step."""
        return False

    return_kind: ReturnKind = choice(
        r"\Psi_t", "gae", title="Return", effect="Towards TD the variance falls and the critic's error counts more.",
        ref="Schulman et al. 2016, section 2",
        terms=return_kinds.latex(),
    )  # fmt: skip
    """What each action is weighted with, before a baseline is subtracted."""

    gae_lambda: float = number(
        r"\lambda",
        0.95,
        when=[("return_kind", "is", "gae"), ("critic_target", "is", "lambda")],
        title="GAE lambda",
        ge=0,
        le=1,
        effect="0 is the one-step TD error, 1 is return minus value.",
    )
    """Decay of the TD errors in the generalised advantage estimate; also of the critic's lambda-return."""

    n_step: int = number(
        r"n", 5,
        when=[("return_kind", "is", "n_step"), ("critic_target", "is", "n_step")],
        title="Steps before bootstrapping", ge=1, le=500, unit="steps",
        effect="Fewer lean on the critic (biased), more on the rewards (noisy).",
    )  # fmt: skip
    """Rewards summed before V takes over, for the n-step return."""

    gamma: float = number(
        r"\gamma", 0.99, title="Discount", ge=0, le=1, effect="Rewards 1/(1-gamma) steps ahead still count."
    )
    """Discount per step."""

    baseline: Baseline = choice(
        r"b", "none", title="Baseline", effect="Subtracted from the return; changes the variance, not the direction.",
        terms=baselines.latex(without="whole"),
    )  # fmt: skip
    """What is subtracted from the return; GAE and TD errors carry V already."""

    baseline_constant: float = number(
        r"b_0", 0.0, when=[("baseline", "is", "constant")], title="Constant baseline", ge=-1e6, le=1e6, unit="reward",
        effect="Near the mean return it lowers the variance; far from it raises it a lot, and stays unbiased.",
    )  # fmt: skip
    """The number that the baseline 'constant' subtracts."""

    advantage_norm: Normalisation = choice(
        r"\operatorname{norm}", "none", title="Advantage normalisation",
        effect="Step size no longer depends on the reward's scale; per episode it hides which episode was better.",
        terms={
            "none": "", "episode": r"\operatorname{norm}_{\text{episode}}",
            "batch": r"\operatorname{norm}_{\text{batch}}", "minibatch": r"\operatorname{norm}_{\text{minibatch}}",
        },
    )  # fmt: skip
    """Over which samples the advantage is centred and divided by its standard deviation."""

    norm_ddof: int = number(
        r"\text{ddof}", 0, when=[("advantage_norm", "not", "none")], title="Normalisation ddof", ge=0, le=1,
        effect="Seen only where few samples are normalised together.",
    )  # fmt: skip
    """0 divides the variance by n, 1 by n - 1."""

    gamma_t: bool = flag(
        r"\gamma^t", False, title="Discounted state weights", effect="Without it the direction is biased if gamma < 1.",
        terms={"true": r"\gamma^t\,", "false": ""}, ref="Sutton and Barto 2018, section 13.3",
        when=[("return_kind", "not", "full")],
    )  # fmt: skip
    """Weight each step with gamma to the power of its index in the episode; the full return is never weighted so."""

    advantage: Gate = boundary(
        r"\operatorname{sg}[\hat A_t]", passed=r"\hat A_t", title="Advantage", spec="B-1",
        edges=(("policy", "critic"),), effect="The policy loss also trains the critic; not normalised, V settles "
        "H/(2 c_v) too high, with PPO's ratio 1/(2 c_v) too low.",
    )  # fmt: skip
    """Treat the advantage as a constant in the policy loss."""

    time_limit: Literal["truncate", "terminate"] = choice(
        r"V(s_T)", "truncate", title="Time limit", spec="truncation", group="critic",
        effect="Treating a time limit as an end teaches V that the world stops there.",
        ref="Pardo et al. 2018",
    )  # fmt: skip
    """At a time limit, bootstrap with V of the true successor or (wrong) treat the episode as over."""

    critic: Critic = choice(
        r"V_\phi", "v", title="Critic", group="critic", live=False, effect="Without one nothing can be bootstrapped."
    )
    """Whether a value network is learnt."""

    critic_target: CriticTarget = choice(
        r"\hat R_t", "lambda", when=[("critic", "not", "none")], title="Value target", group="critic",
        effect="Monte-Carlo targets are unbiased and noisy, bootstrapped ones the reverse.",
        terms=critic_targets.latex(),
    )  # fmt: skip
    """What the critic is fitted to."""

    value_target: Gate = boundary(
        r"\operatorname{sg}[\hat R_t]", passed=r"\hat R_t",
        when=[("critic", "not", "none")],
        title="Target gradient", edges=(("value", "critic"),),
        spec="B-2", group="critic", effect="Semi-gradient becomes residual gradient; Monte Carlo has no graph.",
        ref="Baird 1995",
    )  # fmt: skip
    """Treat the value target as a constant in the value loss."""

    value_coef: float = number(
        r"c_v",
        0.5,
        when=[("critic", "not", "none")],
        title="Value coefficient",
        ge=0,
        le=100,
        group="critic",
        effect="Weight of the value loss.",
    )
    """Weight of the mean squared error of V in the summed loss."""

    entropy_coef: float = number(
        r"c_e", 0.0, title="Entropy coefficient", ge=0, le=10, group="policy", schedule="entropy_schedule",
        effect="Keeps the policy random for longer; the optimum is then of J + c_e H.",
    )  # fmt: skip
    """Weight of the entropy bonus."""

    entropy_schedule: Schedule = choice(
        r"c_e(n)",
        "constant",
        when=[("entropy_coef", "not", 0)],
        title="Entropy schedule",
        group="policy",
        effect="Exploration fades with the budget.",
    )
    """How the entropy coefficient falls with the fraction of the budget used."""

    entropy: Literal["current", "stored"] = choice(
        r"H", "current", when=[("entropy_coef", "not", 0)], title="Entropy probabilities", spec="B-9", group="policy",
        effect="Stored probabilities are numbers: the bonus has gradient 0 and does nothing.",
        terms={"current": r"H(\pi_\theta)", "stored": r"H(\pi_{\text{stored}})"},
    )  # fmt: skip
    """From which probabilities the entropy bonus is computed."""

    dropout_mask: Literal["stored", "redrawn", "off"] = choice(
        r"m", "stored", when=[("dropout", "not", 0)], title="Dropout mask", spec="B-8", group="policy",
        effect="With another mask log pi belongs to a policy that never acted: the ratio is not 1 at epoch 0.",
    )  # fmt: skip
    """Under which dropout mask the update evaluates the policy; without dropout there is none."""

    stored_action: Literal["unclipped", "clipped"] = choice(
        r"a_t", "unclipped", when=[("actions", "is", "box")], title="Stored action", spec="B-8", group="policy",
        effect="The clipped action was executed, but log pi of it is not that of the sample: ratio not 1 at epoch 0.",
    )  # fmt: skip
    """Whether the update sees a Gaussian's sample or, wrong, what the environment made of it at its bounds."""

    reduction: Reduction = choice(
        r"\textstyle\frac1M\sum", "step_mean", title="Reduction", effect="Scales the policy loss; Adam hardly notices.",
        terms={
            "traj_mean": r"\textstyle\frac1N\sum_{i,t}", "step_mean": r"\textstyle\frac1M\sum_{i,t}",
            "sum": r"\textstyle\sum_{i,t}",
        },
    )  # fmt: skip
    """How the policy loss is reduced over N trajectories with M steps."""

    @model_validator(mode="after")
    def _valid(self) -> OnPolicyControls:
        if self.critic == "none" and "critic" in return_kinds[self.return_kind].facts:
            self.refuse("return_kind", f"return_kind '{self.return_kind}' bootstraps with V and needs a critic, but "
                        "critic is 'none'. Use 'full' or 'reward_to_go', or start a run with critic 'v'.")  # fmt: skip
        if self.critic == "none" and self.baseline == "learned_v":
            self.refuse("baseline", "baseline 'learned_v' is V and needs a critic, but critic is 'none'. "
                        "Use 'batch_mean' or 'leave_one_out', or start the run with critic 'v'.")  # fmt: skip
        if "baseline" in return_kinds[self.return_kind].facts and self.baseline != "none":
            self.refuse("baseline", f"return_kind '{self.return_kind}' already subtracts V, so baseline "
                        f"'{self.baseline}' would be subtracted twice. Set baseline to 'none', or return_kind to "
                        "'reward_to_go', in the same edit.")  # fmt: skip
        if self.critic == "none" and (self.advantage.passes or self.value_target.passes):
            name = "advantage" if self.advantage.passes else "value_target"
            self.refuse(name, f"{name} 'pass' needs a critic to pass gradient to, but critic is 'none'.")
        if self.critic == "none" and self.trunk == "shared":
            self.refuse("trunk", "trunk 'shared' is shared with a critic, but critic is 'none'. Use 'separate', or "
                        "start the run with critic 'v'.")  # fmt: skip
        return self


class CriticRateControls(OnPolicyControls):
    """Controls of algorithms whose one optimiser moves actor and critic, which may want different steps."""

    own_rates: ClassVar[dict[str, str]] = {"critic": "critic_learning_rate"}

    critic_learning_rate: float = number(
        r"\alpha_V", 0.0, title="Learning rate of the critic", ge=0, le=1, group="critic",
        schedule="learning_rate_schedule", when=[("critic", "not", "none")],
        effect="A faster critic makes advantages that the actor can trust sooner; 0 is the common rate.",
    )  # fmt: skip
    """Step size of the critic's own parameters, 0 = that of all; it falls by the same schedule."""


class SegmentControls(OnPolicyControls):
    """Controls of algorithms that learn from a stretch of every lane."""

    n_steps: int = number(
        r"T", 128, title="Steps per lane", ge=1, le=4096, unit="steps", log=True, group="schedule",
        effect="Samples per update = steps x lanes.",
    )  # fmt: skip
    """Steps each lane takes between two updates."""


class EpochControls(OnPolicyControls):
    """Controls of algorithms that go through a batch more than once."""

    epochs: int = number(
        r"K", 4, title="Epochs", ge=1, le=50, unit="epochs", group="schedule",
        effect="More passes over one batch learn more from it and drift further from the policy that made it.",
    )  # fmt: skip
    """Passes over each batch."""


class MinibatchControls(EpochControls):
    """Controls of algorithms that take several steps in each pass."""

    minibatches: int = number(
        r"m", 4, title="Minibatches", ge=1, le=64, group="schedule", effect="Gradient steps per epoch.",
        when=[("minibatch_size", "is", 0)],
    )  # fmt: skip
    """Parts into which each epoch's shuffled batch is cut."""

    minibatch_size: int = number(
        r"B", 0, title="Minibatch size", ge=0, le=1_000_000, unit="samples", group="schedule",
        effect="The same size whatever the batch, as many papers give it; 0 leaves it to the number of minibatches.",
    )  # fmt: skip
    """Samples in each minibatch, up to one that makes them equal; 0 = as many minibatches as `minibatches` says."""

    def parts(self, samples: int) -> int:
        """Minibatches of an epoch over so many samples."""
        return -(-samples // self.minibatch_size) if self.minibatch_size else self.minibatches
