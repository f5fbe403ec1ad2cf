"""The published months of Shanghai's plate auctions over HTTP: for the page that shows them, and for spreadsheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.limits import Limits
from engine.gateway.requests import address_of, language
from engine.gateway.responses import NO_STORE, as_file
from engine.shanghai import Doubt, Month
from engine.wire.spreadsheet import BOM, table, yuan

ROUTES: Final = (
    ("GET", "/api/shanghai", "shanghai"),
    ("GET", "/api/shanghai.csv", "shanghai_csv"),
)
"""Method, path, and the method of :class:`Shanghai` that answers."""

_HEAD: Final = {
    "zh-CN": ("月份", "投放额度", "投标人数", "最低成交价（元）", "平均成交价（元）", "中标率（‰）", "存疑"),
    "en": ("month", "plates", "bidders", "lowest_yuan", "average_yuan", "hit_permille", "doubt"),
}
_DOUBTS: Final = {
    "zh-CN": {Doubt.FEWER_BIDDERS: "投标人数少于额度", Doubt.TEN_TIMES: "投标人数疑多一位"},
    "en": {Doubt.FEWER_BIDDERS: "fewer bidders than plates", Doubt.TEN_TIMES: "one digit too many, it seems"},
}


@dataclass(frozen=True)
class Shanghai:
    """The routes. One method, one address."""

    months: Mapping[str, Month]
    limits: Limits

    async def shanghai(self, request: Request) -> Response:
        """Every month, in order."""
        self.limits.read(address_of(request))
        return Response(self._body, media_type="application/json", headers=NO_STORE)

    async def shanghai_csv(self, request: Request) -> Response:
        """The same, for a spreadsheet."""
        self.limits.read(address_of(request))
        lang = language(request)
        rows = [
            (
                each.month,
                each.plates,
                each.bidders,
                yuan(each.lowest),
                yuan(each.average),
                each.hit_permille,
                None if each.doubt is None else _DOUBTS[lang][each.doubt],
            )
            for each in self.months.values()
        ]
        return as_file(BOM.encode() + table([_HEAD[lang], *rows]), "shanghai.csv")

    @cached_property
    def _body(self) -> bytes:
        return orjson.dumps({"months": [_line(each) for each in self.months.values()]})


def _line(month: Month) -> dict[str, Any]:
    return {
        "month": month.month,
        "plates": month.plates,
        "bidders": month.bidders,
        "lowest_fen": month.lowest,
        "average_fen": month.average,
        "hit_permille": month.hit_permille,
        "doubt": month.doubt,
    }
