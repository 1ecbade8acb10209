"""`manage.py rotate_keys`: bring everything stored under the current keys (see docs/howto/rotate-keys.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from tqdm import tqdm

from gesond.kernel import journal
from gesond.kernel.keys import encryption_ring, hash_ring
from gesond.kernel.rotation import Outcome, kept_hashes, rotate, rotated_models

SHOWN_PROBLEMS = 50


class Command(BaseCommand):
    help = "Re-encrypt stored values and recompute keyed hashes under the current keys. Safe to stop and start again."

    def handle(self, *args: Any, **options: Any) -> None:
        total = Outcome()
        for model in rotated_models():
            total.add(self._rotate(model))
        self._record(total)
        self._tell_kept_hashes()
        self._conclude(total)

    def _rotate(self, model: type[models.Model]) -> Outcome:
        outcome = Outcome()
        with tqdm(total=model._base_manager.count(), desc=model._meta.label, unit="row", disable=None) as bar:
            for batch in rotate(model):
                outcome.add(batch)
                bar.update(batch.rows)
        self.stdout.write(f"{model._meta.label}: {outcome.rewritten} of {outcome.rows} rows rewritten")
        return outcome

    def _record(self, total: Outcome) -> None:
        details = {
            "encryption_key": encryption_ring().current[0],
            "hash_key": hash_ring().current[0],
            "rewritten": total.rewritten,
            "problems": len(total.problems),
        }
        with transaction.atomic():
            journal.record(actor=journal.SYSTEM, event="keys.rotated", chain="platform", details=details)

    def _tell_kept_hashes(self) -> None:
        for hashed in kept_hashes():
            rows = hashed.model._base_manager.count()
            if rows:
                self.stdout.write(
                    f"{hashed.model._meta.label}.{hashed.name} cannot be recomputed: keep the old hash key in the ring "
                    f"until its {rows} rows of today have expired"
                )

    def _conclude(self, total: Outcome) -> None:
        if not total.problems:
            self.stdout.write(
                f"Everything else is under encryption key {encryption_ring().current[0]!r} "
                f"and hash key {hash_ring().current[0]!r}."
            )
            return
        for problem in total.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(problem)
        raise CommandError(f"{len(total.problems)} values could not be rotated: keep every old key until they are")
