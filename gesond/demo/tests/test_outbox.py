import json
import re
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command

from gesond.demo.outbox.queries import headers
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.notify.models import OutboxMessage, State
from gesond.notify.tests.factories import environment, queued

LIST = "/demo/outbox/"


@pytest.fixture
def mail():
    return queued(recipient="anne@example.lu", context={"operator": "<b>Camille</b>"})


@pytest.fixture
def sms():
    return queued(channel="sms", recipient="+352621123456", language="de")


@pytest.mark.django_db
def test_the_newest_is_first_and_everyone_may_look(client, mail, sms, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get(LIST)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index("+352621123456") < page.index("anne@example.lu")


@pytest.mark.django_db
def test_without_scripts_a_link_renews_the_page_as_it_is_filtered(client, mail):
    page = client.get(f"{LIST}?to=anne@example.lu").content.decode()
    assert f'<a href="{LIST}?to=anne@example.lu">Actualiser</a>' in page
    assert f'data-live-url="{LIST}?to=anne@example.lu"' in page
    assert 'data-live-topic="outbox"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("to=Anne@Example.lu", ["email"]),
        ("to=%2B352 621 123 456", ["sms"]),
        ("to=nobody@example.lu", []),
        ("channel=sms", ["sms"]),
        ("channel=email&to=anne@example.lu", ["email"]),
        ("channel=letter", []),
        ("", ["sms", "email"]),
    ],
)
def test_messages_are_found_by_recipient_and_channel(query, shown, client, mail, sms):
    found = client.get(f"/demo/outbox.json?{query}").json()["messages"]
    assert [message["channel"] for message in found] == shown


@pytest.mark.django_db
def test_programs_get_what_was_made_since(client, mail):
    before = now()
    later = queued(recipient="anne@example.lu")
    found = client.get(f"/demo/outbox.json?since={quote(before.isoformat())}").json()["messages"]
    assert [message["id"] for message in found] == [str(later.pk)]
    assert found[0]["to"] == "anne@example.lu"
    assert found[0]["subject"] == "Message d'essai"
    assert {"text", "html", "state", "url", "created_at", "template"} <= found[0].keys()
    assert client.get("/demo/outbox.json?since=yesterday").status_code == 400
    assert client.get("/demo/outbox.json?channel=pigeon").status_code == 400


@pytest.mark.django_db
def test_an_e_mail_is_shown_in_a_frame_that_can_do_nothing(client, mail):
    page = client.get(f"{LIST}{mail.pk}/")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.content.decode()

    framed = client.get(f"{LIST}{mail.pk}/message.html")
    policy = framed["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "&lt;b&gt;Camille&lt;/b&gt; vérifie" in framed.content.decode()


@pytest.mark.django_db
def test_an_e_mails_headers_are_those_that_travel(client, mail):
    assert dict(headers(mail))["Auto-Submitted"] == "auto-generated"
    assert f"Message-ID: &lt;{mail.pk}@" in client.get(f"{LIST}{mail.pk}/").content.decode()


@pytest.mark.django_db
def test_an_sms_is_shown_with_its_sender_and_parts(client, sms):
    page = client.get(f"{LIST}{sms.pk}/").content.decode()
    assert sms.content["text"] in page
    assert settings.ENVIRONMENT.sms_sender in page
    assert client.get(f"{LIST}{sms.pk}/message.html").status_code == 404


@pytest.mark.django_db
def test_a_message_whose_text_was_erased_says_so(client, mail):
    OutboxMessage.objects.update(content=None)
    assert "Le texte a été effacé" in client.get(f"{LIST}{mail.pk}/").content.decode()
    assert client.get(LIST).status_code == 200


@pytest.mark.django_db
def test_a_letter_opens_from_the_spool_and_nothing_beside_it(client, tmp_path, settings):
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "letter.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    settings.ENVIRONMENT = environment(letter_spool=spool)

    good, bad, gone = (letter(pdf) for pdf in ("letter.pdf", "../secret.pdf", "gone.pdf"))

    answer = client.get(f"{LIST}{good.pk}/letter.pdf")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert answer["Content-Type"] == "application/pdf"
    assert client.get(f"{LIST}{bad.pk}/letter.pdf").status_code == 404
    assert client.get(f"{LIST}{gone.pk}/letter.pdf").status_code == 404
    assert f"{LIST}{good.pk}/letter.pdf" in client.get(f"{LIST}{good.pk}/").content.decode()
    assert len(client.get("/demo/outbox.json?channel=letter").json()["messages"]) == 3


def letter(pdf):
    return OutboxMessage.objects.create(
        channel="letter",
        template="identity/activation_letter",
        language="fr",
        recipient="Anne Weber, 1 rue du Port, L-1000 Luxembourg",
        recipient_hash=keyed_hash("anne", purpose="outbox.recipient"),
        content={"pdf": pdf},
        state=State.SENT,
        sent_at=now(),
        next_attempt_at=now(),
    )


@pytest.mark.django_db
def test_the_command_line_shows_the_same(mail, sms):
    def output(*arguments):
        out = StringIO()
        call_command("outbox", *arguments, stdout=out)
        return out.getvalue()

    assert [row["id"] for row in json.loads(output("--json", "--to", "anne@example.lu"))] == [str(mail.pk)]
    assert [row["id"] for row in json.loads(output("--json", "--channel", "sms"))] == [str(sms.pk)]
    assert "Message d'essai" in output()
    assert output("--to", "nobody@example.lu").strip() == "The outbox is empty."


class Text(HTMLParser):
    """What a reader of the HTML reads."""

    def __init__(self):
        super().__init__()
        self.words, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in {"style", "title"}

    def handle_endtag(self, tag):
        self.hidden -= tag in {"style", "title"}

    def handle_data(self, data):
        if not self.hidden:
            self.words += re.findall(r"\w+", data)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_html_and_plain_text_say_the_same_and_nothing_is_fetched(language):
    content = queued(language=language).content
    reader = Text()
    reader.feed(content["html"])
    assert sorted(reader.words) == sorted(re.findall(r"\w+", content["text"]))
    for loaded in ("<img", "<script", "<link", "url(", "src=", "@import"):
        assert loaded not in content["html"]
