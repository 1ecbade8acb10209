"""INFOS E-SANTÉ: S2-02, S2-05, S2-11, S2-46, S1-28."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from icalendar import Calendar

from gesond.content.models import FaqEntry, Guide
from gesond.content.shipped import GUIDES, questions
from gesond.content.tests.factories import (
    EventFactory,
    FaqEntryFactory,
    GuideFactory,
    NewsItemFactory,
    PollFactory,
    texts,
)
from gesond.kernel.clock import now
from gesond.web.home import forget_home
from gesond.web.markdown import as_html

pytestmark = pytest.mark.django_db

ATTACKS = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    '[x](https://example.org "t\\" onclick=alert(1)")',
    "![x](https://example.org/pixel.png)",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc=x></iframe>",
    "<!-- --><script>alert(1)</script>",
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "\x02wzxhzdk:0\x03<script>",
    "[x](//example.org)",
    "[x](/\\example.org)",
]


@pytest.fixture(autouse=True)
def home_is_made_anew():
    forget_home()
    yield
    forget_home()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


class Harm(HTMLParser):
    """What a browser would run, fetch or follow: elements, handlers and addresses that no text may bring."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "iframe", "img", "object", "embed", "style", "base", "meta", "link"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(name)
            if name == "href" and not re.match(r"(/[^/\\]|#|https://|mailto:|tel:)", value or ""):
                self.found.append(value)


def harm_in(html):
    parser = Harm()
    parser.feed(html)
    return parser.found


class TestVisibility:
    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "draft", "publish_at": None},
            {"state": "archived"},
            {"publish_at": now() + timedelta(days=1)},
            {"publish_at": now() - timedelta(days=2), "unpublish_at": now() - timedelta(days=1)},
        ],
        ids=["draft", "archived", "scheduled", "over"],
    )
    def test_what_is_not_published_is_not_there_for_who_guesses_its_address(self, client, fields):
        news, event, poll = NewsItemFactory(**fields), EventFactory(**fields), PollFactory(**fields)
        guide, entry = GuideFactory(**fields), FaqEntryFactory(**fields)
        addresses = [
            f"/fr/news/{news.pk}/",
            f"/fr/events/{event.pk}/",
            f"/fr/events/{event.pk}/event.ics",
            f"/fr/polls/{poll.pk}/",
            f"/fr/guides/{guide.slug}/",
            f"/fr/guides/{guide.slug}/1.0/",
            f"/fr/guides/{guide.slug}/1.0/pdf",
        ]
        assert {client.get(address).status_code for address in addresses} == {404}
        for listing in (
            "/fr/news/",
            "/fr/events/",
            "/fr/events/calendar.ics",
            "/fr/polls/",
            "/fr/guides/",
            "/fr/faq/",
            "/fr/",
        ):
            assert "Titre" not in page(client, listing)
        assert entry.title not in page(client, "/fr/faq/")

    def test_the_clock_alone_publishes_and_ends(self, client):
        item = NewsItemFactory(publish_at=now() + timedelta(days=1), unpublish_at=now() + timedelta(days=3))
        with time_machine.travel(now() + timedelta(days=2)):
            assert client.get(f"/fr/news/{item.pk}/").status_code == 200
        with time_machine.travel(now() + timedelta(days=4)):
            assert client.get(f"/fr/news/{item.pk}/").status_code == 404


class TestLanguages:
    def test_a_text_is_read_in_the_pages_language(self, client):
        item = NewsItemFactory(title="Impfbuch")
        assert "Impfbuch de" in page(client, f"/de/news/{item.pk}/")

    def test_the_page_says_when_a_text_exists_only_in_french(self, client):
        item = NewsItemFactory(texts={"fr": texts()["fr"]})
        assert "Diesen Text gibt es nur auf Französisch." in page(client, f"/de/news/{item.pk}/")
        assert 'lang="fr"' in page(client, f"/de/news/{item.pk}/")
        assert "qu'en français" not in page(client, f"/fr/news/{item.pk}/")


class TestStoredHtml:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_what_staff_type_is_never_run(self, client, attack):
        hostile = {"fr": {"title": attack, "summary": attack, "body": attack, "place": attack}}
        items = [NewsItemFactory(texts=hostile), EventFactory(texts=hostile)]
        entry, guide = FaqEntryFactory(texts=hostile), GuideFactory(texts=hostile)
        shown = [page(client, f"/fr/news/{items[0].pk}/"), page(client, f"/fr/events/{items[1].pk}/")]
        shown += [page(client, "/fr/faq/"), page(client, f"/fr/guides/{guide.slug}/"), page(client, "/fr/")]
        assert entry.pk
        for html in shown:
            assert harm_in(html.partition("<main")[2].partition("</main>")[0]) == []

    def test_the_test_sees_harm(self):
        assert harm_in('<img src=x onerror=y><a href="&#106;avascript:z">') == ["img", "onerror", "javascript:z"]

    def test_good_links_stay(self):
        assert 'href="https://guichet.lu/a?b=1&amp;c=2"' in as_html("[x](https://guichet.lu/a?b=1&c=2)")
        assert 'href="/fr/faq/"' in as_html("[x](/fr/faq/)")


class TestHomePage:
    def test_the_three_newest_are_shown(self, client):
        """S2-05."""
        for days in (4, 3, 2, 1):
            NewsItemFactory(title=f"Il y a {days} jours", publish_at=now() - timedelta(days=days))
        html = page(client, "/fr/")
        assert [f"Il y a {days} jours" in html for days in (1, 2, 3, 4)] == [True, True, True, False]
        assert html.index("Il y a 1 jours") < html.index("Il y a 3 jours")

    def test_it_asks_the_database_once_in_a_while(self, client, django_assert_num_queries):
        NewsItemFactory()
        with django_assert_num_queries(1):
            client.get("/fr/")
        with django_assert_num_queries(0):
            client.get("/fr/")

    def test_without_news_it_says_so(self, client):
        assert "actualité pour le moment" in page(client, "/fr/")

    def test_the_menu_leads_to_each(self, client):
        """S2-02: INFOS E-SANTÉ."""
        html = page(client, "/fr/")
        for address in ("/fr/news/", "/fr/events/", "/fr/polls/", "/fr/guides/", "/fr/faq/"):
            assert f'href="{address}"' in html


class TestEvents:
    def test_they_stand_month_by_month_in_luxembourgs_time(self, client):
        with time_machine.travel("2026-11-21T10:00:00Z"):
            EventFactory(
                title="Noël",
                starts_at="2026-12-31T23:30:00Z",
                ends_at="2027-01-01T01:00:00Z",
                publish_at="2026-11-01T00:00Z",
            )
            html = page(client, "/fr/events/")
        assert "Janvier 2027" in html
        assert "1er janvier 2027, de 00:30 à 02:00" in html

    def test_what_is_over_moves_to_the_past(self, client):
        event = EventFactory(title="Soirée")
        assert "Soirée" not in page(client, "/fr/events/past/")
        with time_machine.travel(event.ends_at):
            assert "Soirée" in page(client, "/fr/events/past/")
            assert "Soirée" not in page(client, "/fr/events/")

    def test_the_feed_holds_what_a_calendar_needs(self, client):
        event = EventFactory(title="Soirée", sequence=3)
        answer = client.get("/fr/events/calendar.ics")
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        (found,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert found["UID"] == f"{event.uid}@gesond"
        assert (found["SEQUENCE"], found["STATUS"], str(found["LOCATION"])) == (3, "CONFIRMED", "Belval")
        assert found.decoded("DTSTART") == event.starts_at.replace(microsecond=0)
        assert found["SUMMARY"] == "Soirée fr"
        assert found["URL"].endswith(f"/fr/events/{event.pk}/")

    def test_called_off_reaches_calendars(self, client):
        event = EventFactory(called_off=True)
        (found,) = Calendar.from_ical(client.get(f"/de/events/{event.pk}/event.ics").content).walk("VEVENT")
        assert found["STATUS"] == "CANCELLED"
        assert "abgesagt" in page(client, f"/de/events/{event.pk}/")

    @pytest.mark.parametrize(
        "hostile",
        [
            "Fin\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nATTACH:https://example.org/x",
            "a;b,c\\n\\;LOCATION=x",
            "é" * 140,
            "BEGIN:VALARM\nACTION:EMAIL\nEND:VALARM",
        ],
    )
    def test_no_text_breaks_out_of_its_line(self, client, hostile):
        one = {"title": hostile[:150], "summary": hostile, "body": hostile, "place": hostile}
        EventFactory(texts={"fr": one})
        content = client.get("/fr/events/calendar.ics").content
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        calendar = Calendar.from_ical(content)
        (found,) = calendar.walk("VEVENT")
        assert (len(calendar.walk("VALARM")), "ATTACH" in found) == (0, False)
        assert str(found["DESCRIPTION"]).replace("\r\n", "\n") == hostile.replace("\r\n", "\n")


class TestGuidesAndQuestions:
    def test_a_guide_says_its_version_and_date(self, client):
        """S2-46: « Version 4.1 / Juillet 2024 »."""
        guide = GuideFactory(number="4.1", dated=date(2024, 7, 1))
        assert "Version 4.1 / Juillet 2024" in page(client, f"/fr/guides/{guide.slug}/")
        assert "Version 4.1 / Juli 2024" in page(client, "/de/guides/")

    def test_the_newest_version_is_shown_and_the_earlier_one_says_so(self, client):
        old = GuideFactory(slug="essai", number="1.0", dated=date(2024, 1, 1))
        GuideFactory(slug="essai", number="1.1", dated=date(2025, 1, 1))
        assert "Version 1.1 /" in page(client, "/fr/guides/essai/")
        assert "Ceci est une version antérieure." in page(client, f"/fr/guides/essai/{old.number}/")

    @pytest.mark.parametrize("number", ["9.9", "..", "1.0%00", "x"])
    def test_a_version_that_is_not_there_is_not_found(self, client, number):
        guide = GuideFactory()
        assert client.get(f"/fr/guides/{guide.slug}/{number}/").status_code == 404
        assert client.get(f"/fr/guides/{guide.slug}/{number}/pdf").status_code == 404

    def test_a_guide_can_be_printed(self, client):
        guide = GuideFactory()
        answer = client.get(f"/fr/guides/{guide.slug}/1.0/pdf")
        assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
        assert f"gesond-{guide.slug}-1.0-fr.pdf" in answer["Content-Disposition"]

    def test_the_product_brings_its_guides_and_questions_in_three_languages(self):
        assert [guide.slug for guide in GUIDES] == [
            "patient-activation",
            "professional-activation",
            "medical-secretary",
        ]
        for guide in GUIDES:
            assert all(
                guide.texts[language]["title"] and "## " in guide.texts[language]["body"]
                for language in ("fr", "de", "en")
            )
        assert len(questions()) == 12
        assert all(text["title"] and text["body"] for _, one in questions() for text in one.values())

    def test_a_new_portal_has_them(self):
        """S2-11, by the migration."""
        assert Guide.objects.filter(slug="patient-activation", number="4.1", state="released").exists()
        assert FaqEntry.objects.count() >= 12

    def test_the_activation_page_leads_to_the_online_guide(self, client):
        """S2-11."""
        assert 'href="/fr/guides/"' in page(client, "/fr/activation/")


def test_reading_costs_the_same_however_much_there_is(client, django_assert_num_queries):
    for _ in range(25):
        news, event = NewsItemFactory(), EventFactory()
        GuideFactory(), FaqEntryFactory()
    for address, queries in {
        "/fr/news/": 2,
        f"/fr/news/{news.pk}/": 1,
        "/fr/events/": 1,
        "/fr/events/past/": 1,
        f"/fr/events/{event.pk}/": 1,
        "/fr/events/calendar.ics": 2,
        "/fr/guides/": 1,
        "/fr/faq/": 1,
    }.items():
        with django_assert_num_queries(queries):
            page(client, address)
