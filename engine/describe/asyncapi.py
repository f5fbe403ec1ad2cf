"""The socket of a sale as an AsyncAPI 3 document. The house is the application: it receives what browsers send."""

from typing import Any, Final

from engine.describe.codes import close_codes, codes, limits
from engine.describe.openapi import VERSION, closed
from engine.describe.schemas import TO_HOUSE, names, ref, roles, schemas
from engine.wire.shapes.frames import FRAMES

CHANNEL: Final = "sale"


def asyncapi() -> dict[str, Any]:
    """The whole document."""
    known = schemas()
    to_house = {f"to_house.{tag}": kind.__name__ for tag, kind in TO_HOUSE.items()}
    from_house = {f"from_house.{tag}": kind.__name__ for tag, kind in FRAMES.items()}
    messages = {
        name: {
            "name": name.partition(".")[2],
            "title": name.partition(".")[2],
            "summary": known[kind].get("description", kind),
            "x-zh": known[kind].get("x-zh", known[kind].get("description", kind)),
            "contentType": "application/json",
            "payload": ref(kind),
            **({"x-roles": roles(TO_HOUSE[name.partition(".")[2]], known)} if name in to_house else {}),
        }
        for name, kind in {**to_house, **from_house}.items()
    }
    used = closed({*to_house.values(), *from_house.values(), *names(known["Parts"])}, known)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "落槌 Luochui",
            "version": VERSION,
            "description": "The WebSocket of a sale. A frame is one text message with one JSON object; frames towards the house are "
            "canonical (keys sorted, no white space). Say hello within 5 s; bidders and officers with a ticket.",
            "license": {"name": "Apache-2.0"},
            "x-zh": "场次的 WebSocket。每条消息为一个 JSON 对象；发往系统的须为规范写法（键排序、无空格）。连接后 5 秒内发送 hello。",
        },
        "defaultContentType": "application/json",
        "servers": {
            "house": {"host": "127.0.0.1:8000", "protocol": "ws", "description": "Behind TLS, wss."},
        },
        "channels": {
            CHANNEL: {
                "address": "/api/sales/{sale}/socket",
                "parameters": {"sale": {"description": "The sale's id."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "hear": _operation("receive", "What a browser or program may send.", "客户端可发送的消息", to_house),
            "tell": _operation("send", "What the house sends.", "系统发送的消息", from_house),
        },
        "components": {"messages": messages, "schemas": {name: known[name] for name in sorted(used)}},
        "x-codes": codes(),
        "x-limits": limits(),
        "x-close-codes": close_codes(),
    }


def _operation(action: str, en: str, zh: str, messages: dict[str, str]) -> dict[str, Any]:
    return {
        "action": action,
        "summary": en,
        "x-zh": zh,
        "channel": {"$ref": f"#/channels/{CHANNEL}"},
        "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/{name}"} for name in messages],
    }
