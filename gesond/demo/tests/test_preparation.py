"""What the demo makes ready before its processes start."""

from gettext import NullTranslations
from pathlib import Path

from django.utils.translation import gettext, override, trans_real

from gesond.demo import preparation


def test_what_is_compiled_at_the_first_start_is_read_at_once(monkeypatch):
    """Else the first letters of a fresh copy would be printed in English."""
    monkeypatch.setattr(trans_real, "_translations", {"fr": NullTranslations()})
    monkeypatch.setattr(preparation, "compile_changed", lambda: [Path("fr/LC_MESSAGES/django.po")])

    preparation.compile_translations()

    with override("fr"):
        assert gettext("Sign in") == "Connexion"
