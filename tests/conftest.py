"""What every test shares."""

from hypothesis import Phase, settings

# A busy machine is not a fault: no time limit per example, pytest's own covers the whole test. The same examples each time: what is
# red is red for a reason in the change. `python -m tests.explore` draws others, and shows what it found as it found it.
settings.register_profile("luochui", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, phases=(Phase.explicit, Phase.generate), print_blob=True)
settings.load_profile("luochui")
