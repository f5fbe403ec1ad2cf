"""What a person sends for a command that is meant: the frame, in the one spelling the house takes."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from engine.domain.auction import commands as to
from engine.domain.parties import Role, role_of
from engine.domain.proceeding import Command
from engine.domain.quota.commands import AdmitBidders, MakeOffer

Fields = dict[str, Any]


def frame_of(command: Command) -> bytes | None:
    """The frame that asks for ``command``; None for what only the house itself asks."""
    make = _FRAMES.get(type(command))
    if make is None or role_of(command.by) == Role.HOUSE:
        return None
    return canonical({"id": command.command_id, **make(command)})


def canonical(fields: Fields) -> bytes:
    """``fields`` as a frame."""
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _paddled(bidder: str, desk: str, **fields: str) -> Callable[[Any], Fields]:
    """A frame that a bidder sends for his own paddle, and an officer for a paddle he names."""

    def make(command: Any) -> Fields:
        given = {name: getattr(command, field) for name, field in fields.items()}
        if role_of(command.by) == Role.BIDDER and command.by == f"bidder:{command.paddle}":
            return {"type": bidder, **given}
        return {"type": desk, "paddle": command.paddle, **given}

    return make


def _plain(kind: str, **fields: str) -> Callable[[Any], Fields]:
    return lambda command: {"type": kind, **{name: getattr(command, field) for name, field in fields.items()}}


def _withdraw(command: Any) -> Fields:
    return {"type": "withdraw_bid", "lot": command.lot}


_FRAMES: Final[dict[type, Callable[[Any], Fields]]] = {
    to.PlaceBid: _paddled("bid", "hall_bid", lot="lot", amount_fen="amount"),
    to.WithdrawBid: _withdraw,
    to.PlaceProxy: _paddled("proxy", "hall_proxy", lot="lot", maximum_fen="maximum"),
    to.CancelProxy: _paddled("cancel_proxy", "cancel_hall_proxy", lot="lot"),
    to.AcceptRules: _paddled("accept_rules", "attest_rules", digest="digest"),
    to.AdmitPaddle: _plain("admit", paddle="paddle", channel="channel", deposits="deposits"),
    to.GrantPriority: _plain("priority", lot="lot", paddle="paddle", rank="rank"),
    to.SetReserve: _plain("reserve", lot="lot", reserve_fen="amount"),
    to.OpenSale: _plain("open_sale"),
    to.CloseSale: _plain("close_sale"),
    to.SuspendSale: _plain("suspend", reason="reason"),
    to.ResumeSale: _plain("resume"),
    to.RegisterStop: _plain("stop", reason="reason"),
    to.OpenLot: _plain("open_lot", lot="lot"),
    to.PassLot: _plain("pass", lot="lot"),
    to.CallWarning: _plain("call", lot="lot", call="call", price_fen="price"),
    to.StrikeHammer: _plain("hammer", lot="lot", price_fen="price"),
    to.ProposeVoid: _plain("propose_void", lot="lot", no="no", reason="reason"),
    to.ConfirmVoid: _plain("confirm_void", lot="lot", no="no"),
    to.DropVoid: _plain("drop_void", lot="lot", no="no"),
    to.WithdrawLot: _plain("withdraw_lot", lot="lot", reason="reason"),
    to.ReofferLot: _plain("reoffer", lot="lot", opening_fen="opening_price"),
    to.SignResult: _plain("sign_result", report="report"),
    MakeOffer: _plain("offer", amount_fen="amount"),
    AdmitBidders: lambda command: {
        "type": "admit_bidders",
        "quota_class": command.quota_class,
        "runs": [{"first": run.first, "last": run.last} for run in command.runs],
    },
}
