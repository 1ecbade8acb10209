"""News, events, polls, guides, questions and answers; who was told of them."""

from gesond.content.models.announcement import Announcement
from gesond.content.models.content import LANGUAGES, Content, Stage, State
from gesond.content.models.event import Event
from gesond.content.models.faq import FaqEntry, Topic
from gesond.content.models.guide import Guide
from gesond.content.models.news import NewsItem
from gesond.content.models.poll import Participation, Poll, PollAnswer, PollKind, PollOption
from gesond.content.models.terms_draft import TermsDraft

__all__ = [
    "LANGUAGES",
    "Announcement",
    "Content",
    "Event",
    "FaqEntry",
    "Guide",
    "NewsItem",
    "Participation",
    "Poll",
    "PollAnswer",
    "PollKind",
    "PollOption",
    "Stage",
    "State",
    "TermsDraft",
    "Topic",
]
