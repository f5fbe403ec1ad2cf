"""What can be wrong with an envelope, a key or a share: a code for programs, a sentence in each language for people."""

from enum import StrEnum
from typing import Final


class SealCode(StrEnum):
    """Which rule of ``SEALING.md`` does not hold."""

    CONTEXT = "E_SEAL_CONTEXT_MISMATCH"
    MANIFEST = "E_SEAL_MANIFEST"
    SUITE = "E_SEAL_SUITE"
    SIGNATURE = "E_SEAL_SIGNATURE"
    INCOMPLETE = "E_SEAL_INCOMPLETE"
    CHUNK_HASH = "E_CHUNK_HASH"
    TOO_LARGE = "E_SEAL_TOO_LARGE"
    NAME = "E_SEAL_NAME"
    REVEAL = "E_REVEAL_MISMATCH"
    CONTENT = "E_SEAL_CONTENT"
    KEY_UNREADABLE = "E_KEY_UNREADABLE"
    WRONG_KEY = "E_WRONG_KEY"
    RECOVERY = "E_RECOVERY_FILE"
    PASSPHRASE = "E_PASSPHRASE"  # noqa: S105 - a code, not a secret
    SHARE = "E_TRUSTEE_SHARE"
    TOO_FEW_SHARES = "E_TRUSTEES_TOO_FEW"


SENTENCES: Final[dict[SealCode, tuple[str, str]]] = {
    SealCode.CONTEXT: (
        "该加密投标文件属于另一招标项目、标段、投标人或版本，不能用于此处。",
        "This envelope was sealed for another tender, section, bidder or version; seal your files again for this one.",
    ),
    SealCode.MANIFEST: (
        "投标文件清单格式不符：{where}。请用本平台页面或客户端重新加密。",
        "The manifest is not as the format asks: {where}. Seal again with the page or the client.",
    ),
    SealCode.SUITE: (
        "密码套件不是招标文件规定的套件（{suite}）。",
        "The cipher suite is not the one the tender names ({suite}).",
    ),
    SealCode.SIGNATURE: (
        "投标文件清单的签名无效，请用登记的签名证书重新签名。",
        "The signature of the manifest does not hold; sign it with the registered signing certificate.",
    ),
    SealCode.INCOMPLETE: (
        "投标文件不完整：{part} 共 {chunks} 块，缺第 {missing} 块。",
        "The envelope is incomplete: of the {chunks} chunks of {part}, these are missing: {missing}.",
    ),
    SealCode.CHUNK_HASH: (
        "{part} 第 {chunk} 块与清单不符，请重传该块。",
        "Chunk {chunk} of {part} is not the one in the manifest; send that chunk again.",
    ),
    SealCode.TOO_LARGE: (
        "{part} 过大：最多 {most} 字节。",
        "{part} is too large: at most {most} bytes.",
    ),
    SealCode.NAME: (
        "文件名不可用（不得含路径、控制字符，不得重名，最长 200 字节）：{name}。",
        "This file name cannot be used (no paths, no control characters, none twice, 200 bytes at most): {name}.",
    ),
    SealCode.REVEAL: (
        "解密密钥与投标时的承诺不符（{which}）；密文、承诺与所交密钥均已记录。",
        "The key does not agree with what was committed to when sealing ({which}); ciphertext, commitment and key are on the record.",
    ),
    SealCode.CONTENT: (
        "密钥正确，但 {part} 的内容不能读取：{where}。",
        "The key is right, but the content of {part} cannot be read: {where}.",
    ),
    SealCode.KEY_UNREADABLE: (
        "密钥或证书不能读取：须为 P-256、SM2 或 RSA（2048 位以上）。",
        "The key or certificate cannot be read: it must be P-256, SM2, or RSA of 2048 bits or more.",
    ),
    SealCode.WRONG_KEY: (
        "该密钥打不开：不是加密时所用证书的密钥，或密文已损坏。如证书已更换，请用原密钥或恢复文件。",
        "This key does not open it: it is not the key of the certificate sealed to, or the ciphertext is damaged. If the certificate "
        "was renewed, use the earlier key or the recovery file.",
    ),
    SealCode.RECOVERY: (
        "恢复文件不能读取或属于另一份投标文件：{where}。",
        "The recovery file cannot be read or belongs to another envelope: {where}.",
    ),
    SealCode.PASSPHRASE: (
        "恢复口令不正确，或恢复文件已损坏。",
        "The passphrase is wrong, or the recovery file is damaged.",
    ),
    SealCode.SHARE: (
        "第 {trustee} 份额持有人（{name}）提交的份额与公布的承诺不符。",
        "What trustee {trustee} ({name}) handed in does not agree with the published commitments.",
    ),
    SealCode.TOO_FEW_SHARES: (
        "有效份额 {got} 份，须 {need} 份。",
        "{got} valid share(s), and {need} are needed.",
    ),
}


class SealFault(Exception):
    """
    Something about an envelope, a key or a share does not hold.

    Attributes:
        code: The rule that does not hold.
        detail: Where, by field name; never content, never a key.

    """

    def __init__(self, code: SealCode, **detail: int | str) -> None:
        self.code, self.detail = code, detail
        zh, en = SENTENCES[code]
        self.zh = zh.format(**detail)
        super().__init__(en.format(**detail))
