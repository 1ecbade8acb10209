"""The letter proved: matricule and code bind an activation to this browser (S2-15, S2-16; S1-07, S1-08).

A professional comes with LuxTrust's word (S1-05), which must be of the letter's own person. A code of one door is
worth nothing at another. Every case that tells whether a matricule exists has one answer, made of the same queries.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from gesond.identity.actions.activation import (
    BROWSER_PURPOSE,
    AnyMatricule,
    BrowserKey,
    Step,
    chain,
    lock_person,
    persons_named,
)
from gesond.identity.actions.assisted_ending import leave_assisted
from gesond.identity.actions.luxtrust_products import SUBJECT_PURPOSE
from gesond.identity.credentials.activation_codes import HASH_PURPOSE, ActivationCodeText
from gesond.identity.credentials.throttle import Limit, count_tries, count_try, forget_tries, network_of
from gesond.identity.entitlement import is_entitled
from gesond.identity.luxtrust.persons import differences_from
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, Activation, ActivationCode, Door, LuxTrustFlow, Person, TermsVersion
from gesond.identity.registry.name_matching import Attribute
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes, random_token
from gesond.kernel.journal import Actor

TRIES_PURPOSE = "activation.tries"
# Wide enough for a household or a helpdesk's counter, far too narrow to search for 70 bits.
TRIES_PER_ADDRESS = Limit("activation.address", 30, timedelta(hours=1))
# One LuxTrust identity is one person, who has one letter.
TRIES_PER_SUBJECT = Limit("activation.subject", 15, timedelta(hours=24))
# Each door counts on its own: who guesses at one does not use up the letter of the other.
TRIES_PER_MATRICULE = {
    Door.PATIENT.value: Limit("activation.matricule", ActivationCode.MAX_FAILURES, timedelta(hours=24)),
    Door.PROFESSIONAL.value: Limit(
        "activation.matricule.professional", ActivationCode.MAX_FAILURES, timedelta(hours=24)
    ),
}
# Both forms of a matricule begin alike: one counter serves both.
COMMON_DIGITS = 11


class Refusal(StrEnum):
    """Why a proof is refused. All but the first and the last are told only to who typed the right code."""

    NO_MATCH = "no_match"
    ACCOUNT_EXISTS = "account_exists"
    OTHER_DOOR = "other_door"  # the account is open but does not enter here: sign in, and add this door
    OTHER_ACCOUNT = "other_account"  # this browser is signed in to somebody else's account
    REPLACED = "replaced"  # a later letter was issued
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    NOT_ENTITLED = "not_entitled"  # no professional in force
    OTHER_IDENTITY = "other_identity"  # LuxTrust says it is somebody else: `attributes` say in what
    SLOW_DOWN = "slow_down"


@dataclass(frozen=True)
class Proof:
    """A `key` for this browser, or a `refusal`. Returned and never raised: what was counted must be committed.

    `tries_left` goes with NO_MATCH, `retry_after` (seconds) with SLOW_DOWN, `attributes` with OTHER_IDENTITY;
    `resumed`: begun earlier, maybe elsewhere.
    """

    key: BrowserKey | None = None
    refusal: Refusal | None = None
    resumed: bool = False
    tries_left: int = 0
    retry_after: int = 0
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True)
class Visit:
    """Who is at this door, with which terms agreed to: the same for each of its proofs.

    `flow`: the walk to LuxTrust that was proved here, a professional's. `account_id`: who is signed in, if anybody.
    """

    terms: TermsVersion
    language: str
    door: str = Door.PATIENT.value
    flow: LuxTrustFlow | None = None
    account_id: int | None = None

    @property
    def proved(self) -> LuxTrustProof | None:
        return LuxTrustProof.from_json(self.flow.proof) if self.flow else None

    @property
    def subject(self) -> str:
        return self.proved.subject_text if self.proved else ""


def prove_letter(*, actor: Actor, matricule: AnyMatricule, code: ActivationCodeText, visit: Visit) -> Proof:
    """Begin the activation of the letter's person, or take it over, in this browser (S2-15, S2-16, S1-08)."""
    tries = [(TRIES_PER_ADDRESS, network_of(actor.address))]
    if visit.flow:
        tries.append((TRIES_PER_SUBJECT, visit.subject))
    verdict = count_tries(tries)
    if not verdict.allowed:
        return Proof(refusal=Refusal.SLOW_DOWN, retry_after=verdict.retry_after)
    with transaction.atomic():
        letter = lock_letter(matricule, code, visit.door)
        if letter is not None:
            return _begin(actor, letter, matricule, visit)
    return count_wrong_try(actor, matricule, visit.door)


@transaction.atomic
def resume_by_luxtrust(*, actor: Actor, visit: Visit) -> Proof | None:
    """Who closed the browser in the middle and proves LuxTrust again goes on where they stopped, without the letter.

    None when nothing of theirs is underway, or its letter is no longer good: the letter is asked for.
    """
    hashes = keyed_hashes(visit.subject, purpose=SUBJECT_PURPOSE)
    found = Activation.objects.filter(subject_hash__in=hashes, account=None, door=visit.door).first()
    if found is None:
        return None
    lock_person(found.person_id)
    letter = ActivationCode.objects.select_related("person").get(activations=found)
    if letter.person.deceased or _refusal(letter, visit).refusal:
        return None
    return _hold(actor, letter, visit)


def lock_letter(matricule: AnyMatricule, code: ActivationCodeText, door: str) -> ActivationCode | None:
    """The letter of which this is the code, its person locked; None when nobody of that matricule has it."""
    letters = ActivationCode.objects.filter(
        door=door,
        code_hash__in=keyed_hashes(code.symbols, purpose=HASH_PURPOSE),
        person__in=Person.objects.filter(deceased=False, **persons_named(matricule)),
    )
    found = letters.first()
    if found is None:
        return None
    lock_person(found.person_id)
    # Read again under the lock: a tab may have used the code, the agency may have cancelled it, since.
    return ActivationCode.objects.select_related("person").get(pk=found.pk)


def count_wrong_try(actor: Actor, matricule: AnyMatricule, door: str) -> Proof:
    """Counted by what was typed, known or not; every fifth try ends the letter of the person so named, if any."""
    typed = matricule.value[:COMMON_DIGITS]
    tries = count_try(TRIES_PER_MATRICULE[door], typed).count
    failures = (tries - 1) % ActivationCode.MAX_FAILURES + 1
    exhausted = failures == ActivationCode.MAX_FAILURES
    with transaction.atomic():
        _mark_letters(matricule, door, failures, exhausted=exhausted)
        # A chain named by what was typed: a person's own would be written only when there is such a person.
        tried = f"activation-tries:{keyed_hash(typed, purpose=TRIES_PURPOSE).hex()}"
        event = "activation.tries_exhausted" if exhausted else "activation.wrong_try"
        journal.record(actor=actor, event=event, chain=tried, details={"tries": tries, "door": door})
    return Proof(refusal=Refusal.NO_MATCH, tries_left=max(0, ActivationCode.MAX_FAILURES - tries))


def forget_wrong_tries(matricule: AnyMatricule, door: str) -> None:
    """The right code was typed: counting starts again."""
    forget_tries(TRIES_PER_MATRICULE[door], matricule.value[:COMMON_DIGITS])


def letter_refusal(letter: ActivationCode) -> Refusal | None:
    """Why a letter is no longer good. Who holds the right code has proved it, and may know what became of it."""
    state = ActivationCode.State
    if letter.state == state.USED:
        return Refusal.ACCOUNT_EXISTS
    if letter.state == state.CANCELLED:
        return Refusal.REPLACED
    if letter.state == state.EXHAUSTED:
        return Refusal.EXHAUSTED
    return Refusal.EXPIRED if letter.expires_at <= now() else None


def _begin(actor: Actor, letter: ActivationCode, matricule: AnyMatricule, visit: Visit) -> Proof:
    refused = _refusal(letter, visit)
    if refused.refusal:
        details = {"letter": letter.pk, "reason": refused.refusal.value, "attributes": list(refused.attributes)}
        journal.record(actor=actor, event="activation.refused", chain=f"person:{letter.person_id}", details=details)
        return refused
    forget_wrong_tries(matricule, visit.door)
    return _hold(actor, letter, visit)


def _hold(actor: Actor, letter: ActivationCode, visit: Visit) -> Proof:
    """Bind the person's activation to this browser, and to no other from now on."""
    token = random_token()
    activation, resumed = _activation_of(letter, visit)
    leave_assisted(actor, activation)
    activation.browser_hash = keyed_hash(token, purpose=BROWSER_PURPOSE)
    activation.terms, activation.language = visit.terms, visit.language
    if visit.flow:
        activation.luxtrust = visit.flow
        activation.subject_hash = keyed_hash(visit.subject, purpose=SUBJECT_PURPOSE)
    activation.save()
    event = "activation.resumed" if resumed else "activation.begun"
    details = {"letter": letter.pk, "door": visit.door}
    journal.record(actor=actor, event=event, chain=chain(activation), details=details)
    return Proof(key=BrowserKey(str(activation.pk), token, visit.door, visit.account_id), resumed=resumed)


def _refusal(letter: ActivationCode, visit: Visit) -> Proof:
    """Empty when the walk may begin."""
    refusal = _account_refusal(letter, visit) or letter_refusal(letter)
    if refusal is None and not is_entitled(letter.person, visit.door):
        refusal = Refusal.NOT_ENTITLED
    if refusal or visit.proved is None:
        return Proof(refusal=refusal)
    found = differences_from(letter.person, visit.proved)
    if found:
        return Proof(refusal=Refusal.OTHER_IDENTITY, attributes=tuple(difference.attribute for difference in found))
    return Proof()


def _account_refusal(letter: ActivationCode, visit: Visit) -> Refusal | None:
    """A professional with an account signs in to it on the way; a patient's page for that is another one."""
    account = Account.objects.filter(person=letter.person_id).only("doors").first()
    if account is not None and visit.door in account.doors:
        return Refusal.ACCOUNT_EXISTS
    if visit.door == Door.PATIENT:
        return Refusal.OTHER_DOOR if account is not None else None
    signed_in_elsewhere = visit.account_id is not None and (account is None or account.pk != visit.account_id)
    return Refusal.OTHER_ACCOUNT if signed_in_elsewhere else None


def _activation_of(letter: ActivationCode, visit: Visit) -> tuple[Activation, bool]:
    """The person's unfinished activation at this door, or a new one.

    One begun with a former letter, or with another LuxTrust identity, starts over.
    """
    first = Step.DATA if visit.door == Door.PROFESSIONAL else Step.PASSWORD
    activations = Activation.objects.filter(person=letter.person_id, door=visit.door, account=None)
    activation = activations.select_related("assisted").first()
    if activation is None:
        return Activation(person=letter.person, code=letter, door=visit.door, step=first), False
    if activation.code_id == letter.pk and _same_subject(activation, visit):
        return activation, True
    # A stranger may have begun it with a letter that went astray: nothing of theirs is kept.
    activation.code, activation.step = letter, first
    activation.password, activation.channel, activation.destination = "", "", None
    return activation, False


def _same_subject(activation: Activation, visit: Visit) -> bool:
    if visit.flow is None:
        return True
    return activation.subject_hash in keyed_hashes(visit.subject, purpose=SUBJECT_PURPOSE)


def _mark_letters(matricule: AnyMatricule, door: str, failures: int, *, exhausted: bool) -> None:
    persons = Person.objects.filter(**persons_named(matricule))
    live = ActivationCode.objects.filter(person__in=persons, door=door, state=ActivationCode.State.LIVE)
    if exhausted:
        live.update(failures=failures, state=ActivationCode.State.EXHAUSTED, ended_at=now())
    else:
        live.update(failures=failures)
