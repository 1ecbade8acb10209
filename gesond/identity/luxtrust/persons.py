"""Whether LuxTrust's person is the registry's: `name_matching` between the two."""

from datetime import date

from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Person
from gesond.identity.registry.name_matching import Difference, Identity, differences


def differences_from(person: Person, proof: LuxTrustProof) -> list[Difference]:
    """What tells the registry's person from the one LuxTrust proved, by attribute; nothing when they can be one."""
    return differences(registry_identity(person, proof), proof_identity(proof))


def proof_identity(proof: LuxTrustProof) -> Identity:
    """What LuxTrust says."""
    return Identity(family_name=proof.family_name, given_names=proof.given_names, birth_date=proof.birth_date)


def registry_identity(person: Person, proof: LuxTrustProof) -> Identity:
    """What the registry says. A month or day of birth it does not know (RGD 28 Nov 2013) is taken to be LuxTrust's."""
    born = _birth_date(person, proof.birth_date)
    return Identity(family_name=person.family_name, given_names=person.given_names, birth_date=born)


def _birth_date(person: Person, proved: date | None) -> date | None:
    if proved is None:
        return None
    try:
        return date(person.birth_year, person.birth_month or proved.month, person.birth_day or proved.day)
    except ValueError:  # the registry's month has no such day: the two cannot be one
        return date(person.birth_year, person.birth_month or 1, 1)
