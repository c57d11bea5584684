"""Shapes are part of an estimator's signature: held to in tests, and no more than a comment in a trainer."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import torch
from jaxtyping import AbstractArray, Bool, TypeCheckError
from torch import Tensor

import rl_core.estimators
from rl_core.data.samples import Trajectories
from rl_core.estimators.advantages import td_error

SIZES = {"T": 5, "N": 3, "B": 6, "P": 4, "C": 1}


def parts(annotation: Any) -> list[Any]:
    """A type, or what a union or a tuple is made of."""
    inner = get_args(annotation)
    if get_origin(annotation) is Literal or not inner:
        return [annotation]
    return [part for one in inner for part in parts(one)]


def kinds(made: Callable[..., Any]) -> list[Any]:
    """The types of a signature, one by one."""
    return [part for annotation in get_type_hints(made).values() for part in parts(annotation)]


def taken(made: Callable[..., Any]) -> list[Any]:
    """The types of its parameters, one by one."""
    return [part for key, hint in get_type_hints(made).items() if key != "return" for part in parts(hint)]


def is_tensor(kind: Any) -> bool:
    """Whether it is a tensor, with or without axes."""
    return isinstance(kind, type) and issubclass(kind, Tensor | AbstractArray)


def declared() -> dict[str, Callable[..., Any]]:
    """Every public function of the estimators that takes a tensor."""
    found = {}
    for info in pkgutil.iter_modules(rl_core.estimators.__path__, "rl_core.estimators."):
        for name, made in vars(importlib.import_module(info.name)).items():
            if inspect.isfunction(made) and made.__module__ == info.name and not name.startswith("_"):
                found[name] = made
    return {name: made for name, made in found.items() if any(map(is_tensor, taken(made)))}


def trajectories() -> Trajectories:
    """Two of B/2 samples each."""
    sample, half = torch.arange(SIZES["B"]), SIZES["B"] // 2
    return Trajectories(sample // half, sample % half, torch.ones(2 * half), torch.zeros(2 * half), 2)


def value_of(kind: Any) -> Any:
    """A value of a declared type; a tensor of any shape has [T, N]."""
    if kind is Trajectories:
        return trajectories()
    if get_origin(kind) is Literal:
        return get_args(kind)[-1]
    if not is_tensor(kind):
        return {float: 0.5, int: 2, bool: False, str: "k3"}[kind]
    axes = ["T", "N"] if kind.dim_str == "*shape" else [axis for axis in kind.dim_str.split() if axis != "*K"]
    x = torch.rand([SIZES[axis] for axis in axes])
    return x > 0.5 if kind.dtypes == Bool.dtypes else x


ESTIMATORS = declared()


def test_there_are_estimators_of_every_kind() -> None:
    assert {"gae", "reward_to_go", "k3", "leave_one_out", "per_decision", "optimal_constant"} <= set(ESTIMATORS)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_tensor_of_a_signature_has_a_shape(name: str) -> None:
    bare = Tensor in kinds(ESTIMATORS[name])
    assert not bare, f'{name}{inspect.signature(ESTIMATORS[name])}: write the axes, as in Float[Tensor, "T N"].'


@pytest.mark.parametrize("name", ESTIMATORS)
def test_declared_shapes_are_taken_and_others_refused(name: str) -> None:
    made = ESTIMATORS[name]
    hints = {key: parts(hint)[0] for key, hint in get_type_hints(made).items() if key != "return"}
    given = {key: value_of(kind) for key, kind in hints.items()}
    made(**given)
    tensors = [key for key, kind in hints.items() if is_tensor(kind)]
    for key in tensors:
        any_shape = len(tensors) == 1 and hints[key].dim_str == "*shape"
        wrong = given[key] > 0 if any_shape else given[key][:1, ..., None]  # then only its kind of number can be wrong
        with pytest.raises(TypeCheckError):
            made(**given | {key: wrong})


def test_a_single_row_is_refused_though_torch_would_broadcast_it() -> None:
    r_t, terminated_t = torch.rand(5, 3), torch.zeros(5, 3, dtype=torch.bool)
    with pytest.raises(TypeCheckError, match="v_t"):
        td_error(r_t, torch.rand(1, 3), torch.rand(5, 3), terminated_t, 0.9)


def test_a_trainer_checks_nothing() -> None:
    code = (
        "import sys, torch; from rl_core.estimators.ratios import clipped_surrogate as f; "
        "print(f(torch.ones(3), torch.ones(1), 0.2).shape[0], 'beartype' in sys.modules, hasattr(f, '__wrapped__'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["3", "False", "False"]
