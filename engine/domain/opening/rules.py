"""
The rules of an opening: whether something is allowed is settled in :func:`decide`, what it changes in :func:`apply`.

Neither reads a clock: ``at`` is the instant the command reached the house. Whatever cryptography can settle is settled here, by pure
functions of :mod:`engine.sealing`, from what stands in the commands: so a replay settles it again, and an outsider can.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain import parties
from engine.domain.auction.commands import DeadlineReached, RegisterStop, ResumeSale, SignResult, SuspendSale
from engine.domain.opening import changes, commands, conduct, receiving, unsealing
from engine.domain.opening.commands import AnnounceOpening, Command
from engine.domain.opening.events import Event, OpeningAnnounced
from engine.domain.opening.stage import UNANNOUNCED
from engine.domain.opening.state import Opening
from engine.domain.parties import Role, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds

_HOUSE: Final = frozenset({Role.HOUSE})
_DESK: Final = frozenset({Role.HOUSE, Role.REGISTRAR})
_HOST: Final = frozenset({Role.HOST})
_BIDDER: Final = frozenset({Role.BIDDER})
_OFFICERS: Final = frozenset({Role.HOST, Role.SUPERVISOR, Role.REGISTRAR})

MAY_ASK: Final[dict[type, frozenset[str]]] = {
    AnnounceOpening: _HOUSE,
    DeadlineReached: _HOUSE,
    commands.FileEvidence: _HOUSE,
    commands.OpenSheet: _HOUSE,
    commands.ReportUnreadable: _HOUSE,
    commands.RegisterBidder: _DESK,
    commands.RecordDeposit: _DESK,
    commands.SubmitEnvelope: _BIDDER,
    commands.WithdrawEnvelope: _BIDDER,
    commands.SignIn: _BIDDER,
    commands.UnsealEnvelope: _BIDDER,
    commands.ReportTrouble: _BIDDER,
    commands.ConfirmSheet: _BIDDER,
    commands.RaiseObjection: _BIDDER,
    commands.ProposeTime: _OFFICERS,
    commands.ConfirmTime: _OFFICERS,
    commands.DropTime: _OFFICERS,
    commands.GiveAnswers: frozenset({Role.TRUSTEE}),
    commands.StartOpening: _HOST,
    commands.PublishList: _HOST,
    commands.OpenUnsealing: _HOST,
    commands.CloseUnsealing: _HOST,
    commands.OrderRemedy: _HOST,
    commands.LapseEnvelope: _HOST,
    commands.AnnounceCeiling: _HOST,
    commands.DrawCoefficient: _HOST,
    commands.ReadOut: _HOST,
    commands.AnswerObjection: _HOST,
    commands.OpenSigning: _HOST,
    commands.EndOpening: _HOST,
    commands.Reconvene: _HOST,
    commands.MakeStatement: _HOST,
    SuspendSale: frozenset({Role.HOST, Role.HOUSE}),
    ResumeSale: _HOST,
    RegisterStop: frozenset({Role.SUPERVISOR}),
    SignResult: conduct.SIGNERS,
}
"""Who may ask for what (article 32)."""


def decide(opening: Opening | None, command: Command, at: Nanoseconds) -> tuple[Event, ...]:
    """
    What ``command`` brings about, having reached the house ``at``.

    Args:
        opening: The opening, or None before its announcement. Not touched.
        command: What is asked, and by whom.
        at: Arrival at the house, in nanoseconds.

    Returns:
        The events, at least one, all or none of which happen.

    Raises:
        Refusal: The rules do not allow it; nothing happens.

    """
    role = role_of(command.by)
    if role not in MAY_ASK[type(command)]:
        raise Refusal(Reason.NOT_AUTHORISED)
    if role == Role.BIDDER and command.by != parties.bidder(command.bidder):  # type: ignore[union-attr]
        raise Refusal(Reason.NOT_AUTHORISED)
    if isinstance(command, AnnounceOpening):
        if opening is not None:
            raise Refusal(Reason.ALREADY_ANNOUNCED)
        return (OpeningAnnounced(sale=command.sale, title=command.title, rules=command.rules),)
    if opening is None:
        raise Refusal(Reason.NOT_AT_THIS_STAGE, why=UNANNOUNCED)
    return _DECIDE[type(command)](opening, command, at)


def apply(opening: Opening | None, event: Event) -> Opening:
    """Carry one event into the state, and return it. Never refuses: it already happened."""
    if isinstance(event, OpeningAnnounced):
        return changes.begin(event)
    assert opening is not None
    changes.carry(opening, event)
    return opening


def next_deadline(opening: Opening | None) -> Nanoseconds | None:
    """The next instant the opening waits for."""
    return None if opening is None else conduct.next_deadline(opening)


_DECIDE: Final[dict[type, Callable[[Opening, Any, Nanoseconds], tuple[Event, ...]]]] = {
    commands.RegisterBidder: receiving.register,
    commands.RecordDeposit: receiving.record_deposit,
    commands.SubmitEnvelope: receiving.submit,
    commands.WithdrawEnvelope: receiving.withdraw,
    commands.SignIn: receiving.sign_in,
    commands.ProposeTime: receiving.propose_time,
    commands.ConfirmTime: receiving.confirm_time,
    commands.DropTime: receiving.drop_time,
    commands.StartOpening: conduct.start,
    commands.PublishList: conduct.publish_list,
    commands.OpenUnsealing: conduct.open_unsealing,
    commands.CloseUnsealing: conduct.close_unsealing,
    commands.UnsealEnvelope: unsealing.unseal,
    commands.ReportTrouble: unsealing.report_trouble,
    commands.GiveAnswers: unsealing.give_answers,
    commands.OrderRemedy: unsealing.order_remedy,
    commands.FileEvidence: unsealing.file_evidence,
    commands.LapseEnvelope: unsealing.lapse,
    commands.OpenSheet: unsealing.open_sheet,
    commands.ReportUnreadable: unsealing.report_unreadable,
    commands.AnnounceCeiling: conduct.announce_ceiling,
    commands.DrawCoefficient: conduct.draw_coefficient,
    commands.ReadOut: conduct.read_out,
    commands.ConfirmSheet: conduct.confirm,
    commands.RaiseObjection: conduct.object_to,
    commands.AnswerObjection: conduct.answer_objection,
    commands.OpenSigning: conduct.open_signing,
    commands.EndOpening: conduct.end,
    commands.Reconvene: conduct.reconvene,
    commands.MakeStatement: conduct.state,
    SuspendSale: conduct.suspend,
    ResumeSale: conduct.resume,
    RegisterStop: conduct.register_stop,
    SignResult: conduct.sign,
    DeadlineReached: conduct.deadline,
}
