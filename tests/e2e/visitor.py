"""A person at a browser: goes to pages, presses, types, reads; and looks at each new page for what is wrong with it.

Looking is not optional: a page that was loaded and never looked at fails the test, as do errors in the console,
breaches of the content policy, requests that fail and answers of 500 and more.
"""

import re
import time
from re import Pattern
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Frame, Locator, Page, Request, Response, expect

from tests.e2e.accessibility import new_violations

Text = str | Pattern[str]
# What a browser says of every answer of 400 and more, also when a test asked for just that.
SAID_OF_ERROR_PAGES = "Failed to load resource: the server responded with a status of 4"


class Visitor:
    """`page` is Playwright's own, for what has no shorter way here."""

    def __init__(self, page: Page, base_url: str, *, scripts: bool) -> None:
        self.page = page
        self._base_url = base_url
        self._scripts = scripts
        self._not_looked_at: set[str] = set()
        self._complaints: list[str] = []
        self._tolerated: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._complaints.append(f"script error: {error}"))
        page.on("requestfailed", self._on_failed_request)
        page.on("response", self._on_response)
        page.on("domcontentloaded", lambda loaded: self._not_looked_at.add(loaded.url))

    def visit(self, path: str, *, status: int = 200) -> None:
        """Go to an address of the site (`/fr/`) or a whole one from a message."""
        address = path if path.startswith("http") else self._base_url + path
        if status >= 400:
            self._tolerated.append(address)
        response = self.page.goto(address)
        assert response is not None
        assert response.status == status, f"{address} answered {response.status}"
        self.look()

    def visit_until(self, path: str, there: Locator, *, within: float = 30) -> None:
        """Read a page anew until the worker has done its part, as one who presses F5."""
        deadline = time.monotonic() + within
        self.page.goto(path)
        while not there.count():
            assert time.monotonic() < deadline, f"{path} did not change within {within:.0f} s"
            self.page.goto(path)
        self.look()

    def press(self, name: Text, *, within: Locator | None = None) -> None:
        """A button, by the words on it."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: Text, *, within: Locator | None = None) -> None:
        """A link, by its words."""
        (within or self.page).get_by_role("link", name=name, exact=True).click()
        self.look()

    def fill(self, label: Text, text: str) -> None:
        """A field, by its label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: Text) -> None:
        """A radio button or a box to tick, by its label."""
        self.page.get_by_label(label, exact=True).check()

    def sees(self, text: Text) -> None:
        """The words are there to be read."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def sees_heading(self, text: Text, *, level: int | None = None) -> None:
        expect(self.page.get_by_role("heading", name=text, level=level).first).to_be_visible()

    def does_not_see(self, text: Text) -> None:
        expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)

    def sees_error(self, label: Text, message: Text) -> None:
        """The message beside the field, tied to it for those who do not see the screen."""
        expect(self.page.get_by_label(label, exact=True)).to_have_accessible_description(
            message if isinstance(message, Pattern) else re.compile(re.escape(message))
        )

    def is_at(self, path: Text) -> None:
        expect(self.page).to_have_url(self._base_url + path if isinstance(path, str) else path)

    def look(self) -> None:
        """Once the page has settled: nothing wider than the screen, and nothing that axe finds wrong."""
        self.page.wait_for_load_state("load")
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{self.page.url} is {wider} px wider than the screen"
        if self._scripts:  # axe is one; what it reads is the same page that others get with scripts
            found = new_violations(self.page)
            assert not found, f"{self.page.url} is not accessible:\n" + "\n".join(found)
        self._not_looked_at.clear()

    def tolerate(self, text: str) -> None:
        """A complaint holding these words is what the test is about."""
        self._tolerated.append(text)

    def complaints(self) -> list[str]:
        """All that went wrong in the browser and was not expected, with pages nobody looked at."""
        unseen = [f"never looked at: {url}" for url in sorted(self._not_looked_at) if url.startswith(self._base_url)]
        return unseen + [
            complaint for complaint in self._complaints if not any(text in complaint for text in self._tolerated)
        ]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_failed_request(self, request: Request) -> None:
        # The browser itself gives up what it was loading when one goes on to the next page.
        if request.failure != "net::ERR_ABORTED":
            self._complaints.append(f"request failed: {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and not _is_page(response.request)):
            self._complaints.append(f"{response.status}: {response.url}")


def _is_page(request: Request) -> bool:
    return request.is_navigation_request() and _is_whole_page(request.frame)


def _is_whole_page(frame: Frame) -> bool:
    return frame.parent_frame is None


def path_of(url: str) -> str:
    """The path of an address, as tests name pages."""
    return urlsplit(url).path
