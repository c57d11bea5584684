"""An episode as the document that is stored and sent, and its steps as a browser reads them."""

from __future__ import annotations

from typing import Any

import torch

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates
from rl_core.evaluate.recorded_lane import RecordedLane
from rl_core.types import Box


def document(b: Batch, e: Estimates, stage: RecordedLane) -> dict[str, Any]:
    """The episode that is the only one in `b`; rewards are the environment's own, actions those before clipping."""
    value = e.value_t[:, 0].tolist() if e.td_error_t is not None else [None] * len(b.reward_t)
    signals = {"reward": list(stage.rewards), "value": value, "advantage": e.advantage_t[:, 0].tolist()}
    return {
        "return": sum(stage.rewards),
        "length": len(stage.rewards),
        "terminated": bool(b.terminated_t[-1, 0]),
        "truncated": bool(b.truncated_t[-1, 0]),
        "steps": signals | {"log_prob": b.log_prob_t[:, 0].tolist()} | policy(b, stage),
        "view": _view(stage),
    }


def policy(b: Batch, stage: RecordedLane) -> dict[str, list[Any]]:
    """Actions, and the distributions that they were drawn from, [T] each."""
    action, behaviour_t = b.action_t[:, 0].tolist(), b.behaviour_t[:, 0]
    if isinstance(stage.info.actions, Box):
        mean_t, log_sigma_t = behaviour_t.chunk(2, -1)
        gaussian = {"action_mean": mean_t.tolist(), "action_std": log_sigma_t.exp().tolist()}
        return {"action": action, "action_probs": []} | gaussian
    probs = torch.softmax(behaviour_t, -1).tolist()
    return {"action": action, "action_probs": probs, "action_mean": [], "action_std": []}


def _view(stage: RecordedLane) -> dict[str, Any]:
    if stage.no_view:
        return {"kind": "none", "reason": stage.no_view}
    if stage.camera:
        return {"kind": "images", "frames": len(stage.views), "every": stage.camera.every}
    return {"kind": "state", "renderer": stage.info.renderer, "states": list(stage.views)}
