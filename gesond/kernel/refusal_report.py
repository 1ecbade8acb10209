"""Which lines of an import were refused, and why. The file holds personal data: only its owner may read it."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

from gesond.kernel.csv_files import REPORT_COLUMNS, CsvFile


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not imported."""

    line: int
    column: str
    reason: str
    values: list[str]


class RefusalReport:
    """A CSV with `line`, `column`, `reason` before the file's own columns: corrected, it can be imported as it is.

    Created with the first refusal; `path` is None until then.
    """

    def __init__(self, target: Path, file: CsvFile) -> None:
        self.target = target
        self.columns = file.columns
        self.delimiter = file.delimiter
        self.refused = 0
        self.path: Path | None = None
        self._stream: TextIO | None = None

    def __enter__(self) -> "RefusalReport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, refusal: Refusal) -> None:
        own = [value for name, value in zip(self.columns, refusal.values, strict=False) if name not in REPORT_COLUMNS]
        extra = refusal.values[len(self.columns) :]
        self._writer().writerow([refusal.line, refusal.column, refusal.reason, *own, *extra])
        self.refused += 1

    def _writer(self) -> "csv._writer":  # type: ignore[name-defined]  # typeshed keeps the class private
        if self._stream is None:
            self._open()
        assert self._stream is not None  # noqa: S101 - just opened
        return csv.writer(self._stream, delimiter=self.delimiter)

    def _open(self) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        # Surrogates stand for the bytes that were not UTF-8: they are written back as they were read.
        self._stream = os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="")
        self.path = self.target
        own = [name for name in self.columns if name not in REPORT_COLUMNS]
        csv.writer(self._stream, delimiter=self.delimiter).writerow([*REPORT_COLUMNS, *own])
