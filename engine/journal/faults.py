"""
What can be wrong with a journal. A fault stops the room: it is never worked around, never retried.

JournalFault
├── JournalLocked       another engine holds it
├── JournalDamaged      what is kept contradicts itself
├── JournalTailLost     it ends before a head that was acknowledged
├── AnchorLost          nothing says how far it must reach
├── WrongKey            it was signed with another key than ours
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


class AnchorLost(JournalFault):
    """The head anchor is gone or outdated: nothing says how far the journal must reach."""

    code = "E_ANCHOR_LOST"

    def __init__(self, anchored: int, last: int) -> None:
        super().__init__(
            f"the journal reaches record {last}, but its head anchor only {anchored}. Each commit is anchored before it is "
            "acknowledged, so the anchor is gone, was replaced, or is an old copy. Put the right one back. If it is lost for good, "
            "compare the journal with receipts and copies of the record, then accept it as it is: luochui adopt --help"
        )


class WrongKey(JournalFault):
    """The journal was signed with another key than the one at hand."""

    code = "E_WRONG_KEY"

    def __init__(self) -> None:
        super().__init__(
            "the journal was signed with another key than the one in keys/journal.pem; put the key back that belongs to it"
        )


class StorageFault(JournalFault):
    """Writing or reading failed. What was in flight is unknown until the journal is read again."""
