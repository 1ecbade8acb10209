"""The patient's door of an account that was opened at another one (a secretary's): by the posted code, signed in."""

from django.db import transaction

from gesond.identity.actions.activation_opening import DOORS_OPENED, add_doors, use_letter
from gesond.identity.actions.activation_proof import (
    TRIES_PER_ADDRESS,
    Proof,
    Refusal,
    count_wrong_try,
    forget_wrong_tries,
    letter_refusal,
    lock_letter,
)
from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.credentials.throttle import count_try, network_of
from gesond.identity.models import Account, Door
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor


class ChannelFirstError(Exception):
    """The account has no number or address that its person has proved: who declared another might read it."""


def open_patient_access(*, actor: Actor, account: Account, code: ActivationCodeText) -> Proof:
    """Add the patient's door with the code of the account's own person. A `refusal`, or nothing refused: it is open.

    Wrong tries are counted with those of the patient's activation. Raises ChannelFirstError, and nothing else: what was
    counted is committed.
    """
    if not account.confirmed_channels():
        raise ChannelFirstError
    verdict = count_try(TRIES_PER_ADDRESS, network_of(actor.address))
    if not verdict.allowed:
        return Proof(refusal=Refusal.SLOW_DOWN, retry_after=verdict.retry_after)
    matricule = Matricule(str(account.person.matricule))
    with transaction.atomic():
        letter = lock_letter(matricule, code, Door.PATIENT)
        if letter is not None and letter.person_id == account.person_id:
            refusal = letter_refusal(letter)
            if refusal:
                return Proof(refusal=refusal)
            add_doors(actor=actor, account=account, doors=DOORS_OPENED[Door.PATIENT], letter=letter)
            use_letter(letter)
            forget_wrong_tries(matricule, Door.PATIENT)
            return Proof()
    return count_wrong_try(actor, matricule, Door.PATIENT)
