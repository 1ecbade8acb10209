"""Why an identifier was refused, and how to put it right."""

from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _fill(template: "StrOrPromise", params: dict[str, Any]) -> str:
    return str(template) % params


_lazy_fill = lazy(_fill, str)


class IdentifierError(ValueError):
    """`code` says what is wrong to a program, `message` (translated when read) to the person who typed.

    Codes: `missing`, `characters`, `length`, `one_digit`, `swapped`, `check_digits`, `date`, `format`, `country`,
    `not_mobile`. A message never repeats the identifier nor gives the right one away.
    """

    def __init__(self, code: str, template: "StrOrPromise", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message: StrOrPromise = _lazy_fill(template, params) if params else template
