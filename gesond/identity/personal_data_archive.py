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
from gesond.identity.queries.personal_data import Row, registered_sections
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
    "letters": _("Letters with an activation code"),
    "identity_checks": _("Identity checks"),
    "journal": _("Journal"),
}
NAMES: dict[str, Promise | str] = {
    "about": _("About"),
    "accepted_at": _("Accepted on"),
    "actor": _("By"),
    "address": _("Address"),
    "appeal_reasons": _("Your appeal"),
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
    "decided_at": _("Decided on"),
    "declared": _("Declared"),
    "details": _("Details"),
    "device": _("Device"),
    "door": _("Door"),
    "doors": _("Doors"),
    "email": _("E-mail address"),
    "email_is_declared": _("E-mail address stated by the professional, not yet confirmed"),
    "ended_at": _("Ended on"),
    "event": _("What happened"),
    "expires_at": _("Valid until"),
    "family_name": _("Family name"),
    "from": _("From"),
    "given_names": _("Given names"),
    "has_password": _("Password chosen"),
    "issued_at": _("Issued on"),
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
    "proved": _("As LuxTrust states"),
    "ready_at": _("Made on"),
    "reason": _("Reason"),
    "seen_at": _("Last seen"),
    "serial_number": _("Serial number"),
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
    more = registered_sections()
    titles = TITLES | {slug: section.title for slug, section in more.items()}
    sections = [(titles[slug], rows) for slug, rows in data.items()]
    names = {name: word for section in more.values() for name, word in section.names.items()} | NAMES
    context = {"sections": sections, "names": names, "event_name": event_name, "made_at": now()}
    return render_to_string("identity/account/data.jinja", context)
