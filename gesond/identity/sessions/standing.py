"""By which door, and how, a session was opened: what an account may do depends on it.

A session entered by the patient's door has no professional's powers, even a doctor's; one opened with the fallback of a
password and a code has fewer than one opened with LuxTrust (S1-20). Set by `authentication`, read by `rules`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the session engine is named before the models exist
    from gesond.identity.models import Account


DOOR_KEY, METHOD_KEY = "door", "method"
# Whether this session was proved with more than a password and a code by e-mail (X5).
STRONG_KEY = "strong"
LUXTRUST = "luxtrust"


@dataclass(frozen=True)
class Standing:
    """`method`: what was proved last when signing in: `luxtrust`, `code`, `totp`, `passkey`, `recovery_code`."""

    door: str = ""
    method: str = ""

    @property
    def by_luxtrust(self) -> bool:
        return self.method == LUXTRUST


NOBODY = Standing()


def standing_of(account: object) -> Standing:
    """Of the account of this request; `NOBODY` for an account that was not loaded from its session."""
    found: Standing = getattr(account, "standing", NOBODY)
    return found


def give_standing(account: "Account", session: Any) -> None:
    """Read from the session how it was opened."""
    account.standing = Standing(session.get(DOOR_KEY, "patient"), session.get(METHOD_KEY, ""))  # type: ignore[attr-defined] # of this request, not a field


def keep_standing(session: Any, standing: Standing) -> None:
    """Write to the session how it is opened."""
    session[DOOR_KEY], session[METHOD_KEY] = standing.door, standing.method
    # A code sent at the patients' door may be one by e-mail: who knows better says so (`keep_strong`).
    session[STRONG_KEY] = standing.door != "patient" or standing.method not in ("", "code")


def keep_strong(session: Any) -> None:
    """This session is proved with something that is not read in a mailbox."""
    session[STRONG_KEY] = True


def is_strong(session: Any) -> bool:
    """Whether it is."""
    return bool(session.get(STRONG_KEY))


def actor_name(account: "Account", standing: Standing) -> str:
    """Whom the journal names: what is done at the desk is told from what its people do as persons."""
    return f"{'staff' if standing.door == 'staff' else 'account'}:{account.pk}"
