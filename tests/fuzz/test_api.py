"""A little of every night's questions to the whole of the HTTP side; see README.md."""

from pathlib import Path

from tests.engine.house import open_first_lot, running_house
from tests.fuzz.api import OPERATIONS, UNTIRING, Caller
from tests.gateway.doorstep import no_errors


async def test_whatever_is_asked_the_answer_is_one_that_is_described(tmp_path: Path) -> None:
    with no_errors():
        async with running_house(tmp_path, config=UNTIRING) as house:
            await open_first_lot(house)
            caller = Caller(house, seed=1)
            for _ in range(600):
                await caller.ask()
    assert len({path for path, _, _ in caller.answers}) == len({path for path, _, _ in OPERATIONS})
    assert {200, 400, 401, 404, 405} <= {status for _, _, status in caller.answers}
