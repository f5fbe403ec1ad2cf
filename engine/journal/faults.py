"""
What can be wrong with a journal. A fault stops the room: it is never worked around, never retried.

JournalFault
├── JournalLocked       another engine holds it
├── JournalDamaged      what is kept contradicts itself
├── JournalTailLost     it ends before a head that was acknowledged
└── StorageFault        writing or reading failed
"""


class JournalFault(Exception):
    """A journal that cannot be served."""

    code = "E_ENGINE_HALTED_STORAGE"


class JournalLocked(JournalFault):
    """Another engine holds the journal: one writer only."""

    code = "E_JOURNAL_LOCKED"


class JournalDamaged(JournalFault):
    """
    What is kept contradicts itself.

    Attributes:
        seq: The first record at fault.

    """

    code = "E_JOURNAL_DAMAGED"

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(
            f"record {seq}: {what}. Records before it are sound. Stop, keep a copy of the data directory, and restore the "
            "journal from a copy that holds this record; do not edit it."
        )
        self.seq = seq


class JournalTailLost(JournalFault):
    """
    The journal ends before a record that was acknowledged.

    Attributes:
        seq: The first record that is missing.

    """

    code = "E_JOURNAL_TAIL_LOST"

    def __init__(self, seq: int, anchored: int, *, forked: bool = False) -> None:
        what = (
            f"the anchor knows another record {anchored} than the journal holds"
            if forked
            else f"the anchor proves that records up to {anchored} were acknowledged, but the journal lacks {seq} onwards"
        )
        super().__init__(
            f"{what}. Do not serve this journal: restore a copy that reaches record {anchored} with the anchored digest, "
            "or let two officers decide on the record."
        )
        self.seq = seq


class StorageFault(JournalFault):
    """Writing or reading failed. What was in flight is unknown until the journal is read again."""
