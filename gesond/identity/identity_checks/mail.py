"""What the applicant of an identity check is written, each time with a link of its own to their page."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from gesond.identity.identity_checks.kinds import label_of
from gesond.identity.models import IdentityCheck, IdentityCheckLink
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, random_token
from gesond.notify.actions import queue_message

TOKEN_PURPOSE = "identity_check.token"  # noqa: S105 - what the hash is made for
# Longer than a check and its appeal take; afterwards the page tells nothing anyway.
LINK_LIFE = timedelta(days=90)


def write_to_applicant(check: IdentityCheck, template: str, **context: Any) -> None:
    """Queue `identity/<template>` to the applicant; in the transaction of what it tells."""
    with override(check.language):
        link = settings.ENVIRONMENT.base_url + reverse("identity:identity_check_link", args=[_new_link(check)])
        label = str(label_of(check.kind))
    queue_message(
        channel="email",
        recipient=str(check.email),
        template=f"identity/{template}",
        context={"number": check.number, "link": link, "about": label, "due_at": check.due_at, **context},
        language=check.language,
        reference=check.chain,
    )


def _new_link(check: IdentityCheck) -> str:
    token = random_token()
    IdentityCheckLink.objects.create(
        check_shown=check, token_hash=keyed_hash(token, purpose=TOKEN_PURPOSE), expires_at=now() + LINK_LIFE
    )
    return token
