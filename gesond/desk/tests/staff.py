"""Members of staff for tests, and their browsers at the desk."""

from typing import Any

from django.test import Client

from gesond.identity.actions.staff_looks import open_look
from gesond.identity.models import Account, Door, LookReason, Person, Role, StaffMember
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.journal import Actor


def staff_account(*roles: Role, **account: Any) -> Account:
    """An account that may enter the desk with these roles."""
    made = AccountFactory(doors=["patient", "staff"], **account)
    StaffMember.objects.create(account=made, roles=list(roles))
    return made


def at_the_desk(*roles: Role) -> Client:
    """The browser of a new member of staff, signed in at the desk's door; `.account` is theirs."""
    account = staff_account(*roles)
    client = signed_in_by(Client(), account, door=Door.STAFF, method="code")
    client.account = account
    return client


def looking_at(client: Client, person: Person) -> Client:
    """The same browser, after its member of staff stated a reason for this person."""
    actor = Actor(f"staff:{client.account.pk}")
    open_look(actor=actor, staff=client.account, person=person, reason=LookReason.PERSON_ASKED)
    return client
