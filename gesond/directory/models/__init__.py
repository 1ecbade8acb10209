"""Tables of professionals, establishments and who works where."""

from gesond.directory.models.declaration import Declaration, MandateFunction
from gesond.directory.models.establishment import Establishment, EstablishmentRecord, Kind, NationalCode
from gesond.directory.models.mandate import Mandate
from gesond.directory.models.periods import in_force, today
from gesond.directory.models.practice import Practice
from gesond.directory.models.professional import Professional, ProfessionalRecord
from gesond.directory.models.vocabulary import Profession, Speciality

__all__ = [
    "Declaration",
    "Establishment",
    "EstablishmentRecord",
    "Kind",
    "Mandate",
    "MandateFunction",
    "NationalCode",
    "Practice",
    "Profession",
    "Professional",
    "ProfessionalRecord",
    "Speciality",
    "in_force",
    "today",
]
