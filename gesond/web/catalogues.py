"""The catalogues of translations: one per app and language, `gesond/<app>/locale/<language>/LC_MESSAGES/django.po`.

The English text in the code is the key. `extract` brings the catalogues in line with the code and keeps what is
translated; `compile_changed` writes what Django reads; `problems` in `catalogue_checks` says what is missing or wrong.
A catalogue holds no line numbers and no dates, so that it changes only when a text does.
"""

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED_INTO = ("fr", "de")
PLURAL_FORMS = {"fr": "nplurals=2; plural=(n > 1);", "de": "nplurals=2; plural=(n != 1);"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What `web.templates.environment` sets, so that the keys found here are those looked up there.
TEMPLATE_OPTIONS = {
    "extensions": "jinja2.ext.i18n",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def apps(root: Path = ROOT) -> list[Path]:
    """The folder of every app, sorted by name."""
    return sorted(path.parent for path in root.glob("*/apps.py"))


def catalogue_path(app: Path, language: str) -> Path:
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def texts_of(app: Path) -> Catalog:
    """Every translatable text in the app's code and templates, untranslated."""
    found = Catalog(fuzzy=False)
    for path, method, options in _sources(app):
        for _line, message, comments, context in extract_from_file(
            method, path, KEYWORDS, ["Translators:"], options, strip_comment_tags=False
        ):
            found.add(message, auto_comments=comments, context=context)
    return found


def read_catalogue(app: Path, language: str) -> Catalog:
    """The catalogue as it is on disk; empty when there is none. Obsolete entries are left out."""
    path = catalogue_path(app, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True)


def extracted(app: Path, language: str, texts: Catalog) -> str:
    """The catalogue's text as `extract` writes it: every text of the app, with the translations there are."""
    known = read_catalogue(app, language)
    catalogue = Catalog(locale=language, fuzzy=False)
    for text in entries(texts):
        translation = known.get(text.id, text.context)
        same_shape = translation is not None and isinstance(translation.string, str) != bool(text.pluralizable)
        catalogue.add(
            text.id,
            translation.string if translation and same_shape else None,
            flags=translation.flags if translation else (),
            auto_comments=text.auto_comments,
            user_comments=translation.user_comments if translation else (),
            context=text.context,
        )
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])
    return (header + body.getvalue().decode()).rstrip() + "\n"


def extract(app: Path) -> list[Path]:
    """Write the app's catalogues anew; return those that changed. An app without texts has no catalogue."""
    texts = texts_of(app)
    changed = []
    for language in TRANSLATED_INTO:
        path = catalogue_path(app, language)
        before = path.read_text("utf-8") if path.exists() else None
        after = extracted(app, language, texts) if len(texts) else None
        if after == before:
            continue
        changed.append(path)
        if after is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(after, "utf-8")
    return changed


def compile_changed(folders: Iterable[Path] | None = None) -> list[Path]:
    """Compile each catalogue that is newer than what was compiled from it; return those compiled."""
    catalogues = [
        catalogue_path(app, language)
        for app in (apps() if folders is None else folders)
        for language in TRANSLATED_INTO
    ]
    stale = [path for path in catalogues if path.exists() and _is_stale(path)]
    for path in stale:
        _compile(path)
    return stale


def entries(catalogue: Catalog) -> Iterator[Message]:
    """The messages of a catalogue, sorted, without its header."""
    return iter(sorted((message for message in catalogue if message.id), key=key_of))


def key_of(message: Message) -> tuple[str, str]:
    """What a message is known by: its (singular) English text and its context."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context or "")


def _sources(app: Path) -> Iterator[tuple[Path, str, dict[str, str]]]:
    for path in sorted(app.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(app).parts):
            yield path, "python", {}
    for path in sorted((app / "jinja2").rglob("*.jinja")):
        yield path, "jinja2.ext.babel_extract", TEMPLATE_OPTIONS


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns


def _compile(path: Path) -> None:
    """Through a file of its own name: two processes may compile at once, and a reader never sees half a file."""
    with path.open("rb") as file:
        catalogue = read_po(file, ignore_obsolete=True)
    unfinished = path.with_suffix(f".mo.{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(path.with_suffix(".mo"))
