"""Who may, where it depends on the directory."""

import rules

from gesond.directory.models import ProfessionalRecord, in_force
from gesond.identity.models import Account, Door
from gesond.identity.rules import entered_by


def in_practice(account: Account) -> bool:
    """Whether the directory has a record of the account's person that is in force today. One query."""
    return ProfessionalRecord.objects.filter(in_force(), professional__person=account.person_id).exists()


@rules.predicate
def is_professional(account: object) -> bool:
    """Entered by the professionals' door, and the directory has a record of them that is in force today. One query."""
    return isinstance(account, Account) and entered_by(Door.PROFESSIONAL)(account) and in_practice(account)
