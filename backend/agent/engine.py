"""What the agent needs of the training engine: one seam, so that everything else here is free of it."""

from pathlib import Path
from typing import Any, Protocol


class Engine(Protocol):
    """Catalog, validation, and the life of a trainer."""

    def warm(self) -> None:
        """Import whatever a trainer needs, so that a fork starts training at once."""

    def catalog(self) -> dict[str, Any]:
        """Return everything declared, as one document."""

    def resolve(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return `{"config": ...}` for the body of a start, or `{"errors": [...]}`."""

    def check_edit(self, config: dict[str, Any], values: dict[str, Any], edit: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what is wrong with an edit of the current control values."""

    def study(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return `{"result": ...}` for an experiment of the laboratory, or `{"errors": [...]}`; takes seconds."""

    def train(self, config: dict[str, Any], directory: Path, resume: bool) -> None:
        """Live the whole life of a trainer; called in the forked process."""


class RlCore:
    """The engine of this distribution; it is imported by `warm`, after the agent has its lock."""

    def warm(self) -> None:
        # The first optimiser of a process imports this: a second that no trainer has to spend any more.
        import torch._dynamo  # noqa: F401

        self.catalog()

    def catalog(self) -> dict[str, Any]:
        from rl_core.catalog import catalog

        return catalog()

    def resolve(self, body: dict[str, Any]) -> dict[str, Any]:
        from rl_core.config import resolve
        from rl_core.refusals import ConfigErrors

        try:
            return {"config": resolve(body).model_dump(mode="json")}
        except ConfigErrors as refused:
            return {"errors": [error.model_dump(mode="json") for error in refused.errors]}

    def check_edit(self, config: dict[str, Any], values: dict[str, Any], edit: dict[str, Any]) -> list[dict[str, Any]]:
        from rl_core.config import check_edit

        return [error.model_dump(mode="json") for error in check_edit(config, values, edit)]

    def study(self, body: dict[str, Any]) -> dict[str, Any]:
        from rl_core.lab.study import study
        from rl_core.refusals import ConfigErrors

        try:
            return {"result": study(body)}
        except ConfigErrors as refused:
            return {"errors": [error.model_dump(mode="json") for error in refused.errors]}

    def train(self, config: dict[str, Any], directory: Path, resume: bool) -> None:
        from rl_core.config import resolve
        from rl_core.trainer.trainer import run_trainer

        run_trainer(resolve(config), directory, resume=resume)
