"""From templates to what is sent."""

from typing import Any

from django.template.loader import render_to_string

from gesond.notify.models import Channel


def render_message(channel: Channel, template: str, context: dict[str, Any]) -> dict[str, str]:
    """`{"subject", "text", "html"}` for an e-mail, `{"text"}` for an SMS, in the active language."""
    app, name = template.split("/", 1)
    folder = f"{app}/messages/{name}"
    if channel is Channel.SMS:
        return {"text": render_to_string(f"{folder}/sms.txt.jinja", context).strip()}
    return {
        "subject": " ".join(render_to_string(f"{folder}/email.subject.jinja", context).split()),
        "text": render_to_string(f"{folder}/email.txt.jinja", context).strip() + "\n",
        "html": render_to_string(f"{folder}/email.html.jinja", context),
    }
