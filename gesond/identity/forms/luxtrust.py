"""What is said of LuxTrust products, and to who may not associate one."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.luxtrust_products import OtherPersonError, ProductTakenError
from gesond.identity.models import Device
from gesond.identity.registry.name_matching import Attribute

DEVICE_NAMES: dict[str, Promise | str] = {
    Device.TOKEN: "Token",
    Device.SMARTCARD: "Smartcard",
    Device.MOBILE: "Mobile",
    Device.IDENTITY_CARD: _("Electronic identity card"),
    Device.OTHER: "LuxTrust",
}
ATTRIBUTES: dict[str, Promise | str] = {
    Attribute.FAMILY_NAME: _("Family name"),
    Attribute.GIVEN_NAMES: _("Given names"),
    Attribute.BIRTH_DATE: _("Date of birth"),
}


@dataclass(frozen=True)
class ProductRefusal:
    """Why a product was not associated; `attributes`: what differs, by name and never by value."""

    sentence: Promise | str
    attributes: list[Promise | str] = field(default_factory=list)


def refusal_of(error: Exception) -> ProductRefusal:
    """For an error of `associate_own_product`. Nothing is told of another account."""
    if isinstance(error, OtherPersonError):
        found = [ATTRIBUTES[difference.attribute] for difference in error.differences]
        return ProductRefusal(_("What LuxTrust says of its holder is not what we know of you. This differs:"), found)
    if isinstance(error, ProductTakenError):
        if error.own:
            return ProductRefusal(_("This LuxTrust product is already associated with your account."))
        return ProductRefusal(_("This LuxTrust product cannot be associated with your account."))
    return ProductRefusal(_("You have 20 LuxTrust products. Delete one that you no longer use, then add this one."))
