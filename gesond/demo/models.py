"""What only a demo may know of its people: codes and passwords in clear."""

from django.db import models

from gesond.identity.models import Person


class DemoPerson(models.Model):
    """One of the cast, as `manage.py people` shows it. Its presence says that the demo was loaded."""

    key = models.SlugField(unique=True)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=80)
    code = models.CharField(max_length=20, blank=True)
    # Of the letter for professionals.
    professional_code = models.CharField(max_length=20, blank=True)
    former_code = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    password = models.CharField(max_length=40, blank=True)
    luxtrust_subject = models.CharField(max_length=80, blank=True)
    hint = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.key
