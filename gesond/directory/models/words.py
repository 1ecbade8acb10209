"""Columns of normalised words, found by how any of them begins."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Lookup, Value

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
    VectorField = SearchVectorField[str, str]
    BeginsLookup = Lookup[Any]
else:
    TextField, VectorField, BeginsLookup = models.TextField, SearchVectorField, Lookup


class WordsField(TextField):
    """Words of `gesond.directory.search_words`, one space between two: what sorts. `lexemes_of` finds."""


class LexemesField(VectorField):
    """The words apart. Look-up: `begins` takes a text search query."""


@LexemesField.register_lookup
class Begins(BeginsLookup):
    """`lexemes__begins="'mul':* & 'an':*"`: served by the index of `lexemes_index`."""

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", (*parameters, self.rhs)


def lexemes_of(column: str) -> Any:
    """The words of a column, taken apart by the database when it is written.

    Kept, not only indexed: where many rows answer, the whole table is read, and to take each apart costs most of it.
    """
    words = Func(F(column), Value(" "), function="string_to_array")
    taken_apart = Func(words, function="array_to_tsvector")
    return models.GeneratedField(expression=taken_apart, output_field=LexemesField(), db_persist=True)


def lexemes_index(column: str, name: str) -> GinIndex:
    """The index that serves `begins`."""
    return GinIndex(fields=[column], name=name)
