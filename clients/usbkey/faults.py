"""What a key or its middleware can answer instead of what was asked."""

from enum import StrEnum
from typing import Final


class KeyCode(StrEnum):
    """Why a key did not do what was asked. Programs on the wire say its place in this list, from 1."""

    ASKED = "E_KEY_ASKED"
    NONE = "E_KEY_NONE"
    PULLED = "E_KEY_PULLED"
    PIN_NEEDED = "E_KEY_PIN_NEEDED"
    PIN_WRONG = "E_KEY_PIN_WRONG"
    LOCKED = "E_KEY_LOCKED"
    DECRYPT = "E_KEY_DECRYPT"
    SERVICE = "E_KEY_SERVICE"
    ANSWER = "E_KEY_ANSWER"


SENTENCES: Final[dict[KeyCode, tuple[str, str]]] = {
    KeyCode.ASKED: (
        "Key 驱动服务不认识这个请求（{where}）。请更新驱动，或换用本平台支持的驱动。",
        "The key's middleware does not know this request ({where}). Update it, or use one that the centre supports.",
    ),
    KeyCode.NONE: (
        "没有这把 Key。请插入 Key 后重新选择证书。",
        "There is no such key. Plug it in and choose the certificate again.",
    ),
    KeyCode.PULLED: (
        "Key 已拔出。请重新插入并再次输入 PIN；尚未完成的操作须重做，已提交的不受影响。",
        "The key was pulled out. Plug it in and enter the PIN again; what was not finished is done again, what was handed in stands.",
    ),
    KeyCode.PIN_NEEDED: (
        "请先输入 Key 的 PIN。",
        "Enter the PIN of the key first.",
    ),
    KeyCode.PIN_WRONG: (
        "PIN 不正确，还可再试 {left} 次。次数用完 Key 将锁定，请确认后再输入。",
        "The PIN is wrong; {left} more tries before the key locks itself. Make sure before the next.",
    ),
    KeyCode.LOCKED: (
        "Key 已因 PIN 多次错误而锁定。请到发证机构解锁；开标解密可改用恢复文件。",
        "The key locked itself after too many wrong PINs. Its authority can unlock it; to unseal, use the recovery file instead.",
    ),
    KeyCode.DECRYPT: (
        "这把 Key 打不开：不是加密时所用证书的 Key，或密文已损坏。如证书已更换，请用原 Key 或恢复文件。",
        "This key does not open it: it is not the one sealed to, or the ciphertext is damaged. If the certificate was renewed, use the "
        "earlier key or the recovery file.",
    ),
    KeyCode.SERVICE: (
        "本机的 Key 驱动服务没有回应（{where}）。请启动或重装驱动后再试。",
        "The key's middleware on this machine does not answer ({where}). Start it, or install it again.",
    ),
    KeyCode.ANSWER: (
        "Key 驱动服务的回应不能理解（{where}）。请更新驱动，或换用本平台支持的驱动。",
        "What the key's middleware answered cannot be understood ({where}). Update it, or use one that the centre supports.",
    ),
}
STATUSES: Final = {code: number for number, code in enumerate(KeyCode, 1)}


class KeyFault(Exception):
    """
    A key did not do what was asked.

    Attributes:
        code: Why.
        detail: Tries left, or where; never a PIN, a key or what was to be signed.

    """

    def __init__(self, code: KeyCode, **detail: int | str) -> None:
        self.code, self.detail = code, detail
        zh, en = SENTENCES[code]
        self.zh = zh.format(**detail)
        super().__init__(en.format(**detail))
