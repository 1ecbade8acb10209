"""The directory's tiles of « Mes services eSanté »."""

from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Door
from gesond.identity.services import Service, State

OWN_RECORD = Service(
    slug="directory-record",
    title=_("My data in the directory"),
    description=_("Your profession, your practices and what the public finds of you."),
    state=State.OPEN,
    url_name="directory:own_record",
    door="professional",
    for_doors=(Door.PROFESSIONAL,),
    icon="person",
    order=90,
)
SECRETARIES = Service(
    slug="secretaries",
    title=_("My secretaries"),
    description=_("Declare a secretary, and see, confirm or end what each may do for you."),
    state=State.OPEN,
    url_name="directory:secretaries",
    door="secretary",
    for_doors=(Door.PROFESSIONAL,),
    icon="person",
    order=95,
)
MANDATES = Service(
    slug="mandates",
    title=_("My mandates"),
    description=_("Whom you serve, what each mandate allows, and until when."),
    state=State.OPEN,
    url_name="directory:mandates",
    door="secretary",
    for_doors=(Door.SECRETARY,),
    icon="person",
    order=10,
)
