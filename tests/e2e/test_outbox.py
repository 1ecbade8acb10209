"""The demo's outbox, and pages that renew themselves."""

import re
import uuid

from playwright.sync_api import expect

from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor


def somebody() -> str:
    return f"{uuid.uuid4().hex[:10]}@example.lu"


def send(stack: Stack, recipient: str) -> None:
    stack.manage("send_test_message", recipient)


def test_a_message_appears_and_is_sent_while_one_looks_on(stack: Stack, visitor: Visitor):
    recipient = somebody()
    visitor.visit(f"/demo/outbox/?to={recipient}")
    visitor.sees(re.compile("Rien pour l'instant"))

    send(stack, recipient)

    item = visitor.page.get_by_role("listitem").filter(has_text=recipient)
    expect(item.get_by_text("envoyé")).to_be_visible(timeout=20_000)
    visitor.look()


def test_an_e_mail_is_read_as_the_person_reads_it(stack: Stack, phone_visitor: Visitor):
    recipient = somebody()
    send(stack, recipient)
    phone_visitor.visit(f"/demo/outbox/?to={recipient}")
    phone_visitor.follow("Message d'essai")

    # The browser driver looks into the frame with scripts, which the frame refuses to everyone.
    phone_visitor.tolerate("the 'allow-scripts' permission is not set")
    mail = phone_visitor.page.frame_locator("iframe")
    expect(mail.get_by_role("heading", name="Message d'essai")).to_be_visible()
    expect(mail.get_by_text("Merci de ne pas répondre à cet e-mail")).to_be_visible()
    phone_visitor.page.get_by_text("En-têtes").click()
    phone_visitor.sees(re.compile("Auto-Submitted: auto-generated"))


def test_an_sms_is_shown_as_a_telephone_shows_it(stack: Stack, phone_visitor: Visitor):
    number = f"+35262{uuid.uuid4().int % 10_000_000:07d}"
    send(stack, number)
    phone_visitor.visit(f"/demo/outbox/?to=%2B{number[1:]}&channel=sms")
    phone_visitor.follow(re.compile("vérifie que les messages de Gesond arrivent"))
    phone_visitor.sees(re.compile("alphabet : gsm7"))
