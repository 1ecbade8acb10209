"""Two statements of who somebody is, to be compared by `name_matching`: the registry's and LuxTrust's."""

from datetime import date

from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Person
from gesond.identity.name_matching import Identity


def registry_identity(person: Person) -> Identity:
    """What the registry says; no date of birth where it knows only a part of it."""
    known = person.birth_month and person.birth_day
    born = date(person.birth_year, person.birth_month or 1, person.birth_day or 1) if known else None
    return Identity(family_name=person.family_name, given_names=person.given_names, birth_date=born)


def proved_identity(proof: LuxTrustProof) -> Identity:
    """What LuxTrust says."""
    return Identity(family_name=proof.family_name, given_names=proof.given_names, birth_date=proof.birth_date)
