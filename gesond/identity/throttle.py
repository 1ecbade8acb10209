"""Slowing down guessing, without ever locking a person out for good.

A limit counts tries of one source (an address, a matricule) in a fixed window; past it the answer is "wait", with how
long, and the window always ends. Counters live in the database, so that every web process counts together.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.db import connection

from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash

IPV6 = 6
IPV6_SUBSCRIBER = 64


@dataclass(frozen=True)
class Limit:
    """At most `count` tries in `window`; `scope` keeps the counters of different doors apart."""

    scope: str
    count: int
    window: timedelta


@dataclass(frozen=True)
class Verdict:
    """Whether to go on, and if not for how many seconds to wait. `count`: tries in this window, this one included."""

    allowed: bool
    retry_after: int = 0
    count: int = 0


COUNT_ONE = """
INSERT INTO identity_throttle AS t (source_hash, count, window_ends_at) VALUES (%(source)s, 1, %(ends)s)
ON CONFLICT (source_hash) DO UPDATE SET
  count = CASE WHEN t.window_ends_at <= %(now)s THEN 1 ELSE t.count + 1 END,
  window_ends_at = CASE WHEN t.window_ends_at <= %(now)s THEN %(ends)s ELSE t.window_ends_at END
RETURNING count, window_ends_at
"""


def count_try(limit: Limit, source: str) -> Verdict:
    """Count one try of `source` and tell whether it is within `limit`. One statement, safe under any number of tabs.

    Call it outside the transaction that may roll back: a try counts whatever comes of it.
    """
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, {"source": _source_hash(limit, source), "now": moment, "ends": moment + limit.window})
        count, ends_at = cursor.fetchone()
    if count <= limit.count:
        return Verdict(allowed=True, count=count)
    return Verdict(allowed=False, retry_after=max(1, round((ends_at - moment).total_seconds())), count=count)


def network_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 that a single IPv6 subscriber owns whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, IPV6_SUBSCRIBER), strict=False)) if parsed.version == IPV6 else address


def forget_tries(limit: Limit, source: str) -> None:
    """Start again from nought: the source has proved itself."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_throttle WHERE source_hash = %s", [_source_hash(limit, source)])


def _source_hash(limit: Limit, source: str) -> bytes:
    return keyed_hash(f"{limit.scope}:{source}", purpose="throttle")
