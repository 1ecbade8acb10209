import gettext
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gesond.web import catalogue_checks, catalogues

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Your %(name)s account")
COUNT = ngettext("%(count)s letter", "%(count)s letters", 2)
OPEN = pgettext("verb", "Open")
"""
TEMPLATE = """
{% trans %}
  Good   morning
  100 %
{% endtrans %}
{{ _("News") }}
"""
FRENCH = {
    "%(count)s letter": ("%(count)s lettre", "%(count)s lettres"),
    "Good   morning 100 %%": "Bonjour à 100 %%",
    "News": "Actualités",
    "Open": "Ouvrir",
    "Your %(name)s account": "Votre compte %(name)s",
}


@pytest.fixture
def app(tmp_path):
    """A small app with texts in its code and in a template, extracted and translated into French."""
    folder = tmp_path / "shop"
    (folder / "jinja2" / "shop").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "apps.py").write_text("")
    (folder / "views.py").write_text(CODE)
    (folder / "tests" / "test_views.py").write_text('_("not for people")')
    (folder / "jinja2" / "shop" / "page.jinja").write_text(TEMPLATE)
    catalogues.extract(folder)
    for text, translation in FRENCH.items():
        translate(folder, text, translation)
    return folder


def translate(app: Path, text: str, translation: str | tuple[str, str], language: str = "fr") -> None:
    """Put a translation beside its text, as a translator would, whatever stood there before."""
    lines = catalogues.catalogue_path(app, language).read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line == f'msgid "{text}"')
    end = next((number for number in range(start, len(lines)) if not lines[number]), len(lines))
    kept = [line for line in lines[start:end] if line.startswith("msgid")]
    forms = [translation] if isinstance(translation, str) else translation
    names = ["msgstr"] if isinstance(translation, str) else [f"msgstr[{number}]" for number in range(len(forms))]
    written = [f'{name} "{form}"' for name, form in zip(names, forms, strict=True)]
    catalogues.catalogue_path(app, language).write_text(
        "\n".join([*lines[:start], *kept, *written, *lines[end:]]) + "\n"
    )


def french_problems(app: Path) -> list[str]:
    return [line for line in catalogue_checks.problems([app]) if not line.startswith("shop de")]


def test_texts_of_code_and_templates_are_found_and_those_of_tests_are_not(app):
    found = {catalogues.key_of(text) for text in catalogues.entries(catalogues.texts_of(app))}

    assert found == {
        ("%(count)s letter", ""),
        ("Good   morning 100 %%", ""),
        ("News", ""),
        ("Open", "verb"),
        ("Your %(name)s account", ""),
    }


def test_a_catalogue_has_no_dates_or_line_numbers_and_is_sorted(app):
    text = catalogues.catalogue_path(app, "fr").read_text()

    assert "POT-Creation-Date" not in text
    assert "#:" not in text
    keys = [line for line in text.splitlines() if line.startswith("msgid ")][1:]
    assert keys == sorted(keys)


def test_extracting_twice_changes_nothing(app):
    catalogues.extract(app)

    assert catalogues.extract(app) == []


def test_extracting_keeps_translations_adds_new_texts_and_drops_those_gone(app):
    (app / "views.py").write_text(CODE.replace("Your %(name)s account", "My account"))

    catalogues.extract(app)

    text = catalogues.catalogue_path(app, "fr").read_text()
    assert 'msgid "My account"\nmsgstr ""' in text
    assert 'msgstr "Actualités"' in text
    assert "Your %(name)s account" not in text
    assert "#~" not in text
    assert "fuzzy" not in text


def test_an_app_that_lost_its_last_text_loses_its_catalogues(app):
    (app / "views.py").write_text("")
    (app / "jinja2" / "shop" / "page.jinja").write_text("")

    catalogues.extract(app)

    assert not catalogues.catalogue_path(app, "fr").exists()


def test_a_complete_catalogue_has_no_problems(app):
    catalogues.extract(app)

    assert french_problems(app) == []


@pytest.mark.parametrize(
    ("text", "translation", "problem"),
    [
        ("News", "", "untranslated"),
        ("Your %(name)s account", "Votre compte", "lost %(name)s"),
        ("Your %(name)s account", "Votre compte %(name)s %(first)s", "unknown %(first)s"),
        ("News", "<b>Actualités</b>", "its HTML tags differ"),
        ("News", "Les «actualités»", "« and » stand a space away"),
        ("News", "Attention: nouveau", "a space goes before : and ;"),
        ("News", "L’actualité", "curly apostrophe: write '"),
        ("News", "Les “actualités”", "quotes of another language: write « »"),
        ("News", "Deux  espaces", "two spaces in a row"),
        ("News", 'Une \\"actualité\\"', "quotes of another language"),
    ],
)
def test_each_fault_of_a_translation_is_named(app, text, translation, problem):
    translate(app, text, translation)

    assert any(problem in line and f"“{text}”" in line for line in french_problems(app))


def test_a_fuzzy_translation_is_refused(app):
    path = catalogues.catalogue_path(app, "fr")
    path.write_text(path.read_text().replace('msgid "News"', '#, fuzzy\nmsgid "News"'))

    assert "shop fr: fuzzy: “News”" in french_problems(app)


def test_a_text_missing_from_the_catalogue_and_one_superfluous_are_both_named(app):
    path = catalogues.catalogue_path(app, "fr")
    path.write_text(path.read_text().replace('msgid "News"', 'msgid "Olds"'))

    assert french_problems(app) == ["shop fr: missing: “News”", "shop fr: superfluous: “Olds”"]


def test_a_catalogue_not_in_its_one_form_is_refused(app):
    path = catalogues.catalogue_path(app, "fr")
    path.write_text("# Written by hand.\n" + path.read_text())

    assert french_problems(app) == ["shop fr: not in its one form: run `manage.py messages extract`"]


def test_a_text_in_french_in_the_code_is_refused(app):
    (app / "views.py").write_text(CODE + 'BAD = _("Cliquez sur « Créer »")')

    assert "shop: the text in the code is English: write “ ”: “Cliquez sur « Créer »”" in french_problems(app)


def test_a_text_translated_otherwise_in_another_app_is_refused(app, tmp_path):
    other = tmp_path / "stall"
    other.mkdir()
    (other / "views.py").write_text('_("News")')
    catalogues.extract(other)
    translate(other, "News", "Nouvelles")

    assert "stall fr: translated otherwise in shop: “News”" in catalogue_checks.problems([app, other])


def test_compiling_gives_what_django_reads_and_is_done_once(app):
    assert catalogues.catalogue_path(app, "fr") in catalogues.compile_changed([app])
    assert catalogues.compile_changed([app]) == []

    with catalogues.catalogue_path(app, "fr").with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("News") == "Actualités"
    assert compiled.ngettext("%(count)s letter", "%(count)s letters", 2) == "%(count)s lettres"


def test_a_changed_catalogue_is_compiled_again(app):
    catalogues.compile_changed([app])
    path = catalogues.catalogue_path(app, "fr")
    later = path.with_suffix(".mo").stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))

    assert catalogues.compile_changed([app]) == [path]


def test_the_command_refuses_an_app_there_is_not():
    with pytest.raises(CommandError, match="No such app: nowhere"):
        call_command("messages", "check", "nowhere")
