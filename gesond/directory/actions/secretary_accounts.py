"""The secretary's account opens: at once (S3-11), or when her identity was checked by hand (S3-14, S3-15)."""

from django.db import transaction

from gesond.directory.actions.declarations import end, lock_professional, send_new_link
from gesond.directory.actions.mandates import begin_mandate
from gesond.directory.models import Declaration, today
from gesond.directory.queries.declarations import counting_instead, is_upheld
from gesond.directory.secretary_identity import person_of
from gesond.directory.secretary_mail import write_account_open, write_identity_confirmed, write_outcome
from gesond.identity.actions.luxtrust_products import (
    SUBJECT_PURPOSE,
    ProductTakenError,
    account_of_product,
    associate_product,
)
from gesond.identity.actions.terms import accept_terms
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, CodeChannel, Door, IdentityCheck, Person
from gesond.kernel import journal
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor

State = Declaration.State
REGISTRY_NAME = 120
# How who won an appeal goes on, by how far the other declaration of them is; by its link otherwise.
GO_ON = {State.ACCEPTED: "account_open", State.IN_CHECK: "in_check"}


class AccountNotReachedError(Exception):
    """The person's account is not this proof's: opened meanwhile, suspended, or the product is another's."""


def open_secretary_account(*, actor: Actor, declaration: Declaration, proof: LuxTrustProof) -> Account:
    """Account or door, product, terms, mandate, messages: all or nothing, in the caller's transaction.

    `declaration` is locked; its `applicant` is the account that was signed in. Raises AccountNotReachedError and
    ProductTakenError.
    """
    person = person_of(declaration) or _new_person(actor, declaration, proof)
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    account = Account.objects.select_for_update().filter(person=person).first()
    holder = account_of_product(proof)
    _require_reached(account, holder, declaration.applicant_id)
    new = account is None
    if account is None:
        account = _new_account(actor, declaration, person)
    _open_door(actor, account)
    if holder is None:
        associate_product(actor=actor, account=account, proof=proof)
    if declaration.terms is not None:
        accept_terms(actor=actor, account=account, version=declaration.terms)
    _accept(actor, declaration, account, new=new)
    return account


def secretary_checked(actor: Actor, check: IdentityCheck) -> None:
    """What follows from the desk's decision, within its transaction. Refused once, it may be accepted on appeal."""
    declaration = _lock_checked(check)
    if declaration is None:
        return
    if check.state == IdentityCheck.State.REFUSED:
        _refuse(actor, declaration)
    elif other := counting_instead(declaration):
        _join(actor, declaration, other)
    elif declaration.valid_to < today() or not is_upheld(declaration):
        end(declaration, State.EXPIRED)
        write_outcome(declaration, "expired")
        write_identity_confirmed(declaration, go_on="over")
    else:
        _open_or_go_on(actor, declaration)


def secretary_gave_up(actor: Actor, check: IdentityCheck) -> None:
    """The applicant withdrew the check."""
    declaration = _lock_checked(check)
    if declaration is None:
        return
    end(declaration, State.WITHDRAWN)
    journal.record(actor=actor, event="declaration.given_up", chain=declaration.chain)
    write_outcome(declaration, "given_up")


def who_declared(check: IdentityCheck) -> set[int]:
    """The professional's person: as staff they would decide on their own declaration."""
    return set(Declaration.objects.filter(pk=check.reference).values_list("professional__person", flat=True))


def _require_reached(account: Account | None, holder: Account | None, applicant_id: int | None) -> None:
    """See `secretary_steps._unreached`: asked again under the lock."""
    if holder is not None and holder != account:
        raise AccountNotReachedError
    if account is not None and not (account.is_active and (holder == account or account.pk == applicant_id)):
        raise AccountNotReachedError


def _accept(actor: Actor, declaration: Declaration, account: Account, *, new: bool) -> None:
    declaration.account = account
    end(declaration, State.ACCEPTED)
    begin_mandate(actor=actor, declaration=declaration, account=account)
    write_account_open(declaration, new=new)
    write_outcome(declaration, "accepted")


def _lock_checked(check: IdentityCheck) -> Declaration | None:
    """None when the declaration was withdrawn meanwhile: nothing follows then."""
    professional = Declaration.objects.filter(pk=check.reference).values_list("professional", flat=True).first()
    if professional is None:
        return None
    lock_professional(professional)
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("professional", "declared_by", "terms")
    return rows.filter(pk=check.reference, state__in=[State.IN_CHECK, State.REFUSED], proof__isnull=False).first()


def _refuse(actor: Actor, declaration: Declaration) -> None:
    """The check's own message gives the reason and how to appeal (S3-16)."""
    if declaration.state == State.REFUSED:
        return
    end(declaration, State.REFUSED)
    journal.record(actor=actor, event="declaration.refused", chain=declaration.chain)
    write_outcome(declaration, "refused")


def _open_or_go_on(actor: Actor, declaration: Declaration) -> None:
    """An account opened meanwhile is not reached by the check: she signs in to it, and ends what she began."""
    proof = LuxTrustProof.from_json(declaration.proof)
    try:
        with transaction.atomic():
            open_secretary_account(actor=actor, declaration=declaration, proof=proof)
    except (AccountNotReachedError, ProductTakenError):
        declaration.refresh_from_db()
        declaration.cleared_hash = keyed_hash(proof.subject_text, purpose=SUBJECT_PURPOSE)
        send_new_link(declaration)
        journal.record(actor=actor, event="declaration.cleared", chain=declaration.chain)


def _join(actor: Actor, declaration: Declaration, other: Declaration) -> None:
    """An appeal is won after the same person was declared again: what the professional said last counts.

    The LuxTrust identity that people accepted is not asked about again on that way; nothing is opened here.
    """
    proof = LuxTrustProof.from_json(declaration.proof)
    end(declaration, State.REPLACED)
    if other.state != State.ACCEPTED:
        other.cleared_hash = keyed_hash(proof.subject_text, purpose=SUBJECT_PURPOSE)
        other.save(update_fields=["cleared_hash"])
    details = {"declaration": str(other.pk)}
    journal.record(actor=actor, event="declaration.joined", chain=declaration.chain, details=details)
    write_outcome(declaration, "joined")
    write_identity_confirmed(declaration, go_on=GO_ON.get(State(other.state), "link"))


def _new_person(actor: Actor, declaration: Declaration, proof: LuxTrustProof) -> Person:
    """Whom the registry does not have yet and people have checked: the next import completes the row."""
    matricule = Matricule.parse(str(declaration.matricule))
    person = Person.objects.create(
        matricule=matricule.value,
        matricule_hash=keyed_hash(matricule.value, purpose="person.matricule"),
        family_name=proof.family_name[:REGISTRY_NAME],
        given_names=proof.given_names[:REGISTRY_NAME],
        birth_year=matricule.birth_year,
        birth_month=matricule.birth_month,
        birth_day=matricule.birth_day,
        language=declaration.language,
    )
    journal.record(actor=actor, event="person.added_by_check", chain=f"person:{person.pk}")
    return person


def _new_account(actor: Actor, declaration: Declaration, person: Person) -> Account:
    """For secretaries only: a patient's door is opened by the posted code. The address stays the declarant's word."""
    email = str(declaration.email)
    account = Account.objects.create(
        person=person,
        language=declaration.language,
        email=email,
        email_hash=keyed_hash(email, purpose="account.email"),
        email_is_declared=True,
        code_channel=CodeChannel.EMAIL,
        doors=[Door.SECRETARY],
    )
    details = {"account": account.pk, "door": Door.SECRETARY.value}
    journal.record(actor=actor, event="account.opened", chain=f"person:{person.pk}", details=details)
    return account


def _open_door(actor: Actor, account: Account) -> None:
    if Door.SECRETARY in account.doors:
        return
    account.doors = [*account.doors, Door.SECRETARY]
    account.save(update_fields=["doors"])
    details = {"account": account.pk, "door": Door.SECRETARY.value}
    journal.record(actor=actor, event="account.door_opened", chain=f"person:{account.person_id}", details=details)
