"""Money in the capital characters of cheques and confirmations (人民币大写), which cannot be altered by a stroke."""

from typing import Final

from engine.domain.units import FEN_MAX, FEN_PER_YUAN, Fen

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")
_GROUPS: Final = ("亿", "万", "")


def capitals(fen: Fen) -> str:
    """
    ``fen`` written out, without the words 人民币 before it: ``壹万零壹佰元整``.

    零 stands once for any gap inside the number, and between 元 and 分 where no 角 is; not where a group of four merely
    ends in noughts (107,000: 壹拾万柒仟元整). 整 closes an amount without 分.

    Args:
        fen: An amount from 0 to ``FEN_MAX``.

    Raises:
        ValueError: The amount is below 0 or above ``FEN_MAX``.

    Source: 正确填写票据和结算凭证的基本规定 (rules for filling in cheques), clauses 2 and 4, known second-hand.

    """
    if not 0 <= fen <= FEN_MAX:
        raise ValueError(f"an amount from 0 to {FEN_MAX} fen")
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    jiao, last = divmod(rest, 10)
    text = _whole(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif last and yuan:
        text += "零"
    if last:
        return text + _DIGITS[last] + "分"
    return (text or "零元") + "整"


def _whole(yuan: int) -> str:
    digits = f"{yuan:012}"
    text, gap = "", False
    for start, group_unit in zip(range(0, 12, 4), _GROUPS, strict=True):
        group = digits[start : start + 4]
        for digit, place in zip(group, _PLACES, strict=True):
            if digit == "0":
                gap = True
                continue
            text += ("零" if gap and text else "") + _DIGITS[int(digit)] + place
            gap = False
        if group != "0000":
            text += group_unit
            gap = False
    return text
