"""Logs hold technical facts and a request id, and nothing of a person."""

import io
import json
import logging
import subprocess
import sys
from dataclasses import replace

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError
from structlog.stdlib import ProcessorFormatter

from gesond.config.environment import Mode
from gesond.config.logs import WithoutPath, logging_settings, technical_exception


@pytest.fixture
def production_logs():
    """Production's logging for the length of a test; called, it returns the lines written so far."""
    written = io.StringIO()
    logging_settings(replace(settings.ENVIRONMENT, mode=Mode.PRODUCTION))
    [handler] = [each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter)]
    handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging_settings(settings.ENVIRONMENT)


def test_the_request_line_has_an_id_and_the_route_but_neither_path_nor_query(client, production_logs):
    response = client.get("/fr/activate/token-5f2c9a/", {"matricule": "1893120105732"})

    lines = production_logs()
    [line] = [line for line in lines if line["event"] == "request"]
    assert line["request_id"] == response["X-Request-ID"]
    assert {"method", "route", "status", "ms", "timestamp", "level"} <= set(line)
    assert "token-5f2c9a" not in json.dumps(lines)
    assert "1893120105732" not in json.dumps(lines)


def test_every_line_of_a_request_carries_its_id(production_logs):
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        logging.getLogger("any.library").warning("something odd")

    assert [line["request_id"] for line in production_logs()] == ["abc"]


def test_djangos_own_line_about_a_failed_request_keeps_its_path_to_itself(production_logs):
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", "/fr/activate/token-5f2c9a/", extra={"status_code": 500}
    )

    [line] = production_logs()
    assert line["event"] == "django.request 500"
    assert "token-5f2c9a" not in json.dumps(line)


def test_an_exception_is_told_by_type_and_place_and_never_by_its_message(production_logs):
    try:
        _break_a_constraint()
    except RuntimeError:
        logging.getLogger("any.library").exception("it failed")

    [line] = production_logs()
    assert "django.db.utils.IntegrityError" in line["exception"]
    assert "builtins.RuntimeError" in line["exception"]
    assert "_break_a_constraint" in line["exception"]
    assert "1893120105732" not in json.dumps(line)


def test_the_demo_writes_lines_people_can_read():
    code = "import django; django.setup();import structlog; structlog.get_logger('x').info('hello', answer=42)"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "hello" in ended.stderr
    assert "answer=42" in ended.stderr


def test_the_filter_keeps_every_record():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Not Found: %s", ("/secret",), None)

    assert WithoutPath().filter(record)
    assert record.getMessage() == "django.request"


def test_an_exception_that_was_never_raised_has_a_type_and_no_place():
    error = ValueError("1893120105732")

    assert technical_exception((ValueError, error, None)) == "builtins.ValueError"


def _break_a_constraint() -> None:
    broken = IntegrityError("Key (matricule)=(1893120105732) already exists.")
    raise RuntimeError("person 1893120105732 is there already") from broken
