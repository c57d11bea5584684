"""A tab of the browser: what its console says, what it is told, and whether it fits its window."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import ConsoleMessage, Error, Page

from tests.e2e.wire import Wire

SAY_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}`))"""

COLOURS = """async (png) => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob())
    const paint = new OffscreenCanvas(image.width, image.height).getContext('2d')
    paint.drawImage(image, 0, 0)
    const { data } = paint.getImageData(0, 0, image.width, image.height)
    const counts = new Map()
    for (let i = 0; i < data.length; i += 4) {
        const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2]
        counts.set(colour, (counts.get(colour) ?? 0) + 1)
    }
    return [...counts].sort((a, b) => b[1] - a[1])
}"""


class Tab:
    """A page of which every console error, script error and policy violation counts, but for those a test expects."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = Wire(page)
        self.errors: list[str] = []
        self.expected: list[str] = []
        page.add_init_script(SAY_VIOLATIONS)
        page.on("console", self._said)
        page.on("pageerror", self._raised)

    def expects(self, *patterns: str) -> None:
        """Let errors pass that belong to what a test does, such as a refused edit's status."""
        self.expected.extend(patterns)

    def complaints(self) -> list[str]:
        """Return what nobody expected."""
        return [text for text in self.errors if not any(re.search(pattern, text) for pattern in self.expected)]

    def overflow(self) -> int:
        """Return by how many pixels the document is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def colours(self, png: bytes) -> list[tuple[int, int]]:
        """Return the colours of a picture as 0xRRGGBB with their number of pixels, the most frequent first."""
        blank = self.page.context.new_page()
        try:
            return [(colour, count) for colour, count in blank.evaluate(COLOURS, base64.b64encode(png).decode())]
        finally:
            blank.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _raised(self, error: Error) -> None:
        self.errors.append(f"uncaught: {error}")
