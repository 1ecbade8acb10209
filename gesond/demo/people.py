"""The demo's cast. All are invented; their matricules are well-formed and nobody's."""

from dataclasses import dataclass
from enum import Enum

from gesond.kernel.identifiers import Matricule


class Letter(Enum):
    """What became of a persona's letter."""

    NONE = "none"
    FRESH = "fresh"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    REISSUED = "reissued"  # two letters: the first no longer works


@dataclass(frozen=True, kw_only=True)
class Persona:
    """`email` and `phone` are what to type in the wizard or, with `password`, what the account has."""

    key: str
    role: str
    family_name: str
    given_names: str
    matricule: Matricule
    language: str = "fr"
    street: str = "7, rue du Modèle"
    town: str = "L-2134 Luxembourg"
    country: str = "LU"
    deceased: bool = False
    letter: Letter = Letter.FRESH
    email: str = ""
    phone: str = ""
    password: str = ""
    luxtrust_subject: str = ""  # a serial number of twenty digits, and never a matricule
    hint: str = ""


CAST = (
    Persona(
        key="patient-fr",
        role="patient, letter just received",
        family_name="Exemple",
        given_names="Claire",
        matricule=Matricule.build(1984, 5, 17, 104),
        email="claire@example.org",
        phone="+352621000101",
        luxtrust_subject="10020304050607001000",
        hint="Open the account with the posted code, in French.",
    ),
    Persona(
        key="patient-de",
        role="patient, letter just received",
        family_name="Muster",
        given_names="Jonas",
        matricule=Matricule.build(1991, 11, 3, 213),
        language="de",
        street="Musterstraße 5",
        town="54290 Trier",
        country="DE",
        email="jonas@example.org",
        luxtrust_subject="10020304050607002000",
        hint="The same in German; the letter goes abroad.",
    ),
    Persona(
        key="patient-en",
        role="patient, letter just received",
        family_name="Sample",
        given_names="Emily Rose",
        matricule=Matricule.build(1979, 2, 28, 331),
        language="en",
        street="12, rue de l'Échantillon",
        town="L-4011 Esch-sur-Alzette",
        phone="+352621000103",
        hint="The same in English.",
    ),
    Persona(
        key="active",
        role="patient, account open",
        family_name="Doe-Rita",
        given_names="Hector",
        matricule=Matricule.build(1916, 7, 21, 118),
        letter=Letter.NONE,
        email="hector@example.org",
        phone="+352621000104",
        password="Mosel-Rivaner-8",
        luxtrust_subject="10020304050607003000",
        hint="Sign in with matricule and password; the code comes by SMS, see the outbox.",
    ),
    Persona(
        key="mother",
        role="mother, account open",
        family_name="Beispill",
        given_names="Marie",
        matricule=Matricule.build(1987, 9, 12, 406),
        letter=Letter.NONE,
        email="marie@example.org",
        phone="+352621000105",
        password="Kachkéis-am-Owend-3",
        luxtrust_subject="10020304050607004000",
        hint="Has a child, Léo.",
    ),
    Persona(
        key="child",
        role="minor, letter to the parents",
        family_name="Beispill",
        given_names="Léo",
        matricule=Matricule.build(2016, 4, 2, 507),
        phone="+352621000105",
        hint="Open the child's account with the parents' mobile.",
    ),
    Persona(
        key="elderly",
        role="elderly, a mobile only",
        family_name="Specimen",
        given_names="Jempi",
        matricule=Matricule.build(1938, 12, 24, 602),
        language="de",
        phone="+352621000107",
        hint="Choose Mobile in step 3.",
    ),
    Persona(
        key="expired",
        role="patient, code expired",
        family_name="Jadis",
        given_names="Nora",
        matricule=Matricule.build(1966, 1, 30, 709),
        letter=Letter.EXPIRED,
        hint="The code is refused: ask for a new letter.",
    ),
    Persona(
        key="exhausted",
        role="patient, five wrong tries",
        family_name="Fünfmal",
        given_names="Paul",
        matricule=Matricule.build(1972, 6, 6, 811),
        language="de",
        letter=Letter.EXHAUSTED,
        hint="The right code no longer works: a new letter is needed.",
    ),
    Persona(
        key="reissued",
        role="patient, second letter",
        family_name="Zweemol",
        given_names="Tom",
        matricule=Matricule.build(1999, 10, 10, 905),
        letter=Letter.REISSUED,
        email="tom@example.org",
        luxtrust_subject="10020304050607005000",
        hint="The former code is refused, the second one works.",
    ),
    Persona(
        key="unknown-birthday",
        role="patient, birthday unknown",
        family_name="Modèle",
        given_names="Aïcha",
        matricule=Matricule.build(1990, 0, 0, 1),
        email="aicha@example.org",
        luxtrust_subject="10020304050607006000",
        hint="A matricule with month and day 00 is as good as any.",
    ),
    Persona(
        key="short-matricule",
        role="patient, old 11-digit card",
        family_name="Alzette",
        given_names="Marguerite",
        matricule=Matricule.build(1950, 1, 1, 19),
        phone="+352621000112",
        hint="Type the 11 digits of the old card.",
    ),
    Persona(
        key="deceased",
        role="deceased",
        family_name="Autrefois",
        given_names="René",
        matricule=Matricule.build(1931, 3, 14, 120),
        deceased=True,
        letter=Letter.NONE,
        hint="Nothing works, and nothing tells why.",
    ),
)
