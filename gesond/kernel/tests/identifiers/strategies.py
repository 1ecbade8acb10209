"""What hypothesis draws matricules from: every legal date, unknown months and days included."""

from hypothesis import strategies as st

from gesond.kernel.identifiers import Matricule, birth_date

dates = st.tuples(st.integers(1800, 2199), st.integers(0, 12), st.integers(0, 31)).filter(
    lambda date: birth_date.possible(f"{date[0]}{date[1]:02}{date[2]:02}")
)
matricules = st.builds(lambda date, sequence: Matricule.build(*date, sequence), dates, st.integers(0, 999))
