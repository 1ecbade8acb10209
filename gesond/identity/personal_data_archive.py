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
    "letter_requests": _("Letters that you asked for"),
    "notices": _("Letters about your account"),
    "identity_checks": _("Identity checks"),
    "evidence": _("Documents that you added to identity checks"),
    "looks": _("When the agency read your data"),
    "desk": _("Your access to the agency's desk"),
    "journal": _("Journal"),
}
NAMES: dict[str, Promise | str] = {
    "about": _("About"),
    "accepted_at": _("Accepted on"),
    "actor": _("By"),
    "address": _("Address"),
    "added_at": _("Added on"),
    "appeal_reasons": _("Your appeal"),
    "assurance": _("Level of assurance"),
    "asked_at": _("Asked on"),
    "at": _("When"),
    "began_at": _("Began on"),
    "birth_date": _("Date of birth"),
    "birth_day": _("Day of birth"),
    "birth_month": _("Month of birth"),
    "birth_year": _("Year of birth"),
    "channel": _("Channel"),
    "city": _("Town"),
    "country": _("Country"),
    "code_channel": _("One-time codes go to"),
    "confirmed_at": _("Confirmed on"),
    "created_at": _("Since"),
    "deleted_at": _("Deleted on"),
    "decided_at": _("Decided on"),
    "declared": _("Declared"),
    "details": _("Details"),
    "device": _("Device"),
    "document": _("Document"),
    "door": _("Door"),
    "doors": _("Doors"),
    "email": _("E-mail address"),
    "email_is_declared": _("E-mail address stated by the professional, not yet confirmed"),
    "ended_at": _("Ended on"),
    "event": _("What happened"),
    "expires_at": _("Valid until"),
    "file_name": _("File"),
    "family_name": _("Family name"),
    "from": _("From"),
    "given_names": _("Given names"),
    "happened_at": _("Happened on"),
    "has_password": _("Password chosen"),
    "issued_at": _("Issued on"),
    "language": _("Language"),
    "last_login": _("Last sign-in"),
    "last_used_at": _("Last used"),
    "lines": _("Street"),
    "matricule": _("Matricule"),
    "name": _("Name"),
    "named_at": _("Named on"),
    "notify_events": _("Told of events"),
    "notify_polls": _("Told of polls"),
    "number": _("Reference"),
    "on_behalf_of": _("On behalf of"),
    "opened_at": _("Opened on"),
    "phone": _("Mobile number"),
    "postal_code": _("Postal code"),
    "printed_at": _("Printed on"),
    "proved": _("As LuxTrust states"),
    "ready_at": _("Made on"),
    "reason": _("Reason"),
    "roles": _("Roles"),
    "seen_at": _("Last seen"),
    "serial_number": _("Serial number"),
    "started_at": _("Started on"),
    "state": _("State"),
    "to": _("To"),
    "updated_at": _("Updated on"),
}


# Codes as a person reads them; `data.json` keeps them as they are.
WORDS: dict[str, Promise | str] = {
    "abandoned": _("Given up"),
    "accepted": _("Accepted"),
    "active": _("Open"),
    "appealed": _("Appeal"),
    "asked": _("Asked for"),
    "cancelled": _("Cancelled"),
    "closed": _("Closed"),
    "deleted": _("Deleted"),
    "done": _("Done"),
    "email": _("E-mail"),
    "exhausted": _("Too many wrong tries"),
    "expired": _("No longer valid"),
    "failed": _("Could not be made"),
    "letter_issued": _("Letter printed"),
    "live": _("Valid"),
    "objected": _("Undone by you"),
    "open": _("Under way"),
    "opened_with_help": _("Account opened with the helpdesk"),
    "patient": _("Patient"),
    "professional": _("Health professional"),
    "ready": _("Ready"),
    "refused": _("Refused"),
    "secretary": _("Medical secretary"),
    "sms": _("SMS"),
    "staff": _("Agency's desk"),
    "suspended": _("Suspended"),
    "used": _("Used"),
    "withdrawn": _("Withdrawn"),
}
CODED = {"about", "channel", "code_channel", "door", "doors", "standing", "state"}


def in_words(column: str, value: object) -> object:
    """A code of a column that has codes; several of them with commas between."""
    if column not in CODED or not isinstance(value, str):
        return value
    return ", ".join(str(WORDS.get(code, code)) for code in value.split(", "))


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
    context = {"sections": sections, "names": names, "event_name": event_name, "in_words": in_words, "made_at": now()}
    return render_to_string("identity/account/data.jinja", context)
