"""The product's own guides and questions: a new portal has its « guide en ligne » from the first day (S2-11)."""

from django.db import migrations
from django.utils import timezone

from gesond.content.shipped import GUIDES, questions


def load(apps, schema_editor):
    guide, entry = apps.get_model("content", "Guide"), apps.get_model("content", "FaqEntry")
    released = {"state": "released", "publish_at": timezone.now()}
    for position, one in enumerate(GUIDES, start=1):
        values = {"dated": one.dated, "position": position * 10, "texts": one.texts, **released}
        guide.objects.get_or_create(slug=one.slug, number=one.number, defaults=values)
    if not entry.objects.exists():
        entry.objects.bulk_create(
            entry(topic=topic, position=position * 10, texts=texts, **released)
            for position, (topic, texts) in enumerate(questions(), start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("content", "0001_first_contents")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
