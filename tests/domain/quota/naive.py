"""A quota sale by lists and sorting: the same rules once more, in under a hundred lines and no hurry."""

from dataclasses import dataclass, field
from typing import Any

from engine.domain.quota.book import draw
from engine.domain.quota.sheet import Award, QuotaSheet, ReserveOf, Ties


@dataclass
class NaiveSale:
    """One open sale; ``offers`` holds every accepted offer as (paddle, amount, at, number)."""

    sheet: QuotaSheet
    classes: dict[int, str]
    offers: list[tuple[int, int, int, int]] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)
    round: int = 1

    def order(self, name: str) -> list[tuple[int, int, int, int]]:
        """What stands in a class, best first."""
        last: dict[int, tuple[int, int, int, int]] = {}
        for offer in self.offers:
            if self.classes[offer[0]] == name:
                last[offer[0]] = offer
        seed = self.sheet.digest()
        by_lot = self.sheet.ties is Ties.DRAW
        return sorted(last.values(), key=lambda o: (-o[1], o[2], draw(seed, o[0]) if by_lot else o[3]))  # type: ignore[arg-type]

    def quota(self, name: str) -> int:
        return next(each.quota for each in self.sheet.classes if each.name == name)

    def cutoff(self, name: str) -> tuple[int, int | None]:
        """Price and instant of the last place."""
        order, places = self.order(name), self.quota(name)
        return (self.sheet.floor, None) if len(order) < places else (order[places - 1][1], order[places - 1][2])

    def offer(self, paddle: int, amount: int, at: int) -> str:
        """Make or change an offer: ``ok``, ``lost``, or why not."""
        now, sheet = self.sheet.rounds[self.round - 1], self.sheet
        if paddle not in self.classes:
            return "E_NOT_ELIGIBLE"
        mine = [offer for offer in self.offers if offer[0] == paddle]
        if not mine and not now.first_offers:
            return "E_NO_FIRST_OFFER"
        if mine and self.used.get(paddle, 0) >= now.revisions:
            return "E_REVISIONS_USED"
        if amount not in range(sheet.floor, 10**13, sheet.step):
            return "E_BID_TOO_LOW"
        if sheet.price_max is not None and amount > sheet.price_max:
            return "E_OFFER_TOO_HIGH"
        if not mine and sheet.first_max is not None and amount > sheet.first_max:
            return "E_OFFER_TOO_HIGH"
        if mine and sheet.upward_only and amount <= mine[-1][1]:
            return "E_OFFER_NOT_HIGHER"
        said = "ok"
        if mine and now.reach is not None:
            cutoff = self.cutoff(self.classes[paddle])[0]
            if not max(sheet.floor, cutoff - now.reach) <= amount <= cutoff + now.reach:
                if not sheet.refused_counts:
                    return "E_OUT_OF_REACH"
                said = "lost"
        if mine:
            self.used[paddle] = self.used.get(paddle, 0) + 1
        if said == "ok":
            self.offers.append((paddle, amount, at, len(self.offers) + 1))
        return said

    def next_round(self) -> None:
        self.round, self.used = self.round + 1, {}

    def result(self) -> dict[str, Any]:
        """Winners and what they pay, by class."""
        found: dict[str, Any] = {}
        first_average: int | None = None
        for each in self.sheet.classes:
            order = self.order(each.name)
            reserve = first_average if each.reserve is ReserveOf.AVERAGE else None
            won = [offer for offer in order[: each.quota] if offer[1] >= (reserve or 0)]
            pays = None
            if self.sheet.award is Award.UNIFORM:
                losers = order[each.quota :]
                pays = losers[0][1] + self.sheet.uniform_step if losers else self.sheet.floor
                won = [offer for offer in won if offer[1] >= pays]
            paid = [offer[1] if pays is None else pays for offer in won]
            average = sum(paid) // len(paid) if paid else None
            first_average = average if each is self.sheet.classes[0] else first_average
            found[each.name] = {"won": [offer[0] for offer in won], "average": average, "uniform": pays}
        return found
