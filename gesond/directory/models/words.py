"""Columns of normalised words, found by how any of them begins."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Lookup, Value

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
    BeginsLookup = Lookup[Any]
else:
    TextField, BeginsLookup = models.TextField, Lookup


class WordsField(TextField):
    """Words of `gesond.directory.search_words`, one space between two. Look-up: `begins` takes a text search query."""


@WordsField.register_lookup
class Begins(BeginsLookup):
    """`words__begins="'mul':* & 'an':*"`: as an expression index of `words_index` has it."""

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"array_to_tsvector(string_to_array({column}, ' ')) @@ %s::tsquery", (*parameters, self.rhs)


def words_index(column: str, name: str) -> GinIndex:
    """The index that serves `begins`."""
    words = Func(F(column), Value(" "), function="string_to_array")
    return GinIndex(Func(words, function="array_to_tsvector"), name=name)
