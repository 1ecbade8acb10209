"""The public search: who is found, what is shown, and what is not."""

import re
import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from gesond.directory.models import Kind, Profession, today
from gesond.directory.tests.factories import (
    EstablishmentFactory,
    PracticeFactory,
    ProfessionalFactory,
    ProfessionalRecordFactory,
)

pytestmark = pytest.mark.django_db
SEARCH = "/fr/directory/"
ESTABLISHMENTS = "/fr/directory/establishments/"


def names(client: Client, address: str = SEARCH, **asked: str) -> list[str]:
    answer = client.get(f"{address}?{urlencode(asked)}")
    assert answer.status_code == 200
    return re.findall(r'ges-result__name"><a href="[^"]+">([^<]+)</a>', answer.text)


def place(city: str, postal_code: str) -> dict[str, Any]:
    return {"lines": ["1, rue du Modèle"], "postal_code": postal_code, "city": city, "country": "LU"}


def test_the_page_says_how_to_begin(client: Client) -> None:
    text = client.get(SEARCH).text
    assert "<h1>Trouver un professionnel</h1>" in text
    assert "le début d'un nom ou d'une localité suffit" in text


def test_it_is_in_both_menus(client: Client) -> None:
    assert client.get("/fr/").text.count("TROUVER UN PROFESSIONNEL") >= 2


@pytest.mark.parametrize(
    "typed", ["müller", "MULLER", "Mueller", "mull", "anne", "éli", "elis anne", "Weber", "müll weber", "mül-web"]
)
def test_any_part_of_a_name_finds_whatever_its_accents_and_case(client: Client, typed: str) -> None:
    ProfessionalFactory(person__family_name="Müller-Weber", person__given_names="Anne Élise")
    ProfessionalFactory(person__family_name="Beispill", person__given_names="Tom")
    assert names(client, name=typed) == ["Dr Anne Élise Müller-Weber"]


def test_every_word_typed_counts(client: Client) -> None:
    ProfessionalFactory(person__family_name="Muster", person__given_names="Anna")
    assert names(client, name="muster tom") == []


def test_a_profession_and_a_speciality_find(client: Client) -> None:
    ProfessionalFactory(person__family_name="A", record__profession_id="nurse", record__title="")
    ProfessionalFactory(
        person__family_name="B", record__profession_id="specialist", record__specialities=["cardiology", "neurology"]
    )
    ProfessionalFactory(person__family_name="C", record__profession_id="specialist", record__specialities=["urology"])
    assert len(names(client, what="nurse")) == 1
    assert len(names(client, what="specialist")) == 2
    found = names(client, what="specialist/neurology")
    assert len(found) == 1
    assert found[0].endswith("B")


def test_a_place_finds_by_town_and_by_postal_code(client: Client) -> None:
    here = ProfessionalFactory(person__family_name="Hei", person__given_names="A")
    PracticeFactory(professional=here, establishment__record__address=place("Esch-sur-Alzette", "L-4011"))
    PracticeFactory(professional=here, establishment__record__address=place("Esch-sur-Alzette", "L-4012"))
    PracticeFactory(establishment__record__address=place("Luxembourg", "L-2134"))
    for typed in ("esch", "ALZETTE", "4011", "L-4011", "L4011", "40"):
        assert names(client, place=typed) == ["Dr A Hei"], typed


def test_a_place_of_former_days_does_not_find(client: Client) -> None:
    PracticeFactory(valid_to=today(), establishment__record__address=place("Wiltz", "L-9500"))
    PracticeFactory(establishment__record__valid_to=today(), establishment__record__address=place("Wiltz", "L-9500"))
    assert names(client, place="Wiltz") == []


def test_a_language_finds(client: Client) -> None:
    ProfessionalFactory(record__languages=["pt"], person__family_name="Luso", person__given_names="A")
    ProfessionalFactory(record__languages=["fr"])
    assert names(client, language="pt") == ["Dr A Luso"]


def test_only_those_in_force_today_and_listed_are_found(client: Client) -> None:
    for record in ({"listed": False}, {"valid_to": today()}, {"valid_from": today() + timedelta(days=1)}):
        ProfessionalFactory(**{f"record__{name}": value for name, value in record.items()})
    ProfessionalFactory(person__deceased=True)
    assert names(client, language="fr") == []


def test_nobody_found_says_what_to_do_next(client: Client) -> None:
    text = client.get(SEARCH, {"name": "personne"}).text
    assert "Aucun professionnel trouvé" in text
    assert "Vérifiez l'orthographe du nom" in text
    assert 'value="personne"' in text


def test_a_result_shows_where_how_and_in_which_languages(client: Client) -> None:
    professional = ProfessionalFactory(record__profession_id="specialist", record__specialities=["cardiology"])
    PracticeFactory(professional=professional, phone="+35227125018", establishment__record__name="Cabinet Rose")
    text = client.get(SEARCH, {"what": "specialist/cardiology"}).text
    for shown in ("1 professionnel trouvé", "Cardiologie", "Cabinet Rose", "+352 27 12 50 18", "français, allemand"):
        assert shown in text


def test_the_main_practice_comes_first_and_a_closed_place_not_at_all(client: Client) -> None:
    professional = ProfessionalFactory()
    for name, more in {
        "Annexe": {},
        "Cabinet principal": {"is_main": True},
        "Autrefois": {"valid_to": today()},
        "Maison close": {"establishment__record__valid_to": today()},
    }.items():
        PracticeFactory(professional=professional, establishment__record__name=name, **more)
    text = client.get(SEARCH, {"language": "fr"}).text
    assert re.findall(r'ges-practice__name"><a href="[^"]+">([^<]+)<', text) == ["Cabinet principal", "Annexe"]


def test_an_own_number_comes_before_that_of_the_establishment(client: Client) -> None:
    professional = ProfessionalFactory()
    PracticeFactory(professional=professional, phone="", establishment__record__phone="+35227125018")
    PracticeFactory(professional=professional, phone="+35227125019", establishment__record__phone="+35227125017")
    text = client.get(SEARCH, {"language": "fr"}).text
    assert 'href="tel:+35227125018"' in text
    assert 'href="tel:+35227125019"' in text
    assert "+35227125017" not in text


def test_each_result_leads_to_its_page(client: Client) -> None:
    practice = PracticeFactory()
    text = client.get(SEARCH, {"language": "fr"}).text
    for name, public_id in (
        ("professional", practice.professional.public_id),
        ("establishment", practice.establishment.public_id),
    ):
        assert f'href="{reverse(f"directory:{name}", args=[public_id])}"' in text


def test_a_profession_younger_than_what_is_kept_is_named(client: Client) -> None:
    client.get(SEARCH)
    Profession.objects.bulk_create([Profession(code="new", labels={"en": "Newcomer", "fr": "Nouveau métier"})])
    ProfessionalFactory(record__profession_id="new")
    assert "Nouveau métier" in client.get(SEARCH, {"language": "fr"}).text


@pytest.mark.parametrize("name", ["search", "professional"])
def test_nothing_private_is_shown(client: Client, name: str) -> None:
    professional = ProfessionalFactory(
        person__birth_year=1961, person__address=place("Remich", "L-5555") | {"lines": ["99, rue Privée"]}
    )
    PracticeFactory(professional=professional)
    addresses = {
        "search": f"{SEARCH}?language=fr",
        "professional": reverse("directory:professional", args=[professional.public_id]),
    }
    text = client.get(addresses[name]).text
    assert professional.person.family_name in text
    for private in (professional.person.matricule, professional.person.matricule[:8], "rue Privée", "1961", "Remich"):
        assert private not in text
    assert professional.provider_code not in text


def test_results_come_by_name_twenty_a_page(client: Client) -> None:
    for number in range(45):
        ProfessionalFactory(person__family_name=f"Muster{chr(97 + number % 26)}{number:02}", person__given_names="A")
    pages = [names(client, language="fr", page=str(number)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    everyone = [name for page in pages for name in page]
    assert everyone == sorted(everyone, key=str.casefold)
    text = client.get(SEARCH, {"language": "fr", "page": "2"}).text
    assert "Page 2 sur 3" in text
    assert 'href="?language=fr&amp;page=3"' in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "1; DROP TABLE"])
def test_a_page_that_is_none_is_another_one(client: Client, page: str) -> None:
    ProfessionalFactory()
    assert len(names(client, language="fr", page=page)) == 1


def test_a_page_beyond_the_last_is_the_last(client: Client) -> None:
    for number in range(21):
        ProfessionalFactory(person__family_name=f"Muster{number:02}")
    text = client.get(SEARCH, {"language": "fr", "page": "9999"}).text
    assert "21 professionnels trouvés" in text
    assert "Page 2 sur 2" in text
    assert text.count("ges-result__name") == 1
    assert "Muster20" in text


HOSTILE = [
    "'",
    "''",
    "a' OR '1'='1",
    "a:* | b",
    "%",
    "_",
    "\\",
    "a\\' b",
    "& | !",
    "<script>alert(1)</script>",
    "{{7*7}}",
]


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("field", ["name", "place"])
@pytest.mark.parametrize("address", [SEARCH, ESTABLISHMENTS])
def test_what_is_typed_is_words_and_nothing_else(client: Client, address: str, field: str, typed: str) -> None:
    PracticeFactory(professional__person__family_name="Muster")
    answer = client.get(address, {field: typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "ges-result__name" not in answer.text


@pytest.mark.parametrize("asked", [{"name": "a" * 10_000}, {"name": "a\0b"}, {"place": "9" * 5000}, {"what": "' OR 1"}])
def test_what_cannot_be_searched_is_told_beside_the_field(client: Client, asked: dict[str, str]) -> None:
    ProfessionalFactory()
    answer = client.get(SEARCH, asked)
    assert answer.status_code == 200
    assert "nhsuk-error-message" in answer.text
    assert "ges-result__name" not in answer.text


def test_punctuation_alone_is_told_beside_the_field(client: Client) -> None:
    assert "Écrivez au moins une lettre ou un chiffre." in client.get(SEARCH, {"name": "!!!"}).text


def test_searching_changes_nothing(client: Client) -> None:
    assert client.post(SEARCH, {"name": "a"}).status_code == 405


def test_a_professional_has_a_page_of_their_own(client: Client) -> None:
    practice = PracticeFactory(is_main=True, establishment__record__name="Cabinet Rose")
    PracticeFactory(professional=practice.professional)
    text = client.get(reverse("directory:professional", args=[practice.professional.public_id])).text
    assert "Médecin généraliste" in text
    assert "Cabinet Rose" in text
    assert "Lieu d'exercice principal" in text


def test_who_is_not_listed_has_no_page(client: Client) -> None:
    hidden = ProfessionalFactory(record__listed=False)
    ended = ProfessionalFactory(record__valid_to=today())
    for public_id in (hidden.public_id, ended.public_id, uuid.uuid4()):
        assert client.get(reverse("directory:professional", args=[public_id])).status_code == 404


def test_a_persons_number_leads_nowhere(client: Client) -> None:
    professional = ProfessionalFactory()
    for number in (professional.pk, professional.person_id, professional.provider_code):
        assert client.get(f"/fr/directory/professionals/{number}/").status_code == 404


def test_pharmacies_and_laboratories_are_found_by_kind_place_and_name(client: Client) -> None:
    EstablishmentFactory(
        record__kind=Kind.PHARMACY, record__name="Pharmacie Étoile", record__address=place("Esch", "L-4011")
    )
    EstablishmentFactory(record__kind=Kind.LABORATORY, record__name="Labo Exemple")
    EstablishmentFactory(record__kind=Kind.PHARMACY, record__name="Pharmacie close", record__valid_to=date(2021, 1, 1))
    assert names(client, ESTABLISHMENTS, kind="pharmacy") == ["Pharmacie Étoile"]
    assert names(client, ESTABLISHMENTS, kind="laboratory") == ["Labo Exemple"]
    assert names(client, ESTABLISHMENTS, name="etoile", place="4011") == ["Pharmacie Étoile"]
    assert names(client, ESTABLISHMENTS, kind="hospital") == []


def test_an_establishment_names_the_listed_who_practise_there_today(client: Client) -> None:
    establishment = EstablishmentFactory(record__name="Clinique du Modèle")
    PracticeFactory(establishment=establishment, professional__person__family_name="Hei")
    PracticeFactory(establishment=establishment, professional__person__family_name="Fort", valid_to=today())
    PracticeFactory(
        establishment=establishment, professional__person__family_name="Cachet", professional__record__listed=False
    )
    text = client.get(reverse("directory:establishment", args=[establishment.public_id])).text
    assert "Hei" in text
    assert "Fort" not in text
    assert "Cachet" not in text
    assert client.get(reverse("directory:establishment", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("count", [1, 25])
def test_a_search_costs_the_same_whatever_it_finds(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        professional = ProfessionalFactory(record__profession_id="nurse")
        PracticeFactory(professional=professional, establishment__record__address=place("Esch", "L-4011"))
    asked = {"name": "", "place": "esch", "what": "nurse", "language": "fr"}
    with django_assert_num_queries(3):  # terms 2, which are kept; the page
        assert client.get(SEARCH, asked).status_code == 200
    with django_assert_num_queries(1):
        assert client.get(SEARCH, asked).status_code == 200


def test_a_term_that_changed_is_offered_at_once(client: Client) -> None:
    client.get(SEARCH)
    nurse = Profession.objects.get(code="nurse")
    nurse.labels = {"fr": "Infirmière d'hier", "en": "Nurse"}
    nurse.save()
    assert "Infirmière d&#39;hier" in client.get(SEARCH).text
    nurse.valid_to = today()
    nurse.save()
    assert 'value="nurse"' not in client.get(SEARCH).text


def test_each_language_has_its_own_words(client: Client) -> None:
    for language, word in (("fr", "Médecin spécialiste – Cardiologie"), ("de", "Facharzt"), ("fr", "Cardiologie")):
        assert word in client.get(f"/{language}/directory/").text
    assert "Cardiologie" not in client.get("/de/directory/").text


@pytest.mark.parametrize("count", [1, 25])
def test_establishments_cost_the_same(client: Client, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        EstablishmentFactory(record__kind=Kind.PHARMACY)
    with django_assert_num_queries(1):
        assert client.get(ESTABLISHMENTS, {"kind": "pharmacy"}).status_code == 200


def test_pages_of_one_cost_a_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    practice = PracticeFactory()
    page = reverse("directory:professional", args=[practice.professional.public_id])
    client.get(page)
    with django_assert_num_queries(2):
        client.get(page)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_search_speaks_three_languages(client: Client, language: str) -> None:
    titles = {"fr": "Trouver un professionnel", "de": "Gesundheitsfachkraft finden", "en": "Find a professional"}
    ProfessionalRecordFactory()
    text = client.get(f"/{language}/directory/?language=fr").text
    assert f"<h1>{titles[language]}</h1>" in text
