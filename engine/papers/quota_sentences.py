"""What happened in a quota sale, as sentences; see :mod:`engine.papers.sentences`."""

from typing import Final

QUOTA_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "QuotaAnnounced": (
        "本场额度竞价公告，额度与竞价规则自此确定。",
        "The quota sale is announced; quota and rules stand from here on.",
    ),
    "BiddersAdmitted": (
        "{paddles} 个号牌（{first} 至 {last}）取得 {class} 类竞买资格。",
        "{paddles} paddle(s), from {first} to {last}, are admitted to class {class}.",
    ),
    "RoundOpened": ("第 {round} 阶段开始，截止 {ends_at_us}。", "Round {round} begins, until {ends_at_us}."),
    "RoundMoved": ("第 {round} 阶段截止时间顺延至 {ends_at_us}。", "The end of round {round} moves to {ends_at_us}."),
    "RoundEnded": (
        "第 {round} 阶段结束，截止 {ends_at_us}。",
        "Round {round} is over; offers counted up to {ends_at_us}.",
    ),
    "OfferMade": ("{who}报价 {amount_fen}。", "An offer of {amount_fen} by {who} stands."),
    "RevisionLost": (
        "{who}修改报价 {amount_fen}，超出 {least_fen} 至 {most_fen}，计入修改次数，原报价有效。",
        "A change to {amount_fen} by {who} is out of reach ({least_fen} to {most_fen}); it counts, and the earlier offer stands.",
    ),
    "AverageTold": (
        "公布 {class} 类平均报价 {average_fen}，报价 {offers} 人。",
        "The average of class {class} is told: {average_fen}, {offers} offer(s).",
    ),
    "QuotaAwarded": (
        "{class} 类额度分配：报价 {offers} 人，中标 {winners} 人，最低成交价 {lowest_fen}，平均成交价 {average_fen}。",
        "Class {class} is awarded: {winners} of {offers} offer(s) win, the lowest at {lowest_fen}, {average_fen} on average.",
    ),
}
"""Event type → its sentence in Chinese and in English."""
