"""Schemas of everything that is said, from the types that say it."""

import re
from collections.abc import Iterable
from typing import Any, Final, get_args

import msgspec

from engine.describe.glossary import CHINESE, COMMAND_ID, words
from engine.domain import proceeding
from engine.domain.parties import Principal, Role
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds
from engine.wire.acts import to_command
from engine.wire.codec import dumps
from engine.wire.messages import Act, Message, read_frame
from engine.wire.shapes import base, board, cluster, http, opening, quota, shanghai, uploads
from engine.wire.shapes.frames import FromHouse
from engine.wire.shapes.parts import PARTS

REF: Final = "#/components/schemas/"
TO_HOUSE: Final[dict[str, type[msgspec.Struct]]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Message)}
"""Frames towards the house, by ``type``."""

SENT: Final[tuple[type[msgspec.Struct], ...]] = (uploads.UploadBegun, uploads.CertificatesSent, uploads.DraftSent)
"""Bodies of requests that are no commands."""

OVER_HTTP: Final = (
    http.Problem,
    http.SaleBrief,
    http.SaleAbout,
    http.Inclusion,
    http.Consistency,
    http.Cosigned,
    http.Ticket,
    http.PictureNow,
    http.RecordPage,
    http.Alive,
    http.Ready,
    quota.QuotaResult,
    quota.Months,
    http.ChunkKept,
    http.Wanted,
    shanghai.Shanghai,
    board.Board,
    cluster.ClusterState,
    uploads.OwnUploads,
    uploads.UploadFinished,
    uploads.Done,
    uploads.CertificatesGood,
    *SENT,
)
EXAMPLES: Final[dict[str, Any]] = {
    "id": "6d1f0c9e-2a57-4a8e-9d0b-6f1f6c1f0a11",
    "lot": 8,
    "paddle": 12,
    "amount_fen": 1_050_000,
    "price_fen": 1_050_000,
    "reason": "网络故障，正在处理",
    "protocol": 1,
    "quota_class": "personal",
    "maximum_fen": 1_500_000,
    "reserve_fen": 1_200_000,
    "opening_fen": 800_000,
    "digest": "0b502890230c5f63a4c1baf917d057158e69b2b18e6cb77cf88628217017b368",
    "report": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "t0": 1_476_495_000_123_456,
    "section": "1",
    "name": "焦作建工集团",
    "certificate": "3082",
    "key": "3059",
    "manifest": "{}",
    "signature": "3045",
    "half": "4f1c0de39a5b7d2286e0c1f49b83ad57e6620f18c9d3b4a57f0e92d1846b3ca5",
    "evidence": "b1946ac92492d2347c6235b4d2611184d3c1f2b0a99e7d655f4b3a2c1d0e9f88",
    "text": "请核对开标一览表",
    "answer": "{}",
}
"""Values that look like a sale. What is not here is the least a field may hold."""

_ECMA: Final = ((r"\A", "^"), (r"\Z", "$"))


def schemas() -> dict[str, Any]:
    """Every schema by name, described in both languages."""
    own = (quota.QuotaMinePart, opening.OpeningMinePart)
    types: list[Any] = [Message, FromHouse, *OVER_HTTP, *PARTS.values(), *own, base.Paddle, base.Alias]
    _, made = msgspec.json.schema_components(types, ref_template=REF + "{name}")
    made["Who"] = {"title": "Who", "oneOf": [ref("Paddle"), ref("Alias")], "description": "A paddle, or its alias."}
    made["OwnPart"] = {
        "title": "OwnPart",
        "oneOf": [ref("MinePart"), ref("QuotaMinePart"), ref("OpeningMinePart")],
        "description": "A bidder's private part, of an auction, a quota sale or an opening of sealed bids.",
    }
    made["Sheet"] = {
        "title": "Sheet",
        "oneOf": [ref("RulesPart"), ref("ConditionsPart"), ref("TenderPart")],
        "description": "The rule sheet of an auction, of a quota sale, or the conditions of an opening of sealed bids.",
    }
    made["Parts"] = _parts()
    incoming = {kind.__name__ for kind in [*TO_HOUSE.values(), *SENT]} | {"Position"}
    return {name: _described(name, made[name], strict=name in incoming) for name in sorted(made)}


def ref(name: str) -> dict[str, str]:
    """A reference to the schema called ``name``."""
    return {"$ref": REF + name}


def example(name: str, known: dict[str, Any]) -> Any:
    """A value that has the schema called ``name`` of ``known``: required fields only."""
    return _example(known[name], known)


def roles(kind: type[msgspec.Struct], known: dict[str, Any]) -> list[str]:
    """
    Who may send a command of ``kind``, as the rules themselves say; empty if it is no command.

    Each role sends one to a house without a sale: who may not is told so before anything else.
    """
    if kind not in get_args(Act):
        return []
    message = read_frame(dumps(example(kind.__name__, known)))
    return [role.value for role in Role if role is not Role.HOUSE and _may(role, message)]


def _may(role: Role, message: Any) -> bool:
    command = to_command(message, Principal(f"{role}:1"))
    if command is None:
        return False
    try:
        proceeding.decide(None, command, Nanoseconds(0))
    except Refusal as refusal:
        return refusal.reason is not Reason.NOT_AUTHORISED
    return True


def _parts() -> dict[str, Any]:
    named = {name: _of(kind) for name, kind in PARTS.items() if name != "mine"}
    return {
        "title": "Parts",
        "description": "Parts by name, each whole.",
        "type": "object",
        "properties": {name: schema for name, schema in named.items() if "/" not in name},
        "patternProperties": {_pattern(name): schema for name, schema in named.items() if "/" in name},
    }


_FAMILIES: Final = (("/N", "/[0-9]+$"), ("/CLASS", "/[a-z0-9-]+$"), ("/SECTION", "/[0-9A-Za-z][0-9A-Za-z._-]*$"))


def _pattern(family: str) -> str:
    for end, pattern in _FAMILIES:
        if family.endswith(end):
            return f"^{family.removesuffix(end)}{pattern}"
    raise AssertionError(family)


def _of(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF + "{name}")
    return schema


def _described(name: str, schema: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    schema = _tidy(schema, strict=strict)
    if name in CHINESE:
        schema["x-zh"] = CHINESE[name]
    if "description" in schema:
        schema["description"] = _plain(schema["description"])
    for field, described in fields(schema):
        said = COMMAND_ID if strict and field == "id" else words(name, field)
        if said is not None:
            described["x-zh"], described["description"] = said
    return schema


def _tidy(node: Any, *, strict: bool) -> Any:
    """
    ``node`` without what would mislead.

    A field that may be left out towards the house may not be null there. What comes from the house may gain fields.
    """
    if isinstance(node, list):
        return [_tidy(each, strict=strict) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    if node.get("default", "") is None and "anyOf" in node:
        [real] = [each for each in node["anyOf"] if each != {"type": "null"}]
        return _tidy(real, strict=strict)
    tidy = {key: _tidy(value, strict=strict) for key, value in node.items()}
    if not strict and tidy.get("additionalProperties") is False:
        del tidy["additionalProperties"]
    if isinstance(tidy.get("pattern"), str):
        for python, ecma in _ECMA:
            tidy["pattern"] = tidy["pattern"].replace(python, ecma)
    return tidy


def _plain(text: str) -> str:
    """A docstring without its marks and its Chinese, which stands beside it: one paragraph."""
    english = re.sub(r" \([^)]*[\u4e00-\u9fff][^)]*\)", "", text)
    return re.sub(r"\s+", " ", re.sub(r":\w+:`~?([^`]*)`|``([^`]*)``", lambda m: m[1] or m[2], english)).strip()


def _example(schema: dict[str, Any], known: dict[str, Any], field: str = "") -> Any:
    if "$ref" in schema:
        return _example(known[schema["$ref"].removeprefix(REF)], known, field)
    if field in EXAMPLES and "enum" not in schema:
        return EXAMPLES[field]
    for key in ("enum", "anyOf", "oneOf"):
        if key in schema:
            first = schema[key][0]
            return first if key == "enum" else _example(first, known, field)
    match schema.get("type"):
        case "object":
            return {
                name: _example(each, known, name)
                for name, each in schema.get("properties", {}).items()
                if name in schema.get("required", ())
            }
        case "array":
            return [_example(schema["items"], known)] if schema.get("minItems") else []
        case "integer":
            return schema.get("minimum", 0)
        case "boolean":
            return True
        case _:
            return "x" * max(1, schema.get("minLength", 1))


def fields(schema: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The fields of ``schema`` by name; those named by a pattern as ``lot/N`` or ``running/CLASS``."""
    yield from schema.get("properties", {}).items()
    for pattern, described in schema.get("patternProperties", {}).items():
        kind, end = pattern.removeprefix("^").split("/")
        yield next(kind + family for family, known in _FAMILIES if known == f"/{end}"), described


def names(schema: Any) -> Iterable[str]:
    """The schemas ``schema`` refers to."""
    if isinstance(schema, list):
        for each in schema:
            yield from names(each)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.removeprefix(REF)
            else:
                yield from names(value)
