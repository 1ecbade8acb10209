"""A queue that stays open on a clerk's screen: it says what came, and moves nothing that is being read."""

from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.test_helpdesk import ask

QUEUE = "/fr/desk/requests/?queue=new"
TOP_OF_THE_LIST = "document.querySelector('table').getBoundingClientRect().top"


def test_a_request_that_comes_is_announced_and_shown_on_asking(new_visitor: NewVisitor, stack: Stack, outbox: Outbox):
    clerk, visitor = new_visitor(), new_visitor()
    enter_desk(clerk, outbox, employ(stack, "helpdesk"))
    clerk.visit(QUEUE)
    news = clerk.page.locator("#list-news")
    expect(news).to_have_text("Actualiser la liste")
    clerk.page.locator("#id_category").focus()
    place = clerk.page.evaluate(TOP_OF_THE_LIST)

    number = ask(visitor, "desk-live@example.lu")
    expect(news).to_contain_text("1 nouvelle demande")
    clerk.does_not_see(number)
    assert clerk.page.evaluate("document.activeElement.id") == "id_category"
    assert clerk.page.evaluate(TOP_OF_THE_LIST) == place
    clerk.look()

    news.get_by_role("link", name="Afficher").press("Enter")
    clerk.look()
    clerk.sees(number)
    expect(news).to_have_text("Actualiser la liste")
