"""A real browser on the real service. Tests quote the guides' items and read like them: given, when, then."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.e2e import chromium
from tests.e2e.desk import Case, open_case
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person, next_person
from tests.e2e.stack import ROOT, Stack, luxtrust_as_it_is, shared_stack
from tests.e2e.visitor import Visitor

HERE = Path(__file__).parent
RESULTS = ROOT / "test-results"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# How long a person would wait at the very most: a machine that does much else is slow, not wrong.
WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS / 2)
# A picture of every moment costs a third of the browser's work: asked for when one looks into a failed test.
PICTURES = os.environ.get("E2E_PICTURES") == "1"

NewVisitor = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is in this folder drives a browser, and may open sockets."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("e2e")
            item.add_marker("enable_socket")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running service."""
    with shared_stack() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    assert path, "no Chromium: python tests/e2e/chromium.py"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield launched
        launched.close()


@pytest.fixture
def new_visitor(stack: Stack, browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewVisitor]:
    """Makes visitors, each with a browser of their own: `new_visitor(phone=True, language="de", scripts=False)`.

    After the test each is asked what went wrong. A failed test leaves a picture of its last page and a trace of its
    steps and requests in `test-results/`; with `E2E_PICTURES=1` the trace shows every page.
    """
    visitors: list[tuple[Visitor, BrowserContext]] = []

    def make(*, phone: bool = False, language: str = "fr", scripts: bool = True, **options: Any) -> Visitor:
        context = browser.new_context(
            base_url=stack.base_url,
            viewport=PHONE if phone else DESKTOP,
            locale=f"{language}-LU",
            timezone_id="Europe/Luxembourg",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            has_touch=phone,
            **options,
        )
        context.set_default_timeout(WAIT_MS)
        context.tracing.start(screenshots=PICTURES, snapshots=PICTURES)
        visitor = Visitor(context.new_page(), stack.base_url, scripts=scripts)
        visitors.append((visitor, context))
        return visitor

    yield make
    complaints = [complaint for visitor, _ in visitors for complaint in visitor.complaints()]
    failed = request.node.stash.get(FAILED, False) or bool(complaints)
    for number, (visitor, context) in enumerate(visitors, start=1):
        _close(visitor, context, f"{_file_name(request.node.nodeid)}-{number}" if failed else "")
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """Somebody at a computer, in French."""
    return new_visitor()


@pytest.fixture
def phone_visitor(new_visitor: NewVisitor) -> Visitor:
    """Somebody with a telephone, in French."""
    return new_visitor(phone=True)


@pytest.fixture
def outbox(stack: Stack) -> Outbox:
    """What the service has sent."""
    return Outbox(stack.base_url)


@pytest.fixture
def person(stack: Stack) -> Person:
    """Somebody who has received a letter with an activation code, and has no account yet."""
    return next_person(stack)


@pytest.fixture
def luxtrust(request: pytest.FixtureRequest, stack: Stack) -> Iterator[None]:
    """The simulator answers; a test that has its switches (`provider`) is alone with it meanwhile."""
    with luxtrust_as_it_is(alone="provider" in request.fixturenames):
        yield


@pytest.fixture
def case(stack: Stack) -> Case:
    """What waits at the agency's desk."""
    return open_case(stack)


def _close(visitor: Visitor, context: BrowserContext, keep_as: str) -> None:
    if keep_as:
        RESULTS.mkdir(exist_ok=True)
        visitor.page.screenshot(path=RESULTS / f"{keep_as}.png", full_page=True)
        context.tracing.stop(path=RESULTS / f"{keep_as}.zip")
    else:
        context.tracing.stop()
    context.close()


def _file_name(node: str) -> str:
    return re.sub(r"[^\w-]+", "-", node.removeprefix("tests/e2e/")).strip("-")[:120]
