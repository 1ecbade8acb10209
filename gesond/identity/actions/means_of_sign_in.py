"""An account keeps at least one means of signing in (S1-23), whatever is removed, and in whichever order."""

from gesond.identity.models import Account, LuxTrustProduct, Passkey


class LastMeansError(Exception):
    """Nothing else would sign in to the account."""


def check_other_means(account: Account, *, without: LuxTrustProduct | Passkey) -> None:
    """Raises LastMeansError when removing `without` would shut the person out.

    The caller holds the account's lock, so that two removals at once see each other. A password always has its second
    factor: an account's codes go to a confirmed channel, by a constraint of its table.
    """
    locked = Account.objects.get(pk=account.pk)
    if locked.has_password():
        return
    products = LuxTrustProduct.objects.filter(account=account)
    passkeys = Passkey.objects.filter(account=account)
    if isinstance(without, LuxTrustProduct):
        products = products.exclude(pk=without.pk)
    else:
        passkeys = passkeys.exclude(pk=without.pk)
    if not products.exists() and not passkeys.exists():
        raise LastMeansError
