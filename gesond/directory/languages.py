"""Languages one can be received in, in words."""

from functools import cache, lru_cache

from babel import Locale
from django.utils.translation import get_language

# Those the search offers; a professional may have any other.
OFFERED = ("lb", "fr", "de", "en", "pt", "it", "es", "nl", "pl", "ro", "ru", "uk", "sr", "ar", "tr", "zh")


def language_label(code: str) -> str:
    """« luxembourgeois » for `lb`, in the current language; the code itself where it has no name."""
    return _label(str(get_language()), code)


def choices() -> list[tuple[str, str]]:
    """The languages offered, by their names."""
    return list(_choices(str(get_language())))


@cache
def _choices(language: str) -> list[tuple[str, str]]:
    return sorted(((code, _label(language, code)) for code in OFFERED), key=lambda pair: pair[1].casefold())


@lru_cache(maxsize=1024)
def _label(language: str, code: str) -> str:
    return str(Locale.parse(language).languages.get(code, code))
