"""The stages of an opening, and which may follow which."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where an opening stands."""

    RECEIVING = "receiving"
    """Envelopes are taken (准备、投标); bidders sign in."""

    CLOSED = "closed"
    """Submission is closed and the root of all envelopes published; bidders sign in (签到)."""

    STARTED = "started"
    """The host has begun (启动)."""

    LISTED = "listed"
    """Who bids is published (公布名单)."""

    UNSEALING = "unsealing"
    """Every bidder hands in his half of the key (解密)."""

    COMBINING = "combining"
    """Ceiling prices, the trustees' halves, the remedy, what lapses, coefficients (控制价、份额、补救、系数)."""

    READ_OUT = "read_out"
    """Every sheet is shown, all at once (唱标); bidders confirm or object (确认、异议)."""

    SIGNING = "signing"
    """The record stands and is signed (签名)."""

    ENDED = "ended"
    RECONVENED = "reconvened"
    """After the end the host speaks to all once more (复会)."""


MAY_FOLLOW: Final[dict[Stage, frozenset[Stage]]] = {
    Stage.RECEIVING: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.STARTED}),
    Stage.STARTED: frozenset({Stage.LISTED, Stage.ENDED}),
    Stage.LISTED: frozenset({Stage.UNSEALING}),
    Stage.UNSEALING: frozenset({Stage.COMBINING}),
    Stage.COMBINING: frozenset({Stage.READ_OUT}),
    Stage.READ_OUT: frozenset({Stage.SIGNING}),
    Stage.SIGNING: frozenset({Stage.ENDED}),
    Stage.ENDED: frozenset({Stage.RECONVENED}),
    Stage.RECONVENED: frozenset({Stage.ENDED}),
}
"""From STARTED to ENDED where no section has bidders enough."""

UNANNOUNCED: Final = "unannounced"
"""Before there is an opening at all."""

WORDS: Final[dict[str, tuple[str, str]]] = {
    UNANNOUNCED: ("尚未公告", "not announced yet"),
    Stage.RECEIVING: ("接收投标文件", "receiving bids"),
    Stage.CLOSED: ("投标已截止、签到", "submission closed, signing in"),
    Stage.STARTED: ("已启动开标", "opening started"),
    Stage.LISTED: ("已公布投标人名单", "bidders listed"),
    Stage.UNSEALING: ("投标人解密", "unsealing by bidders"),
    Stage.COMBINING: ("份额合成与补救", "joining halves, and the remedy"),
    Stage.READ_OUT: ("唱标、确认与异议", "read out, to be confirmed"),
    Stage.SIGNING: ("开标记录签名", "signing of the record"),
    Stage.ENDED: ("开标已结束", "ended"),
    Stage.RECONVENED: ("复会", "reconvened"),
}
