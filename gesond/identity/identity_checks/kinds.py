"""Whose identity checks there are, and what one says. Every app that opens checks registers its kind.

    register_kind("secretary", label=_("Secretary"), decided=secretary_checked)

`decided(actor, check)` is called inside the deciding transaction, with `check.state` ACCEPTED or REFUSED and
`check.reason`, the text for the applicant (empty when accepted). A refused check may be decided again, on appeal.
`parties(check)` are the persons, by key, whom the check serves besides the one it is about: none of them works on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from gesond.identity.models import IdentityCheck
from gesond.identity.registry.name_matching import Attribute, Difference, Identity
from gesond.kernel.journal import Actor

Decided = Callable[[Actor, IdentityCheck], None]
Parties = Callable[[IdentityCheck], set[int]]


def _nobody(check: IdentityCheck) -> set[int]:
    return set()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One reason for which identities are checked. `label` says it to applicant and staff."""

    label: str | Promise
    decided: Decided
    withdrawn: Decided | None = None
    parties: Parties = _nobody


_kinds: dict[str, Kind] = {}


def register_kind(
    kind: str,
    *,
    label: str | Promise,
    decided: Decided,
    withdrawn: Decided | None = None,
    parties: Parties = _nobody,
) -> None:
    """Make `kind` known, from `AppConfig.ready`. `withdrawn(actor, check)`: the applicant gave it up."""
    _kinds[kind] = Kind(label=label, decided=decided, withdrawn=withdrawn, parties=parties)


def kind_of(check: IdentityCheck) -> Kind:
    """Raises KeyError for a kind that nobody registered."""
    return _kinds[check.kind]


def is_known(kind: str) -> bool:
    """Whether some app answers for it."""
    return kind in _kinds


def label_of(kind: str) -> str | Promise:
    """What it is called; its own name when nobody registered it any more."""
    return _kinds[kind].label if kind in _kinds else kind


def kinds() -> list[tuple[str, str | Promise]]:
    """Name and label of each."""
    return [(name, kind.label) for name, kind in _kinds.items()]


def to_json(identity: Identity) -> dict[str, Any]:
    """As it is stored in `IdentityCheck.declared` and `proved`."""
    born = identity.birth_date
    return {
        "family_name": identity.family_name,
        "given_names": identity.given_names,
        "birth_date": born.isoformat() if born else None,
    }


def stated_in(stored: dict[str, Any]) -> Identity:
    """What `to_json` stored."""
    born = stored["birth_date"]
    return Identity(
        family_name=stored["family_name"],
        given_names=stored["given_names"],
        birth_date=date.fromisoformat(born) if born else None,
    )


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """As it is stored in `IdentityCheck.differences`."""
    return {
        "attribute": difference.attribute.value,
        "declared": difference.declared,
        "proved": difference.proved,
        "spelling": difference.spelling,
    }


def differences_in(check: IdentityCheck) -> list[Difference]:
    """What was found when the check was opened."""
    return [
        Difference(
            attribute=Attribute(found["attribute"]),
            declared=found["declared"],
            proved=found["proved"],
            spelling=found["spelling"],
        )
        for found in check.differences
    ]
