"""What happened on a secretary's way, for tests."""

from gesond.directory.models import Declaration, today
from gesond.directory.tests.secretary_steps import CONFIRM, PENDING, at_luxtrust, declared, prove
from gesond.identity.models import Account, IdentityCheck
from gesond.identity.tests.luxtrust_steps import proof_of
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

State = Declaration.State
GONE = 410
DIFFERENT = "Wagner"
UNKNOWN = "Le registre national ne connaît pas cette personne sous ce matricule"
ACCOUNT_EXISTS = "Vous avez déjà un compte"
TAKEN = "Ce dispositif LuxTrust est utilisé par un autre compte"


def sent_to(address: str) -> list[str]:
    found = OutboxMessage.objects.filter(recipient_hash=keyed_hash(address, purpose="outbox.recipient"))
    return list(found.order_by("created_at").values_list("template", flat=True))


def events(chain: str) -> list[str]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("sequence").values_list("event", flat=True))


def conclude(check: IdentityCheck, state: str, reason: str = "") -> None:
    """As the desk decides: the owner of the check is called with it."""
    from gesond.directory.actions.secretary_accounts import secretary_checked

    check.state, check.reason = state, reason
    secretary_checked(SYSTEM, check)


def in_check(practice, person, **facts) -> IdentityCheck:
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, **{"family_name": DIFFERENT, **facts}))
    assert client.post(CONFIRM)["Location"] == PENDING
    assert client.get(PENDING).status_code == 200
    return IdentityCheck.objects.get()


def suspended(practice) -> None:
    Account.objects.filter(person=practice.professional.person).update(state="suspended")


def struck_off(practice) -> None:
    practice.professional.records.update(valid_to=today())
