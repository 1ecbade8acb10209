"""The number of a request, as one reads it out on the telephone: eight digits that do not tell how many there are.

It is no secret and opens nothing. It follows from the row's key by a permutation, so that no two are alike and none has
to be stored.
"""

# The largest prime of eight digits, and a factor far from small divisors of it.
PRIME = 99_999_989
FACTOR = 38_614_417
INVERSE = pow(FACTOR, -1, PRIME)
DIGITS = 8


def number_of(key: int) -> str:
    """`48210937` for the request stored under `key`."""
    return f"{key * FACTOR % PRIME:0{DIGITS}}"


def spoken(number: str) -> str:
    """`4821 0937`."""
    return f"{number[:4]} {number[4:]}"


def key_of(text: str) -> int | None:
    """The key behind a number as people type it; None when it is none."""
    digits = "".join(character for character in text if not character.isspace() and character not in "-.°")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()) or int(digits) >= PRIME:
        return None
    return int(digits) * INVERSE % PRIME
