"""The first professions and specialities: a directory without them could hold nobody."""

import tomllib
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "vocabulary" / "1.toml"


def load(apps, schema_editor):
    vocabulary = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for name, entries in (("Profession", vocabulary["profession"]), ("Speciality", vocabulary["speciality"])):
        model = apps.get_model("directory", name)
        model.objects.bulk_create(_term(model, order, entry) for order, entry in enumerate(entries, 1))


def _term(model, order, entry):
    labels = {language: entry[language] for language in ("fr", "de", "en")}
    belongs = {"profession_id": entry["profession"]} if "profession" in entry else {}
    return model(code=entry["code"], labels=labels, order=order, **belongs)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
