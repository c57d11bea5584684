"""The controls that value methods share: of acting, of the memory, of the target and of the network behind it."""

from __future__ import annotations

from typing import Literal

from rl_core.ad.gate import Gate
from rl_core.controls import boundary, choice, number
from rl_core.networks.controls import BodyControls
from rl_core.run_controls import RunControls
from rl_core.updates.optimisers import OptimiserControls


class OffPolicyControls(BodyControls, OptimiserControls, RunControls):
    """Controls of learning action values from a memory of transitions."""

    gamma: float = number(
        r"\gamma", 0.99, title="Discount", ge=0, le=1, effect="Rewards 1/(1-gamma) steps ahead still count."
    )
    """Discount per step."""

    td_target: Gate = boundary(
        r"\operatorname{sg}[y]", passed="y", title="TD target", spec="B-3", edges=(("td", "q"),), ref="Baird 1995",
        effect="With targets from Q itself the semi-gradient becomes the residual gradient, which is pulled towards "
        "equal values of successors; a target network stays where it is.",
    )  # fmt: skip
    """Treat the target as a constant in the loss."""

    target_network: Literal["polyak", "hard", "none"] = choice(
        r"\bar\phi", "hard", title="Target network", group="critic", ref="Mnih et al. 2015",
        effect="Slower targets are steadier and later; without a target network Q chases itself.",
        terms={"polyak": r"Q_{\bar\phi}", "hard": r"Q_{\bar\phi}", "none": r"Q_\phi"},
    )  # fmt: skip
    """What targets are made with: a copy that follows slowly, one that is replaced now and then, or Q itself."""

    tau: float = number(
        r"\tau", 0.005,
        when=[("target_network", "is", "polyak")],
        title="Share of each step", ge=0, le=1, log=True, group="critic",
        effect="Half of a change has arrived after ln 2 / tau updates.",
    )  # fmt: skip
    """How much of the way to Q the target network goes in each update, where it follows."""

    target_every: int = number(
        r"K", 250,
        when=[("target_network", "is", "hard")],
        title="Updates between copies", ge=1, le=100_000, unit="updates", log=True, group="critic",
        effect="Rare copies make a row of regression problems, frequent ones a moving target.",
    )  # fmt: skip
    """Updates after which the target network becomes Q, where it is replaced."""

    n_steps: int = number(
        r"T", 4, title="Steps per lane", ge=1, le=4096, unit="steps", log=True, group="schedule",
        effect="More new transitions per gradient step: less reuse of each.",
    )  # fmt: skip
    """Steps each lane takes between two updates."""

    batch_size: int = number(
        r"B", 128, title="Batch size", ge=1, le=4096, unit="samples", log=True, group="schedule",
        effect="More transitions make a steadier gradient, and each is used more often.",
    )  # fmt: skip
    """Transitions drawn from the memory for each update."""

    memory_size: int = number(
        r"\lvert\mathcal D\rvert", 20_000, title="Memory", ge=1, le=1_000_000, unit="transitions", log=True,
        group="schedule", live=False, effect="A long memory is varied and stale, a short one the reverse.",
    )  # fmt: skip
    """Transitions that are remembered before the oldest are forgotten."""

    learning_starts: int = number(
        r"n_0", 1000, title="Learning starts", ge=1, le=1_000_000, unit="transitions", log=True, group="schedule",
        live=False, effect="The first gradient steps see that many different transitions.",
    )  # fmt: skip
    """Transitions in the memory before the first update."""

    epsilon: float = number(
        r"\varepsilon_0", 1.0, title="Exploration at first", ge=0, le=1, group="policy",
        effect="The share of actions that are drawn at random when the run begins.",
    )  # fmt: skip
    """Probability of a random action at the beginning."""

    epsilon_end: float = number(
        r"\varepsilon_1", 0.05, title="Exploration in the end", ge=0, le=1, group="policy",
        effect="What stays random for good; shown returns are those of this policy.",
    )  # fmt: skip
    """Probability of a random action after `exploration` of the budget."""

    exploration: float = number(
        r"f", 0.2, title="Exploring", ge=0.001, le=1, unit="budget", group="policy",
        effect="A longer phase sees more and learns later.",
    )  # fmt: skip
    """Share of the budget in which the probability falls from its first to its last value."""

    def exploring(self, progress: float) -> float:
        r"""\varepsilon at a fraction of the budget: a straight line, then constant."""
        share = min(1.0, progress / self.exploration)
        return self.epsilon + share * (self.epsilon_end - self.epsilon)
