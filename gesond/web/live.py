"""Live pages: a page says which topics it shows, and is told when one of them changed.

State lives in tables. `announce()` emits a NOTIFY in the caller's transaction, so what was rolled back is never
announced; its payload is the topic's name and nothing else: the page fetches what it may see by an ordinary request.
Who may subscribe to what is registered by each app (`register_topic`); a topic nobody registered is refused.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

CHANNEL = "gesond_live"
TOPIC = re.compile(r"[a-z][a-z_-]*(:[A-Za-z0-9_-]+)?")

MaySubscribe = Callable[[Any, str], bool]
GiveStanding = Callable[[Any, Any], None]
_rules: dict[str, MaySubscribe] = {}
_standings: list[GiveStanding] = []


def register_topic(prefix: str, may_subscribe: MaySubscribe) -> None:
    """Open the topics `prefix` and `prefix:…` to those for whom `may_subscribe(user, topic)` is true.

    Call it in `AppConfig.ready()`. `user` is the account or AnonymousUser; the rule may ask the database.
    """
    _rules[prefix] = may_subscribe


def register_standing(give: GiveStanding) -> None:
    """Have `give(user, session)` tell how a signed-in user's session was opened, before any rule is asked.

    A page's request does so by itself; a socket has none. Call it in `AppConfig.ready()`.
    """
    _standings[:] = [give]


def standing_given(user: Any, session: Any) -> Any:
    """The user of a socket, as the rules know one."""
    if user.is_authenticated:
        for give in _standings:
            give(user, session)
    return user


def may_subscribe(user: Any, topic: object) -> bool:
    """Deny by default: a malformed or unregistered topic is nobody's."""
    if not isinstance(topic, str) or not TOPIC.fullmatch(topic):
        return False
    rule = _rules.get(topic.partition(":")[0])
    return rule is not None and rule(user, topic)


def announce(topic: str) -> None:
    """Tell the pages that show `topic` (`account:12`) that it changed, when the transaction commits and not before.

    The name is seen by everyone who may subscribe to it: identifiers only. Raises ValueError for a malformed one.
    """
    if not TOPIC.fullmatch(topic):
        raise ValueError("a topic is a word, or a word, a colon and an identifier")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])
