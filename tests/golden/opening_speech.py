"""What a line of an opening's transcript asks of the room. Envelopes, halves and answers are those of people who know their keys."""

import base64
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final

from engine.domain.auction.commands import SignResult, Title
from engine.domain.opening import commands as to
from engine.domain.opening.commands import DepositStatus, Half
from engine.domain.opening.evidence import Evidence, LapseCause, Trouble
from engine.domain.opening.sheet import Attend, Ceiling, Section, TenderSheet
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.sealing.parts import PartName
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL
from tests.domain.opening.house import GOOD, NAMES, House, opened, priced, sheet, spelled
from tests.domain.opening.test_envelopes import tampered
from tests.domain.opening.test_naive import lie
from tests.room.scene import NOON, SECOND

BY: Final = {
    "announce-opening": HOUSE,
    "register": "registrar:1",
    "bond": "registrar:1",
    **dict.fromkeys(("submit", "take-back", "sign-in", "unseal", "trouble", "confirm", "object"), "bidder"),
    "answer": "trustee",
    **dict.fromkeys(("evidence", "open-sheet", "unreadable"), HOUSE),
    **dict.fromkeys(("propose-time", "confirm-time", "drop-time", "start", "list", "window", "end-window"), "host:1"),
    **dict.fromkeys(("remedy", "lapse", "ceiling", "draw", "read-out", "reply", "open-signing"), "host:1"),
    **dict.fromkeys(("sign-record", "end", "reconvene", "say"), "host:1"),
}
"""Who says what; bidder and trustee by the number that follows."""

_CHANCE: Final = re.compile(r"[0-9A-Za-z+/=]{60,}", re.ASCII)


@dataclass
class Table:
    """Where the people of an opening sit: what they have at home, and the opening as it will stand when a line is taken up."""

    house: House

    @classmethod
    def laid(cls, words: list[str], options: dict[str, str]) -> "Table":
        return cls(House(conditions(words, options), COMMERCIAL if "sm" in options else INTERNATIONAL, at=NOON))

    def meant(self, kind: str, words: list[str], options: dict[str, str], asked: dict[str, Any]) -> to.Command:
        """The command a line stands for, taken up here too, so that the next line of the scene knows of it."""
        which, fields = getattr(self, "_" + kind.replace("-", "_"))(words, options)
        command: to.Command = which(**asked, **fields)
        self.house.take(command, self.house.at)
        return command

    def seen(self, opening: Opening | None, at: Nanoseconds) -> None:
        """The opening stands so before the next scene."""
        self.house.state = None if opening is None else opening.fork()
        self.house.at = at

    # Before the deadline.

    def _announce_opening(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        self.house.state = None
        title = Title(zh="道路工程", en="Road works")
        return to.AnnounceOpening, {"sale": "trial", "title": title, "rules": self.house.sheet}

    def _register(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        der = self.house.tender.credential(f"{words[0]} signing").der.hex()
        name = NAMES.get(int(words[0]), f"投标人{words[0]}")
        return to.RegisterBidder, {**_bidder(words), "name": name, "certificate": der, "key": der}

    def _bond(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.RecordDeposit, {**_of(words, options), "status": DepositStatus(words[1])}

    def _submit(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        """``submit 305 1150000``; ``made=`` says how it was tampered with, ``lacks=3`` which chunk is not there."""
        number, section = int(words[0]), options.get("section", "1")
        version = int(options["version"]) if "version" in options else None
        made = self.house.seal(number, priced(int(words[1])), section, version)
        if "made" in options:
            made = tampered(self.house, number, options["made"])
        self.house.sealed[section, number] = made
        gaps = (to.Gap(part="documents", chunks=40, missing=(int(options["lacks"]),)),) if "lacks" in options else ()
        fields = {"manifest": made.manifest.write().decode(), "signature": made.signature.hex(), "gaps": gaps}
        return to.SubmitEnvelope, {**_of(words, options), **fields}

    def _take_back(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        manifest = self.house.sealed[options.get("section", "1"), int(words[0])].manifest
        signature = self.house.tender.key(f"{words[0]} signing").sign(manifest.withdrawal_bytes())
        return to.WithdrawEnvelope, {**_of(words, options), "signature": signature.hex()}

    def _sign_in(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.SignIn, _bidder(words)

    def _propose_time(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.ProposeTime, {"deadline": _instant(words[0]), "reason": words[1]}

    def _confirm_time(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.ConfirmTime, {"deadline": _instant(words[0])}

    def _drop_time(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.DropTime, {}

    # The opening.

    def _start(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.StartOpening, {"absent": int(words[0]) if words else 0}

    def _list(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.PublishList, {}

    def _window(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.OpenUnsealing, {}

    def _end_window(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.CloseUnsealing, {}

    def _unseal(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        """``unseal 305``; ``of=4711`` hands in another's half."""
        whose = int(options.get("of", words[0]))
        half = self.house.sealed[options.get("section", "1"), whose].sealed.own
        return to.UnsealEnvelope, {**_of(words, options), "half": half.hex()}

    def _trouble(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.ReportTrouble, {**_of(words, options), "trouble": Trouble(words[1])}

    def _ceiling(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.AnnounceCeiling, {"section": words[0], "amount": Fen(int(words[1]) * 100)}

    def _answer(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        """``answer 1 305 4711``; ``half=remedy`` for the bidder's half, ``lie=305`` where the proof shall not hold."""
        half, section = Half(options.get("half", "hall")), options.get("section", "1")
        trustee, *numbers = map(int, words)
        given = []
        for number in numbers:
            said = self.house.answer(trustee, number, half, section)
            said = lie(said) if options.get("lie") == str(number) else said
            given.append(to.GivenAnswer(bidder=PaddleNo(number), section=section, answer=said))
        return to.GiveAnswers, {"half": half, "answers": tuple(given)}

    def _remedy(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.OrderRemedy, {}

    def _evidence(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.FileEvidence, {**_of(words, options), "evidence": _evidence(options)}

    def _lapse(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        fields = {"cause": LapseCause(words[1]), "evidence": _evidence(options).digest(), "reason": words[2]}
        return to.LapseEnvelope, {**_of(words, options), **fields}

    def _open_sheet(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        """What lies in the store; ``yuan=5`` makes the house say something else."""
        key = options.get("section", "1"), PaddleNo(int(words[0]))
        envelope = self.house.opening.envelopes[key]
        read = opened(envelope.manifest, envelope.own, envelope.hall, self.house.sealed[key])
        content = priced(int(options["yuan"])) if "yuan" in options else read
        return to.OpenSheet, {**_of(words, options), "content": spelled(content)}

    def _unreadable(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        chunk = self.house.sealed[options.get("section", "1"), int(words[0])].chunks[PartName.SHEET][0]
        return to.ReportUnreadable, {**_of(words, options), "chunk": base64.b64encode(chunk).decode()}

    def _draw(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.DrawCoefficient, {"section": words[0]}

    def _read_out(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.ReadOut, {}

    def _confirm(self, words: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.ConfirmSheet, _of(words, options)

    def _object(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.RaiseObjection, {**_bidder(words), "text": words[1]}

    def _reply(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.AnswerObjection, {"no": int(words[0]), "text": words[1]}

    def _open_signing(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.OpenSigning, {}

    def _sign_record(self, _: list[str], options: dict[str, str]) -> tuple[type, dict[str, Any]]:
        report = options.get("report", self.house.opening.report or "")
        return SignResult, {"report": report}

    def _end(self, _: list[str], __: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.EndOpening, {}

    def _reconvene(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.Reconvene, {"reason": words[0]}

    def _say(self, words: list[str], _: dict[str, str]) -> tuple[type, dict[str, Any]]:
        return to.MakeStatement, {"text": words[0]}


def conditions(words: list[str], options: dict[str, str]) -> TenderSheet:
    """``announce-opening 1 2 deadline=60s unseal=60 remedy ceiling=at_opening coefficients=950/960 min=3``: two sections."""
    told = Ceiling(options.get("ceiling", "none").partition(":")[0])
    published = options.get("ceiling", "").partition(":")[2]
    sections = tuple(
        Section(
            name=name,
            title=Title(zh=f"{name} 标段", en=f"Section {name}"),
            ceiling_told=told,
            ceiling=Fen(int(published) * 100) if published else None,
            coefficients=tuple(map(int, options["coefficients"].split("/"))) if "coefficients" in options else (),
        )
        for name in words
    )
    return replace(
        sheet(COMMERCIAL if "sm" in options else INTERNATIONAL),
        sections=sections,
        deadline=_instant(options.get("deadline", "60s")),
        unseal_for=Nanoseconds(int(options.get("unseal", "60")) * SECOND),
        remedy="remedy" in options,
        bidders_min=int(options.get("min", "3")),
        attend=Attend(options.get("attend", "all")),
    )


def brief(value: Any) -> Any:
    """What is long and looks like chance, by its first characters; a manifest by bidder, section and version."""
    if isinstance(value, dict):
        return {name: brief(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [brief(inner) for inner in value]
    if isinstance(value, str) and value.startswith("{"):
        said = json.loads(value)
        names = [name for name in ("tender", "section", "bidder", "version", "trustee") if name in said]
        return "{" + " ".join(f"{name}:{said[name]}" for name in names) + "}" if names else value
    return value[:8] + "…" if isinstance(value, str) and _CHANCE.fullmatch(value) else value


def _bidder(words: list[str]) -> dict[str, Any]:
    return {"bidder": PaddleNo(int(words[0]))}


def _of(words: list[str], options: dict[str, str]) -> dict[str, Any]:
    return {**_bidder(words), "section": options.get("section", "1")}


def _instant(text: str) -> Nanoseconds:
    return Nanoseconds(NOON + int(text.removesuffix("s")) * SECOND)


def _evidence(options: dict[str, str]) -> Evidence:
    return replace(GOOD, server_ok=options.get("server") != "failed", stored=options.get("stored") != "lost")
