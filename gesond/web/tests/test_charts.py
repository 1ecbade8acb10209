"""Charts drawn by the server."""

import pytest
from django.template.loader import get_template

from gesond.web.charts import Bars, Chart, Series, round_up


def chart(*values, kind="columns"):
    labels = [f"1.{number}" for number in range(len(values[0]))]
    series = [Series(name=f"S{number}", values=list(one)) for number, one in enumerate(values)]
    return Chart(title="Title", first="Week", labels=labels, series=series, kind=kind)


def drawn(macro, *given):
    return str(getattr(get_template("web/components/chart.jinja").template.module, macro)(*given))


@pytest.mark.parametrize(
    ("value", "top"), [(0, 4), (3, 4), (5, 8), (9, 12), (21, 40), (61, 80), (81, 100), (101, 200), (950, 1000)]
)
def test_the_scale_ends_at_a_round_number_that_four_ticks_divide(value, top):
    assert round_up(value) == top
    assert top % 4 == 0


def test_the_highest_column_fits_and_a_nought_has_none():
    columns = chart([0, 10, 20]).columns()
    assert len(columns) == 2
    assert all(column.y >= 16 and column.y + column.height <= 284.5 for column in columns)
    assert columns[1].height == 2 * columns[0].height


def test_every_figure_stands_in_the_table_too():
    page = drawn("chart", chart([3, 7], [11, 13]), "id")
    for value in (3, 7, 11, 13):
        assert f">{value}</td>" in page
    assert 'role="img"' in page
    assert "style=" not in page
    assert "<script" not in page


def test_lines_are_told_apart_without_colour():
    dashes = [line.dash for line in chart([1], [2], [3], kind="lines").lines()]
    assert len(set(dashes)) == 3


def test_a_title_is_text_not_markup():
    page = drawn("chart", Chart(title="<b>x</b>", first="", labels=["a"], series=[Series(name="s", values=[1])]), "id")
    assert "<b>x" not in page


def test_nothing_says_so():
    assert "<svg" not in drawn("chart", chart([0, 0]), "id")
    assert "<svg" not in drawn("bars", Bars(title="T", first="A", counts=[("yes", 0)]))


def test_shares_are_of_the_whole():
    bars = Bars(title="T", first="A", counts=[("yes", 3), ("no", 1)]).bars
    assert [bar.percent for bar in bars] == [75, 25]
    assert Bars(title="T", first="A", counts=[("came", 5)], whole=4).bars[0].width == 100


def test_many_labels_leave_each_other_room():
    labels = chart([1] * 365).shown_labels()
    assert len(labels) <= 10
