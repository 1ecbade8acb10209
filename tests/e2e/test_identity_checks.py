"""A secretary whose data differ, from her own device to the decision: S3-12 to S3-16, against the simulator."""

import re
from io import BytesIO

import pytest
from PIL import Image

from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.secretaries import Declared, confirm_at_luxtrust, declare_secretary, up_to_luxtrust
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")

PENDING = "Votre identité est en cours de vérification"
UNDECIDED = "Nous vérifions votre identité"
REFUSED_FOR = "Le document que vous avez envoyé n'explique pas la différence."
OVERLOOKED = "Mon acte de mariage porte les deux noms."


def test_two_members_of_staff_accept_and_she_signs_in(new_visitor: NewVisitor, stack: Stack, outbox: Outbox):
    """S3-12 to S3-15."""
    secretary, declared = new_visitor(), declare_secretary(stack, declared_as="Autrement")
    number = asks_for_a_check(secretary, outbox, declared)
    adds_her_document(secretary)

    first, second = two_deciders(new_visitor, stack, outbox)
    opens_check(first, number)
    downloads_the_document(first)
    accepts(first)
    first.sees("Vous avez décidé de cette vérification : quelqu'un d'autre doit poursuivre.")
    opens_check(second, number)
    second.does_not_see(re.compile("L'acte le montre"))  # the second opinion is one's own
    accepts(second)
    second.sees("Il n'y a plus rien à faire.")

    assert "votre identité a été confirmée" in outbox.text_for(declared.email)
    signs_in_with_luxtrust(secretary, declared)


def test_a_refused_secretary_reads_why_and_appeals(new_visitor: NewVisitor, stack: Stack, outbox: Outbox):
    """S3-16."""
    secretary, declared = new_visitor(phone=True), declare_secretary(stack, declared_as="Autrement")
    number = asks_for_a_check(secretary, outbox, declared)
    adds_her_document(secretary)

    first, second = two_deciders(new_visitor, stack, outbox)
    for member in (first, second):
        opens_check(member, number)
        refuses(member)

    told = outbox.next_message(declared.email)["text"]
    assert REFUSED_FOR in told
    secretary.visit(link_in(told))
    secretary.sees_heading("Nous n'avons pas pu confirmer votre identité")
    secretary.sees(re.compile(re.escape(REFUSED_FOR)))
    appeals(secretary)

    third = new_visitor()
    enter_desk(third, outbox, employ(stack, "identity_checks"))
    opens_check(third, number)
    third.sees(OVERLOOKED)
    opens_again(first, number)
    first.sees("Vous avez décidé de cette vérification : quelqu'un d'autre doit poursuivre.")


def asks_for_a_check(visitor: Visitor, outbox: Outbox, declared: Declared) -> str:
    """« Je confirme avoir utilisé mon dispositif personnel », and the e-mailed link. Returns the check's number."""
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/differences/")
    visitor.press("Je confirme avoir utilisé mon dispositif personnel")
    visitor.sees_heading(PENDING)
    visitor.visit(outbox.link_for(declared.email))
    visitor.sees_heading(UNDECIDED)
    found = re.search(r"IV-\w{4}-\w{4}", visitor.page.locator("main").inner_text())
    assert found
    return found.group()


def adds_her_document(visitor: Visitor) -> None:
    visitor.press("Ajouter le document")
    visitor.sees_heading("Il y a un problème")
    visitor.page.get_by_label(re.compile("^Quel document")).select_option(label="Acte de mariage")
    picture = BytesIO()
    Image.new("RGB", (300, 200), "white").save(picture, "PNG")
    file = {"name": "acte.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    visitor.page.locator("main input[type=file]").set_input_files([file])
    visitor.press("Ajouter le document")
    visitor.sees(re.compile(r"Acte de mariage \(PNG\)"))


def two_deciders(new_visitor: NewVisitor, stack: Stack, outbox: Outbox) -> tuple[Visitor, Visitor]:
    first, second = new_visitor(), new_visitor()
    for member in (first, second):
        enter_desk(member, outbox, employ(stack, "identity_checks"))
    return first, second


def opens_check(visitor: Visitor, number: str) -> None:
    opens_again(visitor, number)
    visitor.press("Prendre cette vérification")


def opens_again(visitor: Visitor, number: str) -> None:
    visitor.visit("/fr/desk/identity-checks/")
    visitor.page.get_by_label(re.compile("^Numéro ou matricule")).fill(number)
    visitor.press("Rechercher")
    if visitor.page.get_by_role("heading", level=1).inner_text().strip() != number:
        visitor.follow(number)
    visitor.sees_heading(number, level=1)


def downloads_the_document(visitor: Visitor) -> None:
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Acte de mariage").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def accepts(visitor: Visitor) -> None:
    visitor.press("Décider")
    visitor.sees_heading("Il y a un problème")
    visitor.choose("Accepter : c'est la même personne")
    visitor.page.get_by_label(re.compile(r"^Pourquoi \?( \*)?$")).select_option(
        label="Les documents expliquent la différence"
    )
    visitor.page.get_by_label(re.compile("^Note pour les collègues")).fill("L'acte le montre.")
    visitor.press("Décider")


def refuses(visitor: Visitor) -> None:
    visitor.choose("Refuser")
    visitor.page.get_by_label(re.compile(r"^Pourquoi \? Le demandeur le lit")).select_option(label=REFUSED_FOR)
    visitor.press("Décider")


def appeals(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Contester le refus").click()
    visitor.look()
    visitor.press("Envoyer mon recours")
    visitor.sees_heading("Il y a un problème")
    visitor.page.get_by_label(re.compile("^Pourquoi n'êtes-vous pas d'accord")).fill(OVERLOOKED)
    visitor.press("Envoyer mon recours")
    visitor.sees_heading("Nous réexaminons votre vérification")


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+", text)
    assert found
    return found.group()


def signs_in_with_luxtrust(visitor: Visitor, declared: Declared) -> None:
    """S3-15."""
    visitor.visit("/fr/sign-in/professional/")
    visitor.page.get_by_role("button", name="Connexion", exact=True).filter(visible=True).last.click()
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()
    confirm_at_luxtrust(visitor, declared, "/fr/services/")
    visitor.sees_heading("Mes services eSanté")
    visitor.visit("/fr/my-mandates/")
    visitor.sees_heading("Mes mandats")
