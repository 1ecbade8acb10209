"""Letters that only tell: what they say, where they lie, and what happens when one cannot be printed."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest

from gesond.identity.actions.posted_notices import post_notice, print_lost, print_notice
from gesond.identity.letters.notice_spool import notice_folder
from gesond.identity.letters.notices import notice_pdf
from gesond.identity.models import PostedNotice
from gesond.identity.tests.assisted_steps import events_of
from gesond.identity.tests.factories import PersonFactory, matricule_for
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM

pytestmark = pytest.mark.django_db
KIND = PostedNotice.Kind.OPENED_WITH_HELP


@pytest.fixture(autouse=True)
def spool(tmp_path, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, letter_spool=tmp_path / "spool")
    return tmp_path / "spool"


def text_of(person) -> str:
    pdf = notice_pdf(person, reference="N-7", happened_at=now(), made_at=now())
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("language", "asked", "helped"),
    [
        ("fr", "Ce n'était pas vous ?", "avec l'aide de notre Helpdesk"),
        ("de", "Waren Sie es nicht?", "mit Hilfe unseres Helpdesks"),
        ("en", "Was it not you?", "with the help of our helpdesk"),
    ],
)
def test_it_says_what_happened_and_what_to_do_if_it_was_not_them(language, asked, helped):
    person = PersonFactory(language=language, family_name="Exemple")
    text = text_of(person)
    assert asked in text
    assert helped in text
    assert "(+352) 27 12 50 18 33" in text
    assert person.full_name in text
    assert person.matricule not in text


def test_a_childs_goes_to_the_legal_representatives():
    child = PersonFactory(matricule=matricule_for(78, year=now().year - 9))
    assert "Aux représentants légaux de" in text_of(child)


def test_it_lies_in_the_spool_with_its_manifest_for_its_owner_alone():
    notice = post_notice(person=PersonFactory(), kind=KIND)
    print_notice(actor=SYSTEM, notice_id=notice.pk)
    folder = notice_folder(notice)
    manifest = json.loads((folder / "manifest.json").read_text())
    letter = manifest["letters"][0]
    assert (manifest["notice"], manifest["count"], manifest["pages"]) == (notice.pk, 1, 1)
    content = (folder / letter["file"]).read_bytes()
    assert letter["sha256"] == hashlib.sha256(content).hexdigest()
    assert (folder / letter["file"]).stat().st_mode & 0o777 == 0o600
    assert "notice.printed" in events_of(notice.person)


def test_printing_twice_is_told_once():
    notice = post_notice(person=PersonFactory(), kind=KIND)
    print_notice(actor=SYSTEM, notice_id=notice.pk)
    print_notice(actor=SYSTEM, notice_id=notice.pk)
    assert events_of(notice.person) == ["notice.printed"]


def test_a_name_that_cannot_be_printed_is_written_down_and_harms_no_other():
    bad = post_notice(person=PersonFactory(family_name="𓀀𓀁"), kind=KIND)
    nowhere = post_notice(person=PersonFactory(address=None), kind=KIND)
    good = post_notice(person=PersonFactory(), kind=KIND)
    PostedNotice.objects.update(happened_at=now() - timedelta(minutes=11))
    assert print_lost(actor=SYSTEM) == 3
    problems = dict(PostedNotice.objects.values_list("pk", "problem"))
    assert problems == {bad.pk: "a name that cannot be printed", nowhere.pk: "no address", good.pk: ""}
    assert print_lost(actor=SYSTEM) == 0


def test_a_notice_whose_job_may_still_run_is_left_alone():
    post_notice(person=PersonFactory(), kind=KIND)
    assert print_lost(actor=SYSTEM) == 0
