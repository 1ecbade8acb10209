"""« Gérer mon compte » in a real browser, with its own authenticator: S1-19, S1-21 to S1-27, X5."""

import re
import secrets

import pyotp
import pytest
from playwright.sync_api import expect

from tests.e2e.accounts import Holder, open_account_for_somebody
from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

TAB, PERSONAL, SERVICES = "/fr/account/authentication/", "/fr/account/personal/", "/fr/services/"
EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
PLATFORM_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(stack: Stack) -> Holder:
    return open_account_for_somebody(stack)


def code_to(outbox: Outbox, recipient: str) -> str:
    """The digits of the next message with a code; announcements come between."""
    while True:
        found = re.search(r"\b\d{7}\b", outbox.text_for(recipient))
        if found:
            return found.group()


def sign_in(visitor: Visitor, outbox: Outbox, person: Holder) -> None:
    visitor.visit("/fr/sign-in/patient/password/")
    visitor.page.get_by_label(re.compile("^Matricule")).fill(person.matricule)
    visitor.page.get_by_label(re.compile("^Mot de passe")).fill(person.password)
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.look()
    type_code(visitor, code_to(outbox, person.phone))
    visitor.is_at(SERVICES)


def type_code(visitor: Visitor, code: str) -> None:
    visitor.page.get_by_label(re.compile("^Code reçu")).fill(code)
    visitor.press("Valider")


def sign_out(visitor: Visitor) -> None:
    visitor.page.locator("summary", has_text="Mon Compte").click()
    visitor.press("Se déconnecter")


class FingerprintReader:
    """One in the browser, that always says yes. It keeps its passkeys while Chromium forgets it, as it does whenever
    the harness has looked at a page: put it in just before it is used, and take its passkeys before looking.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._page = visitor.page
        self._passkeys: list[dict[str, object]] = []

    def put_in(self) -> None:
        self._session = self._page.context.new_cdp_session(self._page)
        self._session.send("WebAuthn.enable")
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM_AUTHENTICATOR})
        self._id = made["authenticatorId"]
        for passkey in self._passkeys:
            self._session.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": passkey})

    def take_passkeys(self) -> None:
        found = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        self._passkeys = found["credentials"]


def add_passkey(visitor: Visitor, reader: FingerprintReader, name: str) -> None:
    visitor.visit("/fr/account/passkeys/add/")
    visitor.page.get_by_label(re.compile("^Nom de cette clé")).fill(name)
    reader.put_in()
    visitor.page.get_by_role("button", name="Ajouter la clé d'accès").click()


@EVERY_SCREEN
def test_a_person_adds_a_passkey_and_signs_in_with_nothing_else(new_visitor: NewVisitor, outbox, person, phone):
    """X5."""
    visitor = new_visitor(phone=phone)
    reader = FingerprintReader(visitor)
    sign_in(visitor, outbox, person)

    add_passkey(visitor, reader, "iPhone de Rita")
    visitor.page.wait_for_url(f"**{TAB}")
    reader.take_passkeys()
    visitor.look()
    visitor.sees("Votre clé d'accès a été ajoutée.")
    visitor.sees("iPhone de Rita")

    add_passkey(visitor, reader, "encore")
    visitor.sees("Cet appareil a déjà une clé d'accès pour votre compte.")

    sign_out(visitor)
    visitor.visit("/fr/sign-in/patient/passkey/")
    reader.put_in()
    visitor.page.get_by_role("button", name="Utiliser ma clé d'accès", exact=True).click()
    visitor.page.wait_for_url(f"**{SERVICES}")
    visitor.look()
    visitor.sees("Mes services eSanté")


def test_without_an_authenticator_the_page_says_so_and_changes_nothing(visitor: Visitor, outbox, person):
    sign_in(visitor, outbox, person)
    visitor.visit("/fr/account/passkeys/add/")
    visitor.page.evaluate("delete window.PublicKeyCredential")
    visitor.page.get_by_label(re.compile("^Nom de cette clé")).fill("iPhone de Rita")
    visitor.page.get_by_role("button", name="Ajouter la clé d'accès").click()
    visitor.sees(re.compile("Ce navigateur ne prend pas en charge les clés d'accès"))
    visitor.is_at("/fr/account/passkeys/add/")


@EVERY_SCREEN
def test_a_person_changes_their_number(new_visitor: NewVisitor, outbox, person, phone):
    """S1-21: a code on the old number, one on the new; the old one may undo it."""
    visitor = new_visitor(phone=phone)
    sign_in(visitor, outbox, person)
    visitor.visit("/fr/account/")
    visitor.is_at(TAB)
    visitor.follow(re.compile("^Modifier Numéro de mobile"))
    new = f"+352691{secrets.randbelow(900_000) + 100_000}"
    visitor.page.get_by_label(re.compile("^Nouveau numéro")).fill(new)
    visitor.press("Suivant")
    type_code(visitor, code_to(outbox, person.phone))
    visitor.sees("Etape 2 sur 2")
    type_code(visitor, code_to(outbox, new))
    visitor.is_at(TAB)
    visitor.sees("Votre numéro de mobile a été modifié.")

    stranger = new_visitor(phone=phone)
    stranger.visit(outbox.link_for(person.phone))
    stranger.press("Ce n'était pas moi : annuler la modification")
    stranger.sees_heading("La modification est annulée")
    visitor.visit(TAB)
    visitor.is_at(re.compile("/fr/sign-in/"))


def test_the_password_is_at_the_bottom_of_the_page(visitor: Visitor, outbox, person):
    """S1-19, S1-24."""
    sign_in(visitor, outbox, person)
    visitor.page.locator("summary", has_text="Mon Compte").click()
    visitor.follow("Gérer mon compte", within=visitor.page.locator("header"))
    visitor.page.get_by_label(re.compile("^Votre mot de passe actuel")).fill(person.password)
    visitor.page.get_by_label(re.compile("^Votre nouveau mot de passe")).fill("Tournesol88bis")
    visitor.page.get_by_label(re.compile("^Confirmation de votre mot de passe")).fill("Tournesol88bis")
    visitor.press("Valider")
    visitor.sees("Votre mot de passe est défini.")


@EVERY_SCREEN
def test_a_person_adds_an_app_and_signs_in_with_it(new_visitor: NewVisitor, outbox, person, phone):
    """X5."""
    visitor = new_visitor(phone=phone)
    sign_in(visitor, outbox, person)
    visitor.visit("/fr/account/app/")
    visitor.press("Afficher le code QR")
    visitor.page.get_by_text("Je ne peux pas le scanner").click()
    secret = visitor.page.locator(".ges-secret").inner_text().replace(" ", "")
    visitor.page.get_by_label(re.compile("^Code affiché")).fill(pyotp.TOTP(secret).now())
    visitor.press("Valider")
    visitor.sees_heading("Vos codes de secours")
    codes = visitor.page.locator(".ges-codes li").all_inner_texts()
    assert len(codes) == 10
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Télécharger les codes").click()
    assert codes[0] in download.value.path().read_text()

    sign_out(visitor)
    visitor.visit("/fr/sign-in/patient/password/")
    visitor.page.get_by_label(re.compile("^Matricule")).fill(person.matricule)
    visitor.page.get_by_label(re.compile("^Mot de passe")).fill(person.password)
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.look()
    visitor.follow("Code de secours")
    visitor.page.get_by_label(re.compile("^Code de secours")).fill(codes[0])
    visitor.press("Valider")
    visitor.is_at(SERVICES)


@EVERY_SCREEN
def test_a_person_chooses_notifications_and_downloads_their_data(new_visitor: NewVisitor, outbox, person, phone):
    """S1-25 to S1-27."""
    visitor = new_visitor(phone=phone)
    sign_in(visitor, outbox, person)
    visitor.visit(PERSONAL)
    events = visitor.page.get_by_label("lors de la publication d'un événement sur le calendrier du portail")
    expect(events).to_be_checked()
    events.uncheck()
    visitor.press("Enregistrer")
    expect(events).not_to_be_checked()

    visitor.press("Télécharger mes données")
    assert PERSONAL in outbox.link_for(person.email)
    visitor.visit(PERSONAL)
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Télécharger le fichier (ZIP)").click()
    assert download.value.suggested_filename == "gesond-data.zip"


def test_the_pages_work_without_scripts(new_visitor: NewVisitor, outbox, person):
    visitor = new_visitor(scripts=False)
    sign_in(visitor, outbox, person)
    for page in (TAB, PERSONAL, "/fr/account/channel/email/", "/fr/account/code-channel/", "/fr/account/passkeys/add/"):
        visitor.visit(page)
    assert "Les clés d'accès ont besoin de JavaScript." in visitor.page.content()
