"""What a frame about an opening asks of the room; see :mod:`engine.wire.acts`."""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.opening import commands as to
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.wire import opening_messages as messages

Fields = dict[str, Any]

BY_BIDDER: Final = frozenset(
    {
        *(messages.SubmitEnvelope, messages.WithdrawEnvelope, messages.SignIn, messages.Unseal),
        *(messages.ReportTrouble, messages.ConfirmSheet, messages.RaiseObjection),
    }
)
"""The bidder's number comes from the token, never from the frame."""


def _plain(message: Any) -> Fields:
    """Field by field, under the same name."""
    return {name: getattr(message, name) for name in message.__struct_fields__ if name != "id"}


def _of_bidder(message: Any) -> Fields:
    return {**_plain(message), "bidder": PaddleNo(message.bidder)}


def _answers(message: messages.GiveAnswers) -> Fields:
    given = (
        to.GivenAnswer(section=each.section, bidder=PaddleNo(each.bidder), answer=each.answer)
        for each in message.answers
    )
    return {"half": message.half, "answers": tuple(given)}


def _time(message: messages.ProposeTime | messages.ConfirmTime) -> Fields:
    given = {name: value for name, value in _plain(message).items() if name != "deadline_us"}
    return {**given, "deadline": Nanoseconds(message.deadline_us * 1000)}


COMMANDS: Final[dict[type, tuple[Callable[..., Any], Callable[[Any], Fields]]]] = {
    messages.RegisterBidder: (to.RegisterBidder, _of_bidder),
    messages.RecordDeposit: (to.RecordDeposit, _of_bidder),
    messages.SubmitEnvelope: (to.SubmitEnvelope, _plain),
    messages.WithdrawEnvelope: (to.WithdrawEnvelope, _plain),
    messages.SignIn: (to.SignIn, _plain),
    messages.Unseal: (to.UnsealEnvelope, _plain),
    messages.ReportTrouble: (to.ReportTrouble, _plain),
    messages.ConfirmSheet: (to.ConfirmSheet, _plain),
    messages.RaiseObjection: (to.RaiseObjection, _plain),
    messages.ProposeTime: (to.ProposeTime, _time),
    messages.ConfirmTime: (to.ConfirmTime, _time),
    messages.DropTime: (to.DropTime, _plain),
    messages.GiveAnswers: (to.GiveAnswers, _answers),
    messages.StartOpening: (to.StartOpening, _plain),
    messages.PublishList: (to.PublishList, _plain),
    messages.OpenUnsealing: (to.OpenUnsealing, _plain),
    messages.CloseUnsealing: (to.CloseUnsealing, _plain),
    messages.OrderRemedy: (to.OrderRemedy, _plain),
    messages.LapseEnvelope: (to.LapseEnvelope, _of_bidder),
    messages.AnnounceCeiling: (
        to.AnnounceCeiling,
        lambda message: {"section": message.section, "amount": Fen(message.amount_fen)},
    ),
    messages.DrawCoefficient: (to.DrawCoefficient, _plain),
    messages.ReadOut: (to.ReadOut, _plain),
    messages.AnswerObjection: (to.AnswerObjection, _plain),
    messages.OpenSigning: (to.OpenSigning, _plain),
    messages.EndOpening: (to.EndOpening, _plain),
    messages.Reconvene: (to.Reconvene, _plain),
    messages.MakeStatement: (to.MakeStatement, _plain),
}
"""Each frame with the command it stands for, and how the fields of one become those of the other."""
