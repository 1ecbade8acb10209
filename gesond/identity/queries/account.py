"""What the two tabs of « Gérer mon compte » show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.formats import date_format

from gesond.identity.event_names import EVENT_NAMES, REPEATING
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.models import (
    Account,
    ChannelChange,
    CodeChannel,
    DataExport,
    Door,
    LuxTrustProduct,
    Passkey,
    Person,
    RecoveryCode,
    Session,
    TotpDevice,
)
from gesond.identity.sessions.store import LONGEST_LIFE, is_session_of
from gesond.kernel.clock import now
from gesond.kernel.identifiers import EmailAddress, Matricule, Phone
from gesond.kernel.models import JournalEntry
from gesond.web.dates import day

RECENT = 10
# A copy of one's data takes seconds; what is not made by then has lost its job.
LOST_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Device:
    """A signed-in browser; `is_this` is the one that asks."""

    key: str
    label: str
    since: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class AuthenticationTab:
    """« Moyens d'authentification »."""

    phone: str
    email: str
    email_is_declared: bool
    code_channel: str
    open_changes: list[ChannelChange]
    doors: list[str]
    has_password: bool
    products: list[LuxTrustProduct]
    luxtrust_is_offered: bool
    passkeys: list[Passkey]
    totp_since: datetime | None
    recovery_left: int
    devices: list[Device]
    activity: list[JournalEntry]

    @property
    def may_choose_code_channel(self) -> bool:
        return bool(self.phone and self.email and not self.email_is_declared)

    @property
    def has_own_channel(self) -> bool:
        """Whether codes can be sent anywhere."""
        return bool(self.phone or not self.email_is_declared)

    @property
    def opens_with_luxtrust_alone(self) -> bool:
        """A secretary's account that nothing else opened (S3-17)."""
        return self.doors == [Door.SECRETARY]

    @property
    def lacks_professional_factor(self) -> bool:
        """Without LuxTrust a professional's password needs a second factor that is no e-mail (S1-20, X5)."""
        has_one = self.phone or self.totp_since or self.passkeys
        return Door.PROFESSIONAL in self.doors and not has_one


@dataclass(frozen=True, kw_only=True)
class PersonalTab:
    """« Informations personnelles »."""

    name: str
    matricule: str
    birth_date: str
    address: list[str]
    export: DataExport | None
    may_open_patient_access: bool

    @property
    def may_ask_for_export(self) -> bool:
        """One a day, but for those that could not be made."""
        return self.export is None or self.export_has_failed or self.export.asked_at <= now() - timedelta(days=1)

    @property
    def export_has_failed(self) -> bool:
        """Whether the latest could not be made, its job being over or lost."""
        export = self.export
        if export is None or export.state != DataExport.State.ASKED:
            return export is not None and export.state == DataExport.State.FAILED
        return export.asked_at <= now() - LOST_AFTER

    @property
    def export_is_ready(self) -> bool:
        export = self.export
        return bool(
            export and export.state == DataExport.State.READY and export.kept_until and export.kept_until > now()
        )


def authentication_tab(account: Account, session: SessionBase) -> AuthenticationTab:
    """Seven queries, whatever the account has."""
    totp = TotpDevice.objects.filter(account=account, confirmed_at__isnull=False).first()
    return AuthenticationTab(
        phone=formatted(CodeChannel.SMS, account.phone),
        email=formatted(CodeChannel.EMAIL, account.email),
        email_is_declared=account.email_is_declared,
        code_channel=account.code_channel,
        open_changes=list(account.channel_changes.filter(state__in=ChannelChange.OPEN).order_by("started_at")),
        doors=account.doors,
        has_password=account.has_password(),
        products=list(account.luxtrust_products.order_by("added_at")),
        luxtrust_is_offered=is_offered(),
        passkeys=list(account.passkeys.all()),
        totp_since=totp.confirmed_at if totp else None,
        recovery_left=RecoveryCode.objects.filter(account=account, used_at__isnull=True).count(),
        devices=_devices(account, session),
        activity=_recent_activity(account),
    )


def personal_tab(account: Account) -> PersonalTab:
    """One query."""
    person = account.person
    return PersonalTab(
        name=person.full_name,
        matricule=Matricule(person.matricule).formatted,
        birth_date=birth_date(person),
        address=address_lines(person.address),
        export=account.data_exports.order_by("-asked_at").first(),
        may_open_patient_access=Door.PATIENT not in account.doors,
    )


def formatted(channel: str, destination: str | None) -> str:
    """A number in groups, an address as it is; "" for none."""
    if not destination:
        return ""
    return Phone(destination).formatted if channel == CodeChannel.SMS else EmailAddress(destination).formatted


def masked(channel: str, destination: str) -> str:
    """`*****56`, `*****@example.org` (S2-22)."""
    return Phone(destination).masked if channel == CodeChannel.SMS else EmailAddress(destination).masked


def _devices(account: Account, session: SessionBase) -> list[Device]:
    rows = Session.objects.filter(account=account, expire_date__gt=now(), created_at__gt=now() - LONGEST_LIFE)
    devices = [
        Device(
            key=row.pk,
            label=row.device,
            since=row.created_at,
            seen_at=row.seen_at,
            is_this=is_session_of(session, row.pk),
        )
        for row in rows.order_by("-seen_at")
    ]
    return sorted(devices, key=lambda device: not device.is_this)


def _recent_activity(account: Account) -> list[JournalEntry]:
    entries = JournalEntry.objects.filter(chain=f"person:{account.person_id}", event__in=EVENT_NAMES.keys() - REPEATING)
    return list(entries.order_by("-sequence")[:RECENT])


def birth_date(person: Person) -> str:
    """Day or month may be unknown to the registry (RGD 28 Nov 2013): what is known is said."""
    if not person.birth_month:
        return str(person.birth_year)
    known = date(person.birth_year, person.birth_month, person.birth_day or 1)
    return day(known) if person.birth_day else date_format(known, "F Y")


def address_lines(address: dict[str, Any] | None) -> list[str]:
    """As on the letter, without the country."""
    if not address:
        return []
    town = f"{address.get('postal_code', '')} {address.get('city', '')}".strip()
    return [line for line in (*address.get("lines", []), town) if line]
