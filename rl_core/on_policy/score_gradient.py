r"""Ways to one vector: the gradient of -\sum_t w_t log \pi(a_t|s_t), and where its log-probabilities come from."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import model_validator
from torch import Tensor

from rl_core.collect.live import Keep
from rl_core.controls import choice
from rl_core.on_policy.at import ScoreAt
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.policies.family import Distribution
from rl_core.updates.term import term

GradientMode = Literal["surrogate", "literal", "per_sample", "exact"]
KEEPS: dict[str, Keep] = {"keep_graph": "log_prob", "stored_logits": "outputs"}
LogProbSource = Literal["recompute", "keep_graph", "stored_logits"]


class ScoreGradientControls(OnPolicyControls):
    """Controls of how the gradient of a score-function loss is taken."""

    gradient: GradientMode = choice(
        r"\nabla_\theta", "surrogate", title="Gradient", ref="Williams 1992",
        effect="The first three are one vector at the price of 1, N x T or a batched backward pass; the exact one has "
        "no noise.",
    )  # fmt: skip
    """One backward pass on the sum, one on each log-probability, a batch of them, or the true gradient of an MDP."""

    logprob_source: LogProbSource = choice(
        r"\log\pi", "recompute", title="Log-probability source", group="policy",
        effect="The same gradient wherever the forward pass is the same twice; keeping graphs costs time and memory.",
        terms={
            "recompute": r"\log\pi_\theta(a_t\mid s_t)",
            "keep_graph": r"\log\pi_\theta(a_t\mid s_t)\vert_{\text{rollout}}",
            "stored_logits": r"\log\operatorname{softmax}(z_t)_{a_t}\vert_{\text{rollout}}",
        },
    )  # fmt: skip
    """Computed again from the stored states, or kept from the rollout: the log-probabilities, or the outputs."""

    loss_form: Literal["log_prob", "cross_entropy"] = choice(
        r"\text{form}", "log_prob", title="Form of the loss", group="policy",
        effect="Weighted cross-entropy with the actions as labels is the same loss; of two actions it is the BCE.",
        terms={"log_prob": "", "cross_entropy": r"\operatorname{CE}(z_t,a_t)"},
    )  # fmt: skip
    """The log-probability from the distribution, or minus the cross-entropy of its logits and the action as a label."""

    @property
    def keeps(self) -> Keep | None:
        """What `logprob_source` needs."""
        return KEEPS.get(self.logprob_source)

    @property
    def takes_exact_gradient(self) -> bool:
        """Whether `gradient` names it."""
        return self.gradient == "exact"

    @model_validator(mode="after")
    def _one_way(self) -> ScoreGradientControls:
        if self.gradient != "surrogate" and self.advantage.passes:
            self.refuse("gradient", f"gradient '{self.gradient}' multiplies scores with numbers, so that nothing could "
                        "pass through the advantage, but advantage is 'pass'. Use 'surrogate', or block.")  # fmt: skip
        if self.gradient == "exact" and (self.dropout or self.normalise_obs != "off"):
            name = "dropout" if self.dropout else "normalise_obs"
            self.refuse("gradient", "gradient 'exact' is that of the network at the states as they are, but "
                        f"{name} is {getattr(self, name)!r}. Set it to {0.0 if self.dropout else 'off'!r}, or use "
                        "'surrogate'.")  # fmt: skip
        if self.gradient == "per_sample" and self.logprob_source != "recompute":
            self.refuse("gradient", "gradient 'per_sample' computes each log-probability by itself, but logprob_source "
                        f"is '{self.logprob_source}', one graph for the whole rollout. Use 'recompute'.")  # fmt: skip
        if self.loss_form == "cross_entropy" and self.distribution == "gaussian":
            self.refuse("loss_form", "loss_form 'cross_entropy' needs actions that can be labels, but distribution is "
                        "'gaussian'. Use 'log_prob'.")  # fmt: skip
        if self.logprob_source != "recompute" and self.dropout_mask != "stored":
            self.refuse("dropout_mask", f"dropout_mask '{self.dropout_mask}' evaluates the policy again, but "
                        f"logprob_source '{self.logprob_source}' keeps what it said. Use 'recompute'.")  # fmt: skip
        return self


class ScoreGradientAt(ScoreAt):
    """Samples whose log-probabilities come from where, and in the form that, the controls say."""

    @cached_property
    def pi(self) -> Distribution:
        r"""\pi_\theta at the samples: computed again, or as it was kept."""
        if self.b.live is None:
            return super().pi
        return self._noted(self.net.distribution(self.b.live.params))

    @cached_property
    def log_pi(self) -> Tensor:
        r"""log \pi_\theta(a_t|s_t) [B]."""
        live = self.b.live
        if live is None or live.log_prob is None:
            return log_prob_in_form(self.pi, self.b.action, self.c.loss_form)
        return live.log_prob


SOURCED = r"L=-@reduction@\;@gamma_t@@advantage@\,@logprob_source@"
LABELLED = r"L=@reduction@\;@gamma_t@@advantage@\,@loss_form@"


@term("policy", SOURCED, "actor", ("loss_form", "is", "log_prob"), estimates=True)
def sourced_loss(at: ScoreGradientAt) -> Tensor:
    r"""-(scale) \sum_t \gamma^t sg[A_t] log \pi(a_t|s_t), from where and in the form that the controls say."""
    return at.score.loss()


labelled_loss = term("policy", LABELLED, "actor", ("loss_form", "is", "cross_entropy"), estimates=True)(
    sourced_loss.value
)


def log_prob_in_form(pi: Distribution, action: Tensor, form: Literal["log_prob", "cross_entropy"]) -> Tensor:
    r"""log \pi(a), or the same number as minus a cross-entropy with the action as a label."""
    return pi.as_label(action) if form == "cross_entropy" else pi.log_prob(action)
