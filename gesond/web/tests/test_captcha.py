"""S2-17 and X12: an image to read, or work to do instead; either is enough, each is good once."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import altcha
import pytest
import time_machine
from captcha.models import CaptchaStore
from django import forms
from django.db import connection
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from gesond.web.captcha import SOLVED_FOR, CaptchaField, challenge
from gesond.web.forms import Form
from gesond.web.jobs import forget_captchas
from gesond.web.models import UsedOnce

pytestmark = pytest.mark.django_db


class Door(Form):
    name = forms.CharField(label="Name")
    captcha = CaptchaField(purpose="tests.door")


class OtherDoor(Form):
    captcha = CaptchaField(purpose="tests.other")


def image():
    """The key of a fresh image, and what it shows."""
    store = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    return store.hashkey, store.challenge


def read(**more):
    key, text = image()
    return {"name": "Anna", "captcha_key": key, "captcha": text, **more}


def worked(client):
    """A proof of work as a browser sends it."""
    given = client.get(reverse("captcha_proof")).json()
    work = altcha.Challenge.from_dict(given)
    solution = altcha.solve_challenge(work)
    return altcha.Payload(work, solution).to_base64()


def page(form):
    return (
        engines["jinja2"]
        .from_string('{% from "web/forms.jinja" import field %}{{ field(form.captcha) }}')
        .render({"form": form})
    )


def solved_in(html):
    return html.split('name="captcha_solved" value="')[1].split('"')[0]


def test_s2_17_the_image_has_five_characters_of_mixed_case_and_any_case_answers():
    shown, expected = challenge()
    assert len(shown) == 5
    assert expected == shown.lower()
    key, text = image()
    assert Door({"name": "Anna", "captcha_key": key, "captcha": text.swapcase()}).is_valid()


def test_a_wrong_text_is_refused_and_says_what_to_do():
    form = Door(read(captcha="wrong"))
    assert not form.is_valid()
    assert "captcha" in form.errors
    assert 'name="captcha_key"' in page(form)


def test_an_image_is_good_for_one_try_right_or_wrong():
    given = read()
    assert not Door({**given, "captcha": "wrong"}).is_valid()
    assert not Door(given).is_valid()
    given = read()
    assert Door(given).is_valid()
    assert not Door(given).is_valid()


def test_an_image_too_old_is_refused():
    given = read()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert not Door(given).is_valid()


def test_nothing_given_is_asked_for():
    form = Door({"name": "Anna"})
    assert not form.is_valid()
    assert form.errors.as_data()["captcha"][0].code == "required"


def test_x12_work_done_by_the_browser_is_enough(client):
    assert Door({"name": "Anna", "captcha_proof": worked(client)}).is_valid()


def test_a_proof_is_good_once(client):
    proof = worked(client)
    assert Door({"name": "Anna", "captcha_proof": proof}).is_valid()
    again = Door({"name": "Anna", "captcha_proof": proof})
    assert not again.is_valid()
    assert again.errors.as_data()["captcha"][0].code == "stale"


def test_a_proof_too_old_is_refused(client):
    proof = worked(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert not Door({"name": "Anna", "captcha_proof": proof}).is_valid()


def test_a_proof_with_an_easier_challenge_is_refused(client):
    given = client.get(reverse("captcha_proof")).json()
    given["parameters"]["keyPrefix"] = "00"
    work = altcha.Challenge.from_dict(given)
    proof = altcha.Payload(work, altcha.solve_challenge(work)).to_base64()
    assert not Door({"name": "Anna", "captcha_proof": proof}).is_valid()


def test_a_proof_with_another_expiry_is_refused(client):
    work = altcha.Challenge.from_dict(client.get(reverse("captcha_proof")).json())
    solution = altcha.solve_challenge(work)
    work.parameters.expires_at += 3600
    assert not Door({"name": "Anna", "captcha_proof": altcha.Payload(work, solution).to_base64()}).is_valid()


def test_a_wrong_solution_is_refused(client):
    work = altcha.Challenge.from_dict(client.get(reverse("captcha_proof")).json())
    wrong = altcha.Solution(counter=1, derived_key="00" * 32)
    assert not Door({"name": "Anna", "captcha_proof": altcha.Payload(work, wrong).to_base64()}).is_valid()


@pytest.mark.parametrize("rubbish", ["x", "e30=", "bnVsbA==", "W10="])
def test_rubbish_is_refused_not_an_error(rubbish):
    assert not Door({"name": "Anna", "captcha_proof": rubbish}).is_valid()


def test_what_is_solved_is_not_asked_again_while_the_form_has_another_error():
    form = Door(read(name=""))
    assert not form.is_valid()
    assert "captcha" not in form.errors
    html = page(form)
    assert "<img" not in html
    assert Door({"name": "Anna", "captcha_solved": solved_in(html)}).is_valid()


def test_a_solution_opens_one_door_once():
    token = solved_in(page(_refused_for_its_name()))
    assert Door({"name": "Anna", "captcha_solved": token}).is_valid()
    assert not Door({"name": "Anna", "captcha_solved": token}).is_valid()


def test_what_is_solved_for_one_form_opens_no_other():
    token = solved_in(page(_refused_for_its_name()))
    assert not OtherDoor({"captcha_solved": token}).is_valid()


def test_what_is_solved_is_good_for_a_quarter_of_an_hour():
    token = solved_in(page(_refused_for_its_name()))
    with time_machine.travel(timezone.now() + SOLVED_FOR + timedelta(seconds=1), tick=False):
        assert not Door({"name": "Anna", "captcha_solved": token}).is_valid()


def test_a_token_changed_by_hand_is_refused():
    token = solved_in(page(_refused_for_its_name()))
    assert not Door({"name": "Anna", "captcha_solved": token[:-1] + ("A" if token[-1] != "A" else "B")}).is_valid()


def test_a_form_shown_after_it_was_found_good_asks_again():
    form = Door(read())
    assert form.is_valid()
    assert "<img" in page(form)


def _refused_for_its_name():
    form = Door(read(name=""))
    assert not form.is_valid()
    return form


def test_another_image_without_script_keeps_what_was_typed_and_checks_nothing():
    form = Door({"name": "Anna", "new_image": "1"})
    assert not form.is_valid()
    assert not form.errors
    assert form["name"].value() == "Anna"
    assert "<img" in page(form)


def test_enter_does_not_ask_for_another_image():
    html = page(Door())
    first = html[html.index("<button") :].split(">")[0]
    assert 'type="submit"' in first
    assert "new_image" not in first


def test_another_image_with_script(client):
    answer = client.get(reverse("captcha-refresh"), headers={"X-Requested-With": "XMLHttpRequest"})
    given = json.loads(answer.content)
    image = client.get(given["image_url"])
    assert image.status_code == 200
    assert image["Content-Type"] == "image/png"
    assert CaptchaStore.objects.filter(hashkey=given["key"]).exists()


def test_a_challenge_is_never_kept_by_a_cache(client):
    assert "no-store" in client.get(reverse("captcha_proof"))["Cache-Control"]


def test_what_was_used_is_forgotten_when_it_would_have_expired():
    assert UsedOnce.objects.claim("a", lifetime=timedelta(minutes=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert UsedOnce.objects.claim("b", lifetime=timedelta(minutes=1))
    assert list(UsedOnce.objects.values_list("value", flat=True)) == ["b"]


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_the_same_moment_one_is_first():
    barrier, results = Barrier(4), []

    def use():
        barrier.wait()
        results.append(UsedOnce.objects.claim("same", lifetime=timedelta(minutes=1)))
        connection.close()

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_an_image_sent_twice_at_the_same_moment_opens_once():
    given, barrier, results = read(), Barrier(4), []

    def send():
        barrier.wait()
        results.append(Door(given).is_valid())
        connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_images_nobody_answered_are_forgotten(client):
    """Who only looks at forms, all day, does not fill the table."""
    image()
    UsedOnce.objects.claim("a proof", lifetime=timedelta(minutes=5))
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        kept, _text = image()
        forget_captchas(timestamp=0)
    assert [store.hashkey for store in CaptchaStore.objects.all()] == [kept]
    assert not UsedOnce.objects.exists()


@pytest.mark.parametrize("key", ["\0", "a\0b", "", "../..", "é"])
def test_a_key_of_no_image_is_a_wrong_answer(key):
    form = Door({"name": "Anna", "captcha_key": key, "captcha": "abcde"})
    assert not form.is_valid()
    assert "captcha" in form.errors
