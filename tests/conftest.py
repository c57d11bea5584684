"""What every test shares: the browser, one torch thread, checked shapes, and a bound on the size of Hypothesis runs."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from tests.browser import find_browser

os.environ.setdefault("OMP_NUM_THREADS", "1")

# Before any test imports them: every call of an estimator in this process is held to the shapes of its signature.
install_import_hook("rl_core.estimators", "beartype.beartype")

# Two shared cores: a deadline in milliseconds would measure the neighbours.
settings.register_profile("policyscope", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI")))
settings.load_profile("policyscope")


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Return the installed browser; a machine without one skips, CI without one fails."""
    found = find_browser()
    if found is None:
        sentence = (
            "No Chromium or Chrome found, so the stories in a real browser did not run (apt-get install chromium)."
        )
        if os.environ.get("CI"):
            pytest.fail(f"CI needs a browser. {sentence}")
        pytest.skip(sentence)
    return found
