"""What happened in an opening of sealed bids, as sentences; see :mod:`engine.papers.sentences`."""

from typing import Final

OPENING_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "OpeningAnnounced": (
        "本项目开标公告，开标条件自此确定，开始接收投标文件。",
        "The opening is announced; its conditions stand from here on, and envelopes are taken.",
    ),
    "BidderRegistered": ("投标人 {bidder}（{name}）登记。", "Bidder {bidder} ({name}) is registered."),
    "DepositRecorded": (
        "投标人 {bidder} 的 {section} 标段保证金情况登记（{status}）。",
        "The bond of bidder {bidder} for section {section} is recorded ({status}).",
    ),
    "EnvelopeReceived": (
        "收到投标人 {bidder} 的 {section} 标段投标文件第 {version} 版。",
        "Envelope {version} of bidder {bidder} for section {section} is received.",
    ),
    "EnvelopeWithdrawn": (
        "投标人 {bidder} 撤回 {section} 标段投标文件第 {version} 版。",
        "Bidder {bidder} takes envelope {version} for section {section} back.",
    ),
    "BidderSignedIn": ("投标人 {bidder} 签到。", "Bidder {bidder} signs in."),
    "TimeProposed": (
        "{by}提出将开标时间推迟至 {deadline_us}。原因：{reason}。",
        "The {by} proposes to put the opening off to {deadline_us}. Reason: {reason}.",
    ),
    "TimeDropped": ("推迟开标的提议撤销。", "The proposal to put the opening off is dropped."),
    "TimeChanged": (
        "投标截止及开标时间推迟至 {deadline_us}。原因：{reason}。",
        "Deadline and opening are put off to {deadline_us}. Reason: {reason}.",
    ),
    "SubmissionClosed": (
        "投标截止（{deadline_us}），全部投标文件的根摘要为 {root}。",
        "Submission closed at {deadline_us}; the root of all envelopes is {root}.",
    ),
    "OpeningStarted": ("开标启动。", "The opening is started."),
    "SectionFailed": (
        "{section} 标段投标文件 {envelopes} 份，不足规定家数，不予开标。",
        "Section {section} has {envelopes} envelope(s), too few; they stay sealed.",
    ),
    "ListPublished": ("公布投标人名单。", "The list of bidders is published."),
    "UnsealingOpened": ("解密开始，截止 {ends_at_us}。", "Unsealing begins, until {ends_at_us}."),
    "UnsealingMoved": (
        "解密时间重新完整计算，截止 {ends_at_us}。",
        "The whole window for unsealing is given again, until {ends_at_us}.",
    ),
    "UnsealingClosed": ("解密结束。", "Unsealing is over."),
    "EnvelopeUnsealed": (
        "投标人 {bidder} 完成 {section} 标段解密。",
        "Bidder {bidder} has unsealed the envelope for section {section}.",
    ),
    "TroubleReported": (
        "投标人 {bidder} 报告 {section} 标段解密遇到问题（{trouble}）。",
        "Bidder {bidder} reports trouble in unsealing section {section} ({trouble}).",
    ),
    "AnswerTaken": (
        "第 {trustee} 份额持有人提交投标人 {bidder}（{section} 标段）的份额，验证通过。",
        "Trustee {trustee} answers for bidder {bidder}, section {section}; the proof holds.",
    ),
    "AnswerRejected": (
        "第 {trustee} 份额持有人提交投标人 {bidder}（{section} 标段）的份额，验证不通过。",
        "Trustee {trustee} answers for bidder {bidder}, section {section}; the proof does not hold.",
    ),
    "HalfJoined": (
        "投标人 {bidder}（{section} 标段）的密钥由份额持有人合成。",
        "The trustees' answers give a half of the key for bidder {bidder}, section {section}.",
    ),
    "HalfRefuted": (
        "投标人 {bidder}（{section} 标段）封装的密钥与承诺不符。",
        "What bidder {bidder} wrapped for section {section} is not what was committed to.",
    ),
    "RemedyOrdered": (
        "启动补救方案，涉及投标文件 {envelopes} 份。",
        "The remedy is ordered for {envelopes} envelope(s).",
    ),
    "EvidenceFiled": (
        "投标人 {bidder}（{section} 标段）未解密证据单归档（摘要 {digest}）。",
        "Evidence on bidder {bidder}, section {section}, is filed (digest {digest}).",
    ),
    "EnvelopeLapsed": (
        "投标人 {bidder} 的 {section} 标段投标文件{lapsed_note}。",
        "The envelope of bidder {bidder} for section {section} is {lapsed_note}.",
    ),
    "SheetOpened": (
        "投标人 {bidder} 的 {section} 标段开标一览表已解密。",
        "The opening sheet of bidder {bidder} for section {section} is opened.",
    ),
    "CeilingAnnounced": (
        "公布 {section} 标段控制价 {amount_fen}。",
        "The ceiling price of section {section} is {amount_fen}.",
    ),
    "CoefficientDrawn": (
        "抽取 {section} 标段系数为千分之 {permille}（种子 {seed}）。",
        "The coefficient of section {section} is drawn: {permille} thousandths (seed {seed}).",
    ),
    "BidsReadOut": ("唱标：全部开标一览表同时公布。", "All opening sheets are read out at once."),
    "SheetConfirmed": (
        "投标人 {bidder} 确认 {section} 标段唱标内容。",
        "Bidder {bidder} confirms what was read out for section {section}.",
    ),
    "ObjectionRaised": (
        "投标人 {bidder} 提出第 {no} 号异议：{text}。",
        "Bidder {bidder} raises objection {no}: {text}.",
    ),
    "ObjectionAnswered": ("主持人答复第 {no} 号异议：{text}。", "The host answers objection {no}: {text}."),
    "SigningOpened": (
        "开标记录形成（摘要 {report}），开始签名。",
        "The record of the opening stands (digest {report}) and is to be signed.",
    ),
    "OpeningEnded": ("开标结束。", "The opening is over."),
    "OpeningReconvened": ("复会：{reason}。", "The opening is reconvened: {reason}."),
    "StatementMade": ("主持人：{text}。", "The host: {text}."),
}
"""Event type → its sentence in Chinese and in English."""

OF_AN_OPENING: Final[dict[str, tuple[str, str]]] = {
    "SaleSuspended": ("开标暂停{cause_note}。原因：{reason}", "The opening is suspended{cause_note}. Reason: {reason}"),
    "SaleResumed": ("开标恢复。", "The opening is resumed."),
    "ResultSigned": (
        "{role}签署开标记录（摘要 {report}）。",
        "The {role} signs the record of the opening (digest {report}).",
    ),
    "ResultConfirmed": (
        "应当签署者均已签署，开标记录确定。",
        "All who must have signed; the record of the opening is final.",
    ),
}
"""What happens in every proceeding, as it is said of an opening."""
