"""PDF by Typst: tagged for screen readers (PDF/UA-1) and fit for archives (PDF/A-2a), with no font but its own.

What varies is passed as data and never written into a source: no text can become markup.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

if TYPE_CHECKING:
    from typst import PDFStandard, PDFStandards

# PDF/A-3 only adds attachments of any kind: what has none is archived as PDF/A-2.
STANDARD: "list[PDFStandard]" = ["ua-1", "a-2a"]


class PdfError(ValueError):
    """A document could not be rendered; the message is Typst's."""


class PdfRenderer:
    """Renders documents of one Typst source. Keeps fonts and layout between them: reuse it; one for each thread."""

    def __init__(self, source: Path) -> None:
        self._compiler = typst.Compiler(source, root=source.parent, font_paths=_fonts(), ignore_system_fonts=True)

    def render(
        self, data: dict[str, Any], *, standard: "PDFStandards" = STANDARD, timestamp: datetime | None = None
    ) -> bytes:
        """The document as PDF. The source reads `data` by `json(bytes(sys.inputs.data))`. Raises PdfError.

        `timestamp`: the date of making it bears; aware.
        """
        try:
            pdf = self._compiler.compile(
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=standard,
                timestamp=timestamp and timestamp.replace(microsecond=0),
            )
        except typst.TypstError as error:
            raise PdfError(error.message) from error
        assert isinstance(pdf, bytes)  # noqa: S101 - one document, one file
        return pdf


@cache
def _fonts() -> typst.Fonts:
    # The fonts Typst carries, and none of the machine's: a letter looks the same wherever it is made.
    return typst.Fonts(include_system_fonts=False)
