"""Tables for those who hear them."""

from django.template import engines

TABLE = """{% from "web/components/data.jinja" import data_table %}
{% call data_table("Personnes", ["Nom", ""]) %}<tr><td>Anna</td><td>Voir</td></tr>{% endcall %}"""


def test_a_column_of_buttons_has_a_name_that_is_heard():
    html = engines["jinja2"].from_string(TABLE).render({})

    assert '<th scope="col"></th>' not in html.replace("\n", "")
    assert '<span class="nhsuk-u-visually-hidden">Actions</span>' in html
