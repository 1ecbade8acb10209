"""The terms of use: S2-12, and agreeing again when they change."""

import io
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader

from gesond.identity.actions.terms import TermsError, accept_terms, publish_terms
from gesond.identity.models import TermsAcceptance, TermsVersion
from gesond.identity.queries.terms import current_terms, shown_terms
from gesond.identity.terms import texts as terms_texts
from gesond.identity.tests.factories import AccountFactory, TermsVersionFactory
from gesond.identity.tests.walking import at_once
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.models import JournalEntry
from gesond.web.markdown import as_html

BODY = {"fr": "## Un\n\nTexte **deux**.", "de": "## Eins\n\nText.", "en": "## One\n\nText."}
CHANGES = {"fr": "- Le point 4 est plus clair.", "de": "- Punkt 4 ist klarer.", "en": "- Point 4 is clearer."}
SERVICES, CONSENT = "/fr/services/", "/fr/terms/consent/"

pytestmark = pytest.mark.django_db


def publish(number="2.0", **given):
    return publish_terms(actor=journal.SYSTEM, number=number, **{"body": BODY, "changes": CHANGES, **given})


@pytest.fixture
def signed_in(client):
    """A client of an account that has agreed to the terms in force."""
    account = AccountFactory()
    client.force_login(account)
    client.account = account
    return client


class TestTheFirstVersion:
    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_it_is_there_from_the_start_in_every_language(self, language):
        version = current_terms()
        assert (version.number, len(version.body[language].split()) > 400) == ("1.0", True)

    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_it_says_what_terms_must_say(self, language):
        assert current_terms().body[language].count("\n## ") == 11  # twelve sections, the first at the very start

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("fr", ("associer un produit LuxTrust, code d'activation", "secrétaire médicale")),
            ("de", ("ein LuxTrust-Produkt verbinden, Aktivierungscode", "Arztsekretärin")),
            ("en", ("associating a LuxTrust product, activation code", "medical secretary")),
        ],
    )
    def test_it_is_true_of_everybody_who_must_agree_to_it(self, language, words):
        """S1-03, S3-06: the three doors share one text, and enter by other steps (S1-04, S2-13)."""
        assert [part for part in words if part not in current_terms().body[language]] == []


class TestPublishing:
    def test_the_newest_version_in_force_counts(self):
        publish("2.0")
        publish("3.0", at=now() + timedelta(days=30))
        assert current_terms().number == "2.0"
        with time_machine.travel(now() + timedelta(days=31), tick=False):
            assert current_terms().number == "3.0"

    def test_visitors_are_shown_it_at_once_and_an_announced_one_on_time(self, django_capture_on_commit_callbacks):
        assert shown_terms().number == "1.0"
        with django_capture_on_commit_callbacks(execute=True):
            publish("2.0")
            publish("3.0", at=now() + timedelta(days=30))
        assert shown_terms().number == "2.0"
        with time_machine.travel(now() + timedelta(days=31), tick=False):
            assert shown_terms().number == "3.0"

    def test_showing_it_to_one_visitor_after_another_costs_no_query(self, client, django_assert_num_queries):
        client.get("/fr/activation/")
        with django_assert_num_queries(0):
            client.get("/fr/activation/")

    @pytest.mark.parametrize(
        "given",
        [
            {"body": {"fr": "x", "de": "x"}},
            {"body": {**BODY, "en": "  "}},
            {"changes": {}},
            {"changes": {"fr": "x"}},
            {"number": "1.0"},
            {"number": "two"},
            {"at": now() - timedelta(days=9999)},
        ],
        ids=[
            "no English",
            "blank English",
            "no changes",
            "changes in one language",
            "same number",
            "no number",
            "older",
        ],
    )
    def test_an_incomplete_version_is_refused(self, given):
        with pytest.raises(TermsError):
            publish(**given)
        assert TermsVersion.objects.count() == 1

    def test_the_files_are_made_by_a_job(self, run_jobs):
        publish(body={**BODY, "fr": f"## Un\n\n{now()}"})
        files = storages["public"]
        before = len(files.listdir("terms")[1]) if files.exists("terms") else 0
        assert "identity.print_terms" in run_jobs()
        assert len(files.listdir("terms")[1]) > before

    def test_it_is_journaled(self):
        publish()
        assert JournalEntry.objects.get(event="terms.published").details == {"number": "2.0"}


class TestPages:
    def test_the_page_shows_the_version_in_force(self, client):
        content = client.get("/fr/terms/").content.decode()
        assert "Version 1.0 du 1er juillet 2024." in content
        assert "10. Modification des CGU" in content

    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_the_pdf_is_tagged_and_says_the_same(self, client, language):
        response = client.get(f"/{language}/terms/1.0.pdf")
        assert response.headers["Content-Type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(response.content)) as pdf:
            assert bool(pdf.Root.MarkInfo.Marked)
            assert str(pdf.Root.Lang).startswith(language)
        text = " ".join(PdfReader(io.BytesIO(response.content)).pages[0].extract_text().split())
        first_heading = current_terms().body[language].splitlines()[0].removeprefix("## ")
        assert first_heading in text

    @pytest.mark.parametrize("number", ["9.9", "..", "1.0%00"])
    def test_an_unknown_version_has_no_pdf(self, client, number):
        assert client.get(f"/fr/terms/{number}.pdf").status_code == 404

    def test_a_version_not_yet_in_force_is_not_shown(self, client):
        publish(at=now() + timedelta(days=1))
        assert client.get("/fr/terms/2.0.pdf").status_code == 404

    def test_the_pdf_costs_one_query(self, client, django_assert_num_queries):
        client.get("/fr/terms/1.0.pdf")
        with django_assert_num_queries(1):
            client.get("/fr/terms/1.0.pdf")


class TestSafety:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "a <b onclick=x>b</b>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,hi)",
            "![x](https://example.org/pixel.png)",
            "<javascript:alert(1)>",
        ],
    )
    def test_no_html_script_or_image_comes_through(self, text):
        html = as_html(text).lower()
        assert not any(bad in html for bad in ["<script", "<b ", 'href="javascript', 'href="data', "<img"])

    def test_what_markdown_is_for_comes_through(self):
        html = as_html("## T\n\n**b** [x](https://example.org)\n\n- y")
        assert all(good in html for good in ["<h3", "<strong>b</strong>", 'href="https://example.org"', "<li>y</li>"])


class TestConsent:
    def test_who_has_agreed_reaches_the_services(self, signed_in):
        assert signed_in.get(SERVICES).status_code == 200

    def test_a_new_version_is_asked_for_before_any_service(self, signed_in):
        publish()
        assert signed_in.get(SERVICES).headers["Location"] == CONSENT
        assert signed_in.post("/fr/account/").headers["Location"] == CONSENT

    def test_what_has_changed_is_shown(self, signed_in):
        publish()
        content = signed_in.get(CONSENT).content.decode()
        assert "Le point 4 est plus clair." in content
        assert "Texte <strong>deux</strong>" in content

    def test_agreeing_opens_the_services(self, signed_in):
        version = publish()
        assert signed_in.post(CONSENT, {"accepted": "1", "version": "2.0"}).headers["Location"] == SERVICES
        assert signed_in.get(SERVICES).status_code == 200
        assert TermsAcceptance.objects.filter(account=signed_in.account, version=version).count() == 1

    def test_without_the_tick_nothing_is_agreed(self, signed_in):
        publish()
        assert signed_in.post(CONSENT, {"version": "2.0"}).status_code == 200
        assert signed_in.get(SERVICES).headers["Location"] == CONSENT

    def test_agreeing_to_the_former_version_is_not_agreeing(self, signed_in):
        publish("2.0")
        publish("3.0")
        assert signed_in.post(CONSENT, {"accepted": "1", "version": "2.0"}).status_code == 200
        assert signed_in.get(SERVICES).headers["Location"] == CONSENT

    def test_public_pages_and_signing_out_stay_open(self, signed_in):
        publish()
        for page in ["/fr/", "/fr/terms/", "/fr/activation/"]:
            assert signed_in.get(page).status_code == 200
        assert signed_in.post("/fr/sign-out/").headers["Location"] != CONSENT

    def test_a_version_to_come_is_not_asked_for_yet(self, signed_in):
        publish(at=now() + timedelta(days=3))
        assert signed_in.get(SERVICES).status_code == 200

    def test_the_gate_costs_no_query(self, signed_in, django_assert_num_queries):
        signed_in.get(SERVICES)
        with django_assert_num_queries(1):
            signed_in.get(SERVICES)

    def test_the_question_needs_sign_in(self, client):
        assert client.get(CONSENT).headers["Location"].startswith("/fr/sign-in/")

    def test_the_question_needs_its_token(self, signed_in):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = signed_in.cookies
        assert strict.post(CONSENT, {"accepted": "1", "version": "1.0"}).status_code == 403

    def test_agreeing_is_journaled_once(self, signed_in):
        version = publish()
        for _ in range(2):
            accept_terms(actor=journal.SYSTEM, account=signed_in.account, version=version)
        events = JournalEntry.objects.filter(chain=f"person:{signed_in.account.person_id}", event="terms.accepted")
        assert events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_agreeing_in_two_tabs_counts_once():
    account, version = AccountFactory(agrees=False), TermsVersionFactory(number="7.0")
    results = at_once(*[lambda: accept_terms(actor=journal.SYSTEM, account=account, version=version)] * 4)
    assert results == [None] * 4
    assert TermsAcceptance.objects.filter(account=account, version=version).count() == 1


class TestTheCommand:
    def test_it_publishes_what_a_folder_holds(self, tmp_path, capsys):
        for language, text in BODY.items():
            (tmp_path / f"{language}.md").write_text(text)
            (tmp_path / f"changes.{language}.md").write_text(CHANGES[language])
        call_command("publish_terms", "2.0", str(tmp_path), "--by", "staff:3")

        assert current_terms().changes == CHANGES
        assert JournalEntry.objects.get(event="terms.published").actor == "staff:3"
        assert "Terms 2.0 are in force." in capsys.readouterr().out

    def test_it_says_what_is_missing(self, tmp_path):
        with pytest.raises(CommandError, match="need a text in fr, de, en"):
            call_command("publish_terms", "2.0", str(tmp_path), "--by", "staff:3")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("fr", "5. Vos données personnelles"),
        ("de", "5. Ihre personenbezogenen Daten"),
        ("en", "5. Your personal data"),
    ],
)
def test_the_part_on_personal_data_has_the_same_anchor_in_every_language(client, language, heading):
    """The footer of every page leads there."""
    page = client.get(f"/{language}/terms/").content.decode()
    assert f'id="section-5">{heading}</h' in page


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_terms_keep_to_the_apostrophe_of_the_guides(language):
    assert "’" not in (Path(terms_texts.__file__).parent / "1.0" / f"{language}.md").read_text("utf-8")
