"""A sale in full swing, to look at."""

from dataclasses import dataclass

from tests.browser.hand import hand
from tests.browser.house import House
from tests.browser.screens import Screen, enter


@dataclass(frozen=True, slots=True)
class Scene:
    """A sale in full swing: a lot sold, another on the block after two bids and a call."""

    house: House
    tokens: dict[str, str]

    def open(self, screen: Screen, view: str, who: str | None = None, *, lang: str = "zh-CN") -> Screen:
        return enter(screen, self.house, view, self.tokens[who] if who else None, lang=lang)


def in_full_swing(house: House, first: int, second: int, hall: int) -> Scene:
    tokens = {role: house.token(role) for role in ("auctioneer", "clerk")}
    tokens |= {str(paddle): house.token("bidder", paddle) for paddle in (first, second)}
    with (
        hand(house, tokens["auctioneer"]) as auctioneer,
        hand(house, tokens["clerk"]) as clerk,
        hand(house, tokens[str(first)]) as bidder,
    ):
        auctioneer.do("open_sale")
        for lot, amount_fen in ((1, 5_000_000), (2, 2_000_000)):
            auctioneer.do("open_lot", lot=lot)
            bidder.do("bid", lot=lot, amount_fen=amount_fen)
            clerk.do("hall_bid", lot=lot, paddle=hall, amount_fen=amount_fen + 100_000)
            auctioneer.do("call", lot=lot, call=1, price_fen=amount_fen + 100_000)
            if lot == 1:
                for call in (2, 3):
                    auctioneer.do("call", lot=lot, call=call, price_fen=amount_fen + 100_000)
                auctioneer.do("hammer", lot=lot, price_fen=amount_fen + 100_000)
    return Scene(house, tokens)
