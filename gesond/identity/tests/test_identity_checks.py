"""Identity checks: opened, taken up, withdrawn (S3-12 to S3-14)."""

import pytest

from gesond.identity.actions.identity_checks import open_check
from gesond.identity.identity_checks import differences_in, register_kind
from gesond.identity.name_matching import Identity, differences
from gesond.identity.tests.factories import PersonFactory
from gesond.kernel.journal import VISITOR

pytestmark = pytest.mark.django_db


def test_a_check_is_opened_and_the_applicant_is_written_to(sent_messages):
    register_kind("probe", label="Probe", decided=lambda actor, check: None)
    declared, proved = (
        Identity(family_name="Muller", given_names="Anna"),
        Identity(family_name="Weber", given_names="Anna"),
    )
    check = open_check(
        actor=VISITOR,
        kind="probe",
        reference="1",
        person=PersonFactory(),
        declared=declared,
        proved=proved,
        found=differences(declared, proved),
        email="anna@example.lu",
        language="fr",
    )
    assert differences_in(check)[0].proved == "Weber"
    (sent,) = sent_messages(to="anna@example.lu")
    assert check.number in sent.content["subject"]
