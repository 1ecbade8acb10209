"""The desk: writing, previewing, publishing; two editors; who may not."""

from datetime import timedelta

import pytest
import time_machine

from gesond.content.actions.editing import (
    NotYetError,
    StaleEditError,
    archive_content,
    close_poll,
    edit_content,
    release_content,
    withdraw_content,
)
from gesond.content.models import Event, FaqEntry, Guide, NewsItem, Poll, TermsDraft
from gesond.content.tests.factories import (
    EventFactory,
    GuideFactory,
    NewsItemFactory,
    PollFactory,
    editor,
    reader,
    texts,
)
from gesond.identity.models import StaffMember, TermsVersion
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
NEWS = {"revision": "1", "title_fr": "Nouveau", "summary_fr": "Bref", "body_fr": "Un **texte**."}


@pytest.fixture
def desk(client):
    return signed_in_by(client, editor(), door="staff")


def html(answer):
    return answer.content.decode()


class TestWriting:
    def test_what_is_written_is_a_draft_until_it_is_published(self, desk):
        answer = desk.post("/fr/desk/contents/news/new/", NEWS)
        item = NewsItem.objects.get()
        assert answer["Location"] == f"/fr/desk/contents/news/{item.pk}/"
        assert desk.get(f"/fr/news/{item.pk}/").status_code == 404
        desk.post(f"/fr/desk/contents/news/{item.pk}/release/", {})
        assert "<strong>texte</strong>" in html(desk.get(f"/fr/news/{item.pk}/"))

    def test_the_journal_names_who_wrote_and_published(self, desk):
        desk.post("/fr/desk/contents/news/new/", NEWS)
        item = NewsItem.objects.get()
        desk.post(f"/fr/desk/contents/news/{item.pk}/release/", {})
        told = JournalEntry.objects.filter(chain=f"news:{item.pk}").order_by("sequence")
        assert [entry.event for entry in told] == ["content.created", "content.released"]
        assert {entry.actor for entry in told} == {f"staff:{StaffMember.objects.get().account_id}"}

    def test_a_preview_keeps_nothing_and_loses_nothing(self, desk):
        answer = html(desk.post("/fr/desk/contents/news/new/", {**NEWS, "preview": "1"}))
        assert "<strong>texte</strong>" in answer
        assert "Un **texte**." in answer
        assert not NewsItem.objects.exists()

    def test_french_is_needed_and_what_was_typed_stays(self, desk):
        answer = html(desk.post("/fr/desk/contents/news/new/", {**NEWS, "title_fr": "", "title_de": "Neu"}))
        assert 'value="Neu"' in answer
        assert not NewsItem.objects.exists()

    def test_half_a_translation_is_refused(self, desk):
        answer = html(desk.post("/fr/desk/contents/news/new/", {**NEWS, "title_de": "Neu"}))
        assert "Une traduction est complète ou absente" in answer

    def test_an_event_has_its_times_in_luxembourg(self, desk):
        given = {
            **NEWS,
            "place_fr": "Belval",
            "starts_at_day_day": "25",
            "starts_at_day_month": "6",
            "starts_at_day_year": "2027",
            "starts_at_time": "18:30",
            "ends_at_day_day": "25",
            "ends_at_day_month": "6",
            "ends_at_day_year": "2027",
            "ends_at_time": "20h00",
            "announced": "on",
        }
        desk.post("/fr/desk/contents/event/new/", given)
        event = Event.objects.get()
        assert (event.starts_at.isoformat(), event.ends_at.isoformat()) == (
            "2027-06-25T16:30:00+00:00",
            "2027-06-25T18:00:00+00:00",
        )
        wrong = html(desk.post("/fr/desk/contents/event/new/", {**given, "ends_at_time": "17:00"}))
        assert "finit avant de commencer" in wrong
        assert "18h99" in html(desk.post("/fr/desk/contents/event/new/", {**given, "starts_at_time": "18h99"}))
        missing = {**given, "starts_at_day_month": "3", "starts_at_day_day": "28", "starts_at_time": "02:30"}
        assert "l&#39;heure change" in html(desk.post("/fr/desk/contents/event/new/", missing)).replace("'", "&#39;")

    def test_a_poll_has_its_answers_line_by_line(self, desk):
        given = {
            "revision": "1",
            "title_fr": "Combien ?",
            "asks": "single",
            "options_fr": "Un\nDeux",
            "closes_at_day_day": "1",
            "closes_at_day_month": "1",
            "closes_at_day_year": "2090",
            "closes_at_time": "12:00",
        }
        assert "entre 2 et 12" in html(desk.post("/fr/desk/contents/poll/new/", {**given, "options_fr": "Un"}))
        desk.post("/fr/desk/contents/poll/new/", given)
        poll = Poll.objects.get()
        assert [option.labels for option in poll.options.all()] == [{"fr": "Un"}, {"fr": "Deux"}]

    def test_a_guides_version_is_there_once(self, desk):
        GuideFactory(slug="essai", number="1.0")
        given = {
            **NEWS,
            "slug": "essai",
            "number": "1.0",
            "position": "5",
            "dated_day": "1",
            "dated_month": "7",
            "dated_year": "2024",
        }
        assert "existe déjà" in html(desk.post("/fr/desk/contents/guide/new/", given))
        desk.post("/fr/desk/contents/guide/new/", {**given, "number": "1.1"})
        assert Guide.objects.filter(slug="essai").count() == 2

    def test_a_question_has_a_topic(self, desk):
        before = FaqEntry.objects.count()
        given = {
            "revision": "1",
            "title_fr": "Pourquoi ?",
            "body_fr": "Parce que.",
            "topic": "privacy",
            "position": "7",
        }
        desk.post("/fr/desk/contents/faq/new/", given)
        assert FaqEntry.objects.count() == before + 1


class TestTwoEditors:
    def test_the_second_is_told_and_nothing_typed_is_lost(self, desk):
        item = NewsItemFactory(texts={"fr": {"title": "Avant", "summary": "", "body": "x"}})
        address = f"/fr/desk/contents/news/{item.pk}/edit/"
        desk.post(address, {**NEWS, "title_fr": "Le premier"})
        second = html(desk.post(address, {**NEWS, "title_fr": "Le second"}))
        assert "Quelqu&#39;un a modifié ce texte" in second.replace("'", "&#39;")
        assert 'value="Le second"' in second
        assert "Le premier" in second
        item.refresh_from_db()
        assert (item.title, item.revision) == ("Le premier", 2)
        assert 'name="revision" value="2"' in second or 'value="2"' in second.partition('name="revision"')[2][:60]
        desk.post(address, {**NEWS, "title_fr": "Le second", "revision": "2"})
        item.refresh_from_db()
        assert (item.title, item.revision) == ("Le second", 3)


@pytest.mark.django_db(transaction=True)
def test_of_two_savings_at_once_one_is_told():
    item = NewsItemFactory()

    def save():
        edit_content(actor=SYSTEM, item=item, revision=1, values={"texts": texts("Moi")})
        return "kept"

    results = at_once(save, save, save)
    assert sorted(isinstance(one, StaleEditError) for one in results) == [False, True, True]


class TestStages:
    def test_it_may_be_scheduled(self, desk):
        item = NewsItemFactory(state="draft", publish_at=None)
        when = {
            "publish_at_day_day": "1",
            "publish_at_day_month": "1",
            "publish_at_day_year": "2090",
            "publish_at_time": "08:00",
        }
        answer = desk.post(f"/fr/desk/contents/news/{item.pk}/release/", when, follow=True)
        assert "se fera d&#39;elle-même" in html(answer).replace("'", "&#39;")
        item.refresh_from_db()
        assert item.stage() == "scheduled"
        assert item.stage(item.publish_at) == "published"

    def test_withdrawn_and_archived_it_is_seen_by_nobody(self):
        item = NewsItemFactory()
        assert withdraw_content(actor=SYSTEM, item=item).stage() == "draft"
        item = release_content(actor=SYSTEM, item=item)
        assert archive_content(actor=SYSTEM, item=item).stage() == "archived"

    def test_it_cannot_end_before_it_begins(self):
        with pytest.raises(NotYetError):
            release_content(actor=SYSTEM, item=NewsItemFactory(), unpublish_at=now() - timedelta(days=1))

    def test_a_poll_cannot_be_published_after_its_closing(self):
        poll = PollFactory(state="draft", publish_at=None)
        with time_machine.travel(poll.closes_at + timedelta(days=1)), pytest.raises(NotYetError):
            release_content(actor=SYSTEM, item=poll)

    def test_a_poll_can_be_closed_before_its_day(self, desk):
        poll = PollFactory()
        desk.post(f"/fr/desk/contents/poll/{poll.pk}/close/")
        poll.refresh_from_db()
        assert poll.is_closed()
        assert close_poll(actor=SYSTEM, poll=poll).closes_at == poll.closes_at

    def test_a_change_of_a_published_event_tells_calendars(self):
        event = EventFactory()
        event = edit_content(actor=SYSTEM, item=event, revision=1, values={"called_off": True})
        assert (event.sequence, event.called_off) == (1, True)


class TestLists:
    def test_they_are_filtered_by_kind_and_stage(self, desk):
        NewsItemFactory(title="Nouveauté")
        EventFactory(title="Brouillon", state="draft", publish_at=None)
        assert "Nouveauté" not in html(desk.get("/fr/desk/contents/?kind=event"))
        assert "Brouillon" in html(desk.get("/fr/desk/contents/?kind=event&stage=draft"))
        assert "Rien de ce genre" in html(desk.get("/fr/desk/contents/?kind=poll&stage=archived"))
        assert desk.get("/fr/desk/contents/?kind=x&stage=y&page=z").status_code == 200

    def test_they_cost_the_same_however_many_there_are(self, desk, django_assert_num_queries):
        for _ in range(30):
            NewsItemFactory(), PollFactory()
        with django_assert_num_queries(4):  # two of them: whose session it is, and their roles
            desk.get("/fr/desk/contents/")


class TestTerms:
    TEXTS = {
        f"{name}_{language}": f"{name} {language}" for name in ("body", "changes") for language in ("fr", "de", "en")
    }

    def test_a_draft_becomes_a_version(self, desk):
        desk.post("/fr/desk/terms/new/", {"revision": "1", "number": "7.0", **self.TEXTS})
        draft = TermsDraft.objects.get()
        desk.post(f"/fr/desk/terms/{draft.pk}/publish/", {"revision": str(draft.revision)})
        assert TermsVersion.objects.get(number="7.0").body["de"] == "body de"
        assert not TermsDraft.objects.exists()

    def test_an_incomplete_one_is_not_published(self, desk):
        desk.post("/fr/desk/terms/new/", {"revision": "1", "number": "7.0", **self.TEXTS, "body_en": ""})
        draft = TermsDraft.objects.get()
        answer = desk.post(f"/fr/desk/terms/{draft.pk}/publish/", {"revision": "1"})
        assert "dans les trois langues" in html(answer)
        assert not TermsVersion.objects.filter(number="7.0").exists()

    def test_what_somebody_changed_meanwhile_is_not_published_unread(self, desk):
        desk.post("/fr/desk/terms/new/", {"revision": "1", "number": "7.0", **self.TEXTS})
        draft = TermsDraft.objects.get()
        address = f"/fr/desk/terms/{draft.pk}/"
        desk.post(address, {"revision": "1", "number": "7.0", **self.TEXTS, "body_fr": "autre"})
        assert "Quelqu" in html(desk.post(address, {"revision": "1", "number": "7.0", **self.TEXTS}))
        desk.post(f"{address}publish/", {"revision": "1"})
        assert not TermsVersion.objects.filter(number="7.0").exists()

    @pytest.mark.parametrize("revision", ["", "9" * 5000, "٣", "x", "-1"])
    def test_a_revision_nobody_read_publishes_nothing(self, desk, revision):
        desk.post("/fr/desk/terms/new/", {"revision": "1", "number": "7.0", **self.TEXTS})
        draft = TermsDraft.objects.get()
        assert desk.post(f"/fr/desk/terms/{draft.pk}/publish/", {"revision": revision}).status_code == 200
        assert not TermsVersion.objects.filter(number="7.0").exists()

    def test_a_number_is_taken_once(self, desk):
        number = TermsVersion.objects.first().number
        answer = desk.post("/fr/desk/terms/new/", {"revision": "1", "number": number, **self.TEXTS})
        assert "existe déjà" in html(answer)

    def test_a_draft_can_be_thrown_away(self, desk):
        desk.post("/fr/desk/terms/new/", {"revision": "1", "number": "7.0", **self.TEXTS})
        desk.post(f"/fr/desk/terms/{TermsDraft.objects.get().pk}/discard/")
        assert not TermsDraft.objects.exists()


class TestWhoMay:
    ADDRESSES = ("/fr/desk/contents/", "/fr/desk/contents/news/new/", "/fr/desk/terms/", "/fr/desk/terms/new/")

    def test_the_public_is_led_to_sign_in(self, client):
        assert {client.get(address).status_code for address in self.ADDRESSES} == {302}

    def test_a_patient_finds_no_such_page(self, client):
        client.force_login(reader())
        assert {client.get(address).status_code for address in self.ADDRESSES} == {403}

    def test_an_editor_who_came_by_the_patients_door_is_a_patient(self, client):
        client = signed_in_by(client, editor(), door="patient")
        assert {client.get(address).status_code for address in self.ADDRESSES} == {403}

    def test_staff_with_another_role_are_refused(self, client):
        account = AccountFactory(doors=["staff"])
        StaffMember.objects.create(account=account, roles=["helpdesk", "security"])
        client = signed_in_by(client, account, door="staff")
        item = NewsItemFactory()
        assert {client.get(address).status_code for address in self.ADDRESSES} == {403}
        assert client.post(f"/fr/desk/contents/news/{item.pk}/archive/").status_code == 403

    @pytest.mark.parametrize("step", ["release", "withdraw", "archive"])
    def test_a_link_changes_nothing(self, desk, step):
        item = NewsItemFactory()
        assert desk.get(f"/fr/desk/contents/news/{item.pk}/{step}/").status_code == 405

    def test_an_unknown_kind_is_not_there(self, desk):
        assert desk.get("/fr/desk/contents/account/new/").status_code == 404
