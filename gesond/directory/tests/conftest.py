"""What the tests of the directory share."""

import pytest


@pytest.fixture
def first_facts(db) -> None:
    """What migrations publish, and a test of threads before this one may have emptied."""
    # Models are loaded after this file.
    from gesond.directory.models import Profession
    from gesond.identity.models import TermsVersion
    from gesond.identity.tests.factories import TermsVersionFactory

    Profession.objects.get_or_create(code="general-practitioner", defaults={"labels": {"fr": "Médecin", "en": "GP"}})
    if not TermsVersion.objects.exists():
        TermsVersionFactory()
