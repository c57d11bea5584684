"""The server and the agent of Policyscope."""

from __future__ import annotations

__version__ = "0.1.0"
