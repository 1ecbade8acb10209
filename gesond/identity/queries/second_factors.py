"""What an account can prove itself with after its password.

Other means (passkey, authenticator app, recovery codes) add themselves with `offer_second_factor`, from `ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.doors import Entrance
from gesond.identity.models import Account, CodeChannel
from gesond.identity.queries.account import masked


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """One way to go on. A code's `channel` is sent to; any other has a page of its own, `url_name`."""

    slug: str
    title: str | Promise
    hint: str | Promise = ""
    channel: str = ""
    url_name: str = ""


Offer = Callable[[Account], list[SecondFactor]]
_offers: list[Offer] = []


def offer_second_factor(offer: Offer) -> Offer:
    """Add a source of second factors: called with an account, it returns those the account has, at one query each."""
    if offer not in _offers:
        _offers.append(offer)
    return offer


def second_factors_at(entrance: Entrance, account: Account) -> list[SecondFactor]:
    """Those that are good enough at `entrance`: a code by e-mail is for patients only (X5)."""
    return [factor for factor in second_factors_of(account) if _is_enough(factor, entrance)]


def has_second_factor(entrance: Entrance, account: Account) -> bool:
    """Whether any is good enough there. No query where a code can be sent."""
    return bool(first_channel(entrance, account) or second_factors_at(entrance, account))


def first_channel(entrance: Entrance, account: Account) -> str:
    """Where the first code of a sign-in goes without being asked for; empty when no channel will do."""
    channels = [factor.channel for factor in code_channels_of(account) if _is_enough(factor, entrance)]
    return channels[0] if channels else ""


def second_factors_of(account: Account) -> list[SecondFactor]:
    """All that `account` can go on with: the codes first, its own channel before the other (S2-30, X5)."""
    return [*code_channels_of(account), *(factor for offer in _offers for factor in offer(account))]


def code_channels_of(account: Account) -> list[SecondFactor]:
    """Codes to its confirmed channels, the one it chose first."""
    titles = {CodeChannel.SMS.value: _("Code by SMS"), CodeChannel.EMAIL.value: _("Code by e-mail")}
    channels = [
        SecondFactor(slug=channel, title=titles[channel], hint=masked(channel, destination), channel=channel)
        for channel, destination in account.confirmed_channels().items()
    ]
    return sorted(channels, key=lambda factor: factor.channel != account.code_channel)


def _is_enough(factor: SecondFactor, entrance: Entrance) -> bool:
    return entrance.code_by_email or factor.channel != CodeChannel.EMAIL
