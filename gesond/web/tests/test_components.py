"""What the components say, to eyes and to screen readers."""

from html.parser import HTMLParser

from django.template import engines
from django.utils.translation import override


def draw(file: str, names: str, body: str, **context: object) -> str:
    source = f'{{% from "web/components/{file}.jinja" import {names} %}}{body}'
    with override("fr"):
        return " ".join(engines["jinja2"].from_string(source).render(context).split())


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str, name: str) -> list[dict[str, str | None]]:
    return [attributes for tag, attributes in Tags(html).found if tag == name]


STEPS = ["Code", "Mot de passe", "Sécurisation", "Autres moyens", "Confirmation"]


def test_s2_13_the_steps_show_where_one_is_and_what_remains():
    html = draw("steps", "stepper", "{{ stepper(steps, 2) }}", steps=STEPS)
    items = tags(html, "li")
    assert [item.get("aria-current") for item in items] == [None, "step", None, None, None]
    assert "Etape 2 sur 5" in html
    assert html.count("Terminé :") == 1


def test_s2_14_only_steps_that_are_done_lead_back():
    html = draw("steps", "stepper", "{{ stepper(steps, 2, links) }}", steps=STEPS, links={1: "/one/", 3: "/three/"})
    assert [link["href"] for link in tags(html, "a")] == ["/one/"]


def test_s2_21_a_dialog_has_a_name_and_closes_without_script():
    html = draw(
        "dialog", "dialog", '{% call dialog("sent", "Confirmation", open=true, returns_to="code") %}x{% endcall %}'
    )
    [dialog] = tags(html, "dialog")
    assert "open" in dialog
    assert dialog["aria-labelledby"] == "sent-title"
    assert dialog["data-returns-to"] == "code"
    assert tags(html, "form") == [{"method": "dialog"}]
    assert tags(html, "button")[0]["aria-label"] == "Fermer"


def test_a_new_code_can_be_asked_for_after_a_while():
    body = '{{ resend("Renvoyer", seconds, "t", "/again/") }}'
    waiting = draw("resend", "resend", body, seconds=30)
    assert "Vous pourrez demander un nouveau code dans <span data-seconds>30</span> secondes." in waiting
    assert tags(waiting, "button")[0]["data-available-in"] == "30"
    assert tags(waiting, "button")[0]["aria-describedby"] == "resend-wait"
    now = draw("resend", "resend", body, seconds=0)
    assert "data-available-in" not in now


def test_s1_17_a_service_that_is_not_open_is_no_link_and_says_when():
    items = [{"title": "DSP", "href": "/dsp/"}, {"title": "Ordonnances", "state": "Ouverture prochaine"}]
    html = draw("tiles", "tiles", "{{ tiles(items) }}", items=items)
    assert [link["href"] for link in tags(html, "a")] == ["/dsp/"]
    assert "Ouverture prochaine" in html


def test_s2_37_an_empty_table_says_so_across_all_its_columns():
    html = draw("table", "table", '{{ table("Assistants", ["Nom", "Type", "Rôle", "Contact"], []) }}')
    assert "Aucune donnée disponible dans le tableau" in html
    assert tags(html, "td")[0]["colspan"] == "4"
    assert "<caption>Assistants</caption>" in html


def test_a_table_keeps_its_headings_where_rows_become_cards():
    html = draw("table", "table", '{{ table("T", ["Nom", {"text": "Montant", "number": true}], [["<b>", "1 €"]]) }}')
    assert [cell["data-label"] for cell in tags(html, "td")] == ["Nom", "Montant"]
    assert tags(html, "td")[1]["class"] == "ges-table__number"
    assert "&lt;b&gt;" in html
    assert {heading["scope"] for heading in tags(html, "th")} == {"col"}


def test_a_notification_waits_its_turn_unless_it_cannot():
    body = '{{ notification("Fait.", "success") }}{{ notification("Attention.", "warning", alert=true) }}'
    html = draw("notification", "notification", body)
    assert [box["role"] for box in tags(html, "div") if "role" in box] == ["status", "alert"]


def test_the_present_tab_is_told():
    items = [{"label": "A", "href": "/a/", "current": True}, {"label": "B", "href": "/b/"}]
    html = draw("content", "tabs", '{{ tabs("Compte", items) }}', items=items)
    assert [link.get("aria-current") for link in tags(html, "a")] == ["page", None]
    assert tags(html, "nav") == [{"aria-label": "Compte"}]


def test_a_change_link_says_what_it_changes():
    rows = [{"key": "Mobile", "value": "621", "href": "/m/", "action": "Modifier"}]
    html = draw("content", "summary_list", "{{ summary_list(rows) }}", rows=rows)
    assert 'Modifier<span class="nhsuk-u-visually-hidden"> (Mobile)</span>' in html


def test_what_cannot_be_undone_is_asked_by_post_with_a_way_out():
    html = draw("content", "confirm", '{{ confirm("Sûr ?", "Supprimer", "t", "/delete/", "/back/") }}')
    [form] = tags(html, "form")
    assert form == {"method": "post", "action": "/delete/"}
    assert tags(html, "a")[0]["href"] == "/back/"
    assert "Annuler" in html


def test_text_given_to_a_component_is_escaped():
    html = draw(
        "content", "empty_state, tag, done", '{{ empty_state(x, x, "/", x) }}{{ tag(x) }}{{ done(x) }}', x="<i>"
    )
    assert "<i>" not in html


def test_a_column_without_a_name_has_no_empty_header():
    """A screen reader would announce a header that says nothing: what stands below it are actions."""
    html = draw("data", "data_table", '{% call data_table("Personnes", ["Nom", ""]) %}{% endcall %}')
    assert '<th scope="col">Nom</th>' in html
    assert '<th scope="col"><span class="nhsuk-u-visually-hidden">Actions</span></th>' in html
    assert 'colspan="2"' in html
