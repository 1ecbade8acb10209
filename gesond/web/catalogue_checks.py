"""What is wrong with the translations: texts missing, fuzzy or superfluous, placeholders lost, slips of typography."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from gesond.web.catalogues import (
    TRANSLATED_INTO,
    catalogue_path,
    entries,
    extracted,
    key_of,
    read_catalogue,
    texts_of,
)

PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-z]|(?<!\{)\{\w+\}(?!\})")
TAG = re.compile(r"</?([a-zA-Z][\w-]*)[^>]*>")
# One apostrophe in every language: the straight one of the guides, whose labels are copied word for word.
CURLY_APOSTROPHE = (re.compile("’"), "curly apostrophe: write '")
TWO_SPACES = (re.compile(r"[^\s.…]  +\S"), "two spaces in a row")
SLIPS = {
    "en": [CURLY_APOSTROPHE, (re.compile('[«»„"]'), "the text in the code is English: write “ ”")],
    # The guides themselves write « terminée! » and « (DSP,...) »: only what they never do is a slip.
    "fr": [
        CURLY_APOSTROPHE,
        TWO_SPACES,
        (re.compile('["“”„]'), "quotes of another language: write « »"),
        (re.compile(r"«\S|\S»"), "« and » stand a space away from what they quote"),
        (re.compile(r"\w[;:](?=\s|$)"), "a space goes before : and ;"),
    ],
    "de": [
        CURLY_APOSTROPHE,
        TWO_SPACES,
        (re.compile('["«»”]'), "quotes of another language: write „ “"),
        (re.compile(r"„[^“]*(?:„|$)|(?:^|“)[^„]*“"), "„ opens and “ closes: one of them is missing"),
    ],
}


def problems(folders: list[Path]) -> list[str]:
    """One line for each thing wrong in the catalogues of these apps; empty when all is well."""
    found = [line for app in folders for line in _problems_of_app(app)]
    return found + _disagreements(folders)


def _problems_of_app(app: Path) -> Iterator[str]:
    texts = texts_of(app)
    for text in entries(texts):
        forms = [text.id] if isinstance(text.id, str) else text.id
        yield from (f"{app.name}: {advice}: {_quoted(text)}" for form in forms for advice in _slips(form, "en"))
    for language in TRANSLATED_INTO:
        where = f"{app.name} {language}"
        lines = [f"{where}: {line}" for line in _problems_of_catalogue(texts, read_catalogue(app, language), language)]
        yield from lines
        path = catalogue_path(app, language)
        if not lines and path.exists() and path.read_text("utf-8") != extracted(app, language, texts):
            yield f"{where}: not in its one form: run `manage.py messages extract`"


def _problems_of_catalogue(texts: Catalog, catalogue: Catalog, language: str) -> Iterator[str]:
    known = {key_of(message): message for message in entries(catalogue)}
    for text in entries(texts):
        translation = known.pop(key_of(text), None)
        if translation is None:
            yield f"missing: {_quoted(text)}"
        else:
            yield from (f"{reason}: {_quoted(text)}" for reason in _problems_of_message(text, translation, language))
    yield from (f"superfluous: {_quoted(message)}" for message in known.values())


def _problems_of_message(text: Message, translation: Message, language: str) -> Iterator[str]:
    forms = [translation.string] if isinstance(translation.string, str) else list(translation.string or [])
    if isinstance(translation.string, str) == bool(text.pluralizable):
        yield "singular and plural do not match the code"
    if not forms or not all(forms):
        yield "untranslated"
        return
    if translation.fuzzy:
        yield "fuzzy"
    sources = [text.id] if isinstance(text.id, str) else list(text.id)
    for form in forms:
        yield from _mismatches(sources, form)
        yield from _slips(form, language)


def _mismatches(sources: list[str], form: str) -> Iterator[str]:
    """A form may carry the placeholders of any of its sources, and must carry those common to all of them."""
    held = set(PLACEHOLDER.findall(form))
    offered = [set(PLACEHOLDER.findall(source)) for source in sources]
    if lost := set.intersection(*offered) - held:
        yield f"lost {', '.join(sorted(lost))}"
    if unknown := held - set.union(*offered):
        yield f"unknown {', '.join(sorted(unknown))}"
    if sorted(TAG.findall(form)) not in [sorted(TAG.findall(source)) for source in sources]:
        yield "its HTML tags differ"


def _slips(form: str, language: str) -> Iterator[str]:
    text = html.unescape(TAG.sub("", form))
    return (advice for slip, advice in SLIPS[language] if slip.search(text))


def _disagreements(folders: list[Path]) -> list[str]:
    """Django merges every app's catalogue: a text translated in two ways would be shown in only one of them."""
    found = []
    for language in TRANSLATED_INTO:
        seen: dict[tuple[str, str], tuple[str, object]] = {}
        for app in folders:
            for message in entries(read_catalogue(app, language)):
                other, string = seen.setdefault(key_of(message), (app.name, message.string))
                if string != message.string:
                    found.append(f"{app.name} {language}: translated otherwise in {other}: {_quoted(message)}")
    return found


def _quoted(message: Message) -> str:
    text, context = key_of(message)
    return f"“{text}”" + (f" ({context})" if context else "")
