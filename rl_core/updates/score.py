r"""The vector \sum_t w_t \nabla log \pi(a_t|s_t) taken literally, sample by sample, or from its closed form."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from rl_core.data.samples import Samples, Score, Trajectories
from rl_core.networks.actor_critic import ActorCritic
from rl_core.policies.family import Distribution

CHUNK = 512  # samples whose gradients are held at once: 10 MB for 5,000 parameters


def policy_parameters(net: ActorCritic) -> list[nn.Parameter]:
    """What log pi depends on: the actor's group and the trunk's, in the order of the groups."""
    groups = net.groups()
    return [p for name in ("actor", "trunk") if name in groups for p in groups[name]]


def literal(score: Score, net: ActorCritic, m: Samples) -> tuple[Tensor, int]:
    """N x T backward passes, each gradient times its number and added; [P] and how many passes it took.

    Each sample is computed again by itself, or the pass through the whole batch would be made N x T times; only a graph
    that a rollout kept has to be gone through as it is.
    """
    parameters = policy_parameters(net)
    total = score.weight.new_zeros(sum(p.numel() for p in parameters))
    for k, w_t in enumerate(score.weight.tolist()):
        log_pi_t = net(m.obs[k], m.action[k], tuple(mask[k] for mask in m.masks)) if m.live is None else score.log_pi[k]
        gradient = torch.autograd.grad(log_pi_t, parameters, retain_graph=m.live is not None)
        total += w_t * torch.cat([g.reshape(-1) for g in gradient])
    return total, len(score.weight)


def per_sample(score: Score, net: ActorCritic, m: Samples) -> tuple[Tensor, int]:
    """The gradients of all samples by vmap, in chunks, and their weighted sum; [P] and how many batched passes."""
    size = sum(p.numel() for p in policy_parameters(net))
    total, calls = score.weight.new_zeros(size), 0
    for part in _parts(score.weight):
        total += score.weight[part] @ sample_scores(net, m, part)
        calls += 1
    return total, calls


def sample_scores(net: ActorCritic, m: Samples, part: Tensor) -> Tensor:
    r"""S_t = \nabla log \pi(a_t|s_t) for some samples of a minibatch, [len(part), P]."""
    wanted = {id(p) for p in policy_parameters(net)}
    held = {name: p.detach() for name, p in net.named_parameters() if id(p) in wanted}
    masks = tuple(mask[part] for mask in m.masks)

    def log_pi(parameters: dict[str, Tensor], obs: Tensor, action: Tensor, masks: tuple[Tensor, ...]) -> Tensor:
        out: Tensor = functional_call(net, parameters, (obs, action, masks))
        return out

    rows = vmap(grad(log_pi), (None, 0, 0, 0))(held, m.obs[part], m.action[part], masks)
    by_id = {id(p): rows[name] for name, p in net.named_parameters() if name in rows}
    return torch.cat([by_id[id(p)].reshape(len(part), -1) for p in policy_parameters(net)], 1)


def summed_scores(net: ActorCritic, m: Samples, along: Trajectories, *weights: Tensor) -> list[Tensor]:
    r"""\sum_t w_t S_t of every trajectory [N, P], for each of several weights [B]; in memory and time linear in B."""
    size = sum(p.numel() for p in policy_parameters(net))
    sums = [w.new_zeros(along.count, size) for w in weights]
    for part in _parts(m.log_prob):
        scores = sample_scores(net, m, part)
        for total, w in zip(sums, weights, strict=True):
            total.index_add_(0, along.index[part], w[part].unsqueeze(1) * scores)
    return sums


def analytic(score: Score, pi: Distribution, m: Samples) -> Tensor | None:
    r"""\sum_t w_t (1[a_t = k] - \pi_k) s_t^T [P] of a linear softmax, \sum_t w_t (a_t - p) s_t^T of a Bernoulli."""
    slope = pi.slope(m.action)
    if slope is None:
        return None
    return torch.einsum("b,ba,bd->ad", score.weight, slope, m.obs).reshape(-1)


def score_norms(net: ActorCritic, m: Samples, pi: Distribution) -> Tensor:
    r"""\lVert S_t \rVert [B] as numbers: in closed form |s| |1[a] - \pi| for a linear softmax, else by vmap."""
    slope = None if net.hidden_sizes else pi.slope(m.action)
    if slope is not None:
        norms: Tensor = m.obs.norm(dim=-1) * slope.norm(dim=-1)
        return norms.detach()
    return torch.cat([sample_scores(net, m, part).norm(dim=1) for part in _parts(m.log_prob)]).detach()


def _parts(x: Tensor) -> tuple[Tensor, ...]:
    """The positions of [B] samples, at most CHUNK at a time."""
    parts: tuple[Tensor, ...] = torch.arange(len(x), device=x.device).split(CHUNK)  # type: ignore[no-untyped-call]
    return parts
