"""
Every reason for which an upload goes no further: a code for programs, a sentence in each language for people.

No sentence and no detail says anything of other bidders. What is wrong with a manifest or a chunk is said with the codes of
:mod:`engine.sealing.faults`, and what is wrong with a request with those of :mod:`engine.wire.refusals`.
"""

from enum import StrEnum
from typing import Any, Final

from engine.domain.refusals import Retry, Wording
from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealCode, SealFault


class UploadCode(StrEnum):
    """What is wrong."""

    UNKNOWN = "E_UPLOAD_UNKNOWN"
    """There is no such upload, or it is somebody else's: the same answer."""

    TOO_BIG = "E_UPLOAD_TOO_BIG"
    TOO_MANY = "E_UPLOADS_TOO_MANY"
    CHUNK_UNKNOWN = "E_CHUNK_UNKNOWN"
    CHUNK_SIZE = "E_CHUNK_SIZE"
    NOT_FINISHED = "E_UPLOAD_NOT_FINISHED"
    STANDS = "E_UPLOAD_STANDS"
    CLOSED = "E_UPLOADS_CLOSED"
    STORE_FULL = "E_STORE_FULL"
    STORAGE = "E_UPLOAD_STORAGE"


COME_BACK_MS: Final = 5000
"""When it is worth asking again after the disk failed."""

WORDING: Final[dict[UploadCode, Wording]] = {
    UploadCode.UNKNOWN: Wording(
        Retry.NEW_ID,
        "没有这个上传，请重新开始；已收存的分块不必重传。",
        "There is no such upload; begin again. Chunks that are kept need not be sent again.",
    ),
    UploadCode.TOO_BIG: Wording(
        Retry.NEVER,
        "加密投标文件过大：最多 {most} 字节。请压缩或减少文件后重新加密。",
        "The sealed envelope is too big: at most {most} bytes. Seal again with fewer or smaller files.",
    ),
    UploadCode.TOO_MANY: Wording(
        Retry.NEW_ID,
        "您未提交的上传已达 {most} 个；请先放弃其中一个。",
        "You have {most} uploads that are not submitted; discard one of them first.",
    ),
    UploadCode.CHUNK_UNKNOWN: Wording(
        Retry.NEVER,
        "清单中没有这一块。",
        "The manifest has no such chunk.",
    ),
    UploadCode.CHUNK_SIZE: Wording(
        Retry.NEW_ID,
        "{part} 第 {chunk} 块须为 {bytes} 字节，请完整重传该块。",
        "Chunk {chunk} of {part} must be {bytes} bytes; send the whole of it again.",
    ),
    UploadCode.NOT_FINISHED: Wording(
        Retry.NEW_ID,
        "上传尚未完成，不能提交；请先完成上传。",
        "The upload is not finished and cannot be submitted; finish it first.",
    ),
    UploadCode.STANDS: Wording(
        Retry.NEVER,
        "该文件正在提交或已提交，不能放弃；如需撤回，请使用“撤回投标”。",
        "This envelope is being submitted, or is; it cannot be discarded. Withdraw the bid to take it back.",
    ),
    UploadCode.CLOSED: Wording(
        Retry.NEVER,
        "投标截止时间为 {closed_us}，您的请求于 {arrived_us} 到达，不再接收文件。",
        "Submission closed at {closed_us}; yours arrived at {arrived_us}, and no more files are taken.",
    ),
    UploadCode.STORE_FULL: Wording(
        Retry.AFTER_MS,
        "系统暂时不能接收新的上传，请联系受理人员，稍后再试。",
        "No new upload can be taken at the moment; tell the registration desk, and try again shortly.",
    ),
    UploadCode.STORAGE: Wording(
        Retry.AFTER_MS,
        "写入失败，本步未收存，请稍后重试；如提示没有这个上传，请重新开始。",
        "It could not be written, and this step is not kept. Try again shortly; if the upload is not known any more, begin again.",
    ),
}

SEAL_RETRY: Final = {SealCode.CHUNK_HASH: Retry.NEW_ID, SealCode.INCOMPLETE: Retry.NEW_ID}
"""Whether asking again can help; of any other code, never."""


class UploadFault(Exception):
    """
    An upload goes no further.

    Attributes:
        code: Why.
        detail: What the sentence asks for, by field name; nothing of anybody else.

    """

    def __init__(self, code: UploadCode, **detail: int | str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def full() -> UploadFault:
    """There is no room; whose doing that is, nobody is told."""
    return UploadFault(UploadCode.STORE_FULL, after_ms=COME_BACK_MS)


def not_written() -> UploadFault:
    """The disk failed."""
    return UploadFault(UploadCode.STORAGE, after_ms=COME_BACK_MS)


def closed(arrived: Nanoseconds, at: Nanoseconds) -> UploadFault:
    """It came too late."""
    return UploadFault(UploadCode.CLOSED, arrived_us=arrived // 1000, closed_us=at // 1000)


def answer(fault: UploadFault | SealFault) -> dict[str, Any]:
    """What is said of ``fault``: ``{code, retry, zh, en, detail}``, as everywhere on the wire."""
    if isinstance(fault, UploadFault):
        wording = WORDING[fault.code]
        zh, en = wording.say(fault.detail)
        return {"code": fault.code, "retry": wording.retry, "zh": zh, "en": en, "detail": fault.detail}
    retry = SEAL_RETRY.get(fault.code, Retry.NEVER)
    return {"code": fault.code, "retry": retry, "zh": fault.zh, "en": str(fault), "detail": fault.detail}
