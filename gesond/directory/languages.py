"""Languages one can be received in, in words."""

from babel import Locale
from django.utils.translation import get_language

# Those the search offers; a professional may have any other.
OFFERED = ("lb", "fr", "de", "en", "pt", "it", "es", "nl", "pl", "ro", "ru", "uk", "sr", "ar", "tr", "zh")


def language_label(code: str) -> str:
    """« luxembourgeois » for `lb`, in the current language; the code itself where it has no name."""
    return str(Locale.parse(str(get_language())).languages.get(code, code))


def choices() -> list[tuple[str, str]]:
    """The languages offered, by their names."""
    return sorted(((code, language_label(code)) for code in OFFERED), key=lambda pair: pair[1].casefold())
