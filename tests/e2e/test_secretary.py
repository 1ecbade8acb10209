"""Guide « secrétaire »: S3-01 to S3-17, against the LuxTrust simulator over HTTP."""

import re
from collections.abc import Callable
from functools import partial

import pytest

from gesond.identity.tests.factories import matricule_for
from tests.e2e.conftest import NewVisitor
from tests.e2e.people import FAMILY_NAMES, letters_of
from tests.e2e.secretaries import (
    MATRICULE,
    Declared,
    confirm_at_luxtrust,
    declare_secretary,
    goes_to_luxtrust,
    types_matricule,
    up_to_luxtrust,
)
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")
SOMEBODY_ELSE = "1931031412092"


@pytest.fixture
def declare(stack: Stack) -> Callable[..., Declared]:
    """Makes a professional declare somebody, under her own name or another."""
    return partial(declare_secretary, stack)


@pytest.fixture(params=[False, True], ids=["computer", "phone"])
def phone(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_the_process_is_explained(visitor: Visitor):
    """S3-01 to S3-05"""
    visitor.visit("/fr/secretary/")
    visitor.sees("Ce processus commence obligatoirement par une déclaration faite par un professionnel de santé.")
    visitor.sees("Il est obligatoire de disposer d'un dispositif LuxTrust pour pouvoir créer un compte eSanté.")


def test_matching_data_create_the_account_at_once(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-05 to S3-11, S3-15"""
    visitor, declared = new_visitor(phone=phone), declare()
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/done/")
    visitor.sees_heading("Votre compte est créé")
    assert "Votre compte eSanté est créé" in outbox.text_for(declared.email)


def test_another_matricule_leads_to_the_doctor_and_not_to_luxtrust(visitor: Visitor, outbox, declare):
    """S3-06 to S3-08: thirteen digits, the tries that are left, and a new declaration once they are used up."""
    declared = declare()
    link = outbox.link_for(declared.email)
    visitor.visit(link)
    visitor.press("Etape suivante")  # the terms, without the tick
    visitor.sees_heading("Il y a un problème")
    visitor.page.locator("main input[type=checkbox]").check()
    visitor.press("Etape suivante")
    types_matricule(visitor, declared.matricule[:11])
    visitor.sees_error(MATRICULE, "Un matricule a 13 chiffres ; vous en avez saisi 11.")
    for left in ("4 essais", "3 essais", "2 essais", "1 essai"):
        types_matricule(visitor, SOMEBODY_ELSE)
        visitor.sees_error(
            MATRICULE, re.compile(f"veuillez contacter le médecin vous ayant déclaré.*Il vous reste {left}")
        )
    visitor.tolerate("/fr/secretary/matricule/")
    types_matricule(visitor, SOMEBODY_ELSE)
    visitor.sees_heading("Le matricule ne correspond pas")
    visitor.sees(re.compile("Il faudra qu'il effectue une nouvelle déclaration avec votre matricule."))
    visitor.visit(link, status=410)


def test_a_refusal_of_luxtrust_leads_back_to_the_last_step(visitor: Visitor, outbox, declare):
    """S3-04, S3-10: nothing goes on without it; another device may be tried."""
    declared = declare()
    up_to_luxtrust(visitor, outbox, declared)
    visitor.page.get_by_role("button", name="Annuler", exact=True).click()
    visitor.page.get_by_role("heading", name="LuxTrust n'a pas abouti").wait_for()
    visitor.look()
    visitor.does_not_see("Continuer sans LuxTrust")
    visitor.follow("Revenir à la page précédente")
    visitor.sees("Choisissez votre type de dispositif LuxTrust et suivez les étapes habituelles.")
    goes_to_luxtrust(visitor)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/done/")
    visitor.sees_heading("Votre compte est créé")


def test_differing_data_are_checked_by_hand(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-12, S3-13"""
    visitor, declared = new_visitor(phone=phone), declare(declared_as="Autrement")
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/differences/")
    visitor.sees("Autrement")
    visitor.press("Je confirme avoir utilisé mon dispositif personnel")
    visitor.sees_heading("Votre identité est en cours de vérification")
    visitor.sees(re.compile("Ce processus n'est pas immédiat"))
    assert outbox.text_for(declared.email)


def test_a_professional_declares_sends_another_link_and_withdraws(new_visitor: NewVisitor, stack: Stack, outbox):
    """S3-02, S3-03, S3-17: declared with LuxTrust by the professional alone; a link ends with the next one."""
    doctor, secretary = new_visitor(), new_visitor(phone=True)
    enters_with_luxtrust(doctor, "Sylvie Modell")
    email = declares_somebody(doctor, stack.number())
    first = outbox.link_for(email)
    secretary.visit(first)
    secretary.sees_heading("Conditions Générales d'Utilisation (CGU)")

    doctor.press(re.compile("^Envoyer un autre lien Rita"))
    second = outbox.link_for(email)
    secretary.visit(first, status=410)
    secretary.sees_heading("Ce lien n'est plus valable")
    secretary.visit(second)
    secretary.sees_heading("Conditions Générales d'Utilisation (CGU)")

    doctor.press(re.compile("^Retirer Rita"))
    secretary.visit(second, status=410)
    secretary.does_not_see("Vérification de votre matricule")


def enters_with_luxtrust(visitor: Visitor, name: str) -> None:
    visitor.visit("/fr/sign-in/professional/")
    visitor.page.locator("main").get_by_role("button", name="Connexion", exact=True).click()
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()
    visitor.choose("Token")
    visitor.page.get_by_label(re.compile(f"^{name}")).check()
    visitor.page.get_by_role("button", name="Confirmer", exact=True).click()
    visitor.page.wait_for_url("**/services/")
    visitor.look()


def declares_somebody(doctor: Visitor, number: int) -> str:
    """« Mes secrétaires », « Déclarer une secrétaire ». Returns the address that the link goes to."""
    email = f"rita.declared.{number}@example.lu"
    doctor.follow("Mes secrétaires", within=doctor.page.locator("main"))
    doctor.press("Déclarer une secrétaire")
    doctor.fill("Nom *", FAMILY_NAMES["secretary"] + letters_of(number))
    doctor.fill("Prénoms *", "Rita")
    doctor.fill("Matricule *", matricule_for(number, year=1988))
    doctor.fill("Adresse e-mail *", email)
    doctor.choose("Agenda")
    doctor.press("Déclarer et envoyer le lien")
    doctor.is_at("/fr/my-secretaries/")
    doctor.sees(email)
    return email
