"""Guide « secrétaire »: S3-01 to S3-16, against the LuxTrust simulator over HTTP."""

import re
from collections.abc import Callable
from functools import partial

import pytest

from tests.e2e.conftest import NewVisitor
from tests.e2e.secretaries import Declared, confirm_at_luxtrust, declare_secretary, up_to_luxtrust
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")


@pytest.fixture
def declare(stack: Stack) -> Callable[..., Declared]:
    """Makes a professional declare somebody, under her own name or another."""
    return partial(declare_secretary, stack)


@pytest.fixture(params=[False, True], ids=["computer", "phone"])
def phone(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_the_process_is_explained(visitor: Visitor):
    """S3-01 to S3-05"""
    visitor.visit("/fr/secretary/")
    visitor.sees("Ce processus commence obligatoirement par une déclaration faite par un professionnel de santé.")
    visitor.sees("Il est obligatoire de disposer d'un dispositif LuxTrust pour pouvoir créer un compte eSanté.")


def test_matching_data_create_the_account_at_once(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-05 to S3-11, S3-15"""
    visitor, declared = new_visitor(phone=phone), declare()
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/done/")
    visitor.sees_heading("Votre compte est créé")
    assert "Votre compte eSanté est créé" in outbox.text_for(declared.email)


def test_differing_data_are_checked_by_hand(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-12, S3-13"""
    visitor, declared = new_visitor(phone=phone), declare(declared_as="Autrement")
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/differences/")
    visitor.sees("Autrement")
    visitor.press("Je confirme avoir utilisé mon dispositif personnel")
    visitor.sees_heading("Votre identité est en cours de vérification")
    visitor.sees(re.compile("Ce processus n'est pas immédiat"))
    assert outbox.text_for(declared.email)
