"""What a frame asks of the room: the command it stands for when somebody sends it."""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction import commands
from engine.domain.parties import Principal
from engine.domain.proceeding import Command
from engine.domain.quota import commands as quota
from engine.domain.units import Fen, LotNo, PaddleNo
from engine.wire import messages, opening_acts
from engine.wire.messages import Act, own_paddle

Fields = dict[str, Any]


def to_command(message: Act, by: Principal) -> Command | None:
    """The command ``message`` stands for when ``by`` sends it; None if only a paddle could send it and ``by`` has none."""
    kind, fields = _COMMANDS[type(message)]
    given = fields(message)
    own = _OWN.get(type(message))
    if own is not None:
        paddle = own_paddle(by)
        if paddle is None:
            return None
        given[own] = paddle
    command: Command = kind(command_id=message.id, by=by, **given)
    return command


def _nothing(_: Any) -> Fields:
    return {}


def _lot(message: Any) -> Fields:
    return {"lot": LotNo(message.lot)}


def _paddled(fields: Callable[[Any], Fields]) -> Callable[[Any], Fields]:
    return lambda message: {**fields(message), "paddle": PaddleNo(message.paddle)}


def _bid(message: Any) -> Fields:
    return {**_lot(message), "amount": Fen(message.amount_fen)}


def _proxy(message: Any) -> Fields:
    return {**_lot(message), "maximum": Fen(message.maximum_fen)}


def _numbered(message: Any) -> Fields:
    return {**_lot(message), "no": message.no}


_BY_PADDLE: Final = frozenset(
    {messages.Bid, messages.WithdrawBid, messages.Proxy, messages.CancelProxy, messages.AcceptRules, messages.Offer}
)
"""The paddle comes from the token, never from the frame."""

_OWN: Final = {**dict.fromkeys(_BY_PADDLE, "paddle"), **dict.fromkeys(opening_acts.BY_BIDDER, "bidder")}
"""By which name the command knows whose it is."""

_COMMANDS: Final[dict[type, tuple[Callable[..., Any], Callable[[Any], Fields]]]] = {
    messages.Bid: (commands.PlaceBid, _bid),
    messages.WithdrawBid: (commands.WithdrawBid, _lot),
    messages.HallBid: (commands.PlaceBid, _paddled(_bid)),
    messages.Proxy: (commands.PlaceProxy, _proxy),
    messages.HallProxy: (commands.PlaceProxy, _paddled(_proxy)),
    messages.CancelProxy: (commands.CancelProxy, _lot),
    messages.CancelHallProxy: (commands.CancelProxy, _paddled(_lot)),
    messages.AcceptRules: (commands.AcceptRules, lambda message: {"digest": message.digest}),
    messages.AttestRules: (commands.AcceptRules, _paddled(lambda message: {"digest": message.digest})),
    messages.Admit: (
        commands.AdmitPaddle,
        _paddled(lambda message: {"channel": message.channel, "deposits": message.deposits}),
    ),
    messages.OpenSale: (commands.OpenSale, _nothing),
    messages.CloseSale: (commands.CloseSale, _nothing),
    messages.Suspend: (commands.SuspendSale, lambda message: {"reason": message.reason}),
    messages.Resume: (commands.ResumeSale, _nothing),
    messages.Stop: (commands.RegisterStop, lambda message: {"reason": message.reason}),
    messages.OpenLot: (commands.OpenLot, _lot),
    messages.PassLot: (commands.PassLot, _lot),
    messages.Call: (
        commands.CallWarning,
        lambda message: {**_lot(message), "call": message.call, "price": Fen(message.price_fen)},
    ),
    messages.Hammer: (commands.StrikeHammer, lambda message: {**_lot(message), "price": Fen(message.price_fen)}),
    messages.ProposeVoid: (commands.ProposeVoid, lambda message: {**_numbered(message), "reason": message.reason}),
    messages.ConfirmVoid: (commands.ConfirmVoid, _numbered),
    messages.DropVoid: (commands.DropVoid, _numbered),
    messages.WithdrawLot: (commands.WithdrawLot, lambda message: {**_lot(message), "reason": message.reason}),
    messages.Reoffer: (
        commands.ReofferLot,
        lambda message: {**_lot(message), "opening_price": Fen(message.opening_fen)},
    ),
    messages.Reserve: (commands.SetReserve, lambda message: {**_lot(message), "amount": Fen(message.reserve_fen)}),
    messages.Priority: (
        commands.GrantPriority,
        _paddled(lambda message: {**_lot(message), "rank": message.rank}),
    ),
    messages.Offer: (quota.MakeOffer, lambda message: {"amount": Fen(message.amount_fen)}),
    messages.AdmitBidders: (
        quota.AdmitBidders,
        lambda message: {
            "quota_class": message.quota_class,
            "runs": tuple(quota.Run(first=PaddleNo(run.first), last=PaddleNo(run.last)) for run in message.runs),
        },
    ),
    messages.SignResult: (commands.SignResult, lambda message: {"report": message.report}),
    **opening_acts.COMMANDS,
}
"""Each message with the command it stands for, and how the fields of one become those of the other."""
