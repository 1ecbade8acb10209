"""A visitor's personal link: made for an e-mail, opened in a browser, asked for again when it has expired."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from gesond.helpdesk.actions.limits import count_link
from gesond.helpdesk.models import HelpLink, HelpRequest
from gesond.helpdesk.models.requests import comparable_email
from gesond.helpdesk.numbers import key_of
from gesond.identity.credentials.throttle import Verdict
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes, matches, random_token
from gesond.kernel.journal import Actor

LINK_PURPOSE, EMAIL_PURPOSE = "help_request.link", "help_request.email"
LINK_LIFE = timedelta(days=30)
NOBODY = 0


def make_link(request: HelpRequest) -> str:
    """A new personal link, as it stands in an e-mail. Inside the caller's transaction."""
    token = random_token()
    moment = now()
    HelpLink.objects.create(
        request=request,
        token_hash=keyed_hash(token, purpose=LINK_PURPOSE),
        created_at=moment,
        expires_at=moment + LINK_LIFE,
    )
    with translation.override(request.language):
        return settings.ENVIRONMENT.base_url + reverse("helpdesk:link", args=[token])


def open_link(*, actor: Actor, token: str) -> HelpLink | None:
    """The link behind a token, while it is good. It may be opened again: mail scanners open links too."""
    link = (
        HelpLink.objects.select_related("request")
        .filter(token_hash__in=keyed_hashes(token, purpose=LINK_PURPOSE), expires_at__gt=now())
        .first()
    )
    if link is not None:
        with transaction.atomic():
            journal.record(actor=actor, event="help_request.link_opened", chain=link.request.chain)
    return link


def ask_for_link(*, actor: Actor, number: str, email: str) -> Verdict:
    """Have a new link sent, if `email` is that of the request so numbered. The same work for everyone."""
    key = key_of(number) or NOBODY  # however it is spelt: each spelling would have tries of its own
    verdict = count_link(actor, key)
    if verdict.allowed:
        with transaction.atomic():
            from gesond.helpdesk.jobs import send_link  # jobs call actions: imported where it is deferred

            send_link.defer(request_id=_request_of(key, email))
    return verdict


@transaction.atomic
def send_link(*, actor: Actor, request_id: int) -> None:
    """E-mail a new link, in place of those before it. Nothing for a request that is nobody's."""
    from gesond.helpdesk.actions.announcements import tell_link  # announcements make links

    request = HelpRequest.objects.select_for_update().filter(pk=request_id, email__isnull=False).first()
    if request is None:
        return
    HelpLink.objects.filter(request=request).delete()
    journal.record(actor=actor, event="help_request.link_renewed", chain=request.chain)
    tell_link(request)


def forget_links() -> int:
    """Delete what has expired; return how many."""
    return HelpLink.objects.filter(expires_at__lt=now()).delete()[0]


def _request_of(key: int, email: str) -> int:
    found = HelpRequest.objects.filter(pk=key).values_list("pk", "email_hash").first()
    if found is None or found[1] is None:
        return NOBODY
    return found[0] if matches(comparable_email(email), bytes(found[1]), purpose=EMAIL_PURPOSE) else NOBODY
