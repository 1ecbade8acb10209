"""From the environment's addresses to channels: the one place that knows the schemes.

E-mail, `GESOND_SMTP_URL`: `smtp://user:password@host:25`, `smtp+starttls://…:587`, `smtps://…:465`, `outbox:`.
SMS, `GESOND_SMS_URL`: `smpp://system_id:password@host:2775`, `smpps://…`, `https://:token@host/path`, `outbox:`.
"""

from collections.abc import Callable
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gesond.config.environment import Environment
from gesond.notify.channels.base import PermanentError, Sender
from gesond.notify.models import Channel

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def sender_for(channel: str) -> Sender:
    """The channel that the environment names; built once a process and address."""
    environment: Environment = settings.ENVIRONMENT
    if channel == Channel.EMAIL:
        return _sender("GESOND_SMTP_URL", environment.smtp_url)
    if channel == Channel.SMS:
        return _sender("GESOND_SMS_URL", environment.sms_url)
    raise PermanentError("letters leave by the print spool, not by a channel")


def check_addresses(environment: Environment) -> None:
    """Refuse to start with an address nobody understands. Raises ImproperlyConfigured naming the variable."""
    _builder("GESOND_SMTP_URL", environment.smtp_url)
    _builder("GESOND_SMS_URL", environment.sms_url)


@cache
def _sender(variable: str, address: str) -> Sender:
    return _builder(variable, address)(urlsplit(address))


def _builder(variable: str, address: str) -> Callable[[SplitResult], Sender]:
    builders = BUILDERS[variable]
    parts = _parts(variable, address)
    if parts.scheme not in builders:
        known = ", ".join(f"{scheme}:" for scheme in builders)
        raise ImproperlyConfigured(f"{variable} must start with one of {known}")
    if parts.scheme != "outbox" and not parts.hostname:
        raise ImproperlyConfigured(f"{variable} names no host")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(f"{variable} must be https: unless the gateway is on this machine")
    return builders[parts.scheme]


def _parts(variable: str, address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        # Neither the address nor the parser's words: both may hold the password.
        raise ImproperlyConfigured(f"{variable} is not an address") from None
    return parts


def _kept(parts: SplitResult) -> Sender:
    from gesond.notify.channels.kept import KeptSender

    return KeptSender()


# The channels' libraries are imported when used: a web process needs none of them.
def _smtp(parts: SplitResult) -> Sender:
    from gesond.notify.channels.email import SMTPSender

    return SMTPSender.from_address(parts)


def _smpp(parts: SplitResult) -> Sender:
    from gesond.notify.channels.sms_smpp import SMPPSender

    return SMPPSender.from_address(parts)


def _http(parts: SplitResult) -> Sender:
    from gesond.notify.channels.sms_http import GatewaySender

    return GatewaySender.from_address(parts)


BUILDERS: dict[str, dict[str, Callable[[SplitResult], Sender]]] = {
    "GESOND_SMTP_URL": {"smtp": _smtp, "smtp+starttls": _smtp, "smtps": _smtp, "outbox": _kept},
    "GESOND_SMS_URL": {"smpp": _smpp, "smpps": _smpp, "https": _http, "http": _http, "outbox": _kept},
}
