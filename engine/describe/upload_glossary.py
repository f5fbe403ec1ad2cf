"""Words for what is said when sealed envelopes are brought, certificates shown and sales made over HTTP."""

from typing import Final

UPLOAD_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "authorities": (
        "中间证书（DER，十六进制）；可省略",
        "Of the authorities that issued them, DER in hexadecimal; may be left out",
    ),
    "catalogue": ("标的清单 CSV（Base64）", "The lots as a CSV file, base64"),
    "digests": (
        "各部分全部分块的摘要，依次相连（十六进制）",
        "The digests of all chunks of a part, in order and after each other, hexadecimal",
    ),
    "encryption": ("加密证书（DER，十六进制）", "The certificate sealed to, DER in hexadecimal"),
    "finished": ("是否已收全并落盘", "Whether all of it is there and was made to last"),
    "form": ("场次内容，与公告文件的结构相同", "The sale, laid out as in a notice's TOML file"),
    "format": ("回执格式", "Which format of receipt it is"),
    "missing": ("尚缺的分块：每段的首尾序号", "Chunks that are not there: the first and the last of each stretch"),
    "opening": ("开标场次编号", "The opening's id"),
    "short": ("回执全文的一行形式，用于二维码", "All of the receipt as one line, for a QR code"),
    "signing": ("签名证书（DER，十六进制）", "The certificate that signs, DER in hexadecimal"),
    "until_us": (
        "在此时刻（微秒）之前可以提交",
        "Until when the envelope may be submitted, in microseconds since 1970",
    ),
    "upload": ("上传编号", "The upload's id"),
    "uploads": ("各份上传", "The uploads"),
}

UPLOAD_OWN_WORDS: Final[dict[str, tuple[str, str]]] = {
    "CertificatesGood.manifest": ("清单摘要", "The manifest's digest"),
    "CertificatesSent.manifest": ("投标文件清单原文", "The manifest, in its one spelling"),
    "Deposited.at_us": ("收全的时刻，微秒", "When the last of it had come, in microseconds since 1970"),
    "Deposited.key": ("平台公钥", "The house's public key"),
    "Deposited.manifest": ("清单摘要", "The manifest's digest"),
    "Deposited.signature": ("对回执的签名（十六进制）", "The house's signature over the receipt, hexadecimal"),
    "DraftSent.digest": ("公告前所见草稿的摘要", "What its maker saw when he said that it be announced"),
    "DraftSent.paddles": ("竞买人名单 CSV（Base64）", "The paddles as a CSV file, base64"),
    "UploadBegun.manifest": ("投标文件清单原文", "The manifest, in its one spelling"),
    "UploadFinished.receipt": ("收存回执", "The receipt of the house"),
    "UploadPart.chunks": ("分块数", "How many chunks it has"),
    "UploadPart.part": ("部分：sheet 或 documents", "Which part: sheet or documents"),
    "UploadState.manifest": ("清单摘要", "The manifest's digest"),
    "UploadState.parts": ("各部分", "Its parts"),
}

UPLOAD_CHINESE: Final[dict[str, str]] = {
    "CertificatesGood": "证书可用",
    "CertificatesSent": "所出示的证书",
    "Deposited": "收存回执",
    "Done": "已完成",
    "DraftSent": "场次草稿",
    "OwnUploads": "本人的上传",
    "UploadBegun": "开始上传",
    "UploadFinished": "上传完成",
    "UploadPart": "上传的一个部分",
    "UploadState": "上传状态",
}
