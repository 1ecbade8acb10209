"""« Télécharger mes données »: asked for, made by a job, kept for a week, deleted."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app

from gesond.identity.actions.notices import tell
from gesond.identity.actions.one_time_codes import chain_of
from gesond.identity.models import Account, DataExport
from gesond.identity.personal_data_archive import archive
from gesond.identity.queries.account import LOST_AFTER
from gesond.identity.queries.personal_data import personal_data
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor

KEPT_FOR = timedelta(days=7)
ONE_EVERY = timedelta(days=1)
MAKE = "identity.make_data_export"
State = DataExport.State


class ExportTooSoonError(Exception):
    """One was asked for less than a day ago."""


@transaction.atomic
def ask_for_export(*, actor: Actor, account: Account) -> DataExport:
    """Have the person's data gathered after the commit. Raises ExportTooSoonError."""
    Account.objects.select_for_update().get(pk=account.pk)
    # One that was never made stands in nobody's way.
    lost = DataExport.objects.filter(account=account, state=State.ASKED, asked_at__lte=now() - LOST_AFTER)
    lost.update(state=State.FAILED)
    made = DataExport.objects.filter(account=account, asked_at__gt=now() - ONE_EVERY).exclude(state=State.FAILED)
    if made.exists():
        raise ExportTooSoonError
    export = DataExport.objects.create(account=account)
    journal.record(actor=actor, event="data_export.asked", chain=chain_of(account), details=_facts(export))
    app.configure_task(MAKE).defer(export_id=str(export.pk))
    return export


@transaction.atomic
def give_export_up(*, export_id: uuid.UUID) -> None:
    """The job has failed for the last time: the page says so, and the person may ask again at once."""
    found = DataExport.objects.select_for_update(of=("self",)).select_related("account")
    export = found.filter(pk=export_id, state=State.ASKED).first()
    if export is None:
        return
    export.state = State.FAILED
    export.save(update_fields=["state"])
    journal.record(actor=SYSTEM, event="data_export.failed", chain=chain_of(export.account), details=_facts(export))


def make_export(*, export_id: uuid.UUID) -> None:
    """Gather, pack, store, then tell the person. May run twice: the second time finds nothing to do."""
    export = DataExport.objects.select_related("account__person").filter(pk=export_id, state=State.ASKED).first()
    if export is None:
        return
    with translation.override(export.account.language):  # apps say some things in words
        content = archive(personal_data(export.account), language=export.account.language)
    name = default_storage.save(f"data-exports/{export.pk}.zip", ContentFile(content))
    if not _publish(export, name):
        default_storage.delete(name)


@transaction.atomic
def open_export(*, actor: Actor, account: Account, export_id: uuid.UUID) -> bytes:
    """The ZIP of one of the account's own exports, and a journal entry. Raises DataExport.DoesNotExist."""
    export = DataExport.objects.get(pk=export_id, account=account, state=State.READY, kept_until__gt=now())
    journal.record(actor=actor, event="data_export.downloaded", chain=chain_of(account), details=_facts(export))
    with default_storage.open(export.stored_as) as file:
        content: bytes = file.read()
    return content


def delete_expired_exports() -> int:
    """Delete what has been kept for a week; return how many."""
    due = DataExport.objects.filter(state=State.READY, kept_until__lte=now()).values_list("pk", flat=True)
    return sum(_delete(export_id) for export_id in list(due))


@transaction.atomic
def _publish(export: DataExport, name: str) -> bool:
    """Mark it ready and announce it, unless another run of the job already did."""
    account = Account.objects.select_for_update().get(pk=export.account_id)
    export = DataExport.objects.select_for_update().get(pk=export.pk)
    if export.state != State.ASKED:
        return False
    export.state = State.READY
    export.stored_as = name
    export.ready_at = now()
    export.kept_until = export.ready_at + KEPT_FOR
    export.save(update_fields=["state", "stored_as", "ready_at", "kept_until"])
    journal.record(actor=SYSTEM, event="data_export.made", chain=chain_of(account), details=_facts(export))
    _announce(account, export)
    return True


def _announce(account: Account, export: DataExport) -> None:
    """By e-mail when there is an address, else by SMS: a link that asks to sign in, and nothing personal."""
    channels = account.notice_channels()
    channel = "email" if "email" in channels else "sms"
    with translation.override(account.language):
        link = settings.ENVIRONMENT.base_url + reverse("identity:account_personal")
    tell(
        language=account.language,
        channel=channel,
        destination=channels[channel],
        template="identity/data_export_ready",
        context={"link": link, "days": KEPT_FOR.days},
    )


def _delete(export_id: uuid.UUID) -> bool:
    with transaction.atomic():
        export = DataExport.objects.select_for_update().select_related("account").get(pk=export_id)
        if export.state != State.READY:
            return False
        name, export.stored_as, export.state = export.stored_as, "", State.DELETED
        export.save(update_fields=["stored_as", "state"])
        journal.record(
            actor=SYSTEM, event="data_export.deleted", chain=chain_of(export.account), details=_facts(export)
        )
        default_storage.delete(name)  # its key now, its body after the commit
    return True


def _facts(export: DataExport) -> dict[str, str]:
    return {"export": str(export.pk)}
