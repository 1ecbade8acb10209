"""Finding persons for the desk: by their exact matricule, or by the beginning of a name, either name first.

Names are compared without case, accents and punctuation. The table keeps each name so written twice, in the order of an
index: a search reads some rows of it, however many persons there are.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from gesond.identity.models import Person
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule, ShortMatricule

MOST = 100
SHORTEST = 2
MARKS = re.compile("[\u0300-\u036f]")
LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ß": "ss", "œ": "oe", "æ": "ae"})
BETWEEN_WORDS = re.compile(r"[\W_]+")
# « Mueller » is Müller too.
UMLAUTS = re.compile("(?<=[aou])e")
ORDERS = ("search_name", "search_given_first")
# No letter comes after it in the index's order, which is that of the code points.
LAST = "\U0010ffff"


@dataclass(frozen=True)
class Found:
    """Their keys in the order of the names; `more` when there were too many to show them all."""

    person_ids: list[int]
    more: bool


def plain_name(name: str) -> str:
    """As `Person.search_name` holds it: `Müller-D'Été` is `muller d ete`."""
    lower = MARKS.sub("", unicodedata.normalize("NFKD", name)).lower().translate(LETTERS)
    return BETWEEN_WORDS.sub(" ", lower).strip()


def persons_by_matricule(matricule: Matricule | ShortMatricule) -> Found:
    """Thirteen digits name one person at most, eleven may name several (X3). One query."""
    form = "matricule_11" if isinstance(matricule, ShortMatricule) else "matricule"
    hashes = keyed_hashes(matricule.value, purpose=f"person.{form}")
    persons = Person.objects.filter(**{f"{form}_hash__in": hashes}).order_by("pk")
    return Found(list(persons.values_list("pk", flat=True)[:MOST]), more=False)


def persons_by_name(typed: str) -> Found:
    """Those whose name begins so. Two queries of the index, four where an umlaut may be written with an e."""
    beginnings = {plain_name(typed), plain_name(UMLAUTS.sub("", typed))}
    found: dict[int, None] = {}
    for beginning, order in product(sorted(beginnings, key=len, reverse=True), ORDERS):
        found |= dict.fromkeys(_beginning_with(beginning, order))
    return Found(list(found)[:MOST], more=len(found) > MOST)


def _beginning_with(beginning: str, order: str) -> list[int]:
    within = {f"{order}__gte": beginning, f"{order}__lt": beginning + LAST}
    return list(Person.objects.filter(**within).order_by(order, "pk").values_list("pk", flat=True)[: MOST + 1])
