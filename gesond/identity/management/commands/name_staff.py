"""`manage.py name_staff --matricule 1984051710436 --roles security registry`: the first to enter the desk."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gesond.identity.actions.staff import StaffError, name_staff
from gesond.identity.models import Account, Role
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import IdentifierError, Matricule
from gesond.kernel.journal import SYSTEM

WHY = {
    "inactive": "the account is suspended or closed",
    "weak_factor": "the account needs a mobile number, an authenticator app, a passkey or LuxTrust beside its e-mail",
}


class Command(BaseCommand):
    help = "Let an account enter the agency's desk. The others are named there, by who holds the role `security`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--matricule", required=True, help="13 digits, of a person with an account")
        parser.add_argument("--roles", required=True, nargs="+", choices=Role.values)

    def handle(self, *args: Any, matricule: str, roles: list[str], **options: Any) -> None:
        try:
            member = name_staff(actor=SYSTEM, account_id=_account(matricule), roles=roles)
        except StaffError as error:
            raise CommandError(WHY.get(error.code, error.code)) from error
        self.stdout.write(f"Account {member.account_id} may enter the desk: {', '.join(member.roles)}.")


def _account(matricule: str) -> int:
    try:
        hashes = keyed_hashes(Matricule.parse(matricule).value, purpose="person.matricule")
    except IdentifierError as error:
        raise CommandError(str(error.message)) from error
    found = Account.objects.filter(person__matricule_hash__in=hashes).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError("nobody of this matricule has an account")
    return int(found)
