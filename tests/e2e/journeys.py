"""What several tests do on their way: open an account, sign in. In the words of the page's language."""

import re
from dataclasses import dataclass

from django.utils import translation

from tests.e2e.accounts import Holder
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor


@dataclass(frozen=True)
class Words:
    """The labels a person follows, in one language. The French ones are the guide's own."""

    language: str
    menu: str
    menu_entry: str
    activation_title: str
    accept: str
    activate: str
    received: str
    yes: str
    matricule: str
    code: str
    without_reading: str
    confirmed: str
    next_step: str
    password: str
    confirmation: str
    channel: str
    mobile: str
    email: str
    validate: str
    dialog: str
    close: str
    received_code: str
    finished: str
    sign_in: str
    patient: str
    by_password: str
    identifier: str
    sign_in_password: str
    services: str


FRENCH = Words(
    language="fr",
    menu="PATIENTS",
    menu_entry="ACTIVATION COMPTE ESANTE",
    activation_title="ACTIVATION DE MON COMPTE ESANTÉ",
    accept="En cochant cette case, j'accepte les Conditions Générales d'Utilisation.",
    activate="Activer mon compte",
    received="Avez-vous reçu votre code d'activation ?",
    yes="Oui",
    matricule="Matricule *",
    code="Code d'activation *",
    without_reading="Confirmer en un clic, sans rien lire",
    confirmed="C'est confirmé : vous pouvez continuer.",
    next_step="Etape suivante",
    password="Votre mot de passe *",
    confirmation="Confirmation de votre mot de passe *",
    channel="Code à usage unique à recevoir par",
    mobile="Mobile *",
    email="E-mail *",
    validate="Valider",
    dialog="Confirmation",
    close="Fermer",
    received_code="Code reçu par SMS ou par E-mail *",
    finished="Votre activation est terminée!",
    sign_in="Connexion",
    patient="PATIENT",
    by_password="Matricule, mot de passe et code",
    identifier="Matricule *",
    sign_in_password="Mot de passe *",
    services="Mes services eSanté",
)


def words_in(language: str) -> Words:
    """The labels of another language, from the catalogues: what the guide's words are translated by."""
    return Words(**{name: _translated(text, language) for name, text in ENGLISH.items()}, language=language)


ENGLISH = {
    "menu": "PATIENTS",
    "menu_entry": "ESANTE ACCOUNT ACTIVATION",
    "activation_title": "ACTIVATION OF MY ESANTÉ ACCOUNT",
    "accept": "By ticking this box, I accept the General Terms of Use.",
    "activate": "Activate my account",
    "received": "Have you received your activation code?",
    "yes": "Yes",
    "matricule": "Matricule *",
    "code": "Activation code *",
    "without_reading": "Confirm in one click, without reading",
    "confirmed": "Confirmed: you can go on.",
    "next_step": "Next step",
    "password": "Your password *",
    "confirmation": "Confirmation of your password *",
    "channel": "One-time code to be received by",
    "mobile": "Mobile *",
    "email": "E-mail *",
    "validate": "button|Confirm",
    "dialog": "Confirmation",
    "close": "Close",
    "received_code": "Code received by SMS or e-mail *",
    "finished": "Your activation is finished!",
    "sign_in": "Sign in",
    "patient": "PATIENT",
    "by_password": "Matricule, password and code",
    "identifier": "Matricule *",
    "sign_in_password": "Password *",
    "services": "My eSanté services",
}


def _translated(text: str, language: str) -> str:
    label, star = (text.removesuffix(" *"), " *") if text.endswith(" *") else (text, "")
    context, bar, in_context = label.partition("|")
    with translation.override(language):
        return (translation.pgettext(context, in_context) if bar else translation.gettext(label)) + star


def open_account(visitor: Visitor, person: Person, outbox: Outbox, words: Words = FRENCH, *, by: str = "sms") -> None:
    """S2-07 to S2-27, from the first page to « Votre activation est terminée! »."""
    begin_activation(visitor, words)
    prove_letter(visitor, person, words)
    choose_password(visitor, person, words)
    recipient = choose_channel(visitor, person, words, by=by)
    visitor.press(words.close, within=visitor.page.get_by_role("dialog"))
    visitor.fill(words.received_code, outbox.code_for(recipient))
    visitor.press(words.validate)
    visitor.press(words.next_step)  # step 4 is optional
    visitor.sees_heading(words.finished)


def begin_activation(visitor: Visitor, words: Words = FRENCH) -> None:
    """The prerequisites and the terms: S2-07 to S2-12."""
    visitor.visit(f"/{words.language}/activation/")
    visitor.choose(words.accept)
    visitor.press(words.activate)


def prove_letter(visitor: Visitor, person: Person, words: Words = FRENCH) -> None:
    """Step 1, by the way that needs no reading: S2-15 to S2-17, X12."""
    fill_letter(visitor, person, words)
    solve_captcha(visitor, words)
    visitor.press(words.next_step)


def fill_letter(visitor: Visitor, person: Person, words: Words = FRENCH) -> None:
    visitor.choose(words.yes)
    visitor.fill(words.matricule, person.matricule)
    visitor.fill(words.code, person.activation_code)


def solve_captcha(visitor: Visitor, words: Words = FRENCH) -> None:
    visitor.page.get_by_role("button", name=words.without_reading).click()
    visitor.sees(words.confirmed)


def read_captcha(stack: Stack, visitor: Visitor) -> str:
    """What is drawn in the image, as one who sees it reads it."""
    key = visitor.page.locator("[data-captcha-key]").input_value()
    asked = f"from captcha.models import CaptchaStore; print(CaptchaStore.objects.get(hashkey={key!r}).challenge)"
    return stack.run(asked).strip()


def choose_password(visitor: Visitor, person: Person, words: Words = FRENCH) -> None:
    """Step 2: S2-18."""
    visitor.fill(words.password, person.password)
    visitor.fill(words.confirmation, person.password)
    visitor.press(words.next_step)


def choose_channel(visitor: Visitor, person: Person, words: Words = FRENCH, *, by: str) -> str:
    """Step 3: S2-20. Returns the number or address that the code goes to."""
    visitor.choose(words.mobile.removesuffix(" *") if by == "sms" else words.email.removesuffix(" *"))
    label, recipient = (words.mobile, person.phone) if by == "sms" else (words.email, person.email)
    visitor.fill(label, recipient)
    visitor.press(words.validate)
    return recipient


def sign_in(
    visitor: Visitor,
    person: Person | Holder,
    outbox: Outbox,
    words: Words = FRENCH,
    *,
    by: str = "sms",
    identifier: str = "",
) -> None:
    """S2-28, S2-30, S2-31: from « Connexion » to « Mes services eSanté »."""
    visitor.visit(f"/{words.language}/sign-in/patient/")
    visitor.follow(words.by_password)
    visitor.fill(words.identifier, identifier or person.matricule)
    visitor.fill(words.sign_in_password, person.password)
    visitor.press(words.sign_in)
    visitor.fill(words.received_code, outbox.code_for(person.phone if by == "sms" else person.email))
    visitor.press(words.validate)
    visitor.is_at(re.compile(f"/{words.language}/services/$"))
    visitor.sees_heading(words.services)
