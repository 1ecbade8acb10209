"""Who may, where it depends on the directory."""

import rules

from gesond.directory.models import ProfessionalRecord, in_force
from gesond.identity.models import Account, Door
from gesond.identity.rules import entered_by


@rules.predicate
def is_professional(account: object) -> bool:
    """Entered by the professionals' door, and the directory has a record of them that is in force today. One query."""
    if not isinstance(account, Account) or not entered_by(Door.PROFESSIONAL)(account):
        return False
    return ProfessionalRecord.objects.filter(in_force(), professional__person=account.person_id).exists()
