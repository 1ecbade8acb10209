"""The letters of the demo's professionals, with the codes that `manage.py people` shows."""

from gesond.demo.models import DemoPerson
from gesond.identity.actions.letters import IssuedCode, issue_letters
from gesond.identity.entitlement import entitled_persons
from gesond.identity.letters.selection import CHOSEN, LetterSelection
from gesond.identity.models import Account, Door
from gesond.kernel.journal import SYSTEM

DOOR = Door.PROFESSIONAL.value


def print_professional_letters() -> bool:
    """One for each of the cast in the directory who has none and no professional's account; whether there were any."""
    waiting = _waiting()
    if not waiting:
        return False

    def note(issued: IssuedCode) -> None:
        DemoPerson.objects.filter(pk=waiting[issued.row.person_id]).update(professional_code=issued.text.formatted)

    selection = LetterSelection(kind=CHOSEN, door=DOOR, person_ids=tuple(waiting))
    issue_letters(actor=SYSTEM, selection=selection, issued=note)
    return True


def _waiting() -> dict[int, int]:
    """Of each such person, the row of the cast."""
    opened = Account.objects.filter(doors__contains=[DOOR]).values("person")
    rows = DemoPerson.objects.filter(professional_code="", person__in=entitled_persons(DOOR))
    return dict(rows.exclude(person__in=opened).values_list("person_id", "pk"))
