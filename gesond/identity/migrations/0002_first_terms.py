"""The first version of the terms of use: a platform without terms could open no account."""

from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations

TEXTS = Path(__file__).resolve().parent.parent / "terms" / "1.0"


def publish(apps, schema_editor):
    body = {path.stem: path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.md"))}
    apps.get_model("identity", "TermsVersion").objects.get_or_create(
        number="1.0", defaults={"published_at": datetime(2024, 7, 1, tzinfo=UTC), "body": body}
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
