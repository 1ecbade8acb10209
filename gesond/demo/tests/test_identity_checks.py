"""The demo's identity checks."""

import pytest

from gesond.demo.identity_checks import APPLICANTS, KIND, load_identity_checks
from gesond.identity.identity_checks.kinds import differences_in
from gesond.identity.models import IdentityCheck, IdentityEvidence
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_the_queue_of_the_demo_shows_every_age_once():
    assert load_identity_checks()
    assert not load_identity_checks()
    checks = IdentityCheck.objects.filter(kind=KIND)
    assert checks.count() == len(APPLICANTS)
    assert checks.filter(state="open", due_at__lt=now()).count() == 2
    assert checks.filter(person=None).count() == 1
    assert {one.attribute for check in checks for one in differences_in(check)} == {
        "family_name",
        "given_names",
        "birth_date",
        "not_in_registry",
    }
    assert IdentityEvidence.objects.count() == 2
