"""The applicant's pages of an identity check (S3-13, S3-14, S3-16)."""

from datetime import timedelta
from html import unescape
from unittest.mock import patch

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gesond.identity.models import IdentityCheck, IdentityCheckLink
from gesond.identity.tests.check_steps import (
    A_PDF,
    EMAIL,
    MISSPELT,
    PAGE,
    a_check,
    a_file,
    a_picture,
    link_in,
    said,
    staff,
)
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db
CARD = {"document": "identity_card_front"}


@pytest.fixture
def opened(client, sent_messages):
    """Opens a check, and its link in `client`."""

    def open_one(**facts) -> IdentityCheck:
        check = a_check(**facts)
        client.get(link_in(sent_messages(to=EMAIL)[-1]))
        return check

    return open_one


def text_of(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def send(client: Client, *files: SimpleUploadedFile, **typed):
    return client.post(PAGE, {**CARD, **typed, "copies": list(files)})


def test_the_link_of_the_mail_leads_to_an_address_without_secret(client, sent_messages):
    check = a_check()
    link = link_in(sent_messages(to=EMAIL)[-1])
    assert client.get(link)["Location"] == PAGE
    page = text_of(client.get(PAGE))
    assert check.number in page
    assert "Muller" in page
    assert "Weber" in page
    assert link.split("/")[-2] not in page


def test_the_link_can_be_opened_again(opened, client, sent_messages):
    opened()
    assert Client().get(link_in(sent_messages(to=EMAIL)[-1])).status_code == 302


def test_only_the_hash_of_a_links_secret_is_kept(sent_messages):
    a_check()
    token = link_in(sent_messages(to=EMAIL)[-1]).split("/")[-2]
    assert token.encode() not in bytes(IdentityCheckLink.objects.get().token_hash)
    assert len(token) >= 43


@pytest.mark.parametrize("path", [PAGE, PAGE + "withdraw/", PAGE + "appeal/", PAGE + "link/made-up/"])
def test_without_the_link_there_is_nothing_to_see(client, path):
    a_check()
    answer = client.get(path)
    assert answer.status_code == 410
    assert "Ce lien n'est plus valable" in text_of(answer)


def test_a_link_expires(sent_messages):
    a_check()
    link = link_in(sent_messages(to=EMAIL)[-1])
    with time_machine.travel(now() + timedelta(days=91)):
        assert Client().get(link).status_code == 410


def test_one_applicant_never_sees_the_check_of_another(client, opened, sent_messages):
    mine = opened()
    other = a_check(email="zoe@example.lu")
    page = text_of(client.get(PAGE))
    assert mine.number in page
    assert other.number not in page
    send(client, a_file())
    assert (mine.evidence.count(), other.evidence.count()) == (1, 0)


def test_a_photograph_and_a_pdf_are_received(client, opened):
    check = opened()
    answer = send(client, a_file("recto.jpg"), a_file("acte.pdf", A_PDF))
    assert answer["Location"] == PAGE
    assert "nous avons bien reçu votre document" in text_of(client.get(PAGE))
    assert sorted(check.evidence.values_list("format", flat=True)) == ["jpeg", "pdf"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html><script>alert(1)</script></html>", "n'est ni un PDF, ni un JPEG, ni un PNG"),
        (b"<svg onload='alert(1)'/>", "n'est ni un PDF, ni un JPEG, ni un PNG"),
        (b"\xff\xd8\xffscript", "est illisible"),
        (b"", "est vide"),
    ],
)
def test_a_hostile_file_is_refused_beside_its_field_and_nothing_kept(client, opened, content, says):
    check = opened()
    page = text_of(send(client, a_file("card.jpg", content)))
    assert f"card.jpg {says}" in page
    assert not check.evidence.exists()


def test_a_file_name_is_never_markup(client, opened):
    opened()
    answer = send(client, a_file("<img src=x onerror=alert(1)>.jpg", b"nothing"))
    assert b"<img src=x" not in answer.content


def test_too_large_a_file_is_refused_beside_its_field(client, opened):
    check = opened()
    page = text_of(send(client, a_file("long.pdf", A_PDF + b"\0" * (5 * 1024 * 1024))))
    assert "long.pdf est trop lourd" in page
    assert not check.evidence.exists()


def test_a_huge_body_is_refused_unread(client, opened):
    opened()
    with patch("django.http.multipartparser.ChunkIter.__next__", side_effect=AssertionError("it was read")):
        answer = client.post(
            PAGE, data=b"--x\r\n", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**10)
        )
    assert answer.status_code == 413
    assert "Les fichiers sont trop lourds" in text_of(answer)


def test_a_stranger_fills_neither_memory_nor_disk():
    with patch("gesond.web.uploads.LimitedFiles.new_file", side_effect=AssertionError("it was read")):
        assert Client().post(PAGE, {**CARD, "copies": [a_file()]}).status_code == 410
        large = SimpleUploadedFile("a.pdf", b"a" * 2_000_000)
        assert Client().post(PAGE, {**CARD, "copies": [large]}).status_code == 410


def test_the_form_still_asks_for_its_token(opened, sent_messages):
    check = opened()
    strict = Client(enforce_csrf_checks=True)
    strict.get(link_in(sent_messages(to=EMAIL)[-1]))
    assert send(strict, a_file()).status_code == 403
    assert not check.evidence.exists()


def test_many_sendings_in_an_hour_have_to_wait(client, opened):
    opened()
    answers = [send(client, a_file("a.jpg", b"nothing")).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    with time_machine.travel(now() + timedelta(minutes=61)):
        opened()


def test_the_kind_of_document_is_asked_for(client, opened):
    opened()
    assert "Choisissez de quel document il s'agit." in text_of(send(client, a_file(), document=""))


def test_withdrawing_asks_first_and_then_is_done(client, opened):
    check = opened()
    assert "Retirer votre vérification ?" in text_of(client.get(PAGE + "withdraw/"))
    assert IdentityCheck.objects.get(pk=check.pk).state == "open"
    page = client.post(PAGE + "withdraw/", follow=True)
    assert "Vous avez retiré votre vérification" in text_of(page)
    send(client, a_file())
    assert not check.evidence.exists()


def test_a_refusal_shows_its_reason_and_can_be_contested_once(client, opened):
    check = opened(proved=MISSPELT)
    said(check, staff(), accepted=False, words="Il manque le verso.")
    page = text_of(client.get(PAGE))
    assert "les deux noms ne sont pas ceux d'une même personne. Il manque le verso." in page
    assert "Contester le refus" in page
    assert "Dites pourquoi vous n'êtes pas d'accord." in text_of(client.post(PAGE + "appeal/", {"reasons": " "}))
    page = text_of(client.post(PAGE + "appeal/", {"reasons": "C'est mon nom."}, follow=True))
    assert "Nous réexaminons votre vérification" in page
    said(check, staff(), accepted=False)
    page = text_of(client.get(PAGE))
    assert "Cette réponse est définitive" in page
    assert "Contester" not in page
    assert client.post(PAGE + "appeal/", {"reasons": "Encore."})["Location"] == PAGE


def test_an_accepted_check_says_so(client, opened):
    check = opened(proved=MISSPELT)
    said(check, staff(), accepted=True)
    assert "Votre identité est confirmée" in text_of(client.get(PAGE))


def test_a_check_that_takes_longer_says_so(client, opened):
    opened()
    IdentityCheck.objects.update(opened_at=now() - timedelta(days=20), due_at=now() - timedelta(days=10))
    assert "C'est plus long que prévu" in text_of(client.get(PAGE))


def test_the_page_asks_a_constant_number_of_queries(client, opened, django_assert_num_queries):
    opened()
    send(client, *(a_file(f"{n}.jpg", a_picture(size=(60 + n, 40))) for n in range(4)))
    client.get(PAGE)
    with django_assert_num_queries(3):
        client.get(PAGE)
