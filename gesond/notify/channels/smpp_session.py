"""One bound SMPP session: a thread reads what the centre sends, callers wait for the answer to what they sent.

The library makes and parses the PDUs; the conversation is ours, since its own reads and writes from one thread only.
"""

import contextlib
import itertools
import logging
import queue
import re
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

import structlog
from django.db import close_old_connections
from smpplib import client as smpp_client
from smpplib import consts, exceptions, smpp

from gesond.notify.channels.smpp_tls import GuardedSocket

ANSWER_SECONDS = 15
IDLE_SECONDS = 30  # silence after which we ask whether the centre is still there
RECEIPT = re.compile(rb"id:(?P<id>\S+).*?stat:(?P<stat>\w+)", re.DOTALL | re.IGNORECASE)
# SMPP 3.4 5.2.28, for centres that give the state as a field.
MESSAGE_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD"}

logger = structlog.get_logger(__name__)
# At DEBUG the library writes whole PDUs: numbers and one-time codes.
logging.getLogger("gesond.smpp").setLevel(logging.ERROR)

OnReceipt = Callable[[str, str], None]


class SessionLostError(Exception):
    """The connection broke or fell silent: what was sent and not answered may or may not have been taken."""


class RefusedError(Exception):
    """The centre answered with an error status."""

    def __init__(self, command: str, status: int) -> None:
        super().__init__(f"{command} 0x{status:08x}")
        self.command = command
        self.status = status


class Numbers:
    """Sequence numbers for several threads."""

    def __init__(self) -> None:
        self._counter = itertools.cycle(range(1, 0x7FFFFFFF))
        self._lock = threading.Lock()
        self.sequence = 1

    def next_sequence(self) -> int:
        with self._lock:
            self.sequence = next(self._counter)
            return self.sequence


class Session:
    """Made by `bind()`. `submit()` may be called by several threads at once."""

    def __init__(self, client: Any, on_receipt: OnReceipt) -> None:
        self._client = client
        self._on_receipt = on_receipt
        self._waiting: dict[int, queue.SimpleQueue[Any]] = {}
        self._write_lock = threading.Lock()
        self._asked = False
        self.alive = True
        self._reader = threading.Thread(target=self._read, name="smpp-reader", daemon=True)
        self._reader.start()

    @classmethod
    def bind(
        cls,
        *,
        host: str,
        port: int,
        system_id: str,
        password: str,
        system_type: str,
        tls: ssl.SSLContext | None,
        on_receipt: OnReceipt,
    ) -> "Session":
        """Connect and bind as transceiver. Raises SessionLostError; RefusedError when the centre lets us not in."""
        client = smpp_client.Client(
            host,
            port,
            timeout=ANSWER_SECONDS,
            sequence_generator=Numbers(),
            logger_name="gesond.smpp",
            ssl_context=tls,
            allow_unknown_opt_params=True,
        )
        try:
            client.connect()
            answer = _bind(client, system_id=system_id, password=password, system_type=system_type)
        except (exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, OSError) as error:
            _drop(client)
            raise SessionLostError(f"no connection: {type(error).__name__}") from None
        if answer.is_error():
            _drop(client)
            raise RefusedError("bind", answer.status)
        if tls:
            client._socket = GuardedSocket(client._socket, ANSWER_SECONDS)
        client._socket.settimeout(IDLE_SECONDS)
        return cls(client, on_receipt)

    def submit(self, fields: dict[str, Any]) -> str:
        """Send one `submit_sm` and wait; return the centre's message id. Raises RefusedError or SessionLostError."""
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        sequence = self._send("submit_sm", waiting=answers, **fields)
        try:
            answer = answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            self._lose()
            raise SessionLostError("no answer") from None
        finally:
            self._waiting.pop(sequence, None)
        if answer is None:
            raise SessionLostError("connection broke before the answer")
        if answer.is_error():
            raise RefusedError("submit_sm", answer.status)
        return _text(answer.message_id)

    def close(self) -> None:
        """Unbind, without waiting long for the centre's answer."""
        if self.alive:
            self._quietly_send("unbind")
            self._reader.join(timeout=2)
            self._lose()

    def _send(self, command: str, *, waiting: "queue.SimpleQueue[Any] | None" = None, **fields: Any) -> int:
        with self._write_lock:
            pdu = smpp.make_pdu(command, client=self._client, **fields)
            answered = fields.get("answering")
            if answered is not None:
                pdu.sequence = answered
            if waiting is not None:
                self._waiting[pdu.sequence] = waiting
            try:
                self._client.send_pdu(pdu)
            except (exceptions.ConnectionError, exceptions.PDUError, OSError, AttributeError):
                self._waiting.pop(pdu.sequence, None)
                self.alive = False
                raise SessionLostError("connection broke while sending") from None
            return int(pdu.sequence)

    def _quietly_send(self, command: str, **fields: Any) -> None:
        try:
            self._send(command, **fields)
        except SessionLostError:
            self._lose()

    def _read(self) -> None:
        try:
            while self.alive:
                self._read_one()
        except (exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, OSError) as error:
            logger.warning("smpp session lost", error=type(error).__name__)
        finally:
            self._lose()

    def _read_one(self) -> None:
        try:
            pdu = self._client.read_pdu()
        except TimeoutError:
            self._ask_whether_alive()
            return
        self._asked = False
        if pdu is None:
            return
        self._handle(pdu)

    def _ask_whether_alive(self) -> None:
        if self._asked:
            raise exceptions.ConnectionError
        self._asked = True
        self._quietly_send("enquire_link")

    def _handle(self, pdu: Any) -> None:
        if pdu.command in {"submit_sm_resp", "generic_nack"}:
            waiting = self._waiting.get(pdu.sequence)
            if waiting is not None:
                waiting.put(pdu)
        elif pdu.command == "deliver_sm":
            self._take_receipt(pdu)
        elif pdu.command == "enquire_link":
            self._quietly_send("enquire_link_resp", answering=pdu.sequence)
        elif pdu.command == "unbind":
            self._quietly_send("unbind_resp", answering=pdu.sequence)
            self.alive = False
        elif pdu.command == "unbind_resp":
            self.alive = False

    def _take_receipt(self, pdu: Any) -> None:
        """Keep the receipt before thanking for it: one that could not be kept is sent again by the centre."""
        status = consts.SMPP_ESME_ROK
        receipt = read_receipt(pdu)
        if receipt:
            try:
                self._on_receipt(*receipt)
            except Exception as error:  # the session must outlive a database that is away
                logger.warning("smpp receipt not kept", error=type(error).__name__)
                status = consts.SMPP_ESME_RX_T_APPN
            finally:
                close_old_connections()
        self._quietly_send("deliver_sm_resp", answering=pdu.sequence, status=status)

    def _lose(self) -> None:
        self.alive = False
        _drop(self._client)
        for waiting in list(self._waiting.values()):
            waiting.put(None)


def read_receipt(pdu: Any) -> tuple[str, str] | None:
    """The centre's message id and its final state, from the fields of SMPP 3.4 or from the customary text."""
    reference, state = getattr(pdu, "receipted_message_id", None), getattr(pdu, "message_state", None)
    if reference and state:
        return _text(reference), MESSAGE_STATES.get(state, "UNKNOWN")
    found = RECEIPT.search(pdu.short_message or b"")
    return (_text(found["id"]), _text(found["stat"]).upper()) if found else None


def _bind(client: Any, **names: str) -> Any:
    client.send_pdu(smpp.make_pdu("bind_transceiver", client=client, **names))
    return client.read_pdu()


def _drop(client: Any) -> None:
    connection, client._socket = client._socket, None
    client.state = consts.SMPP_CLIENT_STATE_CLOSED
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def _text(value: Any) -> str:
    return (value or b"").decode("ascii", "replace")
