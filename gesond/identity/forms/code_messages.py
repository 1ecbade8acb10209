"""What to say of a code that was not accepted, or not sent."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gesond.identity.actions.one_time_codes import CodeCheck, Outcome

SECONDS_A_MINUTE = 60


def refusal(check: CodeCheck) -> str:
    """Why the code was refused and what to do. Not for a right one."""
    match check.outcome:
        case Outcome.WRONG:
            return _wrong(check.tries_left)
        case Outcome.EXPIRED:
            return _("This code has expired. Ask for a new code.")
        case Outcome.USED:
            return _("This code has already been used. Ask for a new code.")
        case Outcome.SUPERSEDED:
            return _("A newer code was sent. Type the last one you received.")
        case _:
            return _("Too many wrong codes. Try again in %(wait)s.") % {"wait": duration(check.retry_after)}


def too_soon(retry_after: int) -> str:
    """A code was asked for too soon or too often."""
    return _("You can ask for another code in %(wait)s.") % {"wait": duration(retry_after)}


def duration(seconds: int) -> str:
    """`45 seconds`, `13 minutes`: minutes are rounded up."""
    if seconds <= SECONDS_A_MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // SECONDS_A_MINUTE)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _wrong(tries_left: int) -> str:
    sentence = ngettext(
        "This code is not right. You have %(count)d try left.",
        "This code is not right. You have %(count)d tries left.",
        tries_left,
    )
    return sentence % {"count": tries_left}
