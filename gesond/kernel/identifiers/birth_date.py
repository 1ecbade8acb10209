"""The date inside a matricule: eight digits, of which month and day may be unknown (`00`; RGD 28 Nov 2013)."""

from calendar import isleap

# Nobody alive or in the archives was born outside; a wider range would only let typing errors through.
YEARS = range(1800, 2200)
MONTH_DAYS = (31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def possible(digits: str) -> bool:
    """Whether `YYYYMMDD` can be a date of birth; month or day `00` is unknown and legal."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    if year not in YEARS or month >= len(MONTH_DAYS) or day > MONTH_DAYS[month]:
        return False
    return (month, day) != (2, 29) or isleap(year)
