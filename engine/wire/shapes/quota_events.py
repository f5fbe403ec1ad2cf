"""What happened in a quota sale, as ``record`` and ``answer`` tell it; see :mod:`engine.wire.shapes.events`."""

from msgspec import field

from engine.wire.shapes.base import Count, Fen, Micros, Number, Price, Shape


class QuotaAnnounced(Shape, tag="QuotaAnnounced"):
    """Quota and rules stand."""

    sale: str


class BiddersAdmitted(Shape, tag="BiddersAdmitted"):
    """So many paddles may offer, from the first to the last of them. Told to the rostrum only."""

    quota_class: str = field(name="class")
    paddles: Count
    first: Number
    last: Number


class RoundOpened(Shape, tag="RoundOpened"):
    """A round begins."""

    round: Count
    at_us: Micros
    ends_at_us: Micros


class RoundMoved(Shape, tag="RoundMoved"):
    """The end of the round moved: it was interrupted."""

    round: Count
    at_us: Micros
    ends_at_us: Micros


class RoundEnded(Shape, tag="RoundEnded"):
    """A round is over."""

    round: Count
    at_us: Micros
    ends_at_us: Micros


class OfferMade(Shape, tag="OfferMade"):
    """An offer stands. Told to its bidder; to others once the sale is closed, as the sheet says."""

    paddle: Number
    amount_fen: Price
    at_us: Micros
    revision: Count


class RevisionLost(Shape, tag="RevisionLost"):
    """A change out of reach used up one of the revisions; the earlier offer stands. Told as ``OfferMade`` is."""

    paddle: Number
    amount_fen: Price
    least_fen: Price
    most_fen: Price
    revision: Count


class AverageTold(Shape, tag="AverageTold"):
    """The average of what stands, at its set time."""

    quota_class: str = field(name="class")
    at_us: Micros
    average_fen: Fen | None
    offers: Count


class QuotaAwarded(Shape, tag="QuotaAwarded"):
    """The plates of a class are awarded."""

    quota_class: str = field(name="class")
    at_us: Micros
    winners: Count
    offers: Count
    lowest_fen: Price | None
    lowest_at_us: Micros | None
    average_fen: Fen | None
    uniform_fen: Price | None
    reserve_fen: Price | None
    drawn: Count


QuotaEvent = (
    QuotaAnnounced
    | BiddersAdmitted
    | RoundOpened
    | RoundMoved
    | RoundEnded
    | OfferMade
    | RevisionLost
    | AverageTold
    | QuotaAwarded
)
