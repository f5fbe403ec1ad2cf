"""Small quota sales for pages to be looked at: one in its second round, one whose prices are hidden, one that is over."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.browser.hand import hand
from tests.browser.house import House, toml_value
from tests.browser.screens import Screen, enter

FIRST_S: Final = 6
"""So long a first round is where a second one is wanted: its offers are made by hand, at once."""

LONG_S: Final = 3600
FIRST: Final = {"name": "first", "span_s": FIRST_S}
REVISION: Final = {"name": "revision", "first_offers": False, "revisions": 2, "reach_yuan": 300}
SHANGHAI: Final = {"pack": "shanghai", "quota": 2, "first_max_yuan": 90_000}


@dataclass(slots=True)
class QuotaScene:
    """A quota sale that is held, and a token for everybody in it."""

    house: House
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """Of a role, or of a bidder by his number."""
        if who not in self.tokens:
            self.tokens[who] = self.house.token("bidder", int(who)) if who.isdigit() else self.house.token(who)
        return self.tokens[who]

    def open(self, screen: Screen, view: str, who: str | None = None, *, lang: str = "zh-CN") -> Screen:
        return enter(screen, self.house, view, self.token(who) if who else None, lang=lang)

    def begin(self, offers: dict[int, int]) -> None:
        """Open the sale, and make every one's first offer, in yuan. All are connected before: the first round is short."""
        with ExitStack() as connected:
            auctioneer = connected.enter_context(hand(self.house, self.token("auctioneer")))
            bidders = {each: connected.enter_context(hand(self.house, self.token(str(each)))) for each in offers}
            auctioneer.do("open_sale")
            for number, yuan in offers.items():
                bidders[number].do("offer", amount_fen=yuan * 100)

    def offer(self, who: int, yuan: int) -> dict[str, Any]:
        with hand(self.house, self.token(str(who))) as one:
            return one.ask("offer", amount_fen=yuan * 100)


def write_quota(folder: Path, rules: dict[str, Any], rounds: list[dict[str, Any]]) -> Path:
    """Write the notice of a quota sale with paddles 1 to 60."""
    lines = [
        "[sale]",
        'id = "quota-7"',
        'kind = "quota"',
        'title_zh = "第七期客车额度拍卖"',
        'title_en = "Plate quota, seventh sale"',
        "[rules]",
        *(f"{name} = {toml_value(value)}" for name, value in rules.items()),
        *(
            line
            for each in rounds
            for line in ("[[rules.rounds]]", *(f"{k} = {toml_value(v)}" for k, v in each.items()))
        ),
        "[[bidders]]",
        "first = 1",
        "last = 60",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    notice = folder / "sale.toml"
    notice.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return notice
