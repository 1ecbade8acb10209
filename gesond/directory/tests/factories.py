"""Synthetic professionals and establishments for tests, in force since 2020 unless told otherwise."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gesond.directory import search_words
from gesond.directory.models import (
    Establishment,
    EstablishmentRecord,
    Kind,
    Practice,
    Profession,
    Professional,
    ProfessionalRecord,
)
from gesond.identity.tests.factories import PersonFactory

SINCE = date(2020, 1, 1)


class ProfessionalRecordFactory(DjangoModelFactory[ProfessionalRecord]):
    """One period of what the directory says of a professional."""

    class Meta:
        model = ProfessionalRecord

    professional = factory.SubFactory("gesond.directory.tests.factories.ProfessionalFactory", record=None)
    valid_from = SINCE
    valid_to = None
    title = "Dr"
    profession_id = "general-practitioner"
    specialities: list[str] = []
    languages = ["fr", "de"]
    listed = True
    name_words = factory.LazyAttribute(
        lambda r: search_words.name_words(r.professional.person.family_name, r.professional.person.given_names)
    )

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        # A test that commits empties every table when it ends, that of the professions too.
        code = kwargs["profession_id"]
        Profession.objects.get_or_create(code=code, defaults={"labels": dict.fromkeys(("fr", "de", "en"), code)})
        return super()._create(model_class, *args, **kwargs)


class ProfessionalFactory(DjangoModelFactory[Professional]):
    """A general practitioner with a record in force.

    `ProfessionalFactory(person__family_name="Muster", record__profession_id="nurse", record__listed=False)`;
    `record=None` for none in force.
    """

    class Meta:
        model = Professional
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    provider_code = factory.Sequence(lambda n: f"{100_000 + n}-{n % 90 + 10}")
    record = factory.RelatedFactory(ProfessionalRecordFactory, factory_related_name="professional")


class EstablishmentRecordFactory(DjangoModelFactory[EstablishmentRecord]):
    """One period of what the directory says of an establishment."""

    class Meta:
        model = EstablishmentRecord

    establishment = factory.SubFactory("gesond.directory.tests.factories.EstablishmentFactory", record=None)
    valid_from = SINCE
    valid_to = None
    kind = Kind.PRACTICE
    name = factory.Sequence(lambda n: f"Cabinet du Modèle {n}")
    address = factory.Sequence(
        lambda n: {
            "lines": [f"{n % 90 + 1}, rue du Modèle"],
            "postal_code": f"L-{1000 + n % 9000}",
            "city": "Luxembourg",
            "country": "LU",
        }
    )
    phone = factory.Sequence(lambda n: f"+35227{n % 10_000:04}")
    name_words = factory.LazyAttribute(lambda r: search_words.indexed(r.name))
    place_words = factory.LazyAttribute(lambda r: search_words.place_words(r.address))


class EstablishmentFactory(DjangoModelFactory[Establishment]):
    """A practice with a record in force. `EstablishmentFactory(record__name="…", record__kind=Kind.PHARMACY)`."""

    class Meta:
        model = Establishment
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"E{n:05}")
    record = factory.RelatedFactory(EstablishmentRecordFactory, factory_related_name="establishment")


class PracticeFactory(DjangoModelFactory[Practice]):
    """A professional works at an establishment."""

    class Meta:
        model = Practice

    professional = factory.SubFactory(ProfessionalFactory)
    establishment = factory.SubFactory(EstablishmentFactory)
    valid_from = SINCE
    valid_to = None
