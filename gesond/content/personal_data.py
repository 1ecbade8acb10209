"""What the contents hold about a person, for « Télécharger mes données »: that they took part in a poll, no ballot."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gesond.content.models import Participation
from gesond.identity.models import Account
from gesond.identity.queries.personal_data import Row, register_section

NAMES = {"poll": _("Poll"), "answer": _("Your answer")}


def register_sections() -> None:
    """From `AppConfig.ready`."""
    register_section("polls", title=_("Polls that you took part in"), rows=_polls, names=NAMES)


def _polls(account: Account) -> Sequence[Row]:
    """What was answered is kept with nobody's name, and when, in the person's journal alone."""
    taken = Participation.objects.filter(account=account).select_related("poll").order_by("pk")
    return [{"poll": row.poll.title, "answer": str(_("secret: we do not know it"))} for row in taken]
