"""The LuxTrust products of an account: associated, used to sign in (S1-06, S1-23, S2-26)."""

from django.db import IntegrityError, transaction

from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, LuxTrustProduct
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes
from gesond.kernel.journal import Actor

SUBJECT_PURPOSE = "luxtrust.subject"


class ProductTakenError(Exception):
    """The product signs in to another account, or to this one already (`own`)."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("the product is associated with " + ("this account" if own else "another account"))
        self.own = own


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
    details = {"product": product.pk, "device": product.device}
    journal.record(actor=actor, event="luxtrust.associated", chain=f"person:{account.person_id}", details=details)
    return product


def account_of_product(proof: LuxTrustProof) -> Account | None:
    """The account this product signs in to, with its person. One query."""
    hashes = keyed_hashes(proof.subject_text, purpose=SUBJECT_PURPOSE)
    product = LuxTrustProduct.objects.select_related("account__person").filter(subject_hash__in=hashes).first()
    return product.account if product else None


def note_use(proof: LuxTrustProof) -> None:
    """Keep when the product last signed in, for its owner to recognise it."""
    hashes = keyed_hashes(proof.subject_text, purpose=SUBJECT_PURPOSE)
    LuxTrustProduct.objects.filter(subject_hash__in=hashes).update(last_used_at=now())
