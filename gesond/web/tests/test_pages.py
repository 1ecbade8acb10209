"""The frame of every page, the portal's own pages, languages and menus (S2-01 to S2-06, S1-19, S1-29, S1-30)."""

from datetime import date
from html import unescape
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils.translation import override

from gesond.web import frame, navigation
from gesond.web.dates import day
from gesond.web.navigation import Menu, register_entry
from gesond.web.services import SERVICES


@pytest.fixture
def fresh_frame():
    frame.forget()
    yield
    frame.forget()


def text(client, address, **extra):
    return unescape(client.get(address, **extra).content.decode())


def test_s2_01_the_header_has_the_number_connexion_and_the_languages(client):
    page = text(client, "/fr/")
    assert 'href="tel:+3522712501833"' in page
    assert "(+352) 27 12 50 18 33" in page
    assert '<a class="ges-header__sign-in" href="/fr/sign-in/">Connexion</a>' in page
    for language in ("Français", "Deutsch", "English"):
        assert f">{language}</a>" in page


def test_s2_02_four_menus_in_order(client):
    page = text(client, "/fr/")
    titles = ["PATIENTS", "PROFESSIONNELS DE SANTÉ", "EDITEURS", "INFOS E-SANTÉ"]
    places = [page.index(f'ges-menu__toggle--nav">{title}') for title in titles]
    assert places == sorted(places)


def test_s2_03_the_patients_menu(client):
    page = text(client, "/fr/")
    for label in ("ACTIVATION COMPTE ESANTE", "ACCÈS SERVICES ESANTE (DSP,...)", "ACCÈS TÉLÉCONSULTATION"):
        assert f">{label}</a>" in page


def test_s2_04_the_banner_and_the_call_to_activate(client):
    page = text(client, "/fr/")
    assert "PORTAIL E-SANTÉ" in page
    assert "Votre porte d'accès aux services et infos e-santé" in page
    assert "Activez votre compte eSanté et accédez à plusieurs services de santé en ligne!" in page


def test_s2_05_without_news_the_page_says_so(client):
    page = text(client, "/fr/")
    assert "ACTUALITÉS" in page
    assert "Pas d'actualité pour le moment" in page


def test_s2_06_what_one_account_opens(client):
    page = text(client, "/fr/")
    for words in ("DSP", "remboursement accéléré des mémoires d'honoraires", "carnet de vaccination électronique"):
        assert words in page
    assert "prescription digitale" in page


def test_s1_29_and_s1_30_the_footer_helps_and_names_the_agency(client):
    page = text(client, "/fr/")
    assert "Besoin d'aide" in page
    assert "Agence eSanté G.I.E." in page
    assert "B.P. 2511" in page
    assert "L-1025 Luxembourg" in page


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_each_page_says_its_language(client, language):
    assert f'<html lang="{language}">' in text(client, f"/{language}/")


def test_one_goes_to_the_same_page_in_another_language_and_it_is_remembered(client):
    answer = client.get("/fr/language/de/?next=/fr/help/%3Fa%3D1")
    assert answer["Location"] == "/de/help/?a=1"
    assert answer.cookies["gesond_language"].value == "de"
    assert client.get("/")["Location"] == "/de/"


def test_a_page_outside_of_the_languages_stays_the_same_page(client):
    assert client.get("/fr/language/de/?next=/demo/components/")["Location"] == "/demo/components/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", ""],
)
def test_the_choice_of_language_leads_nowhere_else(client, elsewhere):
    assert client.get("/fr/language/de/", {"next": elsewhere})["Location"] == "/de/"


def test_there_is_no_other_language(client):
    assert client.get("/fr/language/xx/").status_code == 404


def test_an_address_cannot_write_into_the_page(client):
    page = client.get('/fr/help/?"><script>alert(1)</script>__token__').content.decode()
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("service", SERVICES)
def test_what_opens_later_says_what_to_do_meanwhile(client, service):
    page = text(client, f"/fr/coming/{service}/")
    assert "Que faire en attendant" in page


def test_nothing_else_is_coming(client):
    assert client.get("/fr/coming/flying-cars/").status_code == 404


def test_an_entry_without_its_page_leads_to_what_will_be():
    assert navigation.address("nowhere:at_all", "teleconsultation") == "/fr/coming/teleconsultation/"


def test_a_door_that_is_shut_is_not_in_the_menu(settings, fresh_frame):
    register_entry(Menu.PATIENTS, "SHUT", "web:help", door="econsult")
    try:
        open_now = [entry.label for entry in navigation.entries(Menu.PATIENTS)]
        with override_settings(ENVIRONMENT=_only("patient")):
            labels = [entry.label for entry in navigation.entries(Menu.PATIENTS)]
    finally:
        del navigation._entries[Menu.PATIENTS]["web:help"]
    assert "SHUT" in open_now
    assert "SHUT" not in labels


def _only(door):
    from dataclasses import replace

    from django.conf import settings

    return replace(settings.ENVIRONMENT, doors=(door,))


class SomeoneSignedIn:
    is_authenticated = True
    standing = SimpleNamespace(door="patient")


def test_s1_19_who_is_signed_in_finds_mon_compte_in_place_of_connexion():
    request = RequestFactory().get("/fr/")
    request.user = SomeoneSignedIn()
    page = render_to_string("web/help.jinja", request=request)
    assert "Mon Compte" in page
    for label in ("Gérer mon compte", "Mes services eSanté", "Se déconnecter"):
        assert label in page
    assert "ges-header__sign-in" not in page


def test_signing_out_carries_the_persons_own_token():
    pages = []
    for _ in range(2):
        request = RequestFactory().get("/fr/")
        request.user = SomeoneSignedIn()
        page = render_to_string("web/help.jinja", request=request)
        pages.append(page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0])
    assert len(pages[0]) == 64
    assert pages[0] != pages[1]


def test_the_frame_is_made_once_for_each_language(fresh_frame, monkeypatch):
    made = []
    render = frame.render_to_string
    monkeypatch.setattr(frame, "render_to_string", lambda *args: made.append(args[0]) or render(*args))
    for _ in range(3):
        frame.header(None)
        frame.footer()
    assert made == ["web/parts/header.jinja", "web/parts/footer.jinja"]


def test_a_page_for_visitors_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get("/fr/")


def test_a_page_with_errors_says_so_first_in_its_title():
    from gesond.web.tests.test_forms import EveryKind

    page = render_to_string("web/help.jinja", {"form": EveryKind({})}, request=RequestFactory().get("/fr/"))
    assert "<title>Erreur : Besoin d'aide – Gesond</title>" in page


def test_no_page_has_script_or_style_inside(client):
    page = text(client, "/fr/")
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count('<script type="module" src=')


@pytest.mark.parametrize(
    ("language", "title", "state", "body"),
    [
        ("fr", "Déclaration d'accessibilité", "partiellement conforme", "dans un délai de 30 jours"),
        ("de", "Erklärung zur Barrierefreiheit", "teilweise vereinbar", "innerhalb von 30 Tagen"),
        ("en", "Accessibility statement", "conforms in part", "within 30 days"),
    ],
)
def test_the_accessibility_statement_says_its_state_who_answers_and_who_controls(client, language, title, state, body):
    """Law of 28 May 2019 on the accessibility of public sites."""
    page = text(client, f"/{language}/accessibility/")
    assert f"<h1>{title}</h1>" in page
    assert state in page
    assert body in page
    assert "helpdesk@esante.lu" in page
    assert "Service information et presse du gouvernement (SIP)" in page


def test_every_page_leads_to_the_statement_the_terms_and_the_part_on_personal_data(client):
    page = text(client, "/fr/help/")
    assert '<a href="/fr/accessibility/">Accessibilité : partiellement conforme</a>' in page
    assert '<a href="/fr/terms/">Conditions Générales d\'Utilisation</a>' in page
    assert '<a href="/fr/terms/#section-5">Vos données personnelles</a>' in page


def test_only_the_first_of_a_month_is_an_ordinal_and_only_in_french():
    with override("fr"):
        assert day(date(2024, 7, 1)) == "1er juillet 2024"
        assert day(date(2024, 7, 11)) == "11 juillet 2024"
    with override("de"):
        assert day(date(2024, 7, 1)) == "1. Juli 2024"


def test_an_address_is_remembered_for_its_language_alone():
    for language in ("fr", "de", "fr", "en"):
        with override(language):
            assert navigation.url("web:help") == f"/{language}/help/"
            assert navigation.url("web:coming", "account") == f"/{language}/coming/account/"
            assert navigation.url("web:coming", "account") != navigation.url("web:coming", service="news")


def test_dates_are_written_in_each_language():
    written = {"fr": ("1er août 2026", "2 mars 2026"), "de": ("1. August 2026", "2. März 2026")}
    written["en"] = ("1 August 2026", "2 March 2026")
    for language, (first, second) in [*written.items(), ("fr", written["fr"])]:
        with override(language):
            assert (day(date(2026, 8, 1)), day(date(2026, 3, 2))) == (first, second)
