"""
Every reason for which the door says no, before any rule is asked.

Nothing refused here is recorded: the rules' own refusals, which are, stand in :mod:`engine.domain.refusals`. A code is for programs
and never changes; the sentences are for people and say what to do next.
"""

from enum import StrEnum
from typing import Any

from engine.domain.refusals import Retry, Wording


class Fault(StrEnum):
    """What the door found wrong. A few are no refusals but news about a connection or a command."""

    # Frames.
    FRAME_NOT_JSON = "E_FRAME_NOT_JSON"
    FRAME_TOO_BIG = "E_FRAME_TOO_BIG"
    JSON_TOO_DEEP = "E_JSON_TOO_DEEP"
    JSON_NOT_CANONICAL = "E_JSON_NOT_CANONICAL"
    SCHEMA_UNKNOWN_FIELD = "E_SCHEMA_UNKNOWN_FIELD"
    SCHEMA_INVALID = "E_SCHEMA_INVALID"
    AMOUNT_NOT_INTEGER_FEN = "E_AMOUNT_NOT_INTEGER_FEN"
    AMOUNT_OUT_OF_RANGE = "E_AMOUNT_OUT_OF_RANGE"
    HELLO_EXPECTED = "E_HELLO_EXPECTED"

    # Who, and how often.
    AUTH_INVALID = "E_AUTH_INVALID"
    TICKET_USED = "E_TICKET_USED"
    TOO_MANY_SESSIONS = "E_TOO_MANY_SESSIONS"
    ORIGIN_DENIED = "E_ORIGIN_DENIED"
    RATE_LIMITED = "E_RATE_LIMITED"

    # What became of a command.
    DUPLICATE = "OK_DUPLICATE"
    IDEMPOTENCY_CONFLICT = "E_IDEMPOTENCY_CONFLICT"
    BUSY = "E_BUSY"
    UNKNOWN_OUTCOME = "E_UNKNOWN_OUTCOME"
    NEVER_SEEN = "E_NEVER_SEEN"

    # The connection and the house.
    RESYNC_REQUIRED = "E_RESYNC_REQUIRED"
    NOT_READY = "E_NOT_READY"
    ENGINE_HALTED_STORAGE = "E_ENGINE_HALTED_STORAGE"
    ROOM_MOVED = "E_ROOM_MOVED"
    STANDBY_LOST = "E_STANDBY_LOST"
    STANDBY_BACK = "OK_STANDBY_BACK"
    INTERNAL = "E_INTERNAL"

    # Papers.
    PAPER_NOT_YET = "E_PAPER_NOT_YET"
    PAPER_TOO_LONG = "E_PAPER_TOO_LONG"
    FONTS_MISSING = "E_FONTS_MISSING"

    # Making a sale.
    SALE_EXISTS = "E_SALE_EXISTS"
    DRAFT_CHANGED = "E_DRAFT_CHANGED"
    DRAFT_FAULTY = "E_DRAFT_FAULTY"
    STORAGE = "E_STORAGE"

    # The transparency log.
    COSIGNATURE_INVALID = "E_COSIGNATURE_INVALID"

    # HTTP.
    NOT_FOUND = "E_NOT_FOUND"
    HTTP_MALFORMED = "E_HTTP_MALFORMED"
    HTTP_METHOD = "E_HTTP_METHOD"
    HTTP_HEAD_TOO_BIG = "E_HTTP_HEAD_TOO_BIG"
    HTTP_BODY_TOO_BIG = "E_HTTP_BODY_TOO_BIG"
    HTTP_UPGRADE = "E_HTTP_UPGRADE"
    HTTP_NOT_LOCAL = "E_HTTP_NOT_LOCAL"
    HTTP_TLS_ONLY = "E_HTTP_TLS_ONLY"
    TIMEOUT = "E_TIMEOUT"


WORDING: dict[Fault, Wording] = {
    Fault.FRAME_NOT_JSON: Wording(
        Retry.NEVER, "消息不是有效的 JSON 文本，未予受理。", "The message is not valid JSON text; nothing was done."
    ),
    Fault.FRAME_TOO_BIG: Wording(
        Retry.NEVER, "消息过大，未予受理；请刷新页面后重试。", "The message is too big; reload the page and try again."
    ),
    Fault.JSON_TOO_DEEP: Wording(
        Retry.NEVER,
        "消息嵌套超过 {depth_max} 层，未予受理。",
        "The message is nested more than {depth_max} deep; nothing was done.",
    ),
    Fault.JSON_NOT_CANONICAL: Wording(
        Retry.NEVER,
        "消息不是规范写法（键须排序、无空格、无重复），未予受理；请刷新页面后重试。",
        "The message is not in its canonical spelling (sorted keys, no spaces, no duplicates); reload the page and try again.",
    ),
    Fault.SCHEMA_UNKNOWN_FIELD: Wording(
        Retry.NEVER,
        "消息含有未知内容 {field}，未予受理；请刷新页面后重试。",
        "The message holds {field}, which is not known here; reload the page and try again.",
    ),
    Fault.SCHEMA_INVALID: Wording(
        Retry.NEVER,
        "消息格式不符（{where}：{wanted}），未予受理。",
        "The message does not have the required form ({where}: {wanted}).",
    ),
    Fault.AMOUNT_NOT_INTEGER_FEN: Wording(
        Retry.NEVER,
        "{field} 必须是以分为单位的整数；未出价。",
        "{field} must be a whole number of fen; no bid was made.",
    ),
    Fault.AMOUNT_OUT_OF_RANGE: Wording(
        Retry.NEVER,
        "{field} 须在 {least_fen} 至 {most_fen} 之间；未出价。",
        "{field} must be between {least_fen} and {most_fen}; no bid was made.",
    ),
    Fault.HELLO_EXPECTED: Wording(
        Retry.NEVER,
        "连接后的第一条消息须为 hello，请刷新页面。",
        "The first message on a connection must be hello; reload the page.",
    ),
    Fault.AUTH_INVALID: Wording(
        Retry.NEVER,
        "身份凭证无效，请使用受理区发给您的新链接进入。",
        "You could not be let in. Please use the newest link you were given, or ask at the registration desk.",
    ),
    Fault.TICKET_USED: Wording(
        Retry.NEW_ID,
        "入场票已使用或已过期，请重新领取（刷新页面即可）。",
        "This ticket has been used or has expired; get another one (reload the page).",
    ),
    Fault.TOO_MANY_SESSIONS: Wording(
        Retry.AFTER_MS,
        "您打开的页面过多，请关闭其他页面后再试。",
        "You have too many pages open; close the others, then try again.",
    ),
    Fault.ORIGIN_DENIED: Wording(
        Retry.NEVER,
        "不允许从其他网站连接，请从本系统页面进入。",
        "Connections from other sites are not allowed; enter through this house's own page.",
    ),
    Fault.RATE_LIMITED: Wording(
        Retry.AFTER_MS,
        "操作过于频繁，未予受理，请 {after_ms} 毫秒后再试。",
        "Too many requests at once; this one was not taken. Try again in {after_ms} ms.",
    ),
    Fault.DUPLICATE: Wording(
        Retry.NEVER, "该指令此前已受理，结果如附。", "This was asked before; here is the first answer."
    ),
    Fault.IDEMPOTENCY_CONFLICT: Wording(
        Retry.NEVER,
        "同一编号已用于内容不同的指令，本指令未予受理。",
        "This id was used before for something else; this command was not taken.",
    ),
    Fault.BUSY: Wording(
        Retry.AFTER_MS,
        "系统繁忙，本指令未予受理，请稍后以同一编号重试。",
        "The house is busy and has not taken this command; send it again in a moment with the same id.",
    ),
    Fault.UNKNOWN_OUTCOME: Wording(
        Retry.SAME_ID,
        "结果尚不确定，请以同一编号查询，切勿另行出价。",
        "The outcome is not known yet; ask again with the same id, and do not bid anew.",
    ),
    Fault.NEVER_SEEN: Wording(
        Retry.SAME_ID,
        "记录中没有该指令；如仍需要，请以同一编号再次提交。",
        "There is no such command on the record; if you still want it, send it again with the same id.",
    ),
    Fault.RESYNC_REQUIRED: Wording(
        Retry.RESYNC,
        "画面须重新同步，请以随后的完整状态为准。",
        "You had fallen out of step; take the picture that follows.",
    ),
    Fault.NOT_READY: Wording(
        Retry.AFTER_MS, "系统尚未就绪，请稍后再试。", "The house is not ready yet; try again shortly."
    ),
    Fault.ENGINE_HALTED_STORAGE: Wording(
        Retry.SAME_ID,
        "存储故障，本场已停止受理；未答复的指令结果不确定，恢复后请以同一编号查询。",
        "Storage has failed and the sale takes nothing more. Whatever is unanswered is undecided: ask with the same id afterwards.",
    ),
    Fault.ROOM_MOVED: Wording(
        Retry.SAME_ID,
        "本场正移交或已移交另一引擎，此处不再受理；未答复的指令请稍后以同一编号再问。",
        "The sale goes, or has gone, to another engine and takes nothing more here. Ask again shortly, with the same id.",
    ),
    Fault.STANDBY_LOST: Wording(
        Retry.SAME_ID,
        "备机失联：在第二份记录恢复之前不确认任何出价，竞价中止；未答复的指令请稍后以同一编号查询。",
        "The second copy of the record is missing: bidding is suspended, and nothing is acknowledged until it is back. "
        "Ask for what is unanswered with the same id.",
    ),
    Fault.STANDBY_BACK: Wording(
        Retry.SAME_ID,
        "备机已恢复，出价重新得到确认。",
        "The second copy of the record is back; bids are acknowledged again.",
    ),
    Fault.INTERNAL: Wording(
        Retry.AFTER_MS,
        "系统内部错误，已记录，请稍后再试。",
        "Something went wrong in the house; it has been noted. Try again shortly.",
    ),
    Fault.PAPER_NOT_YET: Wording(
        Retry.AFTER_MS,
        "拍卖会尚未结束，该文书待结束后提供。",
        "The sale is not closed yet; this paper is there when it has been.",
    ),
    Fault.PAPER_TOO_LONG: Wording(
        Retry.NEVER,
        "该文书过长，系统运行时不生成 PDF；请管理员以命令 luochui papers 生成，JSON 不受影响。",
        "This paper is too long to be printed while the house serves: make it with luochui papers. Its JSON is there.",
    ),
    Fault.FONTS_MISSING: Wording(
        Retry.NEVER,
        "系统缺少中文字体，无法生成 PDF；请管理员安装字体（papers.fonts），JSON 与 CSV 不受影响。",
        "No PDF can be made here: the house has no Chinese font (setting papers.fonts). JSON and CSV are there.",
    ),
    Fault.SALE_EXISTS: Wording(
        Retry.NEVER,
        "该场次编号已有公告，未再公告；请换一个编号。",
        "There is a sale of this id already; nothing was announced. Choose another id.",
    ),
    Fault.DRAFT_CHANGED: Wording(
        Retry.NEVER,
        "内容与您核对时不同，未公告；请重新核对后再公告。",
        "This is not what you were shown; nothing was announced. Look at it again first.",
    ),
    Fault.DRAFT_FAULTY: Wording(
        Retry.NEVER,
        "内容有误，未公告；请按提示改正。",
        "There are faults in it; nothing was announced. Mend what the check names.",
    ),
    Fault.STORAGE: Wording(
        Retry.AFTER_MS,
        "写入失败，未保存；请检查磁盘后再试。",
        "It could not be written; nothing was kept. See to the disk, then try again.",
    ),
    Fault.COSIGNATURE_INVALID: Wording(
        Retry.NEVER,
        "这不是本平台已登记的见证人对该检查点的有效签署，未予受理。",
        "This is no valid cosignature of a witness known here over that checkpoint; it was not taken.",
    ),
    Fault.NOT_FOUND: Wording(
        Retry.NEVER, "没有这个页面或场次，请核对网址。", "There is no such page or sale; check the address."
    ),
    Fault.HTTP_MALFORMED: Wording(
        Retry.NEVER, "请求格式有误，未予受理。", "The request is malformed and was not taken."
    ),
    Fault.HTTP_METHOD: Wording(
        Retry.NEVER, "该地址不支持此请求方法。", "This address does not take this request method."
    ),
    Fault.HTTP_HEAD_TOO_BIG: Wording(Retry.NEVER, "请求头过大，未予受理。", "The request's head is too big."),
    Fault.HTTP_BODY_TOO_BIG: Wording(Retry.NEVER, "请求内容过大，未予受理。", "The request's body is too big."),
    Fault.HTTP_UPGRADE: Wording(
        Retry.NEVER, "此地址只接受 WebSocket 连接。", "This address takes WebSocket connections (RFC 6455) only."
    ),
    Fault.HTTP_NOT_LOCAL: Wording(
        Retry.NEVER, "此地址不对外开放。", "This address is open to the house's own machines only."
    ),
    Fault.HTTP_TLS_ONLY: Wording(
        Retry.NEVER,
        "此端口只接受加密访问，请把网址开头的 http 改为 https。",
        "This port speaks TLS only; write https instead of http at the beginning of the address.",
    ),
    Fault.TIMEOUT: Wording(
        Retry.AFTER_MS, "请求未在规定时间内到齐，请重试。", "The request did not arrive in time; try again."
    ),
}


def answer(fault: Fault, **detail: Any) -> dict[str, Any]:
    """
    What the protocol says of ``fault``: ``{code, retry, zh, en, detail}``.

    ``detail`` must hold what the sentence asks for: ``depth_max``, ``field``, ``where`` and ``wanted``, ``least_fen`` and
    ``most_fen``, or ``after_ms``. It may hold more.
    """
    wording = WORDING[fault]
    zh, en = wording.say(detail)
    return {"code": fault, "retry": wording.retry, "zh": zh, "en": en, "detail": detail}
