"""What an activation ends in: an account, or a further door of the one there is (S2-25, S1-14).

Everything happens in the transaction of the caller, who holds the person's lock: all or nothing.
"""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import translation

from gesond.identity.actions.assisted_ending import close_assisted
from gesond.identity.actions.luxtrust_products import ProductTakenError, associate_product
from gesond.identity.actions.notices import tell_account
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, Activation, ActivationCode, CodeChannel, Door, TermsAcceptance
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message

# The professional's letter goes to the same address as the patient's, and LuxTrust is asked beside it: whoever has
# proved that has proved what a patient proves (docs/adr/0018-professional-activation.md).
DOORS_OPENED = {
    Door.PATIENT.value: [Door.PATIENT.value],
    Door.PROFESSIONAL.value: [Door.PATIENT.value, Door.PROFESSIONAL.value],
}
SIGN_IN = {Door.PATIENT.value: "identity:sign_in", Door.PROFESSIONAL.value: "identity:sign_in_professional"}


def open_for(*, actor: Actor, activation: Activation) -> Account:
    """Account, acceptance of the terms, LuxTrust product, used letter, message.

    Raises ProductTakenError when the LuxTrust product signs in to another account by now.
    """
    account = _existing(activation)
    if account is None:
        account = _new_account(actor, activation)
    else:
        letter = _letter(activation)
        add_doors(actor=actor, account=account, doors=DOORS_OPENED[activation.door], letter=letter)
    TermsAcceptance.objects.get_or_create(account=account, version=activation.terms)
    if activation.door == Door.PROFESSIONAL:
        _associate(actor, account, activation)
    if activation.code is not None:
        use_letter(activation.code)
    close_assisted(actor, activation)
    _close(actor, activation, account)
    return account


def add_doors(*, actor: Actor, account: Account, doors: list[str], letter: ActivationCode) -> None:
    """Let an account enter by further doors, and say so to its person. The account is locked here.

    The caller has seen that it has a channel of its person's own (`Account.confirmed_channels`): see docs/adr/0023.
    """
    locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.doors = locked.doors + [door for door in doors if door not in locked.doors]
    account.save(update_fields=["doors"])
    details = {"account": account.pk, "doors": account.doors, "letter": letter.pk}
    journal.record(actor=actor, event="account.door_opened", chain=f"person:{account.person_id}", details=details)
    tell_account(account, change=f"door_{letter.door}")


def use_letter(letter: ActivationCode) -> None:
    """Its code has done its work."""
    letter.state, letter.ended_at = ActivationCode.State.USED, now()
    letter.save(update_fields=["state", "ended_at"])


def _letter(activation: Activation) -> ActivationCode:
    """A guided activation opens accounts only: where there is one already, it began with a letter."""
    assert activation.code is not None  # noqa: S101 - `check_standing` refuses the others
    return activation.code


def _existing(activation: Activation) -> Account | None:
    """The person's account, opened before: the caller has made sure that its person is the one who is here."""
    return Account.objects.select_related("person").filter(person=activation.person_id).first()


def _new_account(actor: Actor, activation: Activation) -> Account:
    destination = str(activation.destination)
    column = "phone" if activation.channel == CodeChannel.SMS else "email"
    confirmed = {column: destination, f"{column}_hash": keyed_hash(destination, purpose=f"account.{column}")}
    account = Account.objects.create(
        person=activation.person,
        password=activation.password or make_password(None),  # a professional has none (S1-15)
        language=activation.language,
        code_channel=activation.channel,
        doors=DOORS_OPENED[activation.door],
        **confirmed,
    )
    details = {
        "account": account.pk,
        "channel": account.code_channel,
        "terms": activation.terms.number,
        "doors": account.doors,
    }
    journal.record(actor=actor, event="account.opened", chain=f"person:{activation.person_id}", details=details)
    _tell_opened(account, activation.door)
    return account


def _associate(actor: Actor, account: Account, activation: Activation) -> None:
    """S1-05, S1-06: the product of the first step signs in from now on; it may do so already."""
    assert activation.luxtrust is not None  # noqa: S101 - a constraint of the table
    try:
        associate_product(actor=actor, account=account, proof=LuxTrustProof.from_json(activation.luxtrust.proof))
    except ProductTakenError as taken:
        if not taken.own:
            raise


def _close(actor: Actor, activation: Activation, account: Account) -> None:
    """A patient's fourth step is still to come (S2-26); a professional is done (S1-14)."""
    step = Activation.Step
    activation.account, activation.password, activation.destination = account, "", None
    activation.step = step.DONE if activation.door == Door.PROFESSIONAL else step.OTHER_MEANS
    activation.finished_at = now() if activation.step == step.DONE else None
    activation.save(update_fields=["account", "step", "password", "destination", "finished_at"])
    if activation.step == step.DONE:
        chain = f"person:{activation.person_id}"
        journal.record(actor=actor, event="activation.finished", chain=chain)


def _tell_opened(account: Account, door: str) -> None:
    channel, destination = account.code_destination()
    with translation.override(account.language):
        address = settings.ENVIRONMENT.base_url + reverse(SIGN_IN[door])
    queue_message(
        channel=channel,
        recipient=destination,
        template="identity/account_opened",
        context={"sign_in": address, "door": door},
        language=account.language,
        reference=f"account-opened:{account.pk}",
    )
