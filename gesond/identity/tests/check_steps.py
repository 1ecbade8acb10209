"""Identity checks, their staff and their documents, for tests."""

import io
import re
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from gesond.identity.actions.identity_checks import open_check, take
from gesond.identity.actions.identity_decisions import decide
from gesond.identity.identity_checks.kinds import register_kind
from gesond.identity.models import Account, IdentityCheck, Role, StaffMember
from gesond.identity.registry.name_matching import Identity, differences
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.kernel.journal import VISITOR, Actor
from gesond.notify.models import OutboxMessage

KIND = "probe"
EMAIL = "anna@example.lu"
PAGE = "/fr/identity-check/"
DECLARED = Identity(family_name="Muller", given_names="Anna", birth_date=date(1980, 3, 25))
OTHER_NAME = Identity(family_name="Weber", given_names="Anna", birth_date=date(1980, 3, 25))
MISSPELT = Identity(family_name="Mulier", given_names="Anna", birth_date=date(1980, 3, 25))
# What the owner of the kind was told: (state, reason).
told: list[tuple[str, str]] = []


def _tell(actor: Actor, check: IdentityCheck) -> None:
    told.append((check.state, check.reason or ""))


register_kind(KIND, label="Probe", decided=_tell, withdrawn=_tell)


@transaction.atomic
def a_check(**facts: Any) -> IdentityCheck:
    """An open check of a name that differs by more than spelling; `proved=MISSPELT` for one that one person decides."""
    told.clear()
    declared, proved = facts.pop("declared", DECLARED), facts.pop("proved", OTHER_NAME)
    given = {
        "actor": VISITOR,
        "kind": KIND,
        "reference": str(IdentityCheck.objects.count()),
        "declared": declared,
        "proved": proved,
        "found": differences(declared, proved),
        "email": EMAIL,
        "language": "fr",
    }
    given["person"] = facts.pop("person", None) or PersonFactory()
    return open_check(**{**given, **facts})


def staff(*roles: Role) -> Account:
    """A member of staff, who checks identities unless other roles are named."""
    account = AccountFactory(doors=["staff"])
    StaffMember.objects.create(account=account, roles=list(roles or (Role.IDENTITY_CHECKS,)))
    return account


def actor(account: Account) -> Actor:
    return Actor(f"staff:{account.pk}")


def said(check: IdentityCheck, by: Account, *, accepted: bool, **facts: Any) -> IdentityCheck:
    """`by` takes the check and decides."""
    take(actor=actor(by), check_id=check.pk, by=by)
    reason = facts.pop("reason_code", "spelling" if accepted else "names_differ")
    return decide(actor=actor(by), check_id=check.pk, by=by, accepted=accepted, reason_code=reason, **facts)


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "teal").save(kept, kind, **options)
    return kept.getvalue()


def a_file(name: str = "card.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture() if content is None else content)


A_PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def link_in(message: OutboxMessage) -> str:
    """The path of the link in an e-mail."""
    return re.search(r"http://localhost:\d+(/\S+)", message.content["text"])[1]
