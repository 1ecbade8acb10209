"""The link of a guided activation, as the person's browser opens it: in the place of a letter's code, once.

Looking at a link uses nothing up, for mail scanners and cameras do it too. It is used by the first browser that gives
the matricule of whom it was made for.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from gesond.identity.actions.activation import BROWSER_PURPOSE, AnyMatricule, BrowserKey, lock_person, persons_named
from gesond.identity.actions.assisted_activation import LINK_PURPOSE
from gesond.identity.actions.assisted_ending import end_without_account, tell
from gesond.identity.models import Account, Activation, AssistedActivation, Door, Person, TermsVersion
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes, random_token
from gesond.kernel.journal import Actor

# From the opening of the link to the account.
WALK_LIFE = timedelta(minutes=60)


class Opening(StrEnum):
    """What became of a link."""

    GOOD = "good"
    OVER = "over"  # used, replaced, cancelled or old: a link that is not good any more tells nothing else
    WRONG = "wrong"  # the matricule is not the person's


@dataclass(frozen=True)
class Opened:
    """Returned and never raised: what was counted must be committed. `key` with GOOD, `tries_left` with WRONG."""

    outcome: Opening
    key: BrowserKey | None = None
    tries_left: int = 0


def hash_of_link(token: str) -> str:
    """What a browser's session keeps of a link that is good, in hexadecimal; empty when it is not."""
    hashes = keyed_hashes(token, purpose=LINK_PURPOSE)
    found = AssistedActivation.objects.filter(link_hash__in=hashes, expires_at__gt=now()).first()
    return bytes(found.link_hash).hex() if found is not None and found.link_hash else ""


def is_good(link: str) -> bool:
    """Whether what a session keeps (`hash_of_link`) still opens a guided activation."""
    return _find(link) is not None


@transaction.atomic
def begin_assisted(*, actor: Actor, link: str, matricule: AnyMatricule, terms: TermsVersion, language: str) -> Opened:
    """Exchange the link (`hash_of_link`) for an activation in this browser."""
    found = _find(link)
    if found is None:
        return Opened(Opening.OVER)
    lock_person(found.person_id)
    assisted = _find(link)  # another browser may have been faster
    if assisted is None or Account.objects.filter(person=assisted.person_id).exists():
        return Opened(Opening.OVER)
    if not Person.objects.filter(pk=assisted.person_id, deceased=False, **persons_named(matricule)).exists():
        return _count_wrong_try(actor, assisted)
    return Opened(Opening.GOOD, key=_begin(actor, assisted, terms, language))


def _find(link: str) -> AssistedActivation | None:
    links = AssistedActivation.objects.filter(link_hash=bytes.fromhex(link), expires_at__gt=now())
    return links.first() if link else None


def _begin(actor: Actor, assisted: AssistedActivation, terms: TermsVersion, language: str) -> BrowserKey:
    token = random_token()
    activation = _activation_of(assisted)
    activation.terms, activation.language = terms, language
    activation.browser_hash = keyed_hash(token, purpose=BROWSER_PURPOSE)
    activation.save()
    assisted.state, assisted.link_hash = AssistedActivation.State.TAKEN, None
    assisted.expires_at = now() + WALK_LIFE
    assisted.save(update_fields=["state", "link_hash", "expires_at"])
    tell(actor, assisted, "begun")
    return BrowserKey(str(activation.pk), token)


def _activation_of(assisted: AssistedActivation) -> Activation:
    """A new activation, or the person's unfinished one from its beginning: nothing that was typed before is kept."""
    unfinished = Activation.objects.filter(person=assisted.person_id, door=Door.PATIENT, account=None).first()
    activation = unfinished or Activation(person_id=assisted.person_id)
    activation.code, activation.assisted, activation.step = None, assisted, Activation.Step.PASSWORD
    activation.password, activation.channel, activation.destination = "", "", None
    return activation


def _count_wrong_try(actor: Actor, assisted: AssistedActivation) -> Opened:
    assisted.failures += 1
    assisted.save(update_fields=["failures"])
    tell(actor, assisted, "wrong_try", tries=assisted.failures)
    left = AssistedActivation.MAX_FAILURES - assisted.failures
    if left == 0:
        end_without_account(actor, assisted, "wrong_matricule")
    return Opened(Opening.WRONG, tries_left=left)
