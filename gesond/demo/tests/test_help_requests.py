"""The demo's requests for help."""

import pytest

from gesond.demo.help_requests import EXAMPLES, load_help_requests
from gesond.helpdesk.models import HelpRequest
from gesond.identity.models import Role
from gesond.identity.tests.check_steps import staff
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_the_helpdesk_of_the_demo_has_every_kind_of_request_once():
    staff(Role.HELPDESK)
    assert load_help_requests()
    assert not load_help_requests()
    assert HelpRequest.objects.count() == len(EXAMPLES)
    assert set(HelpRequest.objects.values_list("state", flat=True)) == {"new", "waiting", "closed"}
    assert HelpRequest.objects.filter(due_at__lt=now()).count() == 1
