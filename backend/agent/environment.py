"""The environment of the agent and, by fork, of every trainer: an allowlist, so that no secret gets in."""

import os
import sys
from collections.abc import Mapping

ALLOWED = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "TMPDIR", "LANG", "LANGUAGE", "XDG_CACHE_HOME"}
    | {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"}
    | {"DISPLAY", "SDL_VIDEODRIVER", "MUJOCO_GL", "PYOPENGL_PLATFORM", "LD_LIBRARY_PATH"}
    | {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
ALLOWED_PREFIXES = ("LC_", "CUDA_", "NVIDIA_", "PYTORCH_", "TORCH_")

ALLOCATOR = {
    # Temporaries of half a megabyte would be mapped and returned on every minibatch: up to 1.8 times the whole loop.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # glibc ignores more than 32 MiB
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
}
# Two threads per trainer collapse as soon as two trainers run; thread pools made at import would also forbid the fork.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def agent_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return what an agent may see of `inherited`, with the settings that trainers need."""
    allowed = {name: value for name, value in inherited.items() if name in ALLOWED or name.startswith(ALLOWED_PREFIXES)}
    return {**ONE_THREAD, **allowed, **ALLOCATOR}


def ensure_environment() -> None:
    """Start this process over unless its environment is the allowed one.

    The allocator reads its settings when a process starts, and `/proc/PID/environ` of a trainer shows the environment
    with which its agent was started, whatever is deleted from it later.
    """
    allowed = agent_environment(os.environ)
    if dict(os.environ) != allowed:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], allowed)
