"""A person's data as a ZIP: `data.json` for machines, `data.html` to read."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.event_names import event_name
from gesond.identity.queries.personal_data import Row
from gesond.kernel.clock import now

TITLES: dict[str, Promise | str] = {
    "person": _("What the national registry says of you"),
    "account": _("Your account"),
    "terms": _("Terms of use that you accepted"),
    "passkeys": _("Passkeys"),
    "luxtrust_products": _("LuxTrust products"),
    "authenticator_apps": _("Authenticator app"),
    "devices": _("Signed-in devices"),
    "channel_changes": _("Changes of telephone number and e-mail address"),
    "data_exports": _("Copies of your data"),
    "journal": _("Journal"),
}
NAMES: dict[str, Promise | str] = {
    "accepted_at": _("Accepted on"),
    "actor": _("By"),
    "address": _("Address"),
    "assurance": _("Level of assurance"),
    "asked_at": _("Asked on"),
    "at": _("When"),
    "birth_day": _("Day of birth"),
    "birth_month": _("Month of birth"),
    "birth_year": _("Year of birth"),
    "channel": _("Channel"),
    "code_channel": _("One-time codes go to"),
    "confirmed_at": _("Confirmed on"),
    "created_at": _("Since"),
    "details": _("Details"),
    "device": _("Device"),
    "email": _("E-mail address"),
    "ended_at": _("Ended on"),
    "event": _("What happened"),
    "family_name": _("Family name"),
    "from": _("From"),
    "given_names": _("Given names"),
    "has_password": _("Password chosen"),
    "language": _("Language"),
    "last_login": _("Last sign-in"),
    "last_used_at": _("Last used"),
    "matricule": _("Matricule"),
    "name": _("Name"),
    "notify_events": _("Told of events"),
    "notify_polls": _("Told of polls"),
    "number": _("Version"),
    "on_behalf_of": _("On behalf of"),
    "opened_at": _("Opened on"),
    "phone": _("Mobile number"),
    "ready_at": _("Made on"),
    "seen_at": _("Last seen"),
    "started_at": _("Started on"),
    "state": _("State"),
    "to": _("To"),
    "updated_at": _("Updated on"),
}


def archive(data: Mapping[str, Sequence[Row]], *, language: str) -> bytes:
    """The ZIP, with the page in `language`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", DjangoJSONEncoder(ensure_ascii=False, indent=2).encode(data))
        with translation.override(language):
            packed.writestr("data.html", _page(data))
    return target.getvalue()


def _page(data: Mapping[str, Sequence[Row]]) -> str:
    sections = [(TITLES[name], rows) for name, rows in data.items()]
    context = {"sections": sections, "names": NAMES, "event_name": event_name, "made_at": now()}
    return render_to_string("identity/account/data.jinja", context)
