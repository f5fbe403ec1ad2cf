"""What uploads may use. Figures are bytes of sealed content, as it lies on the disk."""

from dataclasses import dataclass
from typing import Final

from engine.sealing.parts import CHUNK_BYTES, PART_CHUNKS_MAX
from engine.sealing.suites import TAG_BYTES

ENVELOPE_BYTES_MAX: Final = sum((CHUNK_BYTES[name] + TAG_BYTES) * most for name, most in PART_CHUNKS_MAX.items())
"""The largest envelope that the format knows: the sheet and 1 GiB of documents."""


@dataclass(frozen=True, slots=True)
class SubmissionSettings:
    """
    Limits of the sealed envelopes of one opening.

    How large a chunk is the format of envelopes says, not a setting. As long as ``store_bytes_max`` holds ``upload_bytes_max`` for each
    section and each of the ``uploads_per_bidder`` of everybody who may bid, and ``uploads_max`` as many uploads, nobody can be told
    that the store is full, and so nobody learns from it that others were there. By default that is so for a hundred bidders and a
    section.
    """

    upload_bytes_max: int = ENVELOPE_BYTES_MAX
    uploads_per_bidder: int = 3
    """Uploads of one bidder at once, beside what he has submitted."""

    uploads_max: int = 300
    """The same for all bidders together; each holds two open files."""

    store_bytes_max: int = 512 * 1024**3
    """Of all envelopes on the disk, finished or not. Room is taken when an upload begins."""

    unfinished_kept_s: float = 86_400.0
    """How long an upload is kept that nobody goes on with, and that is not submitted."""

    disk_workers: int = 4
    """Threads that read and write."""

    acts_waiting_max: int = 1000
    """What the record says of envelopes and the disk has not done yet; then nothing is submitted until it has."""
