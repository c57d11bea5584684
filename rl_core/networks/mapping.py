"""Networks by name: what an algorithm builds, and what its rules move group by group."""

from __future__ import annotations

from torch import nn


class Networks(nn.ModuleDict):
    """A mapping from name to network; each is a parameter group of its name."""

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Disjoint parameter groups by name."""
        return {name: list(net.parameters()) for name, net in self.items()}
