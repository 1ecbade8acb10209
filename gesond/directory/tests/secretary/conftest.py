"""A professional's practice, and who is declared there. Models are not yet loaded when this file is."""

import pytest


@pytest.fixture
def person():
    from gesond.identity.tests.factories import PersonFactory

    return PersonFactory(family_name="Weber", given_names="Marie Claire")


@pytest.fixture
def practice():
    from gesond.directory.tests.secretary_steps import a_practice

    return a_practice(person__family_name="Muster", person__given_names="Anna")
