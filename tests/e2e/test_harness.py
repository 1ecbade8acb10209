"""The harness itself: what it promises to notice, it notices."""

import pytest
from playwright.sync_api import expect

from tests.e2e import accessibility
from tests.e2e.accessibility import violations
from tests.e2e.conftest import NewVisitor
from tests.e2e.people import CODE, Person, next_person
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor


def test_an_inaccessible_page_is_noticed_under_the_strict_content_policy(visitor: Visitor):
    visitor.visit("/fr/")
    visitor.page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    assert any(line.startswith("image-alt") for line in violations(visitor.page))


def test_a_page_found_sound_is_looked_at_again_once_something_changed(visitor: Visitor, monkeypatch):
    visitor.visit("/fr/help/")
    with monkeypatch.context() as patch:
        patch.setattr(accessibility, "violations", lambda page: ["looked at again"])
        visitor.visit("/fr/help/")
        visitor.page.evaluate("document.querySelector('main').append(document.createElement('p'))")
        assert accessibility.new_violations(visitor.page) == ["looked at again"]

    visitor.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    for _ in range(2):  # what is wrong once stays wrong
        with pytest.raises(AssertionError, match="image-alt"):
            visitor.look()


def test_a_breach_of_the_content_policy_is_noticed(visitor: Visitor):
    visitor.visit("/fr/")
    with visitor.page.expect_console_message(lambda message: message.type == "error"):
        visitor.page.evaluate("document.body.setAttribute('onclick', 'alert(1)'); document.body.click()")

    assert any("Content Security Policy" in complaint for complaint in visitor.complaints())
    visitor.tolerate("Content Security Policy")


def test_a_page_that_nobody_looked_at_is_noticed(visitor: Visitor):
    visitor.page.goto("/fr/")

    [complaint] = visitor.complaints()
    assert complaint.startswith("never looked at: ")
    visitor.look()


def test_a_missing_page_is_noticed_unless_the_test_is_about_it(visitor: Visitor):
    with pytest.raises(AssertionError, match="answered 404"):
        visitor.visit("/fr/nothing-here/")

    visitor.visit("/fr/nothing-here/", status=404)
    visitor.tolerate("/fr/nothing-here/")


def test_a_page_wider_than_the_screen_is_noticed(phone_visitor: Visitor):
    phone_visitor.visit("/fr/")
    phone_visitor.page.evaluate("document.querySelector('main').style.setProperty('width', '900px')")

    with pytest.raises(AssertionError, match="px wider than the screen"):
        phone_visitor.look()


def test_a_visitor_without_scripts_has_none(new_visitor: NewVisitor):
    visitor = new_visitor(scripts=False)
    visitor.visit("/fr/")

    expect(visitor.page.locator(".js-enabled")).to_have_count(0)


def test_each_test_meets_somebody_else_who_has_a_letter(stack: Stack, person: Person):
    other = next_person(stack)

    assert other.matricule != person.matricule
    assert other.activation_code != person.activation_code
    assert CODE.fullmatch(person.activation_code)
