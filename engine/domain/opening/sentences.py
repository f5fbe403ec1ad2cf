"""
The sentences of refusals that belong to openings: by code, whether asking again can help, then Chinese and English.

Of an envelope the sentence is the one everybody gets who handles envelopes; see :mod:`engine.sealing.faults`.
"""

from typing import Final

from engine.sealing.faults import SENTENCES as OF_ENVELOPES
from engine.sealing.faults import SealCode

SENTENCES: Final[dict[str, tuple[str, str, str]]] = {
    "E_NOT_AT_THIS_STAGE": (
        "new_id",
        "现在不能进行此项操作（当前阶段：{why}）。",
        "This cannot be done at this stage ({why}).",
    ),
    "E_OPENING_PAUSED": (
        "new_id",
        "开标已暂停，请等待恢复；已提交的内容均有效。",
        "The opening is suspended; wait until it resumes. What was handed in stands.",
    ),
    "E_SUBMISSION_CLOSED": (
        "never",
        "投标截止时间为 {closed_us}，您的提交于 {arrived_us} 到达，未予接受；两个时间均已记录。",
        "Submission closed at {closed_us}; yours arrived at {arrived_us} and was not accepted. Both instants are on the record.",
    ),
    "E_TIME_NOT_LATER": (
        "new_id",
        "开标时间只能推迟，不能提前（当前截止时间 {deadline_us}）。",
        "The opening can only be put off, never brought forward (the deadline is now {deadline_us}).",
    ),
    "E_NO_TIME_PROPOSED": (
        "never",
        "没有待确认的开标时间变更，或所确认的时间与提出的不同。",
        "No such change of the opening time is proposed.",
    ),
    "E_SECTION_UNKNOWN": ("never", "本项目没有这个标段。", "This tender has no such section."),
    "E_BIDDER_UNKNOWN": (
        "never",
        "投标人未在本项目登记，请联系受理区。",
        "This bidder is not registered for the tender; please ask at the registration desk.",
    ),
    "E_NO_ENVELOPE": (
        "never",
        "该标段没有可供此项操作的投标文件。",
        "There is no envelope in this section to which this could be done.",
    ),
    "E_BIDDERS_ABSENT": (
        "new_id",
        "尚有 {absent} 家已投标的投标人未签到；确认仍要启动，请按此家数再次确认。",
        "{absent} of those who bid have not signed in. To start all the same, confirm with this number.",
    ),
    "E_WINDOW_CLOSED": (
        "never",
        "解密时间已于 {closed_us} 截止，您的解密于 {arrived_us} 到达，未予接受；两个时间均已记录。",
        "The window for unsealing ended at {closed_us}; your half arrived at {arrived_us} and was not taken. Both are on the record.",
    ),
    "E_UNSEALED_ALREADY": (
        "never",
        "该投标文件已由您解密，无需再次操作。",
        "You have unsealed this envelope already; nothing more is needed.",
    ),
    "E_ENVELOPES_SEALED": (
        "new_id",
        "尚有 {envelopes} 份投标文件既未解密也未认定，不能进行下一步。",
        "{envelopes} envelope(s) are neither open nor decided; that comes first.",
    ),
    "E_ENVELOPE_SETTLED": (
        "never",
        "该投标文件已解密或已认定，不再变更。",
        "This envelope is open, or was decided; neither is changed.",
    ),
    "E_HALVES_MISSING": (
        "new_id",
        "两半密钥尚未齐全，不能开启该投标文件。",
        "Both halves of the key are needed to open this envelope, and one is missing.",
    ),
    "E_NO_REMEDY": (
        "never",
        "招标文件没有规定补救方案，不能由份额持有人代为解密。",
        "The tender announces no remedy: trustees cannot open for a bidder.",
    ),
    "E_CAN_STILL_OPEN": (
        "new_id",
        "该投标文件仍可解密（密钥已交或可以补救），不能认定为撤销或撤回。",
        "This envelope can still be opened, by its half or by the remedy; it cannot be declared lapsed.",
    ),
    "E_EVIDENCE_DIFFERS": (
        "new_id",
        "没有证据单，或证据单已更新；请重新打开证据单核对后再认定。",
        "There is no evidence sheet, or a newer one; open it again, then decide.",
    ),
    "E_CEILING_DUE": (
        "new_id",
        "控制价须先公布：在任何人能知道报价之前。",
        "The ceiling price must be announced first, before anybody can know a price.",
    ),
    "E_COEFFICIENT_DUE": (
        "new_id",
        "系数尚未抽取，不能唱标。",
        "The coefficient is still to be drawn; that comes first.",
    ),
    "E_ANSWER_MALFORMED": (
        "new_id",
        "份额的写法不符或数量不符：每次 1 至 {most} 份，每份投标文件一份，按客户端输出原样提交。",
        "These are no answers as the client prints them: from 1 to {most} at a time, one for each envelope.",
    ),
    "E_ANSWER_NOT_WANTED": (
        "never",
        "该份额已收到、已无需要，或未启动补救。",
        "This answer is there already, is needed no more, or the remedy was not ordered.",
    ),
    "E_OBJECTION_UNKNOWN": ("never", "没有待答复的第 {no} 号异议。", "There is no unanswered objection number {no}."),
    "E_OBJECTIONS_OPEN": (
        "new_id",
        "尚有 {objections} 项异议未答复，须当场答复后再签名。",
        "{objections} objection(s) are unanswered; answer them before the record is signed.",
    ),
    "E_SIGNATURES_DUE": (
        "new_id",
        "开标记录须由主持人和监督人签名后才能结束。",
        "Host and supervisor must sign the record first.",
    ),
    **{
        str(code): (retry, *OF_ENVELOPES[code])
        for code, retry in (
            (SealCode.CONTEXT, "never"),
            (SealCode.MANIFEST, "never"),
            (SealCode.SIGNATURE, "never"),
            (SealCode.KEY_UNREADABLE, "never"),
            (SealCode.INCOMPLETE, "new_id"),
            (SealCode.CHUNK_HASH, "new_id"),
            (SealCode.REVEAL, "new_id"),
        )
    },
}
