"""What can be wrong with a certificate, its chain or a revocation list: a code for programs, a sentence in each language for people."""

from enum import StrEnum
from typing import Final


class TrustCode(StrEnum):
    """Which rule of ``TRUST.md`` does not hold."""

    UNREADABLE = "E_CERT_UNREADABLE"
    TOO_LARGE = "E_CERT_TOO_LARGE"
    KEY = "E_CERT_KEY"
    ALGORITHM = "E_CERT_ALGORITHM"
    ISSUER = "E_CERT_ISSUER_UNKNOWN"
    SIGNATURE = "E_CERT_SIGNATURE"
    DEPTH = "E_CERT_CHAIN_TOO_LONG"
    CRITICAL = "E_CERT_CRITICAL_EXTENSION"
    NOT_CA = "E_CERT_NOT_CA"
    PATH_LENGTH = "E_CERT_PATH_LENGTH"
    USAGE = "E_CERT_USAGE"
    NOT_YET = "E_CERT_NOT_YET_VALID"
    EXPIRED = "E_CERT_EXPIRED"
    CHAIN = "E_CERT_CHAIN"
    CRL_MISSING = "E_CRL_MISSING"
    CRL_UNREADABLE = "E_CRL_UNREADABLE"
    CRL_SIGNATURE = "E_CRL_SIGNATURE"
    CRL_STALE = "E_CRL_STALE"
    REVOKED = "E_CERT_REVOKED"
    NO_CREDIT_CODE = "E_CERT_NO_CREDIT_CODE"
    OTHER_BIDDER = "E_CERT_OTHER_BIDDER"
    OTHER_CERTIFICATE = "E_CERT_NOT_THE_ONE_SEALED_WITH"
    RENEWED = "E_CERT_RENEWED"
    NOT_SHOWN = "E_CERT_NOT_SHOWN"
    STORE = "E_TRUST_STORE"


SENTENCES: Final[dict[TrustCode, tuple[str, str]]] = {
    TrustCode.UNREADABLE: (
        "证书不能读取（{where}）。请从发证机构重新导出证书（PEM 或 DER）后再试。",
        "The certificate cannot be read ({where}). Export it again as its authority issued it (PEM or DER).",
    ),
    TrustCode.TOO_LARGE: (
        "{what} 过大：最多 {most}。请只提交投标人证书及其签发机构证书。",
        "{what}: too much, at most {most}. Hand in the bidder's certificate and those of its authorities only.",
    ),
    TrustCode.KEY: (
        "证书 {certificate} 的密钥种类不受支持：须为 P-256、SM2 或 RSA（2048 至 4096 位）。请向发证机构换发。",
        "The key of certificate {certificate} is of no kind that is accepted: P-256, SM2 or RSA of 2048 to 4096 bits. Ask its "
        "authority for another.",
    ),
    TrustCode.ALGORITHM: (
        "证书 {certificate} 的签名算法不受支持：须为 SM3-SM2、SHA256-RSA 或 SHA256-ECDSA。请向发证机构换发。",
        "Certificate {certificate} is signed by an algorithm that is not accepted: SM3 with SM2, SHA-256 with RSA or with ECDSA are. "
        "Ask its authority for another.",
    ),
    TrustCode.ISSUER: (
        "不认识证书 {certificate} 的签发机构（{issuer}）。请一并提交其中间证书，或请交易中心确认该机构是否在互认名单内。",
        "The authority that issued certificate {certificate} is not known ({issuer}). Hand in its intermediate certificate too, or ask "
        "the centre whether it recognises that authority.",
    ),
    TrustCode.SIGNATURE: (
        "证书 {certificate} 的签名与其签发机构（{issuer}）不符，证书可能被改动。请从发证机构重新导出。",
        "The signature of certificate {certificate} is not by its authority ({issuer}); it may have been altered. Export it again as "
        "it was issued.",
    ),
    TrustCode.DEPTH: (
        "证书 {certificate} 的证书链过长：其上最多 {most} 级。请联系交易中心。",
        "The chain of certificate {certificate} is too long: at most {most} authorities above it. Ask the centre.",
    ),
    TrustCode.CRITICAL: (
        "证书 {certificate} 含有本系统不认识的关键扩展（{oid}），不能接受。请向发证机构换发。",
        "Certificate {certificate} has a critical extension that is not understood here ({oid}), so it is refused. Ask its authority "
        "for another.",
    ),
    TrustCode.NOT_CA: (
        "证书 {certificate} 不是签发机构证书，不得签发其他证书。请提交正确的证书链。",
        "Certificate {certificate} is not an authority's and may not issue others. Hand in the right chain.",
    ),
    TrustCode.PATH_LENGTH: (
        "签发机构证书 {certificate} 不允许其下再有 {below} 级签发机构。请提交正确的证书链。",
        "The authority's certificate {certificate} does not allow {below} authorities below it. Hand in the right chain.",
    ),
    TrustCode.USAGE: (
        "证书 {certificate} 的密钥用途不符：此处须用{zh}。请在 USB Key 中选择另一张证书。",
        "Certificate {certificate} is not for this use: {en} is wanted here. Choose the other certificate of your USB key.",
    ),
    TrustCode.NOT_YET: (
        "证书 {certificate} 在签名时尚未生效（{instant} 起）。请使用当时有效的证书。",
        "Certificate {certificate} was not valid yet when it was used (from {instant}). Use one that is valid.",
    ),
    TrustCode.EXPIRED: (
        "证书 {certificate} 在签名时已过期（{instant} 止）。请续期后重新签名；开标解密可用原密钥或恢复文件。",
        "Certificate {certificate} had expired when it was used (at {instant}). Renew it and sign again; to unseal, the earlier key or "
        "the recovery file still serves.",
    ),
    TrustCode.CHAIN: (
        "证书 {certificate} 的证书链未通过校验。请从发证机构重新导出证书及其上级证书。",
        "The chain of certificate {certificate} does not hold. Export it and those of its authorities again as they were issued.",
    ),
    TrustCode.CRL_MISSING: (
        "缺少 {issuer} 的证书吊销列表（CRL），不能确认证书 {certificate} 未被吊销。请交易中心更新吊销列表。",
        "There is no revocation list (CRL) of {issuer}, so nobody can say whether certificate {certificate} was revoked. The centre "
        "must fetch it.",
    ),
    TrustCode.CRL_UNREADABLE: (
        "证书吊销列表不能读取（{where}）。请交易中心重新下载。",
        "The revocation list cannot be read ({where}). The centre must fetch it again.",
    ),
    TrustCode.CRL_SIGNATURE: (
        "{issuer} 的证书吊销列表不是由其签发，不能采用。请交易中心重新下载。",
        "The revocation list of {issuer} is not signed by it and is not used. The centre must fetch it again.",
    ),
    TrustCode.CRL_STALE: (
        "{issuer} 的证书吊销列表不在有效期内（下次更新 {instant}）。请交易中心更新吊销列表。",
        "The revocation list of {issuer} is out of date (its next was due at {instant}). The centre must fetch the next.",
    ),
    TrustCode.REVOKED: (
        "证书 {certificate} 在签名前已被吊销（{instant}）。请使用有效证书重新签名，或联系发证机构。",
        "Certificate {certificate} was revoked before it was used (at {instant}). Sign with a valid one, or ask its authority.",
    ),
    TrustCode.NO_CREDIT_CODE: (
        "证书 {certificate} 的主题中没有唯一有效的统一社会信用代码。请向发证机构换发机构证书。",
        "The subject of certificate {certificate} holds no single valid unified social credit code. Ask its authority for an "
        "organisation's certificate.",
    ),
    TrustCode.OTHER_BIDDER: (
        "证书 {certificate} 不属于该投标人（{where} 不符）。请使用本单位的证书，或更正登记信息。",
        "Certificate {certificate} is not this bidder's ({where} differs). Use your own, or have the registration corrected.",
    ),
    TrustCode.OTHER_CERTIFICATE: (
        "证书 {certificate} 不是投标文件清单所写的{zh}。请提交加密投标文件时使用的证书。",
        "Certificate {certificate} is not {en} that the manifest names. Hand in the one the envelope was made with.",
    ),
    TrustCode.RENEWED: (
        "投标文件是用证书 {sealed} 加密的，现在的证书是 {certificate}（已换发，密钥不同）。请用原 USB Key 或恢复文件解密。",
        "The envelope was sealed to certificate {sealed}, and this is {certificate} (renewed, with another key). Use the earlier USB "
        "key or the recovery file.",
    ),
    TrustCode.NOT_SHOWN: (
        "本项目须先核验签名证书和加密证书，尚未核验或已过有效时间。请重新提交。",
        "Both certificates are checked before a bid is submitted here; these were not shown, or too long ago. "
        "Submit again.",
    ),
    TrustCode.STORE: (
        "信任库不能使用：{where}。请检查 roots 目录。",
        "The trust store cannot be used: {where}. See to its folder roots.",
    ),
}


class TrustFault(Exception):
    """
    A certificate is not accepted.

    Attributes:
        code: The rule that does not hold.
        detail: Serial numbers in hexadecimal, instants, authorities' names; never a bidder's name or code.

    """

    def __init__(self, code: TrustCode, **detail: int | str) -> None:
        self.code, self.detail = code, detail
        zh, en = SENTENCES[code]
        self.zh = zh.format(**detail)
        super().__init__(en.format(**detail))
