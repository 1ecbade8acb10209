"""Synthetic people who have an account already: for tests of what one does with an account, not of opening it."""

from dataclasses import dataclass

from tests.e2e.people import FAMILY_NAMES, PASSWORD, letters_of
from tests.e2e.stack import Stack

OPEN = """
from gesond.demo.models import DemoPerson
from gesond.identity.actions.staff import name_staff
from gesond.identity.tests.factories import AccountFactory, PersonFactory, matricule_for
from gesond.kernel.journal import SYSTEM
person = PersonFactory(matricule=matricule_for({number}, year=1985), family_name="{family_name}", given_names="Rita")
account = AccountFactory(person=person, phone={phone}, email="{email}", code_channel="{codes_by}")
if {luxtrust}:
    DemoPerson.objects.create(key="{key}", person=person, role="", hint="", luxtrust_subject="{subject}")
if {roles}:
    name_staff(actor=SYSTEM, account_id=account.pk, roles={roles})
print(person.matricule)
"""


@dataclass(frozen=True)
class Holder:
    """Somebody with an account, a telephone and a letter-box of their own."""

    matricule: str
    given_names: str
    family_name: str
    phone: str
    email: str
    password: str = PASSWORD

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}"


def open_account_for_somebody(
    stack: Stack, *, codes_by: str = "sms", luxtrust: bool = False, roles: tuple[str, ...] = ()
) -> Holder:
    """`codes_by`: "sms", or "email" for one who gave no telephone. `luxtrust`: with products that the simulator knows.

    `roles`: those of a member of staff at the desk.
    """
    number = stack.number()
    family_name = FAMILY_NAMES["staff" if roles else "holder"] + letters_of(number)
    phone, email = f"+3526219{number:05}", f"rita.{family_name.lower()}@example.lu"
    facts = {
        "number": number,
        "family_name": family_name,
        "phone": repr(phone if codes_by == "sms" else None),
        "email": email,
        "codes_by": codes_by,
        "key": family_name.lower(),
        "subject": f"1002030405060{number:05}00",
        "luxtrust": luxtrust,
        "roles": roles,
    }
    return Holder(stack.run(OPEN.format(**facts)).strip(), "Rita", family_name, phone, email)
