"""The guide « Activation compte eSanté (+ mineur) », page by page and word by word: S2-01 to S2-32."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import (
    FRENCH,
    begin_activation,
    choose_channel,
    choose_password,
    fill_letter,
    open_account,
    prove_letter,
    read_captcha,
    sign_in,
    solve_captcha,
    words_in,
)
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

STEPS = [
    "Code d'activation",
    "Mot de passe",
    "Sécurisation de votre compte",
    "Autres moyens d'authentification",
    "Confirmation",
]


def sees_step(visitor: Visitor, number: int) -> None:
    """S2-13: the five steps by name, the current one marked."""
    current = visitor.page.locator("[aria-current=step]")
    expect(current).to_have_count(1)
    expect(current).to_contain_text(STEPS[number - 1])
    for name in STEPS:
        assert visitor.page.get_by_text(name).count() > 0, name


@pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
def test_the_guide_from_the_home_page_to_mes_services(
    new_visitor: NewVisitor, person: Person, outbox: Outbox, phone: bool
):
    """S2-03 to S2-31, in the guide's order."""
    visitor = new_visitor(phone=phone)

    preliminary_steps(visitor, phone=phone)
    terms_of_use(visitor)
    step_1_activation_code(visitor, person)
    step_2_password(visitor, person)
    step_3_securing_the_account(visitor, person, outbox)
    steps_4_and_5(visitor)
    signing_in_to_the_dsp(visitor, person, outbox)


def preliminary_steps(visitor: Visitor, *, phone: bool) -> None:
    """« PATIENTS », then « ACTIVATION COMPTE ESANTE »: S2-03."""
    page = visitor.page
    visitor.visit("/fr/")
    menu = re.compile("^Menu$") if phone else "PATIENTS"
    page.locator("summary").filter(has_text=menu).filter(visible=True).first.click()
    page.get_by_role("link", name="ACTIVATION COMPTE ESANTE").filter(visible=True).first.click()
    visitor.look()


def terms_of_use(visitor: Visitor) -> None:
    """S2-07 to S2-12."""
    visitor.sees_heading("ACTIVATION DE MON COMPTE ESANTÉ")
    visitor.sees_heading("PRÉ-REQUIS")
    visitor.sees("Courrier envoyé par l'Agence eSanté contenant votre code d'activation")
    visitor.sees("Votre numéro de matricule (à 11 ou 13 chiffres)")
    visitor.sees("Votre adresse email personnelle ou votre numéro de téléphone portable")
    visitor.sees(re.compile("OPTIONNEL"))
    visitor.sees_heading("Vous ne retrouvez plus votre courrier d'activation?")
    visitor.sees_heading("Des difficultés pour activer votre compte eSanté ?")
    visitor.sees(re.compile("helpdesk@esante.lu"))
    visitor.sees_heading("CONDITIONS GENERALES D'UTILISATION")
    expect(visitor.page.get_by_role("link", name="Téléchargeables en PDF en cliquant ici")).to_be_visible()
    visitor.press("Activer mon compte")  # without the box: no activation without acceptance
    visitor.sees_heading("Il y a un problème")
    visitor.choose(FRENCH.accept)
    visitor.press("Activer mon compte")


def step_1_activation_code(visitor: Visitor, person: Person) -> None:
    """S2-15 to S2-17."""
    sees_step(visitor, 1)
    visitor.sees("Avez-vous reçu votre code d'activation ?")
    fill_letter(visitor, person)
    visitor.sees("Recopiez le code affiché")
    solve_captcha(visitor)
    visitor.press("Etape suivante")


def step_2_password(visitor: Visitor, person: Person) -> None:
    """S2-18, S2-19."""
    sees_step(visitor, 2)
    visitor.fill(FRENCH.password, "court1")
    visitor.fill(FRENCH.confirmation, "court1")
    visitor.press("Etape suivante")
    visitor.sees_heading("Il y a un problème")
    expect(visitor.page.get_by_label(FRENCH.password, exact=True)).to_have_value("")
    choose_password(visitor, person)


def step_3_securing_the_account(visitor: Visitor, person: Person, outbox: Outbox) -> None:
    """S2-14, S2-20 to S2-25."""
    page = visitor.page
    sees_step(visitor, 3)
    visitor.press("Etape précédente")
    sees_step(visitor, 2)
    visitor.press("Etape suivante")  # the password is kept: it is not asked again
    expect(page.get_by_label("Mobile", exact=True)).to_be_checked()
    choose_channel(visitor, person, by="email")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Confirmation")).to_be_visible()
    domain = person.email.partition("@")[2]
    expect(dialog).to_contain_text(
        f"Le code a été envoyé à l'adresse *****@{domain}, il est valable pendant 15min. "
        "Merci de le renseigner dans le formulaire ci-dessous."
    )
    visitor.press(FRENCH.close, within=dialog)
    expect(dialog).to_have_count(0)
    visitor.sees("L'ACTIVATION DU COMPTE ESANTÉ S'EFFECTUE EN CINQ ÉTAPES")
    visitor.sees("Afin de sécuriser votre compte, veuillez saisir le code que vous venez de recevoir.")
    code = outbox.code_for(person.email)
    wrong = f"{(int(code) + 1) % 10_000_000:07}"
    visitor.fill(FRENCH.received_code, wrong)
    visitor.press("Valider")
    visitor.sees_error(FRENCH.received_code, re.compile("4 essais"))
    visitor.fill(FRENCH.received_code, code)
    visitor.press("Valider")


def steps_4_and_5(visitor: Visitor) -> None:
    """S2-26, S2-27."""
    sees_step(visitor, 4)
    visitor.sees(re.compile("pas obligatoire"))
    visitor.press("Etape suivante")
    sees_step(visitor, 5)
    visitor.sees_heading("Votre activation est terminée!")
    visitor.sees("Vous pouvez vous connecter à votre DSP.")


def signing_in_to_the_dsp(visitor: Visitor, person: Person, outbox: Outbox) -> None:
    """S2-28, S2-30, S2-31."""
    page = visitor.page
    page.get_by_role("banner").get_by_role("link", name="Connexion").click()
    visitor.look()
    page.get_by_role("main").get_by_role("link", name="PATIENT").click()
    visitor.look()
    visitor.sees(re.compile("Cliquez sur le moyen d'authentification souhaité"))
    visitor.follow("Matricule, mot de passe et code")
    visitor.fill(FRENCH.identifier, person.matricule)
    visitor.fill(FRENCH.sign_in_password, person.password)
    visitor.press("Connexion")
    visitor.fill(FRENCH.received_code, outbox.code_for(person.email))
    visitor.press("Valider")
    visitor.sees_heading("Mes services eSanté")
    visitor.sees(re.compile("Dossier de Soins Partagé"))


def test_without_scripts_the_account_opens_all_the_same(
    new_visitor: NewVisitor, person: Person, outbox: Outbox, stack: Stack
):
    """The image captcha is read; nothing else needs a script. S2-17, and the look's promise."""
    visitor = new_visitor(scripts=False)

    begin_activation(visitor)
    fill_letter(visitor, person)
    visitor.fill("Captcha *", read_captcha(stack, visitor))
    visitor.press("Etape suivante")
    choose_password(visitor, person)
    choose_channel(visitor, person, by="sms")
    visitor.fill(FRENCH.received_code, outbox.code_for(person.phone))
    visitor.press("Valider")
    visitor.press("Etape suivante")

    visitor.sees_heading("Votre activation est terminée!")
    sign_in(visitor, person, outbox)


def test_what_was_typed_is_kept_and_the_captcha_is_not_asked_twice(
    new_visitor: NewVisitor, person: Person, stack: Stack
):
    """A slip in the matricule is told beside the field; the case of the captcha does not count."""
    visitor = new_visitor()
    begin_activation(visitor)
    fill_letter(visitor, person)
    slip = person.matricule[:-1] + str((int(person.matricule[-1]) + 1) % 10)
    visitor.fill(FRENCH.matricule, slip)
    visitor.fill("Captcha *", read_captcha(stack, visitor).swapcase())

    visitor.press("Etape suivante")

    visitor.sees_error(FRENCH.matricule, re.compile("chiffre"))
    expect(visitor.page.get_by_label(FRENCH.code, exact=True)).to_have_value(person.activation_code)
    visitor.sees("Captcha : déjà confirmé")
    visitor.fill(FRENCH.matricule, person.matricule)
    visitor.press("Etape suivante")
    sees_step(visitor, 2)


def test_another_browser_takes_the_activation_over_by_proving_the_letter_again(new_visitor: NewVisitor, person: Person):
    """A session lost in the middle resumes at its step; the former browser is told."""
    first, second = new_visitor(), new_visitor(phone=True)
    begin_activation(first)
    prove_letter(first, person)
    choose_password(first, person)
    sees_step(first, 3)

    begin_activation(second)
    prove_letter(second, person)

    sees_step(second, 3)
    first.visit("/fr/activation/security/")
    sees_step(first, 1)


def test_a_letter_that_never_came_is_asked_for_with_one_answer_for_everyone(visitor: Visitor, person: Person):
    """« Avez-vous reçu votre code d'activation ? » « Non »."""
    answers = []
    for matricule in (person.matricule, "1990000000183"):
        begin_activation(visitor)
        visitor.choose("Non")
        visitor.press("Etape suivante")
        visitor.fill(FRENCH.matricule, matricule)
        solve_captcha(visitor)
        visitor.press("Demander un courrier")
        answers.append(visitor.page.get_by_role("main").inner_text())

    assert answers[0] == answers[1]


def test_a_letter_is_good_once(new_visitor: NewVisitor, person: Person, outbox: Outbox):
    """Who still holds the letter after the account was opened is sent to « Connexion »."""
    open_account(new_visitor(), person, outbox)
    late = new_visitor()

    begin_activation(late)
    prove_letter(late, person)

    late.sees("Votre compte est déjà ouvert")


@pytest.mark.parametrize(("language", "phone"), [("de", True), ("en", False)])
def test_the_same_in_german_and_in_english(
    new_visitor: NewVisitor, person: Person, outbox: Outbox, language: str, phone: bool
):
    """S2-01: the whole way in the other languages, messages included."""
    visitor = new_visitor(language=language, phone=phone)
    words = words_in(language)

    open_account(visitor, person, outbox, words, by="email")
    sign_in(visitor, person, outbox, words, by="email")

    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    assert {message["language"] for message in outbox.messages(to=person.email)} == {language}
