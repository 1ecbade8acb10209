"""The directory's tile of « Mes services eSanté »."""

from django.utils.translation import gettext_lazy as _

from gesond.identity.services import Service, State

OWN_RECORD = Service(
    slug="directory-record",
    title=_("My data in the directory"),
    description=_("Your profession, your practices and what the public finds of you."),
    state=State.OPEN,
    url_name="directory:own_record",
    door="professional",
    icon="person",
    order=90,
)
