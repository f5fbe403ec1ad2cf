"""Every address the house describes, asked with what it describes and with anything but: it answers as it says it does."""

import random
from collections import Counter
from typing import Any, Final
from urllib.parse import quote

import orjson
from jsonschema import Draft202012Validator

from engine import describe
from engine.config import Config
from engine.gateway.limits import LimitSettings
from tests.engine.house import RunningHouse
from tests.fuzz.targets import FRAMES
from tests.gateway.saleroom import SALE
from tests.hostile.payloads import PAYLOADS

OPENAPI: Final = describe.openapi()
OPERATIONS: Final = tuple(
    (path, method, operation)
    for path, operations in OPENAPI["paths"].items()
    for method, operation in operations.items()
    if not path.endswith("/socket")
)
UNTIRING: Final = Config(
    limits=LimitSettings(
        commands_per_s=1e6, commands_burst=10**6, reads_per_s=1e6, reads_burst=10**6, tickets_per_s=1e6
    )
)
"""A house that is asked so often must not answer only that it is."""

NUMBERS: Final = ("0", "1", "5", "-1", "1.5", "1e3", "9" * 19, "9" * 400, "+1", " 1", "0x1", "１", "", "NaN", "true")
WORDS: Final = {
    "sale": SALE,
    "view": "hall",
    "name": "record",
    "form": "pdf",
    "table": "lots",
    "id": "open-sale",
    "lang": "en",
}
TOO_LONG: Final = 3000
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
NOT_DESCRIBED: Final = frozenset({400, 401, 403, 404, 405, 413, 431})
"""What the door itself may answer before any route is found."""


class Unlike(AssertionError):
    """An answer that is not described."""


class Caller:
    """Asks ``house``, from one seed."""

    def __init__(self, house: RunningHouse, seed: int) -> None:
        self._house, self._dice = house, random.Random(seed)
        self._tokens = [house.token(who) for who in ("bidder:1", "clerk:1", "auctioneer:1")]
        self.answers: Counter[tuple[str, str, int]] = Counter()
        self._schemas: dict[int, Draft202012Validator] = {}

    async def ask(self) -> None:
        """
        One request.

        Raises:
            Unlike: It was not answered as described.

        """
        dice = self._dice
        path, method, operation = dice.choice(OPERATIONS)
        given = [each for each in operation.get("parameters", []) if "name" in each]
        target = path
        for each in given:
            if each["in"] == "path":
                target = target.replace(f"{{{each['name']}}}", quote(self._value(each["name"])[:TOO_LONG], safe=""))
        query = [
            (each["name"], self._value(each["name"])) for each in given if each["in"] == "query" and dice.random() < 0.8
        ]
        if dice.random() < 0.2:
            query.append((dice.choice((*WORDS, "x", "size", "after")), self._value("x")))
        asked = "&".join(f"{quote(name)}={quote(value[:TOO_LONG])}" for name, value in query)
        used = method.upper() if dice.random() < 0.9 else dice.choice(METHODS)
        body = self._body() if used in {"POST", "PUT", "PATCH"} else b""
        url = f"{self._house.url}{target}{'?' + asked if asked else ''}"
        answer = await self._house.http.request(used, url, content=body, headers=self._headers())
        self.answers[path, used, answer.status_code] += 1
        self._check(path, method, used, answer)

    def _value(self, name: str) -> str:
        dice = self._dice
        if dice.random() < 0.5 and name in WORDS:
            return WORDS[name]
        text = dice.choice(NUMBERS) if dice.random() < 0.5 else dice.choice(PAYLOADS)
        return text.encode(errors="replace").decode()

    def _headers(self) -> dict[str, str]:
        dice = self._dice
        headers = {}
        if dice.random() < 0.6:
            headers["authorization"] = f"Bearer {dice.choice(self._tokens)}"
        elif dice.random() < 0.3:
            headers["authorization"] = dice.choice(("Bearer x", "Basic eDp5", "bearer", "Bearer " + "x" * 5000))
        if dice.random() < 0.2:
            headers["if-none-match"] = dice.choice(("*", '"x"', "W/", ",,"))
        if dice.random() < 0.1:
            headers["content-type"] = dice.choice(
                ("text/html", "multipart/form-data", "application/json; charset=utf-7")
            )
        return headers

    def _body(self) -> bytes:
        dice = self._dice
        if dice.random() < 0.4:
            return dice.choice(FRAMES)
        return dice.choice(PAYLOADS).encode(errors="replace")[: dice.choice((10, 1000, 6000))]

    def _check(self, path: str, method: str, used: str, answer: Any) -> None:
        where = f"{used} {answer.url}"[:300]
        if answer.status_code >= 500 and answer.status_code != 503:
            raise Unlike(f"{where} answered {answer.status_code}: {answer.text[:300]}")
        if "default-src 'none'" not in answer.headers.get("content-security-policy", ""):
            raise Unlike(f"{where} was not guarded")
        described = OPENAPI["paths"][path][method]["responses"]
        found = described.get(str(answer.status_code)) if used.lower() == method else None
        if answer.status_code == 304 or used in {"HEAD", "TRACE"}:
            return
        if found is None:
            if answer.status_code not in NOT_DESCRIBED:
                raise Unlike(f"{where} answered {answer.status_code}, which is not described")
            if answer.json().keys() != {"code", "retry", "zh", "en", "detail"}:
                raise Unlike(f"{where} answered {answer.text[:200]}")
            return
        kind = answer.headers["content-type"].partition(";")[0]
        kinds = {each.partition(";")[0]: content for each, content in found.get("content", {}).items()}
        if kinds and kind not in kinds and "*/*" not in kinds:
            raise Unlike(f"{where} answered {kind}")
        if kind == "application/json" and "schema" in kinds.get(kind, {}):
            self._validate(kinds[kind]["schema"], orjson.loads(answer.content), where)

    def _validate(self, schema: dict[str, Any], value: Any, where: str) -> None:
        validator = self._schemas.get(id(schema))
        if validator is None:
            validator = Draft202012Validator({**schema, "components": OPENAPI["components"]})
            self._schemas[id(schema)] = validator
        for fault in validator.iter_errors(value):
            raise Unlike(f"{where}: {fault.message[:300]}")
