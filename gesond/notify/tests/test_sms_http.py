"""Against a real HTTP server on the loopback."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gesond.notify.channels import PermanentError, TemporaryError, ThrottledError, sender_for
from gesond.notify.models import State
from gesond.notify.tests.factories import environment, outgoing, queued

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def gateway(settings):
    """A gateway that answers `(status, headers, body)` in turn, then 201 with a number. Its list is what it got."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers, json.loads(body)))
            status, headers, text = answers.pop(0) if answers else (201, {}, '{"id": "gw-7"}')
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://:to%2Fken@127.0.0.1:{server.server_port}/v1/messages"
    settings.ENVIRONMENT = environment(sms_url=url, sms_sender="eSante")
    server.got, server.answers = got, answers
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


SMS = {"recipient": "+352621123456", "content": {"text": "Votre code : 123456"}}


def test_the_gateway_gets_what_the_contract_says(gateway):
    message = outgoing(**SMS)
    assert sender_for("sms").send(message) == "gw-7"

    ((path, headers, body),) = gateway.got
    assert path == "/v1/messages"
    assert headers["Authorization"] == "Bearer to/ken"
    assert headers["Idempotency-Key"] == str(message.id)
    assert headers["Content-Type"] == "application/json"
    assert body == {
        "id": str(message.id),
        "to": "+352621123456",
        "from": "eSante",
        "text": "Votre code : 123456",
        "expires_at": None,
    }


@pytest.mark.parametrize("text", ["", "taken", "[]", "{}"])
def test_an_answer_without_a_number_is_no_failure(text, gateway):
    gateway.answers.append((202, {}, text))
    assert sender_for("sms").send(outgoing(**SMS)) == ""


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentError),
        (422, PermanentError),
        (401, TemporaryError),
        (404, TemporaryError),
        (500, TemporaryError),
        (503, TemporaryError),
        (302, TemporaryError),
    ],
)
def test_only_answers_about_the_message_are_final(status, error, gateway):
    gateway.answers.append((status, {}, "+352621123456 is bad"))
    with pytest.raises(error) as raised:
        sender_for("sms").send(outgoing(**SMS))
    assert raised.value.reason == f"gateway {status}"


def test_a_gateway_may_ask_to_wait(gateway):
    gateway.answers.append((429, {"Retry-After": "90"}, ""))
    with pytest.raises(ThrottledError) as raised:
        sender_for("sms").send(outgoing(**SMS))
    assert raised.value.retry_after == timedelta(seconds=90)


def test_nobody_at_the_port_is_temporary(settings, unused_port):
    settings.ENVIRONMENT = environment(sms_url=f"http://127.0.0.1:{unused_port}/")
    with pytest.raises(TemporaryError, match="gateway: ConnectError"):
        sender_for("sms").send(outgoing(**SMS))


@pytest.mark.django_db(transaction=True)
def test_a_queued_sms_goes_through_the_gateway(gateway, run_jobs):
    message = queued(channel="sms", recipient="+352621123456")
    run_jobs()
    message.refresh_from_db()
    assert (message.state, message.provider_reference) == (State.SENT, "gw-7")
    assert "Camille vérifie" in gateway.got[0][2]["text"]
