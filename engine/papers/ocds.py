"""
An opening that is over as a release of the Open Contracting Data Standard 1.1, with its extensions for bids and lots.

Sections are lots. Who tenders and by which method the record does not say, so the release does not either. A bid that was read out
is *pending*: submitted and not evaluated; one that lapsed is *withdrawn* (视为撤回、视为撤销); a note on the count says which. Amounts
are decimal yuan, written from fen digit by digit. Nobody is named whom the record of the opening does not name.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from engine.domain.opening import events
from engine.domain.opening.parts import ceiling_of
from engine.domain.opening.state import Envelope, Opening
from engine.domain.units import Fen
from engine.papers import words
from engine.papers.book import Book, NothingOnRecord
from engine.papers.opening import opening_of

EXTENSIONS: Final = (
    "https://raw.githubusercontent.com/open-contracting/ocds_bid_extension/v1.1.3/extension.json",
    "https://raw.githubusercontent.com/open-contracting/ocds_lots_extension/v1.1.1/extension.json",
)
PREFIX: Final = re.compile(r"ocds-[0-9a-z]{6}", re.ASCII)
"""As the Open Contracting Partnership gives them out."""

Part = dict[str, Any]


class NoPrefix(ValueError):
    """A release needs a prefix that was registered with the Open Contracting Partnership."""


def package(book: Book, prefix: str, publisher: str) -> bytes:
    """
    A release package with the one release of a finished opening, as JSON.

    Args:
        book: The opening.
        prefix: ``ocds-`` and six letters or digits, registered by the publisher.
        publisher: The name of who publishes it: the centre.

    Raises:
        NoPrefix: ``prefix`` is none.
        NothingOnRecord: The journal holds no opening, or it has not ended.

    """
    made, release_id = release(book, prefix), f"{book.state.sale}-{book.seq}"
    about = {
        "uri": f"urn:luochui:{book.identity.public_key.hex()}:{release_id}",
        "version": "1.1",
        "extensions": list(EXTENSIONS),
        "publishedDate": made["date"],
        "publisher": {"name": publisher},
        "releases": [made],
    }
    return orjson.dumps(about, option=orjson.OPT_INDENT_2)


def release(book: Book, prefix: str) -> Part:
    """The release; amounts in it are :class:`orjson.Fragment`. Errors as of :func:`package`."""
    opening = opening_of(book)
    if PREFIX.fullmatch(prefix) is None:
        raise NoPrefix("an OCDS release needs the publisher's registered prefix: ocds- and six letters or digits")
    if book.instant_of("OpeningEnded") is None:
        raise NothingOnRecord("an OCDS release is made of an opening that has ended")
    bids = list(opening.live()) if opening.read_out_at is not None else []
    names = {each.bidder: opening.bidders[each.bidder].name for each in bids}
    parties = [{"id": str(number), "name": name, "roles": ["tenderer"]} for number, name in sorted(names.items())]
    return {
        "ocid": f"{prefix}-{opening.rules.tender}",
        "id": f"{opening.sale}-{book.seq}",
        "date": _date(book.dated_at),
        "tag": ["tender"],
        "initiationType": "tender",
        "language": "zh",
        **({"parties": parties} if parties else {}),
        "tender": _tender(book, opening, names),
        "bids": {
            "statistics": _statistics(opening),
            **({"details": [_bid(opening, each) for each in bids]} if bids else {}),
        },
    }


def amount(fen: Fen) -> orjson.Fragment:
    """Yuan as a JSON number with two decimals, exactly."""
    return orjson.Fragment(f"{fen // 100}.{fen % 100:02}")


def _tender(book: Book, opening: Opening, names: dict[Any, str]) -> Part:
    announced = book.entries[0].arrived_at
    tenderers = [{"id": str(number), "name": name} for number, name in sorted(names.items())]
    amendments = [
        {"id": str(entry.seq), "date": _date(event.at), "rationale": event.reason}
        for entry in book.covered()
        for event in entry.events
        if isinstance(event, events.TimeChanged)
    ]
    failed = len(opening.failed) == len(opening.rules.sections)
    return {
        "id": opening.rules.tender,
        "title": opening.title.zh,
        "title_en": opening.title.en,
        "status": "unsuccessful" if failed else "active",
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {"startDate": _date(announced), "endDate": _date(opening.deadline)},
        **({"numberOfTenderers": len(names), "tenderers": tenderers} if names else {}),
        "lots": [_lot(opening, each.name, each.title.zh) for each in opening.rules.sections],
        **({"amendments": amendments} if amendments else {}),
    }


def _lot(opening: Opening, name: str, title: str) -> Part:
    """A section; its ceiling price is the most that it may cost."""
    ceiling = ceiling_of(opening, name)
    return {
        "id": name,
        "title": title,
        "status": "unsuccessful" if name in opening.failed else "active",
        **({"value": _value(ceiling)} if ceiling is not None else {}),
    }


def _statistics(opening: Opening) -> list[Part]:
    """How many envelopes stood at the deadline, by section, and which of them lapsed and why."""
    made: list[Part] = []
    for name in (each.name for each in opening.rules.sections):
        bids = opening.of_section(name)
        notes = [
            f"{name}-{bid.bidder} {words.code(f'lapsed by {bid.lapse.cause}', 'zh-CN')}（{words.code(bid.lapse.why, 'zh-CN')}）"
            for bid in bids
            if bid.lapse is not None
        ]
        about = {"id": f"bids-{name}", "measure": "bids", "date": _date(opening.deadline), "value": len(bids)}
        made.append(about | {"relatedLot": name} | ({"notes": "；".join(notes)} if notes else {}))
    return made


def _bid(opening: Opening, envelope: Envelope) -> Part:
    price = None if envelope.content is None else envelope.content.get(opening.rules.price)
    whose = {"tenderers": [{"id": str(envelope.bidder), "name": opening.bidders[envelope.bidder].name}]}
    made = {"id": f"{envelope.section}-{envelope.bidder}", "date": _date(envelope.at), **whose}
    made |= {"status": "pending" if envelope.lapse is None else "withdrawn", "relatedLots": [envelope.section]}
    return made | ({"value": _value(Fen(price))} if isinstance(price, int) else {})


def _value(fen: Fen) -> Part:
    return {"amount": amount(fen), "currency": "CNY"}


def _date(ns: int) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03}Z"
