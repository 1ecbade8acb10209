"""What an imported line does to the periods that are known: it ends the former one and begins another.

Nothing here touches the database.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gesond.directory.files import Line
from gesond.directory.models.periods import Period
from gesond.kernel.csv_files import LineError


@dataclass
class Changes:
    """Rows to write: those that are there already, then the new ones."""

    altered: list[Any] = field(default_factory=list)
    begun: list[Any] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def count(self, *, is_first: bool) -> None:
        """Note what became of a line: the first of its owner, or not."""
        if is_first:
            self.added += 1
        else:
            self.changed += 1


def apply(line: Line, known: list[Any], model: type[Any], owner: dict[str, Any], changes: Changes) -> None:
    """Bring one line among the periods `known` of its owner (changed in place). Raises LineError."""
    covering = next((period for period in known if period.holds_on(line.valid_from)), None)
    if covering is not None and _says(covering, line) and covering.valid_to == line.valid_to:
        changes.unchanged += 1
        return
    _refuse_before_later(line, known)
    changes.count(is_first=not known)
    if covering is None:
        _begin(line, known, model, owner, changes)
    elif covering.valid_from == line.valid_from or _says(covering, line):
        _alter(covering, {**line.facts, "valid_to": line.valid_to}, changes)
    else:
        _alter(covering, {"valid_to": line.valid_from}, changes)
        _begin(line, known, model, owner, changes)


def move_main(line: Line, others: list[Any], changes: Changes, model: type[Any]) -> None:
    """From a line's first day on, no other practice of the professional is the main one."""
    for other in [one for one in others if one.is_main and _reaches(one, line.valid_from)]:
        if other.valid_from >= line.valid_from:
            _alter(other, {"is_main": False}, changes)
            continue
        rest = model(
            professional_id=other.professional_id,
            establishment_id=other.establishment_id,
            phone=other.phone,
            valid_from=line.valid_from,
            valid_to=other.valid_to,
        )
        _alter(other, {"valid_to": line.valid_from}, changes)
        changes.begun.append(rest)


def _reaches(period: Period, day: date) -> bool:
    return period.valid_to is None or period.valid_to > day


def _says(period: Any, line: Line) -> bool:
    return all(getattr(period, name) == value for name, value in line.facts.items())


def _refuse_before_later(line: Line, known: list[Any]) -> None:
    later = [period.valid_from for period in known if period.valid_from > line.valid_from]
    if later:
        raise LineError("valid_from", f"what holds from {min(later).isoformat()} is already known: import in order")


def _begin(line: Line, known: list[Any], model: type[Any], owner: dict[str, Any], changes: Changes) -> None:
    period = model(**owner, **line.facts, valid_from=line.valid_from, valid_to=line.valid_to)
    known.append(period)
    changes.begun.append(period)


def _alter(period: Any, values: dict[str, Any], changes: Changes) -> None:
    for name, value in values.items():
        setattr(period, name, value)
    if period.pk is not None:
        changes.altered.append(period)
