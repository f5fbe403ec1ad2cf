"""What a witness says in a terminal while it watches a house."""

import json
from dataclasses import asdict
from pathlib import Path

import trio

from clients.http import Address, HttpFault
from clients.witness import Memory, Seen, Witness
from engine.wire.note import NoteFault, Verifier


async def watch(  # noqa: PLR0913 - as the command line gives them
    url: str,
    folder: Path,
    *,
    name: str,
    sales: list[str],
    keys: list[str],
    every_s: float,
    once: bool,
    as_json: bool,
) -> bool:
    """
    Look at the logs of a house again and again, or once.

    Args:
        url: Where the house is.
        folder: What the witness remembers.
        name: By which it signs.
        sales: Whose logs; all if empty.
        keys: Of logs, known from elsewhere.
        every_s: How often.
        once: Look once only.
        as_json: Say it for programs.

    Returns:
        Whether everything could be looked at, in the last round.

    Raises:
        Contradiction: The house has said two things that cannot both be.
        WitnessFault: The folder cannot be used.

    """
    memory = Memory(folder, name)
    witness = Witness(memory, Address.of(url), tuple(Verifier.parse(key) for key in keys))
    if not as_json:
        print(f"见证人 witness  {memory.verifier.text()}", flush=True)
        print(
            "  在平台设置中登记此公钥，签署才会公示 the house shows cosignatures of keys in transparency.witnesses only",
            flush=True,
        )
    while True:
        complete = await _round(witness, sales, as_json=as_json)
        if once:
            return complete
        await trio.sleep(every_s)


async def _round(witness: Witness, sales: list[str], *, as_json: bool) -> bool:
    complete = True
    try:
        looked_at = sales or await witness.sales()
    except (HttpFault, OSError, trio.BrokenResourceError) as error:
        _say_trouble("", error, as_json=as_json)
        return False
    for sale in looked_at:
        try:
            seen = await witness.look(sale)
        except (HttpFault, NoteFault, OSError, KeyError, TypeError, trio.BrokenResourceError) as error:
            _say_trouble(sale, error, as_json=as_json)
            complete = False
        else:
            _say(seen, as_json=as_json)
    return complete


def _say(seen: Seen, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(seen), separators=(",", ":")), flush=True)
    elif seen.new:
        shown = "已公示 shown" if seen.taken else "平台未登记本见证人 not listed by the house"
        print(f"{seen.sale}  {seen.size} 条记录 records  {seen.root[:16]}…  已签署 cosigned, {shown}", flush=True)


def _say_trouble(sale: str, error: Exception, *, as_json: bool) -> None:
    what = str(error) or type(error).__name__
    if as_json:
        print(json.dumps({"sale": sale, "trouble": what}, ensure_ascii=False, separators=(",", ":")), flush=True)
    else:
        print(f"{sale or '-'}  {what}", flush=True)
