"""The pages of the portal by themselves: without what other apps put on them."""

from collections.abc import Iterator

import pytest

from gesond.web import home


@pytest.fixture(autouse=True)
def no_other_app_makes_news(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(home, "_render", [])
    home.forget_home()
    yield
    home.forget_home()
