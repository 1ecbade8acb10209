"""Rotation of the key rings: every stored value re-encrypted, every keyed hash recomputed, under the current keys.

Rows are taken in batches, each in a transaction of its own, so that it can be killed and started again: what is under
the current keys already is read and left. A row another transaction holds is never waited for while holding others
(`SKIP LOCKED`, then one by one), so that rotation cannot deadlock with the service, and what is read to be rewritten
is read under the lock, so that no change is lost.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, F

from gesond.kernel.encryption import DecryptionError, key_name
from gesond.kernel.fields import EncryptedField, KeyedHashField
from gesond.kernel.keys import encryption_ring

BATCH = 200
ANNOTATION = "stored_{}"

Kind = TypeVar("Kind", bound="models.Field[Any, Any]")


@dataclass
class Outcome:
    """What was found in some rows of one table. `problems` say which value could not be rotated, and why."""

    rows: int = 0
    rewritten: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.rows += other.rows
        self.rewritten += other.rewritten
        self.problems += other.problems


def rotated_models() -> list[type[models.Model]]:
    """Every model, of every app, that stores an encrypted value or a hash that can be recomputed."""
    return [model for model in apps.get_models() if _encrypted(model) or _recomputed(model)]


def kept_hashes() -> list[KeyedHashField]:
    """The hashes that cannot be recomputed: their rows need the hash key they were made under until they go."""
    fields = (field for model in apps.get_models() for field in _of(model, KeyedHashField))
    return [field for field in fields if not field.source]


def rotate(model: type[models.Model]) -> Iterator[Outcome]:
    """Bring one table under the current keys; one outcome a committed batch."""
    last = None
    while keys := _next_keys(model, last):
        last = keys[-1]
        yield _rotate_batch(model, keys)


def _next_keys(model: type[models.Model], last: Any) -> list[Any]:
    rows = model._base_manager.order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _rotate_batch(model: type[models.Model], keys: list[Any]) -> Outcome:
    outcome = Outcome()
    done = _rotate_rows(model, keys, outcome, skip_locked=True)
    for key in keys:
        if key not in done:  # held by another transaction, or gone since
            _rotate_rows(model, [key], outcome, skip_locked=False)
    return outcome


def _rotate_rows(model: type[models.Model], keys: list[Any], outcome: Outcome, *, skip_locked: bool) -> set[Any]:
    encrypted = _encrypted(model)
    tokens = {ANNOTATION.format(f.name): ExpressionWrapper(F(f.name), models.BinaryField()) for f in encrypted}
    rows = model._base_manager.filter(pk__in=keys).defer(*(f.name for f in encrypted)).annotate(**tokens)
    with transaction.atomic():
        locked = list(rows.select_for_update(skip_locked=skip_locked, of=("self",)))
        _write(model, locked, outcome)
    outcome.rows += len(locked)
    return {row.pk for row in locked}


def _write(model: type[models.Model], rows: list[models.Model], outcome: Outcome) -> None:
    """Write again what is under an old key: the rows that need the same columns together."""
    alike = defaultdict(list)
    for row in rows:
        if columns := _renew(row, outcome):
            alike[columns].append(row)
    for names, changed in alike.items():
        _write_alike(model, [model._meta.get_field(name) for name in names], changed)
        outcome.rewritten += len(changed)


def _write_alike(model: type[models.Model], fields: list[Any], rows: list[models.Model]) -> None:
    """Write the same columns of some rows, in one trip. Not `bulk_update()`, whose expressions cost ten times more."""
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    where = f"{quote(key.column)} = %s"
    statement = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {where}"  # noqa: S608 - our own names
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in (*fields, key)] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _renew(row: models.Model, outcome: Outcome) -> tuple[str, ...]:
    """Put the values to store on the row, and return the names of those that have to be written."""
    try:
        return (*_reencrypted(row), *_rehashed(row, outcome))
    except DecryptionError as error:
        outcome.problems.append(f"{row._meta.label} {row.pk}: {error}")
        return ()


def _reencrypted(row: models.Model) -> list[str]:
    """The encrypted fields under an old key. Puts every value, decrypted, on the row: hashes are made of them."""
    current, _ = encryption_ring().current
    old = []
    for encrypted in _encrypted(type(row)):
        stored = getattr(row, ANNOTATION.format(encrypted.name))
        setattr(row, encrypted.attname, None if stored is None else encrypted.opened(bytes(stored)))
        if stored is not None and key_name(bytes(stored)) != current:
            old.append(encrypted.name)
    return old


def _rehashed(row: models.Model, outcome: Outcome) -> list[str]:
    """The hashes under an old key, renewed on the row. One of no key of the ring is told, and left."""
    old = []
    for hashed in _recomputed(type(row)):
        stored = getattr(row, hashed.attname)
        renewed = stored and hashed.renewed(row, stored)
        if stored is not None and renewed is None:
            outcome.problems.append(f"{row._meta.label} {row.pk}: {hashed.name} is of no key of the ring")
        elif renewed != stored:
            setattr(row, hashed.attname, renewed)
            old.append(hashed.name)
    return old


def _encrypted(model: type[models.Model]) -> list[EncryptedField]:
    return _of(model, EncryptedField)


def _recomputed(model: type[models.Model]) -> list[KeyedHashField]:
    return [field for field in _of(model, KeyedHashField) if field.source]


def _of(model: type[models.Model], kind: type[Kind]) -> list[Kind]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, kind)]
