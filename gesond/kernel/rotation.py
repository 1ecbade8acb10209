"""Rotation of the key rings: every stored value re-encrypted, every keyed hash recomputed, under the current keys.

Rows are taken in batches, each in a transaction of its own, so that it can be killed and started again: what is under
the current keys already is read and left. A row another transaction holds is never waited for while holding others
(`SKIP LOCKED`, then one by one), so that rotation cannot deadlock with the service, and what is read to be rewritten
is read under the lock, so that no change is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction
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
    done = set()
    with transaction.atomic():
        for row in rows.select_for_update(skip_locked=skip_locked, of=("self",)):
            done.add(row.pk)
            outcome.add(_rotate_row(row))
    return done


def _rotate_row(row: models.Model) -> Outcome:
    outcome = Outcome(rows=1)
    try:
        changes = _reencrypted(row) | _rehashed(row, outcome)
    except DecryptionError as error:
        outcome.problems.append(f"{row._meta.label} {row.pk}: {error}")
        return outcome
    if changes:
        type(row)._base_manager.filter(pk=row.pk).update(**changes)
        outcome.rewritten = 1
    return outcome


def _reencrypted(row: models.Model) -> dict[str, Any]:
    """The values to write again. Also puts every decrypted value on the row, where hashes are made from it."""
    current, _ = encryption_ring().current
    changes = {}
    for encrypted in _encrypted(type(row)):
        stored = getattr(row, ANNOTATION.format(encrypted.name))
        value = None if stored is None else encrypted.opened(bytes(stored))
        setattr(row, encrypted.attname, value)
        if stored is not None and key_name(bytes(stored)) != current:
            changes[encrypted.name] = value
    return changes


def _rehashed(row: models.Model, outcome: Outcome) -> dict[str, Any]:
    changes = {}
    for hashed in _recomputed(type(row)):
        stored = getattr(row, hashed.attname)
        if stored is None:
            continue
        renewed = hashed.renewed(row, stored)
        if renewed is None:
            outcome.problems.append(f"{row._meta.label} {row.pk}: {hashed.name} is of no key of the ring")
        elif renewed != stored:
            changes[hashed.name] = renewed
    return changes


def _encrypted(model: type[models.Model]) -> list[EncryptedField]:
    return _of(model, EncryptedField)


def _recomputed(model: type[models.Model]) -> list[KeyedHashField]:
    return [field for field in _of(model, KeyedHashField) if field.source]


def _of(model: type[models.Model], kind: type[Kind]) -> list[Kind]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, kind)]
