"""Letters for professionals: their own words, code and door (S1-08, S1-09)."""

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from gesond.directory.models import ProfessionalRecord
from gesond.directory.tests.factories import ProfessionalFactory
from gesond.identity.actions.letter_requests import request_letter, resolve_request
from gesond.identity.actions.letters import LetterError, issue_activation_code, issue_letter, issue_letters
from gesond.identity.letters.selection import REQUESTED, LetterSelection
from gesond.identity.models import ActivationCode, LetterBatch, LetterRequest
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.walking import VISITOR, post_letter
from gesond.kernel.identifiers import parse_matricule
from gesond.kernel.journal import SYSTEM

pytestmark = pytest.mark.django_db
DOOR = "professional"
SELECTION = LetterSelection(door=DOOR)


@pytest.fixture(autouse=True)
def spool(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, letter_spool=tmp_path))
    return tmp_path


def text_of_letter(spool: Path) -> str:
    (path,) = spool.rglob("*.pdf")
    return " ".join(PdfReader(path).pages[0].extract_text().split())


class TestTheLetter:
    def test_it_names_the_professional_s_steps_and_address_in_their_order_s1_04(self, spool):
        professional = ProfessionalFactory()
        issue_letter(person=professional.person, actor=SYSTEM, door=DOOR)
        text = text_of_letter(spool)
        assert "Votre code pour activer votre compte eSanté professionnel" in text
        assert "/fr/professional/activation/" in text
        names = ["Associer un produit LuxTrust", "Code d'activation —", "Informations personnelles"]
        names += ["Sécurisation du compte", "Confirmation —"]
        plain = text.replace("’", "'")
        places = [plain.index(name) for name in names]
        assert places == sorted(places)
        assert "mot de passe" not in text.casefold()

    @pytest.mark.parametrize(("language", "words"), [("de", "Gesundheitsfachkraft"), ("en", "health professional")])
    def test_it_speaks_the_person_s_language(self, spool, language, words):
        professional = ProfessionalFactory(person__language=language)
        issue_letter(person=professional.person, actor=SYSTEM, door=DOOR)
        assert words in text_of_letter(spool)
        assert f"/{language}/professional/activation/" in text_of_letter(spool)

    def test_it_is_one_page(self, spool):
        for language in ("fr", "de", "en"):
            issue_letter(person=ProfessionalFactory(person__language=language).person, actor=SYSTEM, door=DOOR)
        assert [len(PdfReader(path).pages) for path in spool.rglob("*.pdf")] == [1, 1, 1]

    def test_its_code_is_of_its_door(self):
        professional = ProfessionalFactory()
        issue_letter(person=professional.person, actor=SYSTEM, door=DOOR)
        assert ActivationCode.objects.get().door == DOOR


class TestTwoDoors:
    def test_neither_letter_cancels_the_other(self):
        person = ProfessionalFactory().person
        patient = issue_activation_code(person=person, actor=SYSTEM)
        professional = issue_activation_code(person=person, actor=SYSTEM, door=DOOR)
        again = issue_activation_code(person=person, actor=SYSTEM)
        states = dict(ActivationCode.objects.values_list("pk", "state"))
        assert states == {patient.row.pk: "cancelled", professional.row.pk: "live", again.row.pk: "live"}

    def test_a_letter_closes_the_request_of_its_door_only(self):
        person = ProfessionalFactory().person
        for door in ("patient", DOOR):
            LetterRequest.objects.create(
                matricule=person.matricule,
                matricule_hash=person.matricule_hash,
                language="fr",
                person=person,
                door=door,
            )
        issue_activation_code(person=person, actor=SYSTEM, door=DOOR)
        assert dict(LetterRequest.objects.values_list("door", "state")) == {"patient": "open", DOOR: "letter_issued"}


class TestWhomItIsFor:
    def test_professionals_in_force_without_the_door_and_without_a_live_letter_s1_09(self):
        due = ProfessionalFactory().person
        patient_letter = ProfessionalFactory().person
        post_letter(1, person=patient_letter)
        has_letter = ProfessionalFactory().person
        post_letter(2, person=has_letter, door=DOOR)
        AccountFactory(person=ProfessionalFactory().person, doors=["patient", DOOR])
        patient_account = ProfessionalFactory().person
        AccountFactory(person=patient_account)
        ProfessionalFactory(record__valid_to=date(2021, 1, 1))
        PersonFactory()
        assert set(SELECTION.persons()) == {due, patient_letter, patient_account}

    def test_who_left_the_directory_gets_none_even_when_chosen(self):
        professional = ProfessionalFactory(record=None)
        with pytest.raises(LetterError):
            issue_letter(person=professional.person, actor=SYSTEM, door=DOOR)

    def test_a_batch_goes_on_where_it_stopped_without_those_who_left_meanwhile(self):
        staying, leaving = ProfessionalFactory(), ProfessionalFactory()
        batch = LetterBatch.objects.create(created_by="system", selection=SELECTION.to_json(), requested=2)
        ProfessionalRecord.objects.filter(professional=leaving).delete()
        call_command("issue_letters", resume=True, stdout=StringIO())
        batch.refresh_from_db()
        assert batch.printed == 1
        assert ActivationCode.objects.get().person == staying.person

    def test_the_command_prints_them(self):
        ProfessionalFactory()
        PersonFactory()
        call_command("issue_letters", professionals=True, stdout=(said := StringIO()))
        assert re.search(r"1 of 1 letters", said.getvalue())
        assert ActivationCode.objects.get().door == DOOR

    def test_the_command_asks_whom(self):
        with pytest.raises(CommandError, match="say whom"):
            call_command("issue_letters")

    def test_a_secretary_is_due_a_patient_s_letter(self):
        account = AccountFactory(doors=["secretary"])
        assert account.person in LetterSelection().persons()


class TestARequest:
    def ask(self, matricule):
        request_letter(actor=VISITOR, matricule=parse_matricule(matricule, accept_short=True), language="fr", door=DOOR)
        return resolve_request(actor=SYSTEM, request_id=LetterRequest.objects.latest("pk").pk)

    def test_a_professional_s_is_kept_open_and_printed_with_the_others(self):
        person = ProfessionalFactory().person
        post_letter(person=person)  # a patient's, still in the post
        assert self.ask(person.matricule).state == "open"
        batch = issue_letters(actor=SYSTEM, selection=LetterSelection(kind=REQUESTED, door=DOOR))
        assert batch.printed == 1
        assert LetterRequest.objects.get().state == "letter_issued"

    def test_who_is_no_professional_is_refused_in_silence(self):
        request = self.ask(PersonFactory().matricule)
        assert (request.state, request.reason) == ("refused", "not_entitled")

    def test_a_patient_s_account_does_not_stand_in_the_way(self):
        person = ProfessionalFactory().person
        AccountFactory(person=person)
        assert self.ask(person.matricule).state == "open"
