"""Who works at the desk, and whether an account is safe enough for it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from gesond.identity.models import Account, LuxTrustProduct, Passkey, StaffMember, TotpDevice


def has_strong_second_factor(account: Account) -> bool:
    """A mobile, an authenticator app, a passkey or LuxTrust: e-mail alone is not enough for the desk. One query."""
    if account.phone:
        return True
    app = TotpDevice.objects.filter(account=OuterRef("pk"), confirmed_at__isnull=False)
    passkeys = Passkey.objects.filter(account=OuterRef("pk"))
    products = LuxTrustProduct.objects.filter(account=OuterRef("pk"))
    has_one = Account.objects.filter(pk=account.pk).values_list(Exists(app), Exists(passkeys), Exists(products)).get()
    return any(has_one)


def staff_names(actors: Iterable[str]) -> dict[str, str]:
    """Full names of the members of staff among actors of the journal: `{"staff:3": "Sylvie Bureau"}`. One query."""
    keys = [actor.partition(":")[2] for actor in actors if actor.startswith("staff:")]
    members = StaffMember.objects.filter(account_id__in=keys).select_related("account__person")
    return {f"staff:{one.account_id}": one.account.person.full_name for one in members}


def staff_members() -> QuerySet[StaffMember]:
    """Those at work first, then those who ended; with their accounts and persons."""
    members = StaffMember.objects.select_related("account__person")
    return members.order_by("ended_at", "account__person__family_name", "account__person__given_names", "pk").reverse()
