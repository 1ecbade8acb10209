import pytest
from stdnum import luhn, verhoeff

from gesond.identity.tests import factories


@pytest.mark.django_db
def test_the_factories_satisfy_the_constraints():
    account = factories.AccountFactory(email="anna@example.lu")
    code = factories.ActivationCodeFactory(person=account.person, state="cancelled")
    factories.TermsVersionFactory()
    assert account.check_password(factories.PASSWORD)
    assert code.ended_at is not None


def test_the_matricules_are_valid_and_no_two_alike():
    numbers = [factories.matricule_for(n) for n in range(20_000)]
    assert len(set(numbers)) == 20_000
    assert all(luhn.is_valid(n[:12]) and verhoeff.is_valid(n[:11] + n[12]) for n in numbers[::97])
