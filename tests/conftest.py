"""What every test shares."""

from hypothesis import settings

# A busy machine is not a fault: no time limit per example, pytest's own covers the whole test.
settings.register_profile("luochui", deadline=None)
settings.load_profile("luochui")
