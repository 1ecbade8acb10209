"""The secretary's way, from the link to the account (S3-05 to S3-13).

Each action takes this browser's `BrowserKey` and works under a lock on the declaration, so that any number of tabs
opens one account, and a declaration withdrawn meanwhile opens none.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from gesond.directory.actions.declarations import end, lock_professional
from gesond.directory.actions.secretary_accounts import open_secretary_account
from gesond.directory.models import Declaration, today
from gesond.directory.queries.declarations import BROWSER_PURPOSE, BrowserKey, is_key_of, is_upheld
from gesond.directory.secretary_identity import KIND, compared, declared_identity, person_of
from gesond.directory.secretary_mail import write_outcome
from gesond.identity.actions.identity_checks import open_check
from gesond.identity.actions.luxtrust_products import SUBJECT_PURPOSE, account_of_product
from gesond.identity.luxtrust.persons import proof_identity
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, TermsVersion
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, matches, random_token
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor

State = Declaration.State


class StepError(Exception):
    """The step asked for is not this browser's to take now."""


class Matched(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True)
class MatriculeTry:
    """What came of typing the matricule."""

    matched: Matched
    tries_left: int = 0


class Proved(StrEnum):
    """What came of LuxTrust's proof."""

    ACCEPTED = "accepted"  # the account is open (S3-11)
    DIFFERENT = "different"  # asks to confirm (S3-12)
    PRODUCT_TAKEN = "product_taken"  # it signs in to another person's account
    SIGN_IN_FIRST = "sign_in_first"  # the person has an account, which this proof alone does not reach
    NOT_OPEN = "not_open"  # that account is suspended or closed


@transaction.atomic
def use_link(*, actor: Actor, declaration_id: uuid.UUID | str, link: str, terms: TermsVersion) -> BrowserKey:
    """The terms are accepted (S3-06): this browser goes on, and no other. `link`: `link_name` of the link.

    Until the account is open or people look, the same link begins again elsewhere (a browser was closed, the LuxTrust
    device is at another computer): nothing that was proved before is taken along, and wrong matricules stay counted.
    Raises StepError when it was used up, replaced, withdrawn or has expired meanwhile.
    """
    declaration = _lock(declaration_id, *Declaration.OPEN)
    if link_name(declaration) != link:
        raise StepError
    token = random_token()
    again = declaration.state != State.SENT
    declaration.state, declaration.terms = State.OPENED, terms
    declaration.proof = declaration.applicant = None
    declaration.browser_hash = keyed_hash(token, purpose=BROWSER_PURPOSE)
    declaration.save()
    details = {"terms": terms.number, "again": again}
    journal.record(actor=actor, event="declaration.opened", chain=declaration.chain, details=details)
    return BrowserKey(str(declaration.pk), token)


def link_name(declaration: Declaration) -> str:
    """Which of a declaration's links is good, for a session to remember; of no use to open one."""
    return bytes(declaration.token_hash or b"").hex()


@transaction.atomic
def prove_matricule(*, actor: Actor, key: BrowserKey, typed: Matricule) -> MatriculeTry:
    """Whether it is the declared one (S3-07). Five wrong ones end the declaration (S3-08). Raises StepError."""
    declaration = _lock_held(key, State.OPENED)
    if matches(typed.value, declaration.matricule_hash, purpose="declaration.matricule"):
        declaration.state = State.MATRICULE_PROVED
        declaration.save(update_fields=["state"])
        journal.record(actor=actor, event="declaration.matricule_proved", chain=declaration.chain)
        return MatriculeTry(Matched.RIGHT)
    declaration.failures += 1
    declaration.save(update_fields=["failures"])
    if not declaration.tries_left:
        _exhaust(actor, declaration)
        return MatriculeTry(Matched.EXHAUSTED)
    journal.record(actor=actor, event="declaration.wrong_matricule", chain=declaration.chain)
    return MatriculeTry(Matched.WRONG, declaration.tries_left)


@transaction.atomic
def give_proof(*, actor: Actor, key: BrowserKey, proof: LuxTrustProof, account: Account | None) -> Proved:
    """What LuxTrust says, against the declaration and the registry (S3-11, S3-12). `account`: who is signed in here.

    Raises StepError.
    """
    declaration = _lock_held(key, State.MATRICULE_PROVED)
    person = person_of(declaration)
    owner = Account.objects.filter(person=person).first() if person else None
    refusal = _unreached(owner, account_of_product(proof), account)
    found = [] if _is_cleared(declaration, proof) else compared(declaration, person, proof)
    # Whether the person of a matricule has an account is told to that person alone: docs/adr/0013.
    if refusal is not None and (refusal is Proved.PRODUCT_TAKEN or not found):
        journal.record(actor=actor, event=f"declaration.{refusal.value}", chain=declaration.chain)
        return refusal
    declaration.applicant = None if refusal else owner
    if found:
        declaration.proof = proof.to_json()
        declaration.save(update_fields=["proof", "applicant"])
        details = {"attributes": [one.attribute.value for one in found]}
        journal.record(actor=actor, event="declaration.differs", chain=declaration.chain, details=details)
        return Proved.DIFFERENT
    open_secretary_account(actor=actor, declaration=declaration, proof=proof)
    return Proved.ACCEPTED


@transaction.atomic
def confirm_own_device(*, actor: Actor, key: BrowserKey) -> None:
    """« je confirme avoir utilisé mon dispositif personnel » (S3-12): people look (S3-13). Raises StepError."""
    declaration = _lock_held(key, State.MATRICULE_PROVED)
    if declaration.proof is None:
        raise StepError
    proof, person = LuxTrustProof.from_json(declaration.proof), person_of(declaration)
    declaration.state, declaration.token_hash = State.IN_CHECK, None
    declaration.save(update_fields=["state", "token_hash"])
    open_check(
        actor=actor,
        kind=KIND,
        reference=str(declaration.pk),
        person=person,
        declared=declared_identity(declaration),
        proved=proof_identity(proof),
        found=compared(declaration, person, proof),
        email=str(declaration.email),
        language=declaration.language,
    )
    journal.record(actor=actor, event="declaration.in_check", chain=declaration.chain)
    write_outcome(declaration, "in_check")


@transaction.atomic
def forget_proof(*, actor: Actor, key: BrowserKey) -> None:
    """« recommencer avec un autre dispositif » (S3-12). Raises StepError."""
    declaration = _lock_held(key, State.MATRICULE_PROVED)
    declaration.proof = declaration.applicant = None
    declaration.save(update_fields=["proof", "applicant"])
    journal.record(actor=actor, event="declaration.device_changed", chain=declaration.chain)


def _unreached(owner: Account | None, holder: Account | None, signed_in: Account | None) -> Proved | None:
    """Why this proof does not reach the person's account, `owner`; None when it does, or there is none.

    A homonym's LuxTrust opens nobody else's account: only a product that signs in to it already reaches one that
    exists, or another of who is signed in to it.
    """
    if holder is not None and holder != owner:
        return Proved.PRODUCT_TAKEN
    if owner is None:
        return None
    if not owner.is_active:
        return Proved.NOT_OPEN
    return None if owner in (holder, signed_in) else Proved.SIGN_IN_FIRST


def _exhaust(actor: Actor, declaration: Declaration) -> None:
    end(declaration, State.EXHAUSTED)
    details = {"declaration": str(declaration.pk)}
    chain = f"person:{declaration.professional.person_id}"
    journal.record(actor=actor, event="declaration.exhausted", chain=chain, details=details)
    journal.record(actor=actor, event="declaration.exhausted", chain=declaration.chain)
    write_outcome(declaration, "exhausted")


def _is_cleared(declaration: Declaration, proof: LuxTrustProof) -> bool:
    """Whether people have looked at this very LuxTrust identity and accepted it."""
    stored = declaration.cleared_hash
    return stored is not None and matches(proof.subject_text, stored, purpose=SUBJECT_PURPOSE)


def _lock_held(key: BrowserKey, *states: str) -> Declaration:
    declaration = _lock(key.declaration_id, *states)
    if not is_key_of(declaration, key):
        raise StepError
    return declaration


def _lock(declaration_id: uuid.UUID | str, *states: str) -> Declaration:
    """At one of `states`, in time and upheld, its professional locked before it. Raises StepError."""
    professional = Declaration.objects.filter(pk=declaration_id).values_list("professional", flat=True).first()
    if professional is None:
        raise StepError
    lock_professional(professional)
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("professional", "declared_by", "terms")
    declaration = rows.get(pk=declaration_id)
    if declaration.state not in states or declaration.expires_at <= now() or declaration.valid_to < today():
        raise StepError
    if not is_upheld(declaration):
        raise StepError
    return declaration
