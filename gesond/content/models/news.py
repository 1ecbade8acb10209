"""« ACTUALITÉS »: S2-05."""

from typing import ClassVar

from gesond.content.models.content import Content


class NewsItem(Content):
    kind: ClassVar[str] = "news"
