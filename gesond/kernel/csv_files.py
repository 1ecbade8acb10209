"""CSV files that are imported: their header, their records, their texts. Nothing here touches the database.

What the columns mean is each import's own; how a file is read, and what is refused in every text, is the same for all.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import gt
from pathlib import Path
from typing import NamedTuple

# Written before the columns of a report of refused lines, so that a corrected report can be imported as it is.
REPORT_COLUMNS = ("line", "column", "reason")
LONGEST_OTHER = 40
# Columns of the report are read past: a reason may be a long sentence.
LONGEST_OF_REPORT = 10_000
BLOCK_BYTES = 64 * 1024
LONGEST_BLOCK = 16 * BLOCK_BYTES


class HeaderError(ValueError):
    """The file is no such file: its first line does not name the columns an import needs, or it has no lines.

    The message says what is wrong.
    """


class LineError(ValueError):
    """A line cannot be imported: `column` and a readable reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns of a kind of file. `longest`: characters a column may have; `guide`: the page that explains it."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    guide: str
    longest: Mapping[str, int] = field(default_factory=dict)

    def header(self, first: str, delimiter: str) -> list[str]:
        """The names in the first line of a file. Raises HeaderError."""
        try:
            columns = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
        except csv.Error as error:
            raise HeaderError(f"the first line cannot be read: {error} (see {self.guide})") from error
        missing = [name for name in self.required if name not in columns]
        if missing:
            raise HeaderError(f"the first line must name the columns: {', '.join(missing)} missing (see {self.guide})")
        unknown = [name for name in columns if name not in (*self.required, *self.optional, *REPORT_COLUMNS)]
        if unknown:
            known = ", ".join((*self.required, *self.optional))
            raise HeaderError(f"no such column: {', '.join(unknown)}. Columns are: {known}")
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            raise HeaderError(f"column named twice: {', '.join(twice)}")
        return columns


class RawLine(NamedTuple):
    """A record as read: `number` is its first line in the file; `broken` says why it could not be split."""

    number: int
    values: list[str]
    broken: str = ""


# A stretch of the file that begins and ends between records: the number of its first line, and its bytes.
Block = tuple[int, bytes]


class CsvFile:
    """A file opened for reading: its `columns`, then its `blocks()`. Memory stays flat. Raises HeaderError."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        with path.open("rb") as file:
            first = file.readline(LONGEST_BLOCK)
        text = first.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        self.delimiter = ";" if text.count(";") > text.count(",") else ","
        self.columns = layout.header(text, self.delimiter)
        self.bytes_read = len(first)
        self._file = path.open("rb")
        self._file.seek(self.bytes_read)

    def __enter__(self) -> "CsvFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def blocks(self) -> Iterator[Block]:
        """The file after its header, in pieces of some hundred records."""
        number, pending = 2, b""
        while piece := self._file.read(BLOCK_BYTES):
            self.bytes_read += len(piece)
            pending += piece
            end = pending.rfind(b"\n") + 1
            if len(pending) - end > LONGEST_BLOCK:
                raise HeaderError(f"after line {number}, a line goes on for {LONGEST_BLOCK} bytes: this is no CSV file")
            block = pending[:end]
            # An odd number of quotation marks: a quoted text goes on in the next line. A stray one must not make a
            # block of the whole file.
            if block and (block.count(b'"') % 2 == 0 or len(block) > LONGEST_BLOCK):
                yield number, block
                number += block.count(b"\n")
                pending = pending[end:]
        if pending:
            yield number, pending

    def __iter__(self) -> Iterator[RawLine]:
        for block in self.blocks():
            yield from records(block, self.delimiter)


def records(block: Block, delimiter: str) -> Iterator[RawLine]:
    """The records of a block. What cannot be split is told as such, and stops nothing."""
    before, data = block[0] - 1, block[1]
    # What is not UTF-8 becomes surrogates, which the check of each field refuses.
    text = data.decode("utf-8", "surrogateescape")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    while True:
        number = before + reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            last = before + reader.line_num
            yield RawLine(number, [], f"a quotation mark is misplaced or never closed (lines {number} to {last})")
            continue
        if values:
            yield RawLine(number, values)


class TextChecker:
    """What is asked of the texts of every record."""

    def __init__(self, columns: list[str], layout: Layout) -> None:
        self.columns = columns
        longest = {**dict.fromkeys(REPORT_COLUMNS, LONGEST_OF_REPORT), **layout.longest}
        self.longest = [longest.get(name, LONGEST_OTHER) for name in columns]

    def row(self, line: RawLine) -> dict[str, str]:
        """The record by column, stripped, in Unicode's composed form. Raises LineError."""
        if line.broken:
            raise LineError("", line.broken)
        if len(line.values) != len(self.columns):
            raise LineError("", f"{len(self.columns)} columns expected, {len(line.values)} found")
        return dict(zip(self.columns, self._texts(line.values), strict=True))

    def _texts(self, values: list[str]) -> list[str]:
        """The values stripped and in Unicode's composed form. Looks at the record as a whole first, for speed."""
        whole = "".join(values)
        if not whole.isascii():
            values = [unicodedata.normalize("NFC", value.replace("\u00a0", " ")) for value in values]
            whole = "".join(values)
        # Python's "printable" leaves out exactly Unicode's controls, invisible marks and unassigned characters.
        if not whole.isprintable():
            self._refuse_invisible(values)
        values = [value.strip() for value in values]
        if any(map(gt, map(len, values), self.longest)):
            self._refuse_length(values)
        return values

    def _refuse_invisible(self, values: list[str]) -> None:
        column, value = next(pair for pair in zip(self.columns, values, strict=True) if not pair[1].isprintable())
        character = next(character for character in value if not character.isprintable())
        if unicodedata.category(character) == "Cs":
            raise LineError(column, "not UTF-8: save the file as UTF-8")
        raise LineError(column, f"holds the invisible character U+{ord(character):04X}: remove it")

    def _refuse_length(self, values: list[str]) -> None:
        for column, value, longest in zip(self.columns, values, self.longest, strict=True):
            if len(value) > longest:
                raise LineError(column, f"longer than {longest} characters")


def required(row: Mapping[str, str], column: str) -> str:
    """The text of a column that may not be empty. Raises LineError."""
    text = row[column]
    if not text:
        raise LineError(column, "empty")
    return text


YES_OR_NO = {"0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


def yes_or_no(row: Mapping[str, str], column: str, *, otherwise: bool = False) -> bool:
    """What a column answers; `otherwise` when it is empty or not in the file. Raises LineError."""
    text = row.get(column)
    if not text:
        return otherwise
    try:
        return YES_OR_NO[text.lower()]
    except KeyError:
        raise LineError(column, "must be 1, true or yes, or else 0, false, no or empty") from None
