"""axe on a page, in a world of its own: the page's strict content policy stays as it is, and the page sees nothing."""

import hashlib
import json
import re
from functools import cache
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.e2e.people import SYNTHETIC_NAME
from tests.e2e.stack import LOOKED_AT, ROOT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"axe.run(document, {{resultTypes: ['violations'], runOnly: {json.dumps(RULES)}}}).then(r => r.violations)"

# A word with a digit in it: a number, a date, a code, a token, an address with an id. A heading's level is kept.
VARYING = re.compile(r"\b(?!h[1-6]\b)[\w-]*\d[\w-]*")


def new_violations(page: Page) -> list[str]:
    """`violations`, unless the same page was found sound before in this run, whichever test or process looked at it.

    The same: all its elements, attributes and words on a screen of the same size, but for numbers, tokens, names of
    synthetic people and how often a line comes again (a list with more of the same). What opens or hides something
    does so by an attribute, and makes it another page.
    """
    words = f"{page.viewport_size}\n{_words(page)}"
    sound = LOOKED_AT / hashlib.sha256(words.encode()).hexdigest()
    if sound.exists():
        return []
    found = violations(page)
    if not found:
        sound.write_text(words)
    return found


def _words(page: Page) -> str:
    lines = SYNTHETIC_NAME.sub("Muster", VARYING.sub("0", page.content())).splitlines()
    return "\n".join(dict.fromkeys(lines))


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is now: one readable line for each element."""
    session = page.context.new_cdp_session(page)
    try:
        found = _evaluate(session, _world(session), RUN)
    finally:
        session.detach()
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}\n    {node['html'][:300]}"
        for violation in found
        for node in violation["nodes"]
    ]


def _world(session: CDPSession) -> int:
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world: int = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    _evaluate(session, world, _axe() + "; 'loaded'")
    return world


def _evaluate(session: CDPSession, world: int, expression: str) -> Any:
    answer = session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": world, "awaitPromise": True, "returnByValue": True},
    )
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
