"""SMS by SMPP 3.4, as a transceiver: texts out, delivery receipts in, over one connection a process.

Address: `smpp://system_id:password@host:2775` (`smpps://` for TLS). Options after `?`: `system_type`, `receipts=off`,
`ca`.
What is stable from one attempt to the next, so that the centre can recognise a duplicate: `user_message_reference` and
the reference of a long message's parts, both taken from the outbox row's id.
"""

import ssl
import threading
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote

from django.conf import settings
from smpplib import consts

from gesond.notify.channels.base import Outgoing, PermanentError, TemporaryError, ThrottledError
from gesond.notify.channels.smpp_session import RefusedError, Session, SessionLostError
from gesond.notify.channels.smpp_tls import tls_context
from gesond.notify.sms_text import Alphabet, SplitText, split

DEFAULT_PORT = 2775
TEXT_SENDER_MAX = 11
DATA_CODING = {Alphabet.GSM7: consts.SMPP_ENCODING_DEFAULT, Alphabet.UCS2: consts.SMPP_ENCODING_ISO10646}
THROTTLED = {consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL}
# Refusals of this message: its number, its length, its text. All others may pass or are the operator's to mend.
PERMANENT = {
    consts.SMPP_ESME_RINVMSGLEN,
    consts.SMPP_ESME_RINVDSTADR,
    consts.SMPP_ESME_RINVDSTTON,
    consts.SMPP_ESME_RINVDSTNPI,
    consts.SMPP_ESME_RX_P_APPN,
    consts.SMPP_ESME_RX_R_APPN,
}


@dataclass(frozen=True)
class Centre:
    """The message centre's address and our name there."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    system_type: str
    tls: bool
    authority: str  # file of a private certificate authority; the system's when empty
    receipts: bool


class SMPPSender:
    """Submits parts in order on the shared session, which is bound on first use and again after it was lost."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._session: Session | None = None
        self._lock = threading.Lock()

    @classmethod
    def from_address(cls, parts: SplitResult) -> "SMPPSender":
        options = parse_qs(parts.query)
        return cls(
            Centre(
                host=parts.hostname or "",
                port=parts.port or DEFAULT_PORT,
                system_id=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                system_type=options.get("system_type", [""])[0],
                tls=parts.scheme == "smpps",
                authority=options.get("ca", [""])[0],
                receipts=options.get("receipts", ["on"])[0] != "off",
            )
        )

    def send(self, message: Outgoing) -> str:
        text = split(message.content["text"])
        try:
            session = self._bound()
            for part in _submissions(message, text, receipts=self.centre.receipts):
                reference = session.submit(part)
        except RefusedError as refusal:
            raise _failure(refusal) from None
        except SessionLostError as lost:
            raise TemporaryError(f"smpp: {lost}") from None
        return reference

    def close(self) -> None:
        """Leave the centre politely."""
        with self._lock:
            if self._session:
                self._session.close()
                self._session = None

    def _bound(self) -> Session:
        with self._lock:
            if self._session is None or not self._session.alive:
                self._session = Session.bind(
                    host=self.centre.host,
                    port=self.centre.port,
                    system_id=self.centre.system_id,
                    password=self.centre.password,
                    system_type=self.centre.system_type,
                    tls=self._tls(),
                    on_receipt=_defer_receipt,
                )
            return self._session

    def _tls(self) -> ssl.SSLContext | None:
        return tls_context(self.centre.host, self.centre.authority) if self.centre.tls else None


def _submissions(message: Outgoing, text: SplitText, *, receipts: bool) -> list[dict[str, object]]:
    """The fields of one `submit_sm` a part. The receipt is asked of the last part, whose number we keep."""
    total = len(text.parts)
    common = {
        **_source(settings.ENVIRONMENT.sms_sender),
        "dest_addr_ton": consts.SMPP_TON_INTL,
        "dest_addr_npi": consts.SMPP_NPI_ISDN,
        "destination_addr": message.recipient.lstrip("+"),
        "data_coding": DATA_CODING[text.alphabet],
        "user_message_reference": message.id.int & 0xFFFF,
        "esm_class": consts.SMPP_GSMFEAT_UDHI if total > 1 else consts.SMPP_MSGTYPE_DEFAULT,
    }
    return [
        {
            **common,
            "short_message": _header(message, total, number) + part,
            "registered_delivery": int(receipts and number == total),
        }
        for number, part in enumerate(text.parts, start=1)
    ]


def _header(message: Outgoing, total: int, number: int) -> bytes:
    """Concatenation header (3GPP TS 23.040 9.2.3.24.1), its reference the same at every attempt."""
    if total == 1:
        return b""
    return bytes((0x05, 0x00, 0x03, message.id.int & 0xFF, total, number))


def _source(sender: str) -> dict[str, object]:
    if sender.lstrip("+").isdecimal():
        return {
            "source_addr_ton": consts.SMPP_TON_INTL,
            "source_addr_npi": consts.SMPP_NPI_ISDN,
            "source_addr": sender.lstrip("+"),
        }
    return {
        "source_addr_ton": consts.SMPP_TON_ALNUM,
        "source_addr_npi": consts.SMPP_NPI_UNK,
        "source_addr": sender[:TEXT_SENDER_MAX],
    }


def _failure(refusal: RefusedError) -> TemporaryError | PermanentError:
    reason = f"smpp {refusal.command} 0x{refusal.status:08x}"
    if refusal.status in THROTTLED:
        return ThrottledError(reason)
    if refusal.status in PERMANENT and refusal.command == "submit_sm":
        return PermanentError(reason)
    return TemporaryError(reason)


def _defer_receipt(provider_reference: str, outcome: str) -> None:
    """A receipt may arrive before the sending is marked: a job takes it, and tries again."""
    from gesond.notify.jobs import take_receipt  # the jobs import the channels

    take_receipt.defer(provider_reference=provider_reference, outcome=outcome)
