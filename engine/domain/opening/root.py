"""What binds all envelopes before any is opened, and what coefficients are drawn from."""

from collections.abc import Iterable, Sequence

from engine.domain.opening.state import Envelope
from engine.sealing.context import lengthed
from engine.sealing.manifest import Manifest
from engine.sealing.parts import Rooting, chunk_digest
from engine.sealing.suites import HALF_BYTES, Suite

_DRAW = b"luochui-opening-1 coefficient\n"


def submission_root(suite: Suite, manifests: Iterable[Manifest]) -> bytes:
    """The root, as RFC 6962 with the suite's hash, over the digests of manifests in the order of the list."""
    rooting = Rooting(suite)
    for manifest in manifests:
        rooting.add(chunk_digest(suite, manifest.digest()))
    return rooting.root() if rooting.count else suite.hash(b"")


def draw(suite: Suite, root: bytes, section: str, envelopes: Sequence[Envelope]) -> bytes:
    """
    What a coefficient is drawn from: the root, and the hall's half of every envelope of the section.

    Each half was chosen by its bidder and bound before the deadline. Before the trustees answer nobody knows any but his own, and
    afterwards nobody can keep one back: one honest bidder makes the draw. A half that proved to be none counts as zeros.
    """
    halves = (lengthed(each.section.encode()) + (each.hall or bytes(HALF_BYTES)) for each in envelopes)
    return suite.hash(_DRAW, root, lengthed(section.encode()), *halves)
