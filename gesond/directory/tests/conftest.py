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


@pytest.fixture
def person():
    """Who serves, or shall serve, as a secretary."""
    from gesond.identity.tests.factories import PersonFactory

    return PersonFactory(family_name="Weber", given_names="Marie Claire")


@pytest.fixture
def practice():
    """A professional's, who declares secretaries."""
    from gesond.directory.tests.secretary_steps import a_practice

    return a_practice(person__family_name="Muster", person__given_names="Anna")


@pytest.fixture
def mandate(practice, person):
    """The professional's to the secretary."""
    from gesond.directory.tests.secretary_steps import a_mandate

    return a_mandate(practice, person)
