"""« Télécharger mes données » says that a poll was answered, and never how: GDPR article 15, ballots are secret."""

import io
import zipfile

import pytest

from gesond.content.models import Participation
from gesond.content.tests.factories import PollFactory, reader, texts
from gesond.identity.personal_data_archive import archive
from gesond.identity.queries.personal_data import personal_data

pytestmark = pytest.mark.django_db


def test_it_says_in_which_polls_one_took_part():
    account, poll = reader(1), PollFactory(texts=texts("Horaires du helpdesk"))
    Participation.objects.create(poll=poll, account=account)
    Participation.objects.create(poll=poll, account=reader(2))
    rows = personal_data(account)["polls"]
    assert [row["poll"] for row in rows] == ["Horaires du helpdesk fr"]
    assert set(rows[0]) == {"poll", "answer"}
    with zipfile.ZipFile(io.BytesIO(archive(personal_data(account), language="fr"))) as packed:
        page = packed.read("data.html").decode()
    assert "Sondages auxquels vous avez participé" in page
    assert "secrète : nous ne la connaissons pas" in page
