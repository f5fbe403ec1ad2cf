"""
The rules once more, naively: nothing is kept but the commands that were accepted, and every question is answered by
looking through all of them again.
"""

from engine.domain.auction import commands as to
from engine.domain.refusals import Reason

CONDUCT = (to.OpenLot, to.CallWarning, to.StrikeHammer, to.PassLot, to.SuspendSale, to.CloseSale)
ROSTRUM = (to.OpenSale, to.ResumeSale, *CONDUCT)
NEEDS_RUNNING = (to.PlaceBid, *CONDUCT)
NEEDS_BLOCK = (to.PlaceBid, to.CallWarning, to.StrikeHammer, to.PassLot)
ABOUT_A_LOT = (to.OpenLot, to.WithdrawBid, *NEEDS_BLOCK)


class NaiveSale:
    """One sale as the list of what was accepted."""

    def __init__(self) -> None:
        self.accepted: list[to.Command] = []

    def verdict(self, command: to.Command, at: int) -> Reason | None:
        """Why ``command`` is refused, or None: of all that speaks against it, what precedes the rest."""
        return min(self.objections(command, at), key=list(Reason).index, default=None)

    def objections(self, command: to.Command, at: int) -> set[Reason]:
        against = {Reason.NOT_AUTHORISED} if not self.may(command) else set()
        if isinstance(command, to.AnnounceSale):
            return against | ({Reason.ALREADY_ANNOUNCED} if self.accepted else set())
        if not self.accepted:
            return against | {Reason.AUCTION_NOT_OPEN}
        phase = self.phase()
        if phase == "closed":
            against.add(Reason.SALE_CLOSED)
        if isinstance(command, NEEDS_RUNNING) and phase in {"planned", "suspended"}:
            against.add(Reason.AUCTION_NOT_OPEN if phase == "planned" else Reason.AUCTION_PAUSED)
        if isinstance(command, to.OpenSale) and phase != "planned":
            against.add(Reason.ALREADY_OPEN)
        if isinstance(command, to.DeadlineReached) and phase != "planned":
            against.add(Reason.NOT_DUE)
        if isinstance(command, to.OpenSale) and at < (self.announced.rules.opens_at or 0):
            against.add(Reason.AUCTION_NOT_OPEN)
        if isinstance(command, to.ResumeSale) and phase != "suspended":
            against.add(Reason.NOT_PAUSED)
        if isinstance(command, to.CloseSale) and any(self.fate(lot) in {"waiting", "open"} for lot in self.lots()):
            against.add(Reason.LOTS_REMAIN)
        if isinstance(command, to.AdmitPaddle) and self.channels(command.paddle) - {command.channel}:
            against.add(Reason.CHANNEL_FIXED)
        if isinstance(command, ABOUT_A_LOT):
            against |= self.about_a_lot(command)
        return against

    def about_a_lot(self, command: to.Command) -> set[Reason]:
        assert isinstance(command, ABOUT_A_LOT)
        if command.lot not in self.lots():
            return {Reason.LOT_UNKNOWN}
        if isinstance(command, to.WithdrawBid):
            return {Reason.BID_BINDING}
        if isinstance(command, to.OpenLot):
            ended = self.fate(command.lot) in {"sold", "passed"}
            taken = any(self.fate(lot) == "open" for lot in self.lots())
            return ({Reason.LOT_ENDED} if ended else set()) | ({Reason.BLOCK_TAKEN} if taken else set())
        bids = self.bids(command.lot)
        against = {Reason.LOT_NOT_OPEN} if self.fate(command.lot) != "open" else set()
        if isinstance(command, to.PlaceBid):
            return against | self.about_a_bid(command)
        if isinstance(command, to.PassLot):
            return against | ({Reason.LOT_HAS_BID} if bids else set())
        if not bids:
            return against | {Reason.NO_BID}
        assert isinstance(command, to.CallWarning | to.StrikeHammer)
        called, wanted = self.called(command.lot), self.announced.rules.calls
        if command.price != bids[-1].amount:
            against.add(Reason.PRICE_MOVED)
        if isinstance(command, to.CallWarning) and called == wanted:
            against.add(Reason.CALLS_DONE)
        if isinstance(command, to.CallWarning) and command.call != called + 1:
            against.add(Reason.CALL_OUT_OF_ORDER)
        if isinstance(command, to.StrikeHammer) and called < wanted:
            against.add(Reason.HAMMER_TOO_SOON)
        return against

    def about_a_bid(self, bid: to.PlaceBid) -> set[Reason]:
        against = set()
        through = "hall" if bid.by.startswith("clerk") else "online"
        if self.channels(bid.paddle) != {through} or self.rights(bid.paddle) == 0:
            against.add(Reason.NOT_ELIGIBLE)
        bids = self.bids(bid.lot)
        if bids and bids[-1].paddle == bid.paddle:
            against.add(Reason.ALREADY_LEADING)
        price = bids[-1].amount if bids else self.opening(bid.lot)
        bands = sorted((band.from_price, band.step) for band in self.announced.rules.increments)
        step = [step for begin, step in bands if begin <= price][-1]
        if bid.amount not in range(price + step if bids else price, bid.amount + 1, step):
            against.add(Reason.BID_TOO_LOW)
        return against

    @staticmethod
    def may(command: to.Command) -> bool:
        role, _, name = command.by.partition(":")
        if isinstance(command, to.PlaceBid | to.WithdrawBid):
            return role == "clerk" or (role == "bidder" and name == str(command.paddle))
        if isinstance(command, to.AdmitPaddle):
            return role in {"clerk", "house"}
        return role == ("auctioneer" if isinstance(command, ROSTRUM) else "house")

    @property
    def announced(self) -> to.AnnounceSale:
        return next(done for done in self.accepted if isinstance(done, to.AnnounceSale))

    def lots(self) -> list[int]:
        return [entry.lot for entry in self.announced.catalogue]

    def opening(self, lot: int) -> int:
        return next(entry.opening_price for entry in self.announced.catalogue if entry.lot == lot)

    def phase(self) -> str:
        moves = {
            to.OpenSale: "open",
            to.DeadlineReached: "open",
            to.SuspendSale: "suspended",
            to.ResumeSale: "open",
            to.CloseSale: "closed",
        }
        return ["planned", *(moves[type(done)] for done in self.accepted if type(done) in moves)][-1]

    def fate(self, lot: int) -> str:
        moves = {to.OpenLot: "open", to.StrikeHammer: "sold", to.PassLot: "passed"}
        done = [moves[type(done)] for done in self.accepted if type(done) in moves and getattr(done, "lot", 0) == lot]
        return ["waiting", *done][-1]

    def bids(self, lot: int) -> list[to.PlaceBid]:
        """Lowest first."""
        bids = [done for done in self.accepted if isinstance(done, to.PlaceBid) and done.lot == lot]
        return sorted(bids, key=lambda bid: bid.amount)

    def called(self, lot: int) -> int:
        since = [done for done in self.accepted if isinstance(done, to.ResumeSale) or getattr(done, "lot", 0) == lot]
        breaks = [at for at, done in enumerate(since, 1) if isinstance(done, to.PlaceBid | to.ResumeSale)]
        return sum(isinstance(done, to.CallWarning) for done in since[max(breaks, default=0) :])

    def channels(self, paddle: int) -> set[str]:
        return {done.channel for done in self.accepted if isinstance(done, to.AdmitPaddle) and done.paddle == paddle}

    def won(self, paddle: int) -> list[int]:
        sold = [done.lot for done in self.accepted if isinstance(done, to.StrikeHammer)]
        return [lot for lot in sold if self.bids(lot)[-1].paddle == paddle]

    def rights(self, paddle: int) -> int | None:
        if self.announced.rules.deposit == "whole_sale":
            return None
        paid = [done.deposits for done in self.accepted if isinstance(done, to.AdmitPaddle) and done.paddle == paddle]
        return sum(paid) - len(self.won(paddle))
