"""Who signs in, and how far they are."""

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from gesond.identity.credentials.sign_in_identifier import SignInIdentifier
from gesond.identity.models import Account, PendingSignIn, Person
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import EmailAddress, Matricule

PENDING_KEY = "sign_in"


def account_by_identifier(identifier: SignInIdentifier) -> Account | None:
    """The one account that has it, with its person; None when nobody or several have it. One query.

    An e-mail address shared by a family names none of them (X1), and one that was only declared nobody; eleven digits
    name a person only when no other person has the same (X3).
    """
    if isinstance(identifier.value, EmailAddress):
        hashes = keyed_hashes(identifier.value.value, purpose="account.email")
        named = Account.objects.filter(email_hash__in=hashes, email_is_declared=False)
        accounts = list(named.select_related("person")[:2])
        return accounts[0] if len(accounts) == 1 else None
    persons = list(_persons(identifier.value).select_related("account")[:2])
    if len(persons) != 1:
        return None
    return _account_of(persons[0])


def pending_sign_in_of(session: SessionBase) -> PendingSignIn | None:
    """What this browser began with the right password, while it is still good. One query."""
    known = session.get(PENDING_KEY)
    if not known:
        return None
    found = PendingSignIn.objects.select_related("account__person").filter(pk=known, expires_at__gt=now()).first()
    return found if found and is_still_good(found) else None


def is_still_good(pending: PendingSignIn) -> bool:
    """Whether the account may still sign in, with the password it was begun with."""
    account = pending.account
    return account.is_active and constant_time_compare(pending.password_stamp, account.get_session_auth_hash())


def _persons(matricule: object) -> QuerySet[Person]:
    value = str(matricule)
    if isinstance(matricule, Matricule):
        return Person.objects.filter(matricule_hash__in=keyed_hashes(value, purpose="person.matricule"))
    return Person.objects.filter(matricule_11_hash__in=keyed_hashes(value, purpose="person.matricule_11"))


def _account_of(person: Person) -> Account | None:
    account: Account | None = getattr(person, "account", None)
    if account is not None:
        account.person = person
    return account
