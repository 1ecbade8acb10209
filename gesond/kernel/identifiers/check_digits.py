"""Luhn and Verhoeff over the eleven digits of a matricule, table-driven (RGD 28 Nov 2013; standards C-1)."""

LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

# Multiplication in the dihedral group D5, its inverses, and Verhoeff's permutation by position.
D5 = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
D5_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)
PERMUTATION = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def luhn_sum(digits: str, *, end: int = 0) -> int:
    """Luhn's sum modulo 10 of a piece of a number that has `end` more digits, check digit left out, to its right."""
    total = 0
    for position, digit in enumerate(reversed(digits), start=end):
        total += int(digit) if position % 2 else LUHN_DOUBLED[int(digit)]
    return total % 10


def verhoeff_product(digits: str, *, end: int = 0) -> int:
    """Verhoeff's product, from right to left, of such a piece. Pieces multiply in D5, the rightmost first."""
    product = 0
    for position, digit in enumerate(reversed(digits), start=end + 1):
        product = D5[product][PERMUTATION[position % 8][int(digit)]]
    return product


def luhn_digit(digits: str) -> int:
    """The digit that Luhn's algorithm appends to `digits`."""
    return -luhn_sum(digits) % 10


def verhoeff_digit(digits: str) -> int:
    """The digit that Verhoeff's algorithm appends to `digits`."""
    return D5_INVERSE[verhoeff_product(digits)]
