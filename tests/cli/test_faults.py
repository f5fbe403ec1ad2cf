"""Which exit code a fault ends with. Faults stand there by name, so each name must be one."""

from importlib import import_module

import pytest

from engine.cli.faults import CODES, exit_code
from engine.cli.program import EXIT_FAILED, EXIT_IN_USE, EXIT_NOT_SOUND, EXIT_STORAGE
from engine.journal.faults import JournalLocked, StorageFault, WrongKey


@pytest.mark.parametrize("name", CODES)
def test_every_name_is_that_of_a_fault_and_those_of_its_kind_end_with_its_code(name: str) -> None:
    module, _, called = name.rpartition(".")
    fault: type[BaseException] = getattr(import_module(module), called)
    assert f"{fault.__module__}.{fault.__qualname__}" == name
    assert exit_code(fault.__new__(fault)) == CODES[name]

    class OfItsKind(fault): ...  # type: ignore[misc, valid-type]

    assert exit_code(OfItsKind.__new__(OfItsKind)) == CODES[name]


def test_the_nearest_kind_decides_and_what_is_ours_has_none() -> None:
    faults = (StorageFault("x"), JournalLocked("x"), WrongKey(), FileNotFoundError())
    assert [exit_code(fault) for fault in faults] == [EXIT_STORAGE, EXIT_IN_USE, EXIT_NOT_SOUND, EXIT_FAILED]
    assert exit_code(ZeroDivisionError()) is None
    assert exit_code(None) is None
