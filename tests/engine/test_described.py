"""A real house answers as its description says."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine import describe
from engine.gateway.site import EVERY_ROUTE
from engine.wire.codec import dumps
from tests.engine.house import RunningHouse, open_first_lot, running_house
from tests.gateway.saleroom import SALE

OPENAPI = describe.openapi()
OF_JSON = [
    (path, name)
    for method, path, name in EVERY_ROUTE
    if method == "GET" and ":" not in path and name not in {"socket", "became", "view"}
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RunningHouse]:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        yield house


def check(value: Any, path: str, method: str, status: int) -> None:
    answers = OPENAPI["paths"][path][method]["responses"]
    assert str(status) in answers, f"{method} {path} answered {status}"
    schema = answers[str(status)]["content"]["application/json"].get("schema", {})
    Draft202012Validator({**schema, "components": OPENAPI["components"]}).validate(value)


@pytest.mark.parametrize(("path", "name"), OF_JSON)
async def test_what_is_read_is_as_described(house: RunningHouse, path: str, name: str) -> None:
    answer = await house.http.get(path.replace("{sale}", SALE), headers={"accept": "*/*"})
    described = OPENAPI["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]
    kind = answer.headers["content-type"]
    assert any(kind.partition(";")[0] == each.partition(";")[0] for each in described), (kind, name)
    if kind == "application/json":
        check(answer.json(), path, "get", answer.status_code)


async def test_pictures_of_every_audience_are_as_described(house: RunningHouse) -> None:
    path = "/api/sales/{sale}/picture"
    for who in ("bidder:1", "bidder:99", "clerk:1"):
        headers = {"authorization": f"Bearer {house.token(who)}"}
        answer = await house.http.get(path.replace("{sale}", SALE), headers=headers)
        check(answer.json(), path, "get", 200)


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("bidder:1", dumps({"type": "bid", "id": "b", "lot": 1, "amount_fen": 1_000_000}), 200),
        ("bidder:1", dumps({"type": "bid", "id": "b", "lot": 1, "amount_fen": 1}), 422),
        ("bidder:1", b"{", 400),
        ("clerk:1", dumps({"type": "bid", "id": "b", "lot": 1, "amount_fen": 1}), 403),
        ("nobody", b"{}", 401),
        ("bidder:1", b" " * 5000, 413),
    ],
)
async def test_a_command_is_answered_as_described(house: RunningHouse, who: str, body: bytes, status: int) -> None:
    path = "/api/sales/{sale}/commands"
    token = "nonsense" if who == "nobody" else house.token(who)
    headers = {"authorization": f"Bearer {token}"}
    answer = await house.http.post(path.replace("{sale}", SALE), content=body, headers=headers)
    assert answer.status_code == status
    check(answer.json(), path, "post", status)
    if status != 200:
        return
    again = await house.http.get(f"/api/sales/{SALE}/commands/b", headers=headers)
    check(again.json(), f"{path}/{{id}}", "get", again.status_code)
    never = await house.http.get(f"/api/sales/{SALE}/commands/c", headers=headers)
    check(never.json(), f"{path}/{{id}}", "get", never.status_code)
    assert orjson.loads(again.content)["answer"] == answer.json()
