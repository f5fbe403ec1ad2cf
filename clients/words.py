"""What terminals say, in both languages."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "lot": ("{} 号标的", "Lot {}"),
    "price": ("当前价", "Price"),
    "opening": ("起拍价", "Opening price"),
    "hammer": ("成交价", "Hammer price"),
    "asked": ("下一口价", "Asked next"),
    "leader": ("领先", "Leading"),
    "nobody": ("尚无应价", "no bid yet"),
    "calls": ("报价", "Calls"),
    "bids": ("应价记录", "Bids"),
    "turnover": ("成交总额", "Turnover"),
    "premium": ("溢价率", "Premium"),
    "top": ("标王", "Top lot"),
    "sold": ("已成交", "Sold"),
    "passed": ("流拍", "Passed"),
    "remain": ("待拍", "To come"),
    "paddle": ("{} 号", "Paddle {}"),
    "alias": ("竞买人 {}", "Bidder {}"),
    "online": ("网络", "online"),
    "hall": ("现场", "hall"),
    "phase planned": ("未开始", "not open yet"),
    "phase open": ("进行中", "open"),
    "phase suspended": ("中止：{}", "suspended: {}"),
    "phase closed": ("已结束", "closed"),
    "block open": ("竞价中", "open"),
    "block sold": ("成交", "sold"),
    "block passed": ("流拍", "passed"),
    "waiting for house": ("正在连接……", "connecting …"),
    "away": ("连接中断，正在重连；以下为中断前的情况", "connection lost, coming back; this is how it stood"),
    "block empty": ("尚无标的上拍", "nothing on the block yet"),
    "leading you": ("您领先", "you lead"),
    "sent": ("{} 已发出，等待答复", "{} sent, waiting for an answer"),
    "accepted": ("{} 有效，第 {} 号记录", "{} accepted, record {}"),
    "refused": ("{} 未成立：{}", "{} refused: {}"),
    "back": ("已连接", "connected"),
    "gone": (
        "连接中断：{}；自动重连，未答复的出价会以同一编号重发",
        "connection lost: {}; coming back, what is unanswered will be sent again under its id",
    ),
    "kept": ("上次有 {} 条指令未得到答复，正在查询", "{} command(s) of last time had no answer; asking after them"),
    "left over": ("上次的出价", "bid of last time"),
    "prompt": (
        "回车出价 {}；或输入金额（元）；? 帮助；q 退出",
        "Enter bids {}; or type an amount in yuan; ? for help; q to leave",
    ),
    "prompt none": ("等待标的上拍；? 帮助；q 退出", "waiting for a lot; ? for help; q to leave"),
    "help": (
        "回车：按下一口价出价。数字：按该金额（元）出价，须不低于下一口价并按加价幅度整倍数递增。应价不得撤回。",
        "Enter bids the asked price. A number bids that amount in yuan: at least the asked price, in whole steps. A bid binds.",
    ),
    "no amount": ("“{}”不是金额，未出价", "{!r} is no amount; nothing was bid"),
    "no lot": ("现在没有可出价的标的，未出价", "no lot takes bids now; nothing was bid"),
    "moved": (
        "价格刚变为下一口价 {}，未出价；再按回车确认",
        "the asked price has just become {}; nothing was bid; Enter again to bid it",
    ),
    "over": ("拍卖会已结束", "the sale is over"),
    "leaving unanswered": (
        "尚有 {} 条出价未得到答复，下次启动时会查询",
        "{} bid(s) have no answer yet; they will be asked after next time",
    ),
}


class Speech:
    """
    Says things in one language.

    Args:
        lang: ``zh`` or ``en``, or anything that begins so.

    """

    def __init__(self, lang: str) -> None:
        self.lang = "zh" if lang.startswith("zh") else "en"
        self._at = 0 if self.lang == "zh" else 1

    def __call__(self, key: str, *values: object) -> str:
        """The words for ``key``, with ``values`` in their places."""
        return WORDS[key][self._at].format(*values)
