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


# Sources in the order of their hashes, so that two requests with the same ones never wait for each other.
COUNT = """
INSERT INTO identity_throttle AS t (source_hash, count, window_ends_at)
SELECT source, 1, ends
  FROM unnest(%(sources)s::bytea[], %(ends)s::timestamptz[]) AS tried (source, ends) ORDER BY source
ON CONFLICT (source_hash) DO UPDATE SET
  count = CASE WHEN t.window_ends_at <= %(now)s THEN 1 ELSE t.count + 1 END,
  window_ends_at = CASE WHEN t.window_ends_at <= %(now)s THEN excluded.window_ends_at ELSE t.window_ends_at END
RETURNING source_hash, count, window_ends_at
"""


def count_try(limit: Limit, source: str) -> Verdict:
    """Count one try of `source` and tell whether it is within `limit`. One statement, safe under any number of tabs.

    Call it outside the transaction that may roll back: a try counts whatever comes of it.
    """
    return count_tries([(limit, source)])


def count_tries(tries: list[tuple[Limit, str]]) -> Verdict:
    """Count one try under several limits at once, still in one statement; the longest wait of them all."""
    moment = now()
    limits = {_source_hash(limit, source): limit for limit, source in tries}
    with connection.cursor() as cursor:
        ends = [moment + limit.window for limit in limits.values()]
        cursor.execute(COUNT, {"sources": list(limits), "ends": ends, "now": moment})
        rows = cursor.fetchall()
    highest = max(count for _source, count, _ends_at in rows)
    waits = [ends_at - moment for source, count, ends_at in rows if count > limits[bytes(source)].count]
    if not waits:
        return Verdict(allowed=True, count=highest)
    return Verdict(allowed=False, retry_after=max(1, round(max(waits).total_seconds())), count=highest)


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
