"""How often help may be asked for, so that a flood of forms drowns neither the helpdesk nor somebody's mailbox.

A visitor is counted by network, by the address they leave, and together with all other visitors; that last brake is
reached only by what the first two let through, and never holds up who is signed in.
"""

from datetime import timedelta

from gesond.helpdesk.models import HelpRequest
from gesond.identity.credentials.throttle import Limit, Verdict, count_tries, count_try, network_of
from gesond.identity.models import Account
from gesond.kernel.journal import Actor

HOUR = timedelta(hours=1)
PER_NETWORK = Limit("help.network", 10, HOUR)
PER_CONTACT = Limit("help.contact", 4, HOUR)
ALL_VISITORS = Limit("help.visitors", 120, timedelta(minutes=10))
PER_ACCOUNT = Limit("help.account", 20, HOUR)
REPLIES = Limit("help.replies", 20, HOUR)
LINKS_PER_NETWORK = Limit("help.links.network", 10, HOUR)
LINKS_PER_REQUEST = Limit("help.links.request", 3, HOUR)


def count_request(actor: Actor, account: Account | None, contact: str) -> Verdict:
    """Count one form; `contact` is the e-mail address a visitor leaves."""
    if account is not None:
        return count_try(PER_ACCOUNT, str(account.pk))
    own = count_tries([(PER_NETWORK, network_of(actor.address)), (PER_CONTACT, contact)])
    return count_try(ALL_VISITORS, "all") if own.allowed else own


def count_reply(request: HelpRequest) -> Verdict:
    """Count one message of the person."""
    return count_try(REPLIES, str(request.pk))


def count_link(actor: Actor, key: int) -> Verdict:
    """Count one asking for a new link, known or not. `key`: of the request."""
    return count_tries([(LINKS_PER_NETWORK, network_of(actor.address)), (LINKS_PER_REQUEST, str(key))])
