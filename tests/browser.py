"""Where the browser of the end-to-end tests is; `python tests/browser.py` prints it or ends with status 1."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_browser() -> str | None:
    """Return CHROMIUM, or the first installed Chromium or Chrome on PATH, or None."""
    return os.environ.get("CHROMIUM") or next((path for path in map(shutil.which, NAMES) if path), None)


if __name__ == "__main__":
    found = find_browser()
    print(found or "no Chromium or Chrome on PATH")
    sys.exit(0 if found else 1)
