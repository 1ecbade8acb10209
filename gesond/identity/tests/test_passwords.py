"""The one password policy: S2-19, X2."""

import pytest

from gesond.identity.credentials.passwords import password_problems
from gesond.identity.models import Person


@pytest.fixture
def person():
    return Person(
        matricule="1985031512371",
        family_name="Müller-Weber",
        given_names="Zoé Marie",
        birth_year=1985,
        birth_month=3,
        birth_day=15,
    )


def codes(password, person):
    return [problem.code for problem in password_problems(password, person)]


@pytest.mark.parametrize(
    "password",
    [
        "Sonnenblume7",
        "bbbrzzk1",  # eight, a letter, a digit: all that S2-19 asks
        "1bbbrzzk",
        "grüne Wiese 7",
        "пароль-надежный-7",
        "correct horse battery 1",
        "x" * 127 + "1",
        "Zoé liebt Regenbogen 7",  # a name within a longer phrase
    ],
)
def test_a_good_password_has_no_problem(person, password):
    assert codes(password, person) == []


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("", ["short", "letter", "digit"]),
        ("abc123", ["short"]),
        ("aaaaaa1", ["short"]),
        ("x" * 128 + "1", ["long"]),
        ("abcdefghijklm", ["digit"]),
        ("98765432101", ["letter"]),
        ("!!!!!!!!", ["letter", "digit"]),
        ("password1", ["common"]),
        ("PASSWORD1", ["common"]),
    ],
)
def test_a_weak_password_is_refused_for_its_reasons_s2_19(person, password, problems):
    assert codes(password, person) == problems


@pytest.mark.parametrize(
    "password",
    [
        "Müller1985",
        "muller1985",
        "zoe19850315",
        "15031985zoe",
        "150385weber",
        "1985031512371a",
        "gesond123",
        "e-sante2024",
        "Weber-Müller1",
    ],
)
def test_what_others_know_of_the_person_makes_no_password_x2(person, password):
    assert "personal" in codes(password, person)


def test_an_unknown_day_of_birth_is_no_obstacle():
    person = Person(matricule="1990000000183", family_name="Doe", given_names="Rita", birth_year=1990)
    assert codes("Sonnenblume7", person) == []


def test_every_reason_says_how_to_put_it_right(person):
    for problem in password_problems("", person) + password_problems("password1", person):
        assert str(problem.message).endswith(".")
