r"""What the equation says of a step whose length is a KL: the step, g, F_\nu, and the KL that both are made with."""

from __future__ import annotations

import torch
from torch import Tensor

from rl_core.ad.products import curvature
from rl_core.on_policy.at import At
from rl_core.on_policy.kl_reference import exact_kl, reference
from rl_core.updates.score import policy_parameters
from rl_core.updates.term import deed, where
from rl_core.updates.trust_region import StepReport, damped
from rl_core.updates.update import Update

LONGEST = r"\sqrt{2\,@delta@\,/\,g^\top F_\nu^{-1}g}\;F_\nu^{-1}g"


def _step(u: Update) -> Tensor:
    r"""\Delta\theta [P], as it was taken."""
    return u.reading(StepReport).step


@deed(r",\quad g=-\nabla_\theta L")
def ascent(u: Update) -> Tensor:
    """The direction [P] in which the loss falls fastest."""
    return u.reading(StepReport).gradient


@where(r"\\ F_\nu=\nabla_\theta^2\,\overline{\mathrm{KL}}+@damping@\,I")
def damped_fisher(at: At) -> Tensor:
    r"""F + \nu I [P, P], whose products are what a step is solved with."""
    parameters = policy_parameters(at.net)
    product = damped(curvature(exact_kl(at), parameters), at.c.damping)
    size = sum(p.numel() for p in parameters)
    return torch.stack([product(row) for row in torch.eye(size).to(at.log_pi)])


@where(r",\quad\overline{\mathrm{KL}}=\textstyle\frac1M\sum\mathrm{KL}(@kl_direction@)")
def mean_kl(at: At) -> Tensor:
    """The KL whose curvature measures a step."""
    return exact_kl(at)


@where(r",\quad\bar\pi=@kl_reference@")
def reference_policy(at: At) -> Tensor:
    """The parameters [B, P] of the policy that the KL is measured from."""
    return reference(at)[0].params


@deed(r",\quad j\le @backtracks@")
def backtracks(u: Update) -> Tensor:
    """How often the step was shortened."""
    return torch.as_tensor(u.reading(StepReport).backtracks)


@deed(r",\quad L(\theta+\Delta\theta)\le L")
def loss_of_step(u: Update) -> Tensor:
    """The loss after the step that was taken."""
    return u.steps[0].losses.total() - (u.reading(StepReport).gain or 0.0)


@deed(r",\quad\overline{\mathrm{KL}}(\theta+\Delta\theta)\le @delta@")
def kl_of_step(u: Update) -> Tensor:
    """The KL of the step that was taken."""
    return torch.as_tensor(u.reading(StepReport).measured_kl)


whole_step = (deed(rf"\\ \Delta\theta={LONGEST}")(_step), ascent, damped_fisher, mean_kl, reference_policy)
searched = (
    deed(rf"\\ \Delta\theta=0.8^j{LONGEST}")(_step), backtracks, ascent, damped_fisher, mean_kl,
    reference_policy, loss_of_step, kl_of_step,
)  # fmt: skip
