"""`manage.py outbox`: what the demo has sent."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gesond.demo.outbox.queries import LIMIT, Filter, as_data, messages
from gesond.notify.models import Channel, OutboxMessage


class Command(BaseCommand):
    help = "Show what the demo has sent, newest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")
        parser.add_argument("--to", default="", help="a whole e-mail address or number")
        parser.add_argument("--channel", default="", choices=["", *Channel.values])
        parser.add_argument("--limit", type=int, default=LIMIT)

    def handle(self, *args: Any, as_json: bool, to: str, channel: str, limit: int, **options: Any) -> None:
        found = messages(Filter(to=to, channel=channel), limit)
        if as_json:
            data = [as_data(message) for message in found]
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n\n".join(map(_readable, found)) or "The outbox is empty.")


def _readable(message: OutboxMessage) -> str:
    content = message.content or {}
    first = f"{message.created_at:%Y-%m-%d %H:%M:%S}  {message.channel}  {message.recipient}  {message.state}"
    rest = [content.get("subject"), content.get("text"), content.get("pdf")]
    lines = [line for part in rest if part for line in str(part).strip().splitlines()]
    return "\n".join([first, *(f"    {line}" for line in lines)])
