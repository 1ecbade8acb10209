"""The entrances of the site, and the doors behind each (S2-28, S1-16, S3-15).

An account enters by a door that its own proof opened (`Account.doors`) and that the apps above still admit it by: the
directory says whether a professional still is one. Nothing else of the account is lent to the session.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from gesond.identity.models import Account, Door


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """One page of « Connexion » and the means it offers; `doors` in the order in which they are tried.

    `by_password`: which of them a password and a second factor open. A secretary has LuxTrust only (S3-17).
    """

    slug: str
    doors: tuple[Door, ...]
    by_password: tuple[Door, ...]
    # A code by e-mail is a second factor for patients only (X5).
    code_by_email: bool = False

    def page(self, means: str = "") -> str:
        """The address of the entrance, or of one of its means: `password`, `passkey`, `luxtrust`."""
        return reverse("identity:" + "_".join(filter(None, ["sign_in", self.slug, means])))


PATIENT = Entrance(slug="patient", doors=(Door.PATIENT,), by_password=(Door.PATIENT,), code_by_email=True)
PROFESSIONAL = Entrance(
    slug="professional", doors=(Door.PROFESSIONAL, Door.SECRETARY), by_password=(Door.PROFESSIONAL,)
)
DESK = Entrance(slug="desk", doors=(Door.STAFF,), by_password=(Door.STAFF,))
ENTRANCES = {entrance.slug: entrance for entrance in (PATIENT, PROFESSIONAL, DESK)}

Admission = Callable[[Account], bool]
_admissions: dict[Door, Admission] = {}


def register_admission(door: Door, admits: Admission) -> None:
    """Let an app say, at each sign-in, whether an account whose door was opened may still enter by it."""
    _admissions[door] = admits


def door_behind(entrance: Entrance, account: Account, *, by_password: bool = False) -> Door | None:
    """The first door of `entrance` that lets `account` in; None when none does."""
    doors = entrance.by_password if by_password else entrance.doors
    return next((door for door in doors if admits(door, account)), None)


def admits(door: Door, account: Account) -> bool:
    """Whether `account` may enter by `door` today."""
    return door in account.doors and _admissions.get(door, _everybody)(account)


def entrance_of(door: str) -> Entrance:
    """The entrance that leads to `door`."""
    return next(entrance for entrance in ENTRANCES.values() if door in entrance.doors)


def _everybody(account: Account) -> bool:
    return True
