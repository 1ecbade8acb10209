"""The general terms of use: publishing a version, agreeing to one (S2-12)."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from gesond.identity.models import Account, TermsAcceptance, TermsVersion
from gesond.identity.queries.terms import NUMBER, forget_shown_terms
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

ByLanguage = Mapping[str, str]


class TermsError(ValueError):
    """A version that cannot be published: the text of a language is missing, or nothing says what changed."""


@transaction.atomic
def publish_terms(
    *, actor: Actor, number: str, body: ByLanguage, changes: ByLanguage | None = None, at: datetime | None = None
) -> TermsVersion:
    """Publish a version in every language (Markdown), now or `at` a later time: account holders are asked again.

    `changes` tells them what is new since the version before; only the first version does without.
    Raises TermsError.
    """
    moment = at or now()
    _refuse_incomplete(number, body, changes or {}, moment)
    version = TermsVersion.objects.create(
        number=number, body=dict(body), changes=dict(changes or {}), published_at=moment
    )
    journal.record(actor=actor, event="terms.published", chain="terms", details={"number": number})
    from gesond.identity.jobs import print_terms  # jobs call actions: imported where it is deferred

    print_terms.defer(version_id=version.pk)
    transaction.on_commit(forget_shown_terms)
    return version


@transaction.atomic
def accept_terms(*, actor: Actor, account: Account, version: TermsVersion) -> None:
    """Agree to `version`; agreeing twice counts once."""
    _, created = TermsAcceptance.objects.get_or_create(account=account, version=version)
    if created:
        details = {"account": account.pk, "number": version.number}
        journal.record(actor=actor, event="terms.accepted", chain=f"person:{account.person_id}", details=details)


def _refuse_incomplete(number: str, body: ByLanguage, changes: ByLanguage, moment: datetime) -> None:
    languages = dict(settings.LANGUAGES)
    if not NUMBER.fullmatch(number):
        raise TermsError(f"terms are numbered as 2.0, not as {number}")
    if not all(body.get(language, "").strip() for language in languages):
        raise TermsError(f"terms {number} need a text in {', '.join(languages)}")
    before = TermsVersion.objects.all()
    if before.exists() and not all(changes.get(language, "").strip() for language in languages):
        raise TermsError(f"terms {number} need what changed in {', '.join(languages)}")
    if before.filter(number=number).exists():
        raise TermsError(f"terms {number} were published already: what is published is never changed")
    if before.filter(published_at__gte=moment).exists():
        raise TermsError(f"terms {number} would be older than those in force")
