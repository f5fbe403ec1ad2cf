"""What can be asked over HTTP, as far as the code does not say it itself. One entry for each route, by its handler."""

from dataclasses import dataclass
from typing import Final

from engine.domain.refusals import WORDING as REFUSALS
from engine.domain.refusals import Reason
from engine.gateway.public_record import RECORDS_MAX
from engine.gateway.tender import CODE_BYTES_MAX
from engine.sealing.faults import SENTENCES, SealCode
from engine.submission.faults import WORDING as UPLOAD_WORDING
from engine.submission.faults import UploadCode
from engine.submission.front import STATUS as UPLOAD_STATUS
from engine.wire.refusals import Fault

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"

_PAGE_LANGUAGE: Final = ("lang", "zh-CN", "语言：zh-CN 或 en", "zh-CN or en")

_SIGNED: Final = (
    "signed",
    "",
    "1：含 PAdES 签名，须本机构设有签名证书",
    "1: with a PAdES signature, if the house has a certificate for it",
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a query."""

    least: int
    otherwise: int | None = None
    """What holds if it is left out; None: nothing, or what the house knows best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route, explained."""

    zh: str
    en: str
    tag: str
    kind: str = JSON
    """Media type of a good answer."""

    schema: str | None = None
    """Of a good answer; ``Name[]`` is a list of them."""

    bearer: str = ""
    """``required`` or ``optional``."""

    query: tuple[tuple[str, str | Whole, str, str], ...] = ()
    """Name, what holds if it is left out or which numbers are taken, Chinese, English."""

    faults: tuple[Fault, ...] = ()
    body: str = ""
    """Media type of what is sent, where it is no JSON."""

    sent: str | None = None
    """Schema of what is sent, where it is JSON and no command."""

    more: tuple[tuple[int, str, str, str], ...] = ()
    """Codes that this route has beside those of the door: status, code, Chinese, English."""

    ascii_max: int = 0
    """What is sent holds so many characters at most, at least one, and none beyond ASCII; 0 where anything goes."""

    commands: bool = False
    """Whether it answers as commands are answered."""


def _uploads(*codes: UploadCode) -> tuple[tuple[int, str, str, str], ...]:
    return tuple(
        (UPLOAD_STATUS.get(code, UNFIT), code.value, UPLOAD_WORDING[code].zh, UPLOAD_WORDING[code].en) for code in codes
    )


def _sealed(*codes: SealCode) -> tuple[tuple[int, str, str, str], ...]:
    return tuple((UNFIT, code.value, *SENTENCES[code]) for code in codes)


def _refusal(reason: Reason) -> tuple[str, str, str]:
    return reason.value, REFUSALS[reason].zh, REFUSALS[reason].en


UNFIT: Final = 422
"""What was sent can be read, and is not what it should be."""

_BIDDER: Final = (Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED)
_BRINGING: Final = _uploads(UploadCode.CLOSED, UploadCode.STORAGE)

OPERATIONS: Final[dict[str, Operation]] = {
    "index": Operation(
        zh="场次列表页", en="The list of sales, a page.", tag="pages", kind=HTML, query=(_PAGE_LANGUAGE,)
    ),
    "view": Operation(
        zh="场次页面：hall、bidder、rostrum、record",
        en="One page of one sale: hall, bidder, rostrum or record.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND,),
    ),
    "kiosk": Operation(
        zh="开标大厅一体机页：查询、签到、解密",
        en="The kiosk of an opening: look, sign in, unseal; a page.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND,),
    ),
    "code": Operation(
        zh="公开记录地址的二维码",
        en="The address of a sale's public record as a QR code.",
        tag="pages",
        kind="image/svg+xml",
        query=(("seq", Whole(1), "指向此序号的记录", "of this record in it"),),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED),
    ),
    "file": Operation(
        zh="页面所用文件", en="Scripts, styles, words of the pages.", tag="pages", kind="*/*", faults=(Fault.NOT_FOUND,)
    ),
    "api": Operation(
        zh="接口说明页", en="This protocol, for people to read.", tag="pages", kind=HTML, query=(_PAGE_LANGUAGE,)
    ),
    "openapi": Operation(
        zh="HTTP 接口描述（OpenAPI 3.1）", en="What is answered over HTTP (OpenAPI 3.1).", tag="description"
    ),
    "asyncapi": Operation(
        zh="WebSocket 描述（AsyncAPI 3）", en="What is said on a socket (AsyncAPI 3).", tag="description"
    ),
    "listing": Operation(zh="全部场次", en="Every sale.", tag="sales", schema="SaleBrief[]"),
    "about": Operation(
        zh="场次说明：规则、公钥、记录位置",
        en="One sale: its rules, its public key, where its record stands.",
        tag="sales",
        schema="SaleAbout",
        faults=(Fault.NOT_FOUND,),
    ),
    "picture": Operation(
        zh="当前状态；带凭证则为该身份所见，竞买人另有 mine。带 at 或 at_us 则为公众当时所见，另有该记录的两个时间戳",
        en="How the sale stands: as the public may see it, or the bearer of a token; a bidder's own part as mine. With at or at_us "
        "as the public saw it then, no more and no less, with both stamps of that record.",
        tag="sales",
        schema="PictureNow",
        bearer="optional",
        query=(
            ("at", Whole(1), "此序号的记录生效后的画面", "as it was shown after this record"),
            (
                "at_us",
                Whole(0),
                "此时刻（微秒）或之前最后一条记录后的画面",
                "as it was at this instant, in microseconds since 1970",
            ),
        ),
        faults=(Fault.NOT_FOUND, Fault.AUTH_INVALID, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED, Fault.BUSY),
    ),
    "ticket": Operation(
        zh="领取一次性入场票，用于打开 WebSocket",
        en="A ticket, good once and for 30 s, for the hello frame of one socket.",
        tag="commands",
        schema="Ticket",
        bearer="required",
        faults=(Fault.NOT_FOUND, Fault.AUTH_INVALID, Fault.RATE_LIMITED, Fault.BUSY),
    ),
    "socket": Operation(
        zh="打开 WebSocket，见 AsyncAPI",
        en="Opens the sale's WebSocket; what is said on it stands in asyncapi.json.",
        tag="commands",
        schema=None,
        faults=(Fault.HTTP_UPGRADE, Fault.NOT_FOUND, Fault.ORIGIN_DENIED, Fault.TOO_MANY_SESSIONS),
    ),
    "command": Operation(
        zh="提交一条指令，内容与 WebSocket 上的消息完全相同（规范 JSON）",
        en="One command: the body is exactly one frame as on the socket, canonical JSON. Its arrival counts from the last byte.",
        tag="commands",
        bearer="required",
        commands=True,
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.HTTP_BODY_TOO_BIG, Fault.ORIGIN_DENIED),
    ),
    "became": Operation(
        zh="查询本人某编号指令的结果",
        en="What became of one's own command with this id: its first answer, byte for byte, inside a duplicate.",
        tag="commands",
        bearer="required",
        commands=True,
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.NEVER_SEEN),
    ),
    "chunk": Operation(
        zh="提交开标一览表的加密数据块（65552 字节），须在提交投标文件之前",
        en="The sealed chunk of an opening sheet, 65,552 bytes, before the envelope that names it is submitted. Again is harmless.",
        tag="commands",
        schema="ChunkKept",
        bearer="required",
        body="application/octet-stream",
        faults=(
            *(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED),
            *(Fault.HTTP_BODY_TOO_BIG, Fault.STORAGE),
        ),
        more=((UNFIT, *_refusal(Reason.SUBMISSION_CLOSED)),),
    ),
    "receipt_code": Operation(
        zh="回执的二维码：正文为回执的一行文字（ASCII，不超过 1024 字节）",
        en="A receipt as a QR code: the body is its text, ASCII, 1,024 bytes at most.",
        tag="commands",
        kind="image/svg+xml",
        bearer="required",
        body="text/plain",
        ascii_max=CODE_BYTES_MAX,
        faults=(Fault.AUTH_INVALID, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
    ),
    "receipt": Operation(
        zh="投标人本人的回执：某标段现有投标文件的已签名回执",
        en="A bidder's own receipt of the envelope that stands in a section, signed; it names no place on the record.",
        tag="commands",
        schema="SealedReceipt",
        bearer="required",
        query=(("section", "", "标段", "the section"),),
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "receipt_paper": Operation(
        zh="同一回执的 PDF，含二维码；任何时候重新生成，字节相同",
        en="The same receipt as PDF with its QR code; the same bytes whenever it is made again.",
        tag="commands",
        kind="application/pdf",
        bearer="required",
        query=(("section", "", "标段", "the section"), ("lang", "zh-CN", "语言：zh-CN 或 en", "zh-CN or en"), _SIGNED),
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.BUSY, Fault.FONTS_MISSING),
    ),
    "wanted": Operation(
        zh="份额持有人此刻应提供份额的投标文件",
        en="What a trustee is to answer for now, with the manifests he answers on.",
        tag="commands",
        schema="Wanted",
        bearer="required",
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "record": Operation(
        zh="公开记录的一页",
        en="One page of the public record, with the commits that cover it.",
        tag="record",
        schema="RecordPage",
        query=(
            ("after", Whole(0, 0), "从此序号之后开始", "begin after this record"),
            ("limit", Whole(1, RECORDS_MAX), "最多条数", "at most so many records"),
        ),
        faults=(Fault.NOT_FOUND, Fault.HTTP_MALFORMED, Fault.RATE_LIMITED),
    ),
    "checkpoint": Operation(
        zh="本场透明日志的最新检查点（C2SP 签名文本），附见证人签署",
        en="The newest checkpoint of the sale's log: a signed note (C2SP), with the cosignatures of witnesses.",
        tag="record",
        kind="text/plain; charset=utf-8",
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "inclusion": Operation(
        zh="某条记录在日志之内的证明（RFC 9162）",
        en="That a record is in the log of a size: its audit path, lowest sibling first (RFC 9162, 2.1.3).",
        tag="record",
        schema="Inclusion",
        query=(
            ("seq", Whole(1), "记录序号", "which record"),
            (
                "size",
                Whole(1),
                "日志大小，缺省为最新检查点",
                "size of the log; that of the newest checkpoint if left out",
            ),
        ),
        faults=(Fault.NOT_FOUND, Fault.HTTP_MALFORMED, Fault.RATE_LIMITED),
    ),
    "consistency": Operation(
        zh="日志只增不改的证明（RFC 9162）",
        en="That the log of one size begins with all of the log of a smaller one (RFC 9162, 2.1.4).",
        tag="record",
        schema="Consistency",
        query=(
            ("from", Whole(1), "较小的大小", "the smaller size"),
            (
                "to",
                Whole(1),
                "较大的大小，缺省为最新检查点",
                "the larger size; that of the newest checkpoint if left out",
            ),
        ),
        faults=(Fault.NOT_FOUND, Fault.HTTP_MALFORMED, Fault.RATE_LIMITED),
    ),
    "cosign": Operation(
        zh="提交见证人对某检查点的签署",
        en="Signature lines of witnesses for the checkpoint of a size; only witnesses known to the house are taken.",
        tag="record",
        schema="Cosigned",
        body="text/plain",
        query=(("size", Whole(1), "检查点的大小，缺省为最新", "the checkpoint's size; the newest if left out"),),
        faults=(
            *(Fault.NOT_FOUND, Fault.COSIGNATURE_INVALID, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
            Fault.RATE_LIMITED,
        ),
    ),
    "export": Operation(
        zh="完整公开记录，每行一个 JSON",
        en="The whole public record, one JSON a line.",
        tag="record",
        kind="application/jsonl",
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.BUSY),
    ),
    "bids": Operation(
        zh="全部应价（CSV）",
        en="Every bid, for a spreadsheet.",
        tag="record",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.BUSY),
    ),
    "lots": Operation(
        zh="全部标的（CSV）",
        en="Every lot, for a spreadsheet.",
        tag="record",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.BUSY),
    ),
    "series_page": Operation(
        zh="全部场次统计页", en="All sales in figures, a page.", tag="pages", kind=HTML, query=(_PAGE_LANGUAGE,)
    ),
    "paper_list": Operation(
        zh="本场文书目录；带工作人员凭证则含内部文书",
        en="The papers of a sale and the digest of its integrity report; with an officer's token those for officers too.",
        tag="papers",
        bearer="optional",
        faults=(Fault.NOT_FOUND, Fault.AUTH_INVALID, Fault.RATE_LIMITED, Fault.PAPER_NOT_YET),
    ),
    "paper": Operation(
        zh="一份文书：PDF/A、JSON 或 CSV",
        en="One paper: PDF/A, JSON or CSV.",
        tag="papers",
        kind="*/*",
        bearer="optional",
        query=(_PAGE_LANGUAGE, _SIGNED),
        faults=(Fault.NOT_FOUND, Fault.AUTH_INVALID, Fault.RATE_LIMITED, Fault.PAPER_NOT_YET, Fault.BUSY),
    ),
    "quota_page": Operation(
        zh="本系统各月额度竞价统计页",
        en="The house's quota sales by month, a page.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
    ),
    "board_page": Operation(
        zh="今日开标汇总页", en="The day's board, a page.", tag="pages", kind=HTML, query=(_PAGE_LANGUAGE,)
    ),
    "cluster_page": Operation(
        zh="系统状态页：各场记录的代、条数与份数",
        en="How the house stands on its machines, a page.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
    ),
    "cluster": Operation(
        zh="各场记录的代、条数与份数，各通路是否畅通；不含开标",
        en="Each room's epoch, record and copies, and whether each way to gateways carries; openings are not in it.",
        tag="sales",
        schema="ClusterState",
        faults=(Fault.RATE_LIMITED,),
    ),
    "board": Operation(
        zh="今日各场次：地点、状态、下一时刻",
        en="What is held today: where, how it stands, and what comes next by the clock.",
        tag="sales",
        schema="Board",
        faults=(Fault.RATE_LIMITED,),
    ),
    "shanghai_page": Operation(
        zh="上海私车额度拍卖 204 期统计页",
        en="204 months of Shanghai's plate auctions, a page.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
    ),
    "figures": Operation(
        zh="本场统计", en="A sale in figures.", tag="figures", faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED)
    ),
    "figures_json": Operation(
        zh="本场统计（保存）", en="The same, to keep.", tag="figures", faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED)
    ),
    "figure_records": Operation(
        zh="某项统计所依据的最新记录",
        en="The newest records behind one figure.",
        tag="figures",
        query=(("of", "bids.online", "统计项", "which figure"),),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "figures_csv": Operation(
        zh="一张统计表（CSV）",
        en="One table of figures, for a spreadsheet.",
        tag="figures",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "series": Operation(
        zh="全部场次统计", en="All sales of the house in figures.", tag="figures", faults=(Fault.RATE_LIMITED,)
    ),
    "series_csv": Operation(
        zh="全部场次统计（CSV）",
        en="The same, for a spreadsheet.",
        tag="figures",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.RATE_LIMITED,),
    ),
    "result": Operation(
        zh="额度竞价的结果；结束前各项为空",
        en="The result of a quota sale; nulls before there is one.",
        tag="figures",
        schema="QuotaResult",
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "result_csv": Operation(
        zh="额度竞价的结果（CSV）",
        en="The same, for a spreadsheet.",
        tag="figures",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND, Fault.RATE_LIMITED),
    ),
    "months": Operation(
        zh="各月额度竞价结果",
        en="Every quota sale of the house, by month.",
        tag="figures",
        schema="Months",
        faults=(Fault.RATE_LIMITED,),
    ),
    "months_csv": Operation(
        zh="各月额度竞价结果（CSV）",
        en="The same, for a spreadsheet.",
        tag="figures",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.RATE_LIMITED,),
    ),
    "shanghai": Operation(
        zh="上海私车额度拍卖各月公布数据",
        en="Shanghai's plate auctions month by month, as they were published.",
        tag="figures",
        schema="Shanghai",
        faults=(Fault.RATE_LIMITED,),
    ),
    "shanghai_csv": Operation(
        zh="上海私车额度拍卖各月公布数据（CSV）",
        en="The same, for a spreadsheet.",
        tag="figures",
        kind=CSV,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.RATE_LIMITED,),
    ),
    "own_uploads": Operation(
        zh="本人已开始、尚未提交的上传",
        en="What a bidder has begun to bring and not submitted.",
        tag="uploads",
        schema="OwnUploads",
        bearer="required",
        faults=_BIDDER,
    ),
    "begin_upload": Operation(
        zh="开始上传一份加密投标文件，或接着上传；同一清单即同一上传",
        en="Begin to bring a sealed envelope, or go on: the same manifest is the same upload.",
        tag="uploads",
        schema="UploadState",
        bearer="required",
        sent="UploadBegun",
        faults=(*_BIDDER, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
        more=(
            *_BRINGING,
            *_uploads(UploadCode.TOO_BIG, UploadCode.TOO_MANY, UploadCode.STORE_FULL),
            *_sealed(SealCode.MANIFEST),
        ),
    ),
    "upload": Operation(
        zh="一份上传的状态：尚缺哪些分块",
        en="How an upload stands, and which chunks are missing.",
        tag="uploads",
        schema="UploadState",
        bearer="required",
        faults=_BIDDER,
        more=_uploads(UploadCode.UNKNOWN),
    ),
    "discard_upload": Operation(
        zh="放弃一份上传",
        en="Give an upload up.",
        tag="uploads",
        schema="Done",
        bearer="required",
        faults=_BIDDER,
        more=_uploads(UploadCode.UNKNOWN, UploadCode.STANDS),
    ),
    "finish_upload": Operation(
        zh="全部分块已到：核对、落盘并给出收存回执",
        en="All chunks are there: they are checked, made to last, and receipted.",
        tag="uploads",
        schema="UploadFinished",
        bearer="required",
        faults=_BIDDER,
        more=(*_BRINGING, *_uploads(UploadCode.UNKNOWN), *_sealed(SealCode.INCOMPLETE)),
    ),
    "put_chunk": Operation(
        zh="上传一个加密分块；重复上传无害",
        en="One sealed chunk, as it is; again is harmless.",
        tag="uploads",
        schema="Done",
        bearer="required",
        body="application/octet-stream",
        faults=(*_BIDDER, Fault.HTTP_BODY_TOO_BIG),
        more=(
            *_BRINGING,
            *_uploads(UploadCode.UNKNOWN, UploadCode.CHUNK_UNKNOWN, UploadCode.CHUNK_SIZE),
            *_sealed(SealCode.CHUNK_HASH),
        ),
    ),
    "certificates": Operation(
        zh="提交前出示一份投标文件的两张证书",
        en="The two certificates of an envelope, shown before it is submitted.",
        tag="uploads",
        schema="CertificatesGood",
        bearer="required",
        sent="CertificatesSent",
        faults=(*_BIDDER, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
        more=(
            (UNFIT, "E_CERT_…", "证书不被接受，说明原因与处理办法", "a certificate is not taken: why, and what to do"),
        ),
    ),
    "builder": Operation(
        zh="编制场次的页面",
        en="Where staff make a sale, a page.",
        tag="pages",
        kind=HTML,
        query=(_PAGE_LANGUAGE,),
        faults=(Fault.NOT_FOUND,),
    ),
    "check_draft": Operation(
        zh="核对一份场次草稿：逐处指出问题",
        en="What a draft of a sale says, and all that is wrong with it; nothing is written.",
        tag="sales",
        bearer="required",
        sent="DraftSent",
        faults=(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
    ),
    "announce_draft": Operation(
        zh="公告一份草稿：场次即刻开设",
        en="Announce a draft: its room opens at once.",
        tag="sales",
        bearer="required",
        sent="DraftSent",
        faults=(
            *(Fault.AUTH_INVALID, Fault.NOT_FOUND, Fault.RATE_LIMITED, Fault.HTTP_MALFORMED, Fault.HTTP_BODY_TOO_BIG),
            *(Fault.DRAFT_FAULTY, Fault.DRAFT_CHANGED, Fault.SALE_EXISTS, Fault.STORAGE),
        ),
    ),
    "healthz": Operation(zh="进程是否存活", en="The process lives.", tag="operation", schema="Alive"),
    "readyz": Operation(
        zh="各场次是否可以受理", en="Every room serves.", tag="operation", schema="Ready", faults=(Fault.NOT_READY,)
    ),
    "metrics": Operation(
        zh="运行指标（Prometheus），仅限本机与指定地址",
        en="Figures for Prometheus; to the house's own machines only.",
        tag="operation",
        kind="text/plain; version=0.0.4",
        faults=(Fault.HTTP_NOT_LOCAL,),
    ),
}

TAGS: Final[dict[str, tuple[str, str]]] = {
    "sales": ("场次与状态", "Sales and how they stand"),
    "commands": ("入场与指令", "Getting in, and commands"),
    "uploads": ("加密投标文件的上传", "Bringing sealed envelopes"),
    "record": ("公开记录", "The public record"),
    "description": ("接口描述", "This description"),
    "papers": ("文书", "What is printed and handed over"),
    "figures": ("统计", "Sales in figures"),
    "operation": ("运行状况", "How the house is doing"),
    "pages": ("页面", "Pages"),
}
PATH_WORDS: Final[dict[str, tuple[str, str]]] = {
    "sale": ("场次编号", "The sale's id"),
    "view": ("页面", "Which page"),
    "name": ("文件名", "Which file"),
    "id": ("指令编号", "The command's id"),
    "upload": ("上传编号", "The upload's id"),
    "part": ("部分：sheet 或 documents", "Which part: sheet or documents"),
    "index": ("分块序号，从 0 开始", "Which chunk, from 0"),
}
