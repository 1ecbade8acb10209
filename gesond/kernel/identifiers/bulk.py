"""The fast check, for files of hundreds of thousands of lines: three table look-ups a number."""

from calendar import isleap
from collections.abc import Iterable
from functools import cache

from gesond.kernel.identifiers import birth_date
from gesond.kernel.identifiers.check_digits import D5, D5_INVERSE, luhn_sum, verhoeff_product

# A piece of the number to its Luhn sum and Verhoeff product.
Table = dict[str, tuple[int, int]]
LEAP_YEAR = "2000"


def check_matricule_digits(text: str) -> bool:
    """Whether `text` is a valid 13-digit matricule written as 13 ASCII digits and nothing else. Says no more."""
    years, days, sequences = _tables()
    try:
        luhn_year, verhoeff_year = years[text[:4]]
        luhn_day, verhoeff_day = days[text[4:8]]
        luhn_sequence, verhoeff_sequence = sequences[text[8:11]]
    except KeyError:
        return False
    if text[4:8] == "0229" and not isleap(int(text[:4])):
        return False
    verhoeff = D5_INVERSE[D5[D5[verhoeff_sequence][verhoeff_day]][verhoeff_year]]
    return text[11:] == f"{-(luhn_year + luhn_day + luhn_sequence) % 10}{verhoeff}"


@cache
def _tables() -> tuple[Table, Table, Table]:
    """Years, days of the year and sequence numbers that exist: a piece that is not in its table is refused."""
    days = (f"{month:02}{day:02}" for month in range(13) for day in range(32))
    return (
        _table((str(year) for year in birth_date.YEARS), end=7),
        _table((day for day in days if birth_date.possible(LEAP_YEAR + day)), end=3),
        _table((f"{number:03}" for number in range(1000)), end=0),
    )


def _table(pieces: Iterable[str], *, end: int) -> Table:
    return {piece: (luhn_sum(piece, end=end), verhoeff_product(piece, end=end)) for piece in pieces}
