"""The guides and the questions that come with the product: `texts/`, read by the migration that first loads them.

From then on they are contents like any other: the desk changes them, and an update of the product never does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "texts"
LANGUAGES = ("fr", "de", "en")

Texts = dict[str, dict[str, str]]


@dataclass(frozen=True)
class ShippedGuide:
    slug: str
    number: str
    dated: date

    @property
    def texts(self) -> Texts:
        """A file begins with `# Title`, then its summary, then its body."""
        return {language: _guide(TEXTS / "guides" / self.slug / f"{language}.md") for language in LANGUAGES}


# S2-46: « Version 4.1 / Juillet 2024 ».
GUIDES = (
    ShippedGuide("patient-activation", "4.1", date(2024, 7, 1)),
    ShippedGuide("professional-activation", "1.0", date(2026, 11, 1)),
    ShippedGuide("medical-secretary", "1.0", date(2026, 11, 1)),
)


def questions() -> list[tuple[str, Texts]]:
    """(topic, texts) in order: each file has the same questions under the same topics."""
    by_language = {language: list(_questions(TEXTS / "faq" / f"{language}.md")) for language in LANGUAGES}
    found = []
    for entries in zip(*by_language.values(), strict=True):
        topics = {topic for topic, _ in entries}
        if len(topics) != 1:
            raise ValueError(f"the questions' topics differ from language to language: {topics}")
        found.append((topics.pop(), {language: text for language, (_, text) in zip(by_language, entries, strict=True)}))
    return found


def _guide(path: Path) -> dict[str, str]:
    title, summary, body = path.read_text(encoding="utf-8").strip().split("\n\n", 2)
    return {"title": title.removeprefix("# "), "summary": summary, "body": body}


def _questions(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    topic = ""
    for part in re.split(r"^(?=#{1,2} )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        heading, _, body = part.strip().partition("\n\n")
        if heading.startswith("## "):
            yield topic, {"title": heading.removeprefix("## "), "body": body.strip()}
        elif heading:
            topic = heading.removeprefix("# ")
