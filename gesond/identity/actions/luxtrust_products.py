"""The LuxTrust products of an account: associated, used to sign in (S1-06, S1-23, S2-26)."""

from django.db import IntegrityError, transaction

from gesond.identity.actions.means_of_sign_in import check_other_means
from gesond.identity.actions.notices import tell_account
from gesond.identity.luxtrust.persons import differences_from
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, Device, LuxTrustProduct
from gesond.identity.registry.name_matching import Difference
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.journal import Actor

SUBJECT_PURPOSE = "luxtrust.subject"
MOST = 20  # products an account


class ProductTakenError(Exception):
    """The product signs in to another account, or to this one already (`own`)."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("the product is associated with " + ("this account" if own else "another account"))
        self.own = own


class OtherPersonError(Exception):
    """LuxTrust says it is somebody else than the account's person: `differences` says by which attributes."""

    def __init__(self, found: list[Difference]) -> None:
        super().__init__("another person's product")
        self.differences = found


class TooManyProductsError(Exception):
    """The account has `MOST` of them."""


@transaction.atomic
def associate_own_product(*, actor: Actor, account: Account, proof: LuxTrustProof) -> LuxTrustProduct:
    """Associate a product of the account's own person, and tell them (S1-23, S2-26).

    Raises OtherPersonError, ProductTakenError or TooManyProductsError; a refusal for the first enters the journal.
    """
    found = differences_from(account.person, proof)
    if found:
        raise OtherPersonError(found)
    locked = Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=account.pk)
    if locked.luxtrust_products.count() >= MOST:
        raise TooManyProductsError
    product = associate_product(actor=actor, account=locked, proof=proof, name=_free_name(locked, proof))
    tell_account(locked, change="luxtrust_added", details={"name": product.name})
    return product


@transaction.atomic
def note_other_person(*, actor: Actor, account: Account, found: list[Difference]) -> None:
    """Somebody else's product was held to this account: its person may want to know."""
    details = {"attributes": [difference.attribute.value for difference in found]}
    journal.record(actor=actor, event="luxtrust.refused", chain=f"person:{account.person_id}", details=details)


@transaction.atomic
def associate_product(*, actor: Actor, account: Account, proof: LuxTrustProof, name: str = "") -> LuxTrustProduct:
    """Let `proof`'s product sign in to `account` from now on. Raises ProductTakenError.

    Whether the product is the account's own person's is the caller's to decide (`name_matching`).
    """
    Account.objects.select_for_update(no_key=True).only("pk").get(pk=account.pk)
    holder = account_of_product(proof)
    if holder is not None:
        raise ProductTakenError(own=holder.pk == account.pk)
    try:
        with transaction.atomic():
            product = LuxTrustProduct.objects.create(
                account=account,
                issuer=proof.issuer,
                subject=proof.subject,
                subject_hash=keyed_hash(proof.subject_text, purpose=SUBJECT_PURPOSE),
                device=proof.device,
                assurance=proof.assurance,
                name=name or "LuxTrust",
                last_used_at=now(),
            )
    except IntegrityError as error:  # another account was faster
        raise ProductTakenError(own=False) from error
    journal.record(actor=actor, event="luxtrust.associated", chain=_chain(account), details=_facts(product))
    return product


@transaction.atomic
def rename_product(*, actor: Actor, account: Account, product_id: int, name: str) -> None:
    """Raises LuxTrustProduct.DoesNotExist."""
    product = LuxTrustProduct.objects.select_for_update().get(pk=product_id, account=account)
    product.name = name
    product.save(update_fields=["name"])
    journal.record(actor=actor, event="luxtrust.renamed", chain=_chain(account), details=_facts(product))


@transaction.atomic
def remove_product(*, actor: Actor, account: Account, product_id: int) -> None:
    """Raises LuxTrustProduct.DoesNotExist, and LastMeansError when nothing else signs in to the account (S1-23)."""
    locked = Account.objects.select_for_update().get(pk=account.pk)
    product = LuxTrustProduct.objects.select_for_update().get(pk=product_id, account=account)
    check_other_means(locked, without=product)
    journal.record(actor=actor, event="luxtrust.removed", chain=_chain(account), details=_facts(product))
    product.delete()
    tell_account(locked, change="luxtrust_removed", details={"name": product.name})


@transaction.atomic
def use_product(*, actor: Actor, account: Account, proof: LuxTrustProof) -> bool:
    """Note that `account` was proved with one of its products; False when the proof's product is not one of them."""
    hashes = keyed_hashes(proof.subject_text, purpose=SUBJECT_PURPOSE)
    product = LuxTrustProduct.objects.select_for_update().filter(account=account, subject_hash__in=hashes).first()
    if product is None:
        return False
    product.last_used_at = now()
    # What the person signs in with may have changed since: a card in place of a token, with the same serial number.
    product.device, product.assurance = proof.device, proof.assurance
    product.save(update_fields=["last_used_at", "device", "assurance"])
    journal.record(actor=actor, event="luxtrust.used", chain=_chain(account), details=_facts(product))
    return True


def account_of_product(proof: LuxTrustProof) -> Account | None:
    """The account this product signs in to, with its person. One query."""
    hashes = keyed_hashes(proof.subject_text, purpose=SUBJECT_PURPOSE)
    product = LuxTrustProduct.objects.select_related("account__person").filter(subject_hash__in=hashes).first()
    return product.account if product else None


def _free_name(account: Account, proof: LuxTrustProof) -> str:
    """« LuxTrust Token », then « LuxTrust Token 2 »: products of one kind are told apart before they are named."""
    device = Device(proof.device)
    base = "LuxTrust" if device in {Device.OTHER, Device.IDENTITY_CARD} else f"LuxTrust {device.label}"
    taken = set(account.luxtrust_products.values_list("name", flat=True))
    candidates = [base, *(f"{base} {number}" for number in range(2, MOST + 2))]
    return next(name for name in candidates if name not in taken)


def _chain(account: Account) -> str:
    return f"person:{account.person_id}"


def _facts(product: LuxTrustProduct) -> dict[str, str | int]:
    return {"product": product.pk, "device": product.device}
