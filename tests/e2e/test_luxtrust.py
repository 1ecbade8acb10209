"""LuxTrust over HTTP, against the simulator: associated, deleted, and every failure calm (S1-06, S1-23, S2-26)."""

import http.client
import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tests.e2e.accessibility import violations
from tests.e2e.accounts import Holder, open_account_for_somebody
from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import begin_activation, choose_channel, choose_password, prove_letter
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person
from tests.e2e.stack import Stack
from tests.e2e.test_account import EVERY_SCREEN, SERVICES, TAB, code_to, type_code
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")

WALK = "/fr/luxtrust/"
NOT_ANSWERING = "LuxTrust ne répond pas pour le moment."
TOO_LATE = "La réponse de LuxTrust est arrivée trop tard ou avait déjà servi."
NOT_TRUSTED = re.compile("Nous n'avons pas pu vérifier la réponse")
HOLD_PRODUCT = """
from gesond.demo.models import DemoPerson
from gesond.identity.models import Person
from gesond.kernel.hashing import keyed_hashes
found = Person.objects.get(matricule_hash__in=keyed_hashes("{matricule}", purpose="person.matricule"))
DemoPerson.objects.create(key="{key}", person=found, role="", hint="", luxtrust_subject="{subject}")
"""


@pytest.fixture
def holder(stack: Stack) -> Holder:
    return open_account_for_somebody(stack, luxtrust=True)


@pytest.fixture
def provider(stack: Stack, luxtrust: None) -> Iterator["Switches"]:
    switches = Switches(stack)
    yield switches
    switches.press("up")


class Switches:
    """What breaks the simulator, over HTTP."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def press(self, name: str) -> None:
        urllib.request.urlopen(f"{self._stack.simulator}/simulator/{name}", data=b"", timeout=10).close()

    def let_time_pass(self) -> None:
        """What was heard of the provider a moment ago is old."""
        aged = (
            "from gesond.identity.models import LuxTrustProvider as P; P.objects.update(fetched_at='2026-01-01T00:00Z')"
        )
        self._stack.run(aged)


def sign_in(visitor: Visitor, outbox: Outbox, holder: Holder) -> None:
    visitor.visit("/fr/sign-in/patient/password/")
    visitor.page.get_by_label(re.compile("^Matricule")).fill(holder.matricule)
    visitor.page.get_by_label(re.compile("^Mot de passe")).fill(holder.password)
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.look()
    type_code(visitor, code_to(outbox, holder.phone))
    visitor.is_at(SERVICES)


def go_to_luxtrust(visitor: Visitor) -> None:
    """« Associer un produit LuxTrust », « Connexion », and the provider's page opens by itself."""
    visitor.visit(TAB)
    visitor.follow("Associer un produit LuxTrust")
    visitor.page.get_by_role("button", name="Connexion", exact=True).click()
    at_luxtrust(visitor)


def at_luxtrust(visitor: Visitor) -> None:
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()
    visitor.sees_heading("Qui êtes-vous ?")


def answer(visitor: Visitor, holder: Holder | Person, button: str = "Confirmer", *, device: str = "Token") -> None:
    visitor.choose(device)
    visitor.page.get_by_label(re.compile(f"^{holder.name}")).check()
    if button not in {"Confirmer", "Annuler", "Refuser"}:
        visitor.page.get_by_text("Faire échouer").click()
    visitor.page.get_by_role("button", name=button, exact=True).click()


def is_back_at(visitor: Visitor, path: str) -> None:
    visitor.page.wait_for_url(f"**{path}")
    visitor.look()


@EVERY_SCREEN
def test_a_person_associates_products_names_and_deletes_them(new_visitor: NewVisitor, outbox, holder, phone):
    """S1-06, S1-23."""
    visitor = new_visitor(phone=phone)
    sign_in(visitor, outbox, holder)
    for device in ("Token", "Carte d'identité électronique"):
        go_to_luxtrust(visitor)
        answer(visitor, holder, device=device)
        is_back_at(visitor, TAB)
    visitor.sees("« LuxTrust » a été associé. Vous pouvez désormais vous connecter avec ce produit.")
    assert "LuxTrust Token" in outbox_text(outbox, holder)

    visitor.follow(re.compile("^Modifier LuxTrust Token"))
    visitor.page.get_by_label(re.compile("^Nom de ce produit")).fill("Token du cabinet")
    visitor.press("Enregistrer")
    visitor.follow(re.compile("^Supprimer Token du cabinet"))
    visitor.press("Supprimer le produit LuxTrust")
    visitor.sees("Le produit LuxTrust a été supprimé de votre compte.")
    visitor.does_not_see("Token du cabinet")


def outbox_text(outbox: Outbox, holder: Holder) -> str:
    """The first notice to the person's telephone; codes came before."""
    while True:
        text = outbox.text_for(holder.phone)
        if "associé" in text:
            return text


def test_without_scripts_the_pages_go_on_by_themselves(new_visitor: NewVisitor, outbox, holder, provider):
    visitor = new_visitor(scripts=False)
    sign_in(visitor, outbox, holder)
    provider.let_time_pass()
    go_to_luxtrust(visitor)
    answer(visitor, holder)
    is_back_at(visitor, TAB)
    visitor.sees("« LuxTrust Token » a été associé.")


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Refuser", "LuxTrust n'a pas confirmé votre identité."),
        ("Annuler", "Vous avez annulé chez LuxTrust."),
        ("Pas de réponse à temps", NOT_ANSWERING),
        ("Service indisponible", NOT_ANSWERING),
        ("Jeton d'un autre client", NOT_TRUSTED),
        ("Jeton périmé", TOO_LATE),
        ("Code utilisé deux fois", TOO_LATE),
        ("Signature fausse", NOT_TRUSTED),
        ("Réponse à une autre question", NOT_TRUSTED),
        ("Réponse d'un autre fournisseur", NOT_TRUSTED),
        ("Niveau de garantie trop faible", "Ce moyen LuxTrust n'est pas assez sûr pour nos services."),
    ],
)
def test_every_failure_ends_on_a_calm_page_from_which_one_goes_on(visitor: Visitor, outbox, holder, button, said):
    sign_in(visitor, outbox, holder)
    go_to_luxtrust(visitor)
    answer(visitor, holder, button)
    visitor.page.get_by_role("heading", name="LuxTrust n'a pas abouti").wait_for(timeout=30_000)
    visitor.look()
    visitor.sees(said if isinstance(said, re.Pattern) else re.compile(re.escape(said)))
    visitor.page.get_by_role("button", name="Réessayer", exact=True).click()
    at_luxtrust(visitor)
    answer(visitor, holder, "Annuler")
    is_back_at(visitor, WALK)
    visitor.follow("Continuer sans LuxTrust")
    visitor.is_at(TAB)


def test_a_provider_that_is_down_is_told_of_on_our_page(visitor: Visitor, outbox, holder, provider):
    sign_in(visitor, outbox, holder)
    provider.press("down")
    provider.let_time_pass()
    visitor.visit(TAB)
    visitor.follow("Associer un produit LuxTrust")
    visitor.page.get_by_role("button", name="Connexion", exact=True).click()
    visitor.page.get_by_role("heading", name="LuxTrust n'a pas abouti").wait_for()
    visitor.look()
    visitor.sees(re.compile(re.escape(NOT_ANSWERING)))
    provider.press("up")
    visitor.page.get_by_role("button", name="Réessayer", exact=True).click()
    at_luxtrust(visitor)
    answer(visitor, holder)
    is_back_at(visitor, TAB)


def test_new_keys_of_the_provider_are_followed(visitor: Visitor, outbox, holder, provider):
    sign_in(visitor, outbox, holder)
    go_to_luxtrust(visitor)
    provider.press("rotate")
    answer(visitor, holder)
    is_back_at(visitor, TAB)
    visitor.sees("« LuxTrust Token » a été associé.")


def test_an_answer_opened_in_another_browser_is_worth_nothing(new_visitor: NewVisitor, outbox, holder):
    """Token substitution."""
    attacker, victim = new_visitor(), new_visitor()
    sign_in(attacker, outbox, holder)
    go_to_luxtrust(attacker)
    victim.visit(answer_kept_back(attacker, holder), status=400)
    victim.sees_heading("Cette page n'est plus valable")
    victim.follow("Page d'accueil")
    answer(attacker, holder)
    is_back_at(attacker, TAB)


def answer_kept_back(visitor: Visitor, holder: Holder) -> str:
    """The address that the simulator would lead this browser back to, code and state and all."""
    target = urlsplit(visitor.page.url)
    chosen = urlencode({"device": "token", "person": holder.name.split()[-1].lower(), "outcome": "confirm"})
    line = http.client.HTTPConnection(target.netloc, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", f"{target.path}?{target.query}", body=chosen, headers=form)
    led_to = line.getresponse().headers["Location"]
    line.close()
    return str(led_to)


def test_another_persons_product_is_refused_by_what_differs(visitor: Visitor, outbox, holder):
    sign_in(visitor, outbox, holder)
    go_to_luxtrust(visitor)
    visitor.page.get_by_text("Dire autre chose de cette personne").click()
    visitor.fill("Nom", "Autrement")
    answer(visitor, holder)
    is_back_at(visitor, "/fr/account/luxtrust/associated/")
    visitor.sees_heading("Le produit LuxTrust n'a pas été associé")
    visitor.sees("Nom")
    visitor.does_not_see("Prénoms")
    visitor.follow("Continuer sans LuxTrust")
    visitor.is_at(TAB)


@EVERY_SCREEN
def test_a_patient_associates_a_product_in_step_four(
    new_visitor: NewVisitor, stack: Stack, outbox, person: Person, phone
):
    """S2-26, and S2-29 with it: « Connexion » for who associated a product."""
    subject = f"30{stack.number():016}00"
    key = f"step-4-{person.family_name.lower()}"
    stack.run(HOLD_PRODUCT.format(matricule=person.matricule, key=key, subject=subject))
    visitor = new_visitor(phone=phone)
    begin_activation(visitor)
    prove_letter(visitor, person)
    choose_password(visitor, person)
    recipient = choose_channel(visitor, person, by="sms")
    visitor.press("Fermer", within=visitor.page.get_by_role("dialog"))
    visitor.fill("Code reçu par SMS ou par E-mail *", outbox.code_for(recipient))
    visitor.press("Valider")
    visitor.page.get_by_role("button", name="Connexion", exact=True).click()
    at_luxtrust(visitor)
    answer(visitor, person)
    is_back_at(visitor, "/fr/activation/other-means/")
    visitor.sees("LuxTrust Token")
    visitor.press("Etape suivante")
    visitor.sees_heading("Votre activation est terminée!")

    visitor.page.context.clear_cookies()
    visitor.visit("/fr/sign-in/patient/")
    visitor.page.locator("main").get_by_role("button", name="Connexion", exact=True).click()
    at_luxtrust(visitor)
    answer(visitor, person)
    is_back_at(visitor, SERVICES)
    visitor.sees_heading("Mes services eSanté")


def test_the_simulators_own_pages_are_sound(visitor: Visitor, stack: Stack, provider):
    for path in ("/simulator", "/authorize"):
        visitor.page.goto(stack.simulator + path)
        assert violations(visitor.page) == []
    provider.press("down")
    visitor.page.goto(f"{stack.simulator}/simulator")
    visitor.sees("Le fournisseur est en panne : il répond 503 à tout.")
    visitor.look()
    visitor.tolerate(stack.simulator)
