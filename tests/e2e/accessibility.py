"""axe on a page, in a world of its own: the page's strict content policy stays as it is, and the page sees nothing."""

import json
from functools import cache
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.e2e.stack import ROOT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"axe.run(document, {{resultTypes: ['violations'], runOnly: {json.dumps(RULES)}}}).then(r => r.violations)"


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
