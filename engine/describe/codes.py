"""Codes, limits and close codes, as tables."""

from typing import Any, Final

from engine.domain import refusals as rules
from engine.gateway import session
from engine.gateway.answers import STATUS
from engine.gateway.desk import ASK_AGAIN_S, NOT_YOURS, REFUSED_AT_THE_DOOR, REFUSED_BY_THE_RULES
from engine.gateway.http import HttpSettings
from engine.gateway.hub import HubSettings
from engine.gateway.limits import LimitSettings
from engine.gateway.reactor import SocketSettings
from engine.gateway.tickets import TicketSettings
from engine.wire import refusals as door
from engine.wire.refusals import Fault

ON_SOCKETS: Final = frozenset(
    {
        Fault.FRAME_TOO_BIG,
        Fault.HELLO_EXPECTED,
        Fault.TICKET_USED,
        Fault.RESYNC_REQUIRED,
        Fault.STANDBY_LOST,
        Fault.STANDBY_BACK,
    }
)
"""Codes that HTTP does not know."""

_STATUS: Final = {**STATUS, Fault.DUPLICATE: 200}


def codes() -> list[dict[str, Any]]:
    """
    Every code: ``{code, by, retry, status, zh, en}``.

    ``by`` is ``door`` (never recorded) or ``rules`` (recorded), ``status`` that of HTTP, if it knows the code.
    """
    at_the_door = [
        {
            "code": fault.value,
            "by": "door",
            "retry": said.retry.value,
            "status": None if fault in ON_SOCKETS else _STATUS.get(fault, REFUSED_AT_THE_DOOR),
            "zh": said.zh,
            "en": said.en,
        }
        for fault, said in door.WORDING.items()
    ]
    by_the_rules = [
        {
            "code": reason.value,
            "by": "rules",
            "retry": said.retry.value,
            "status": REFUSED_BY_THE_RULES,
            "zh": said.zh,
            "en": said.en,
        }
        for reason, said in rules.WORDING.items()
    ]
    return at_the_door + by_the_rules


def code_table() -> str:
    """The codes as the table that stands in ``PROTOCOL.md``."""
    lines = ["| code | HTTP | retry | |", "|---|---|---|---|"]
    lines += [f"| `{one['code']}` | {one['status'] or '–'} | `{one['retry']}` | {one['en']} |" for one in codes()]
    return "\n".join(lines)


def limits() -> list[dict[str, Any]]:
    """The limits a client meets, with the values that hold unless a house sets others: ``{name, value, unit, zh, en}``."""
    limit, socket, http, hub, ticket = (
        LimitSettings(),
        SocketSettings(),
        HttpSettings(),
        HubSettings(),
        TicketSettings(),
    )
    table: list[tuple[str, float, str, str, str]] = [
        ("limits.commands_per_s", limit.commands_per_s, "/s", "每个身份每场每秒的指令数，各连接与 HTTP 合计",
         "commands of one principal in one sale, sockets and HTTP together"),
        ("limits.commands_burst", limit.commands_burst, "", "一次可连续发送的指令数", "commands at once after a rest"),
        ("limits.sockets_per_principal", limit.sockets_per_principal, "", "每个身份的连接数", "sockets of one principal"),
        ("limits.tickets_per_s", limit.tickets_per_s, "/s", "每个地址每秒领取入场票的次数", "tickets asked for from one address"),
        ("limits.reads_per_s", limit.reads_per_s, "/s", "每个地址每秒读取记录与状态的次数",
         "pages of the record and pictures, from one address"),
        ("limits.reads_burst", limit.reads_burst, "", "一次可连续读取的次数", "reads at once after a rest"),
        ("limits.looks_per_s", limit.looks_per_s, "/s", "每个地址每秒查看以往画面的次数",
         "pictures of the past, from one address"),
        ("limits.looks_burst", limit.looks_burst, "", "一次可连续查看的次数", "such pictures at once after a rest"),
        ("socket.frame_bytes_max", socket.frame_bytes_max, "B", "一条消息的最大字节数", "the longest frame on a socket"),
        ("http.body_bytes_max", http.body_bytes_max, "B", "HTTP 请求内容的最大字节数", "the longest body of a request"),
        ("socket.hello_s", socket.hello_s, "s", "连接后须在此时间内发送 hello", "until hello must have come"),
        ("tickets.expires_in_s", ticket.expires_in_s, "s", "入场票有效时间", "how long a ticket is good"),
        ("hub.unknown_after_s", hub.unknown_after_s, "s", "超过此时间未裁决即答复“结果尚不确定”",
         "until an undecided command is said to be unknown"),
        ("hub.page_max", hub.page_max, "", "记录每页条数", "records on one page"),
    ]  # fmt: skip
    return [{"name": name, "value": value, "unit": unit, "zh": zh, "en": en} for name, value, unit, zh, en in table]


def close_codes() -> list[dict[str, Any]]:
    """Why a socket is closed: ``{code, zh, en}``."""
    table = [
        (1000, "正常结束", "done"),
        (1001, "系统即将停止，请稍后重连", "the house closes; come back"),
        (1002, "违反 WebSocket 协议", "no WebSocket frame"),
        (session.UNREADABLE, "连续三条无法读取的消息", "three unreadable frames"),
        (1009, "消息过大", "a frame was too big"),
        (session.NOT_LET_IN, "身份凭证无效", "not let in (never says why)"),
        (session.NO_HELLO, "未及时发送 hello", "no hello in time"),
        (session.TURNED_AWAY, "入场票已使用，或连接过多", "ticket used, or too many sessions"),
        (session.FLOODING, "消息过于频繁", "flooding"),
    ]
    return [{"code": code, "zh": zh, "en": en} for code, zh, en in table]


COMMAND_STATUS: Final[dict[int, tuple[str, str, tuple[str, ...]]]] = {
    200: ("已受理；重复提交则附首次答复", "Accepted; sent again, the first answer", ("Answer", "Duplicate")),
    202: (
        f"2 秒内未裁决；{ASK_AGAIN_S} 秒后按 Location 以同一编号查询，切勿另行出价",
        f"Not decided within 2 s: ask at Location after {ASK_AGAIN_S} s with the same id; do not bid anew",
        ("Unknown",),
    ),
    REFUSED_AT_THE_DOOR: ("内容无法读取，未入记录", "Not understood; never recorded", ("Refused",)),
    NOT_YOURS: ("您的身份不能发送此指令，未入记录", "Not for this token; never recorded", ("Refused",)),
    409: ("同一编号已用于其他内容", "The id was used for something else", ("Refused",)),
    REFUSED_BY_THE_RULES: (
        "规则不允许；已入记录并附回执",
        "The rules refused; recorded, with a receipt",
        ("Answer", "Duplicate"),
    ),
    429: ("过于频繁，见 Retry-After", "Too often; see Retry-After", ("Refused",)),
    503: ("系统繁忙或已停止受理", "Busy, or halted", ("Refused",)),
}
"""What a command over HTTP is answered with: Chinese, English, schemas."""
