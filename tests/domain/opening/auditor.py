"""
An outsider who opens everything again: from what is published, and from nothing else that the house says.

He is given events as plain data and the conditions, uses :mod:`engine.sealing` and none of the rules, and says what he found.
"""

from dataclasses import dataclass, field
from typing import Any

from engine.sealing import canonical, halves
from engine.sealing.content import SheetContent, pack_sheet
from engine.sealing.context import lengthed
from engine.sealing.envelope import unwrap_hall, unwrap_remedy
from engine.sealing.faults import SealFault
from engine.sealing.keys import public_key
from engine.sealing.manifest import Manifest, read_manifest
from engine.sealing.parts import Rooting, chunk_digest
from engine.sealing.shares import read_answer
from engine.sealing.trustees import read_hall

Key = tuple[str, int]


@dataclass
class Found:
    """What he found out by himself."""

    root: str = ""
    sheets: dict[Key, SheetContent] = field(default_factory=dict)
    refuted: set[Key] = field(default_factory=set)
    """Envelopes that their bidders made so that they do not open."""

    unopened: set[Key] = field(default_factory=set)
    seeds: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


def audit(events: list[dict[str, Any]]) -> Found:
    """Open everything again."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        kinds.setdefault(event["type"], []).append(event)
    rules = kinds["OpeningAnnounced"][0]["rules"]
    hall, found = read_hall(rules["hall"].encode()), Found()
    manifests: dict[Key, Manifest] = {}
    registered = {each["bidder"]: each for each in kinds["BidderRegistered"]}
    for each in kinds["EnvelopeReceived"]:
        manifest = read_manifest(each["manifest"].encode())
        bidder = registered[each["bidder"]]
        context = manifest.context
        if (context.tender, context.section, context.bidder) != (rules["tender"], each["section"], str(each["bidder"])):
            found.complaints.append(f"another's envelope: {each['bidder']}")
        if hall.of.hash(bytes.fromhex(bidder["certificate"])) != manifest.signing or manifest.hall != hall.digest():
            found.complaints.append(f"another certificate or hall: {each['bidder']}")
        manifest.verify(public_key(bytes.fromhex(bidder["key"])), bytes.fromhex(each["signature"]))
        manifests[each["section"], each["bidder"]] = manifest
    leaves = {key: [manifest.digest()] for key, manifest in manifests.items()}
    for each in kinds.get("SectionFailed", []):
        leaves[each["section"], 0] = [bytes.fromhex(digest) for digest in each["manifests"]]
    rooting = Rooting(hall.of)
    for key in sorted(leaves):
        for leaf in leaves[key]:
            rooting.add(chunk_digest(hall.of, leaf))
    found.root = rooting.root().hex()
    opened = _halves(kinds, manifests, found)
    _sheets(kinds, manifests, opened, found)
    for each in kinds.get("CoefficientDrawn", []):
        section = each["section"]
        own = [key for key in sorted(manifests) if key[0] == section]
        parts = (lengthed(section.encode()) + opened.get((*key, "hall"), bytes(32)) for key in own)
        seed = hall.of.hash(
            b"luochui-opening-1 coefficient\n", bytes.fromhex(found.root), lengthed(section.encode()), *parts
        )
        pool = next(one["coefficients"] for one in rules["sections"] if one["name"] == section)
        if pool[int.from_bytes(seed, "big") % len(pool)] != each["permille"]:
            found.complaints.append(f"another coefficient: {section}")
        found.seeds[section] = seed.hex()
    return found


def _halves(
    kinds: dict[str, list[dict[str, Any]]], manifests: dict[Key, Manifest], found: Found
) -> dict[tuple[str, int, str], bytes]:
    """Both halves of every envelope, as far as bidders and trustees gave them."""
    hall = read_hall(kinds["OpeningAnnounced"][0]["rules"]["hall"].encode())
    opened: dict[tuple[str, int, str], bytes] = {}
    for each in kinds.get("EnvelopeUnsealed", []):
        half = bytes.fromhex(each["half"])
        halves.check_half(manifests[each["section"], each["bidder"]], halves.OWN, half)
        opened[each["section"], each["bidder"], "own"] = half
    for what, unwrap in (("hall", unwrap_hall), ("remedy", unwrap_remedy)):
        for key, manifest in manifests.items():
            answers = [
                read_answer(each["answer"].encode(), hall)
                for each in kinds.get("AnswerTaken", [])
                if (each["section"], each["bidder"], each["half"]) == (*key, what)
            ]
            if len(answers) < hall.threshold:
                continue
            try:
                opened[(*key, "hall" if what == "hall" else "own")] = unwrap(manifest, hall, answers)
            except SealFault:
                found.refuted.add(key)
    return opened


def _sheets(
    kinds: dict[str, list[dict[str, Any]]],
    manifests: dict[Key, Manifest],
    opened: dict[tuple[str, int, str], bytes],
    found: Found,
) -> None:
    """Every sheet that was read out, sealed again; what was not read out, and why not."""
    said = {(each["section"], each["bidder"]): each["content"] for each in kinds.get("SheetOpened", [])}
    for key, manifest in manifests.items():
        own, hall = opened.get((*key, "own")), opened.get((*key, "hall"))
        if own is None or hall is None:
            if key not in found.refuted:
                found.unopened.add(key)
            continue
        try:
            data = halves.data_key(manifest, own, hall)
        except SealFault:
            found.refuted.add(key)
            continue
        if key not in said:
            found.unopened.add(key)
            continue
        content: SheetContent = canonical.read(said[key].encode(), 65536, "sheet")
        part = manifest.parts[0]
        rooting = Rooting(manifest.context.of)
        rooting.add(chunk_digest(manifest.context.of, data.cipher(part).seal(0, pack_sheet(content))))
        if rooting.root() != part.root:
            found.complaints.append(f"another sheet: {key}")
        found.sheets[key] = content
