"""From templates to what is sent."""

import re
from typing import Any

from django.template.loader import render_to_string

from gesond.notify.models import Channel
from gesond.notify.sms_text import plain_typography, split


def render_message(channel: Channel, template: str, context: dict[str, Any]) -> dict[str, str]:
    """In the active language: an e-mail's `{"subject", "text", "html"}` or an SMS's `{"text", "alphabet", "parts"}`."""
    app, name = template.split("/", 1)
    folder = f"{app}/messages/{name}"
    if channel is Channel.SMS:
        return _sms(render_to_string(f"{folder}/sms.txt.jinja", context))
    subject = " ".join(render_to_string(f"{folder}/email.subject.jinja", context).split())
    return {
        "subject": subject,
        "text": _plain(render_to_string(f"{folder}/email.txt.jinja", context)),
        "html": render_to_string(f"{folder}/email.html.jinja", {"subject": subject, **context}),
    }


def _plain(rendered: str) -> str:
    # Tags of the template leave empty lines behind: one between paragraphs is enough.
    return re.sub(r"\n{3,}", "\n\n", rendered.strip()) + "\n"


def _sms(rendered: str) -> dict[str, str]:
    # Line breaks stay: the last line may be the one by which phones fill in a code.
    lines = [" ".join(line.split()) for line in rendered.strip().splitlines()]
    text = plain_typography("\n".join(lines))
    sizes = split(text)
    return {"text": text, "alphabet": sizes.alphabet, "parts": str(len(sizes.parts))}
