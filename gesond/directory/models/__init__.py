"""Tables of professionals, establishments and who works where."""

from gesond.directory.models.establishment import Establishment, EstablishmentRecord, Kind, NationalCode
from gesond.directory.models.periods import in_force, today
from gesond.directory.models.practice import Practice
from gesond.directory.models.professional import Professional, ProfessionalRecord
from gesond.directory.models.vocabulary import Profession, Speciality

__all__ = [
    "Establishment",
    "EstablishmentRecord",
    "Kind",
    "NationalCode",
    "Practice",
    "Profession",
    "Professional",
    "ProfessionalRecord",
    "Speciality",
    "in_force",
    "today",
]
