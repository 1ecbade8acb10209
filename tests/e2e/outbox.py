"""What people receive: the demo's outbox, read as a phone or a letter-box is."""

import json
import re
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode

CODE = re.compile(r"(?<!\d)\d{7}(?!\d)")
LINK = re.compile(r"https?://\S+")


class Outbox:
    """Messages to one recipient, waited for: the worker sends them a moment after the page has answered."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._seen: set[str] = set()

    def code_for(self, recipient: str) -> str:
        """The seven digits of the next message to this number or address that holds a code."""
        while True:
            found = CODE.search(self.text_for(recipient))
            if found:
                return found.group()

    def link_for(self, recipient: str) -> str:
        """The address in the next message to this number or address."""
        found = LINK.search(self.text_for(recipient))
        assert found, f"no link in the message to {recipient}"
        return found.group().rstrip(".,)>")

    def text_for(self, recipient: str) -> str:
        return str(self.next_message(recipient)["text"])

    def next_message(self, recipient: str, *, within: float = 20) -> dict[str, Any]:
        """The oldest message to the recipient that this test has not read yet."""
        deadline = time.monotonic() + within
        while True:
            unread = [message for message in self._own_messages(recipient) if message["id"] not in self._seen]
            if unread:
                self._seen.add(unread[-1]["id"])
                return unread[-1]
            assert time.monotonic() < deadline, f"nothing came for {recipient} within {within:.0f} s"
            time.sleep(0.1)

    def announcement(self, recipient: str, *, about: str, within: float = 20) -> dict[str, Any]:
        """The message to everybody who left a box ticked, as it came to this address."""
        deadline = time.monotonic() + within
        while True:
            found = [message for message in self.messages(to=recipient) if about in message.get("text", "")]
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"{recipient} was not told of {about}"
            time.sleep(0.1)

    def _own_messages(self, recipient: str) -> list[dict[str, Any]]:
        """Without what is sent to everybody: another test may publish at any moment."""
        found = self.messages(to=recipient)
        return [message for message in found if not message["template"].startswith("content/")]

    def messages(self, **wanted: str) -> list[dict[str, Any]]:
        """Newest first; `to` and `channel` narrow them."""
        with urllib.request.urlopen(f"{self._base_url}/demo/outbox.json?{urlencode(wanted)}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["messages"]
        return found
