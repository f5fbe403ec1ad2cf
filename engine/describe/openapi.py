"""The HTTP side as an OpenAPI 3.1 document."""

import json
import re
from typing import Any, Final

from engine.describe.codes import COMMAND_STATUS, close_codes, codes, limits
from engine.describe.operations import JSON, OPERATIONS, PATH_WORDS, TAGS, Operation, Whole
from engine.describe.schemas import EXAMPLES, TO_HOUSE, example, names, ref, roles, schemas
from engine.gateway.answers import STATUS
from engine.gateway.requests import NUMBER_MAX
from engine.gateway.site import DESCRIBED
from engine.wire.messages import Outcome
from engine.wire.refusals import WORDING, Fault

VERSION: Final = "1.0"
"""Of the protocol; ``hello`` says its whole part."""

_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
_FREE: Final = frozenset({"hello", "time", "seen"})
"""Frames that belong to a connection, and so are none of HTTP."""


def openapi() -> dict[str, Any]:
    """The whole document."""
    known = schemas()
    paths: dict[str, Any] = {}
    for method, path, name in DESCRIBED:
        paths.setdefault(_PARAMETER.sub(r"{\1}", path), {})[method.lower()] = _operation(method, path, name, known)
    used = closed(set(names(paths)), known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "落槌 Luochui",
            "version": VERSION,
            "summary": "Live auctions for public-resource trading centres, over HTTP.",
            "description": "Money is whole fen, time whole microseconds. Every command has an id: the same id with the same body "
            "is answered with the first outcome, over HTTP or a socket.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "x-zh": "公共资源交易现场竞价的 HTTP 接口。金额为整数分，时间为整数微秒；每条指令有编号，同号同内容得到首次答复。",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": en, "x-zh": zh} for name, (zh, en) in TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token for one principal in one sale: luochui token. Never in a URL.",
                    "x-zh": "一个身份在一个场次的凭证，由 luochui token 发放；不得放入网址。",
                }
            },
            "schemas": {name: known[name] for name in sorted(used)},
        },
        "x-codes": codes(),
        "x-limits": limits(),
        "x-close-codes": close_codes(),
    }


def _operation(method: str, path: str, name: str, known: dict[str, Any]) -> dict[str, Any]:
    said = OPERATIONS[name]
    told: dict[str, Any] = {
        "operationId": name,
        "tags": [said.tag],
        "summary": said.en,
        "x-zh": said.zh,
        "parameters": _parameters(path, said),
        "responses": _responses(name, said),
        "x-codeSamples": [{"lang": "Shell", "label": "curl", "source": _curl(method, path, said, known)}],
    }
    if said.commands and method == "POST":
        told["requestBody"] = _commands(known)
    if said.sent is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": ref(said.sent)}}}
    if said.body:
        sent: dict[str, Any] = {"type": "string"} | ({} if said.body.startswith("text/") else {"format": "binary"})
        if said.ascii_max:
            sent |= {"minLength": 1, "maxLength": said.ascii_max, "pattern": "^[\\x00-\\x7f]*$"}
        told["requestBody"] = {"required": True, "content": {said.body: {"schema": sent}}}
    if said.bearer:
        told["security"] = [{"token": []}] if said.bearer == "required" else [{}, {"token": []}]
    if not told["parameters"]:
        del told["parameters"]
    return told


def _parameters(path: str, said: Operation) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_WORDS.get(name, (name, name))[1],
            "x-zh": PATH_WORDS.get(name, (name, name))[0],
            "schema": {"type": "string"},
        }
        for name in _PARAMETER.findall(path)
    ]
    in_query = [
        {
            "name": name,
            "in": "query",
            "description": en,
            "x-zh": zh,
            "schema": _query(taken),
        }
        for name, taken, zh, en in said.query
    ]
    return in_path + in_query


def _query(taken: str | Whole) -> dict[str, Any]:
    """The type of a parameter, and what holds if it is left out."""
    if isinstance(taken, str):
        return {"type": "string", "default": taken}
    otherwise = {} if taken.otherwise is None else {"default": taken.otherwise}
    return {"type": "integer", "minimum": taken.least, "maximum": NUMBER_MAX, **otherwise}


def _responses(name: str, said: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if said.commands:
        for status, (zh, en, kinds) in COMMAND_STATUS.items():
            if name == "became" and status in {403, 409, 422}:
                continue
            wanted = ("Duplicate",) if name == "became" and status == 200 else kinds
            responses[str(status)] = _response(en, zh, JSON, _one_of(wanted))
    elif name == "socket":
        responses["101"] = {"description": "The socket is open.", "x-zh": "已打开 WebSocket。"}
    else:
        responses["200"] = _response("As asked.", "成功。", said.kind, _schema(said.schema))
    by_status: dict[int, list[tuple[str, str, str]]] = {}
    for fault in said.faults:
        by_status.setdefault(STATUS.get(fault, 400), []).append((fault.value, WORDING[fault].zh, WORDING[fault].en))
    for status, *words in said.more:
        by_status.setdefault(status, []).append((words[0], words[1], words[2]))
    for status, codes_of in by_status.items():
        en = " · ".join(f"{code}: {en}" for code, _, en in codes_of)
        zh = " · ".join(f"{code}：{zh}" for code, zh, _ in codes_of)
        never_seen = any(code == Fault.NEVER_SEEN for code, _, _ in codes_of)
        kind = _one_of(("Unknown", "Problem")) if never_seen else ref("Problem")
        responses.setdefault(str(status), _response(en, zh, JSON, kind))
    return {status: responses[status] for status in sorted(responses)}


def _response(en: str, zh: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": en, "x-zh": zh, "content": {kind: {"schema": schema} if schema else {}}}


def _schema(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    return {"type": "array", "items": ref(name[:-2])} if name.endswith("[]") else ref(name)


def _one_of(kinds: tuple[str, ...]) -> dict[str, Any]:
    return ref(kinds[0]) if len(kinds) == 1 else {"anyOf": [ref(kind) for kind in kinds]}


def _commands(known: dict[str, Any]) -> dict[str, Any]:
    taken = {tag: kind for tag, kind in TO_HOUSE.items() if tag not in _FREE}
    mapping = {tag: ref(kind.__name__)["$ref"] for tag, kind in taken.items()}
    return {
        "required": True,
        "description": "Canonical JSON: UTF-8, keys sorted, no white space, no duplicate key.",
        "x-zh": "规范 JSON：UTF-8，键排序，无空格，无重复键。",
        "content": {
            JSON: {
                "schema": {
                    "oneOf": [ref(kind.__name__) for kind in taken.values()],
                    "discriminator": {"propertyName": "type", "mapping": mapping},
                },
                "examples": {
                    tag: {
                        "summary": known[kind.__name__].get("description", tag),
                        "value": example(kind.__name__, known),
                        "x-roles": roles(kind, known) if kind is not Outcome else [],
                    }
                    for tag, kind in taken.items()
                },
            }
        },
    }


def _curl(method: str, path: str, said: Operation, known: dict[str, Any]) -> str:
    at = _PARAMETER.sub(lambda found: _IN_PATH.get(found[1], found[1]), path)
    parts = ["curl -sS"]
    if method != "GET":
        parts.append(f"-X {method}")
    if said.bearer:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if said.commands and method == "POST":
        bid = json.dumps(example("Bid", known), sort_keys=True, separators=(",", ":"))
        parts.append(f"--data-binary '{bid}'")
    if said.sent is not None:
        parts.append(f'-H "Content-Type: {JSON}" --data-binary @-')
    if said.body:
        parts.append(f'-H "Content-Type: {said.body}" --data-binary @-')
    return " ".join([*parts, f'"$HOUSE{at}"'])


_IN_PATH: Final[dict[str, str]] = {
    "sale": "plates-4",
    "view": "hall",
    "name": "shared/base.css",
    "id": EXAMPLES["id"],
    "form": "pdf",
    "table": "lots",
    "upload": "5f0c3a9de1b24c7780d6f12e94a3c5e1",
    "part": "documents",
    "index": "0",
}


def closed(used: set[str], known: dict[str, Any]) -> set[str]:
    """``used``, and what those refer to."""
    while True:
        more = used | {name for each in used for name in names(known[each])}
        if more == used:
            return used
        used = more
