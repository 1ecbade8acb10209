"""« Trouver un professionnel », with the demo's professionals."""

import pytest

from tests.e2e.conftest import NewVisitor

EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
WITH_AND_WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@EVERY_SCREEN
@WITH_AND_WITHOUT_SCRIPTS
def test_somebody_finds_a_cardiologist_and_calls(new_visitor: NewVisitor, phone, scripts):
    visitor = new_visitor(phone=phone, scripts=scripts)
    visitor.visit("/fr/directory/")
    visitor.sees_heading("Trouver un professionnel", level=1)
    visitor.look()

    visitor.fill("Nom", "echant")
    visitor.page.get_by_label("Profession ou spécialité").select_option("Médecin spécialiste – Cardiologie")
    visitor.fill("Localité ou code postal", "Ettel")
    visitor.press("Rechercher")

    visitor.sees_heading("1 professionnel trouvé")
    visitor.sees("Hôpital du Spécimen")
    visitor.sees("Cabinet de l'Échantillon")
    visitor.look()
    visitor.follow("Dr Marc Échantillon")
    visitor.sees_heading("Dr Marc Échantillon", level=1)
    visitor.sees("Cardiologie, Médecine interne")
    visitor.sees("Lieu d'exercice principal")
    visitor.look()


def test_somebody_finds_nobody_and_reads_what_to_do(new_visitor: NewVisitor):
    visitor = new_visitor()
    visitor.visit("/fr/directory/?name=personne")
    visitor.sees("Aucun professionnel trouvé")
    visitor.look()
    visitor.follow("Commencer une nouvelle recherche")
    visitor.is_at("/fr/directory/")


def test_somebody_finds_a_pharmacy(new_visitor: NewVisitor):
    visitor = new_visitor(phone=True)
    visitor.visit("/fr/directory/")
    visitor.follow("Pharmacies, laboratoires et établissements")
    visitor.page.get_by_label("Type").select_option("Pharmacie")
    visitor.fill("Localité ou code postal", "4010")
    visitor.press("Rechercher")
    visitor.sees_heading("1 établissement trouvé")
    visitor.look()
    visitor.follow("Pharmacie de l'Exemple")
    visitor.sees("Nadine Modèle")
    visitor.look()


def test_what_was_typed_wrong_is_told_beside_the_field(new_visitor: NewVisitor):
    visitor = new_visitor()
    visitor.visit("/fr/directory/?name=!!!")
    visitor.sees_error("Nom", "Écrivez au moins une lettre ou un chiffre.")
    visitor.look()
