"""What gateways say of who is there, as the engine takes it in: what comes late or twice is not taken for news."""

from collections import OrderedDict
from typing import Final, Protocol

from engine.cluster.frames import Present
from engine.wire.attendance import Attendance

GATEWAYS_MAX: Final = 4096
"""Gateways of a room of which is remembered how far they have reported."""


class OnPresent(Protocol):
    """Hears who is at a gateway."""

    def __call__(self, sale: str, gateway: str, attendance: Attendance, age_s: float, /) -> None:
        """As ``gateway`` said it so many seconds ago, in the place of all it said before."""
        ...


def no_matter(_sale: str, _gateway: str, _attendance: Attendance, _age_s: float) -> None:
    """Where nobody counts those at gateways."""


class Reported:
    """
    How far the gateways of one room have reported.

    A report is believed as a letter is: whoever has the cluster key may say it, as he may bid for any paddle. One that lies can have
    a price taken for shown that was not, or bidders for present who are not, so that their loss is not noticed; or it can have many
    taken for lost, so that bidding rests until the auctioneer resumes it. It can take nobody away whom the engine's own door or
    another gateway has, and all that comes of it on the record is said there in the house's name, with the counts it rests on.

    Args:
        epoch: The one in force here.
        bidders_max: Bidders in one report.

    """

    def __init__(self, epoch: int, bidders_max: int) -> None:
        self._epoch, self._bidders_max = epoch, bidders_max
        self._newest: OrderedDict[str, int] = OrderedDict()

    def is_news(self, said: Present) -> bool:
        """Whether this counts; from then on nothing does that its sender said before it."""
        too_many = len(said.bidders) > self._bidders_max
        if too_many or said.epoch != self._epoch or said.number <= self._newest.get(said.sender, -1):
            return False
        self._newest[said.sender] = said.number
        self._newest.move_to_end(said.sender)
        if len(self._newest) > GATEWAYS_MAX:
            self._newest.popitem(last=False)
        return True
