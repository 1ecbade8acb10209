"""E-mail by SMTP, to any server.

`Message-ID` and `Date` come from the outbox row: a second attempt carries the same ones, so that a server which took
the first recognises the duplicate. `Auto-Submitted` (RFC 3834) keeps out-of-office robots quiet.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

from gesond.notify.channels.base import Outgoing, PermanentError, TemporaryError

DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT_SECONDS = 20
PERMANENT = 500
PLAIN_ADDRESS = re.compile(r"https?://[!-;=?-~]+", re.ASCII)
ENHANCED_CODE = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")


class _Unfolded(UnstructuredHeader, BaseHeader):
    """An address on one line: the library would break a long one into encoded words, which no mail program reads."""

    def fold(self, *, policy: "Policy[Message[str, str]]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _Unfolded)
    return SMTP.clone(header_factory=headers)


POLICY = _policy()


@dataclass(frozen=True)
class SMTPSender:
    """One connection a message: nothing to keep alive, nothing a broken message can spoil for the next."""

    host: str
    port: int
    security: str  # "smtp", "smtp+starttls" or "smtps"
    user: str
    password: str = field(repr=False)
    authority: str = ""  # file of a private certificate authority; the system's when empty

    @classmethod
    def from_address(cls, parts: SplitResult) -> "SMTPSender":
        return cls(
            host=parts.hostname or "",
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            security=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            authority=parse_qs(parts.query).get("ca", [""])[0],
        )

    def send(self, message: Outgoing) -> str:
        email = build_email(message, sender=settings.ENVIRONMENT.mail_from)
        with self._connection() as server:
            _hand_over(server, email)
        return str(email["Message-ID"]).strip("<>")

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._open()
        try:
            yield server
        finally:
            # Whatever the farewell says, the message was taken or refused before it.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        try:
            server = self._connect()
            self._introduce(server)
        except smtplib.SMTPResponseException as error:
            # Refused before any recipient was named: the server's or the operator's trouble, not the message's.
            raise TemporaryError(f"smtp {error.smtp_code} before the message") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryError(f"smtp connection: {type(error).__name__}") from error
        return server

    def _connect(self) -> smtplib.SMTP:
        if self.security == "smtps":
            return smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=_our_name(), timeout=TIMEOUT_SECONDS, context=self._tls()
            )
        return smtplib.SMTP(self.host, self.port, local_hostname=_our_name(), timeout=TIMEOUT_SECONDS)

    def _introduce(self, server: smtplib.SMTP) -> None:
        try:
            if self.security == "smtp+starttls":
                server.starttls(context=self._tls())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority or None)


def build_email(message: Outgoing, *, sender: str) -> EmailMessage:
    """The message as it travels: plain text and HTML, in the person's language.

    `sender`: `Name <address>`. Raises PermanentError when an address or the subject cannot be a header.
    """
    name, address = parseaddr(sender)
    email = EmailMessage(policy=POLICY)
    try:
        email["From"] = Address(name, addr_spec=address)
        email["To"] = Address(addr_spec=_ascii_domain(message.recipient))
        email["Subject"] = message.content["subject"]
    except (ValueError, IndexError, UnicodeError, MessageError) as error:
        raise PermanentError("not an address or a subject that an e-mail can carry") from error
    email["Date"] = message.created_at
    email["Message-ID"] = f"<{message.id}@{address.rpartition('@')[2] or 'localhost'}>"
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    _add_way_out(email, message.content.get("list_unsubscribe", ""))
    email.set_content(message.content["text"])
    email.add_alternative(message.content["html"], subtype="html")
    email["Content-Language"] = message.language  # of the whole: set before, it would go to the first part
    return email


def _add_way_out(email: EmailMessage, address: str) -> None:
    """One click, without signing in (RFC 8058). DKIM must sign both headers: the operator's mail server does."""
    if not address:
        return
    if not PLAIN_ADDRESS.fullmatch(address):
        raise PermanentError("not an address that a header can carry")
    email["List-Unsubscribe"] = f"<{address}>"
    email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _our_name() -> str:
    """What we greet servers as. The library would ask the name service at every message."""
    return urlsplit(settings.ENVIRONMENT.base_url).hostname or "localhost"


def _ascii_domain(recipient: str) -> str:
    local, _, domain = recipient.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _hand_over(server: smtplib.SMTP, email: EmailMessage) -> None:
    try:
        server.send_message(email)
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        raise _failure(code, answer) from None  # the library's own text names the recipient
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPNotSupportedError, UnicodeError):
        raise PermanentError("smtp: this server takes no such address") from None
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryError(f"smtp connection: {type(error).__name__}") from None


def _failure(code: int, answer: bytes | str) -> TemporaryError | PermanentError:
    """4xx may pass later, 5xx will not (RFC 5321 4.2.1). Of the answer only the enhanced code (RFC 3463) is kept."""
    found = ENHANCED_CODE.match(answer.encode() if isinstance(answer, str) else answer)
    reason = f"smtp {code} {found.group(1).decode()}" if found else f"smtp {code}"
    return PermanentError(reason) if code >= PERMANENT else TemporaryError(reason)
