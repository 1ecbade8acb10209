"""Whether LuxTrust's person is the declared one, and the registry's of the declared matricule (S3-11, S3-12)."""

from datetime import date

from gesond.directory.models import Declaration
from gesond.identity.actions.luxtrust_products import account_of_product
from gesond.identity.luxtrust.persons import differences_from, proof_identity
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Person
from gesond.identity.registry.name_matching import Attribute, Difference, Identity, differences
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule

# What the identity checks of secretaries are called.
KIND = "secretary"


def _signs_in_already(person: Person | None, proof: LuxTrustProof) -> bool:
    """Whether the product was added to this person's account before: then it is known whose it is."""
    holder = account_of_product(proof)
    return holder is not None and person is not None and holder.person_id == person.pk


def _birth_date_unstated(declared: Identity) -> Difference:
    born = declared.birth_date.isoformat() if declared.birth_date else ""
    return Difference(attribute=Attribute.BIRTH_DATE, declared=born, proved="", spelling=False)


def person_of(declaration: Declaration) -> Person | None:
    """Whom the registry has under the declared matricule."""
    hashes = keyed_hashes(str(declaration.matricule), purpose="person.matricule")
    return Person.objects.filter(matricule_hash__in=hashes).first()


def declared_identity(declaration: Declaration) -> Identity:
    """As declared; the date of birth is the matricule's, None where that does not say it whole."""
    typed = Matricule.parse(str(declaration.matricule))
    whole = typed.birth_month and typed.birth_day
    born = date(typed.birth_year, typed.birth_month or 1, typed.birth_day or 1) if whole else None
    return Identity(family_name=str(declaration.family_name), given_names=str(declaration.given_names), birth_date=born)


def compared(declaration: Declaration, person: Person | None, proof: LuxTrustProof) -> list[Difference]:
    """What differs from the declaration, by attribute; then whether the registry knows this person by this matricule.

    The registry's own names are not repeated to who is not proved to be that person. Without a date of birth from
    LuxTrust people look: a homonym who knows the matricule must not become this person by a name alone.
    """
    declared, proved = declared_identity(declaration), proof_identity(proof)
    found = differences(declared, proved)
    if proved.birth_date is None and not _signs_in_already(person, proof):
        found.append(_birth_date_unstated(declared))
    told = {one.attribute for one in found}
    elsewhere = [] if person is None else [one for one in differences_from(person, proof) if one.attribute not in told]
    if person is None or person.deceased or elsewhere:
        found.append(
            Difference(
                attribute=Attribute.NOT_IN_REGISTRY,
                declared=declaration.name,
                proved=f"{proved.given_names} {proved.family_name}",
                spelling=False,
            )
        )
    return found
