"""The parts of a quota sale's picture, each as it stands; who is shown which of them is said here too."""

from collections.abc import Iterable
from typing import Any, Final

from engine.domain.auction.hearing import copies, us
from engine.domain.auction.sight import Audience
from engine.domain.auction.state import SalePhase
from engine.domain.quota.sheet import Award, Round
from engine.domain.quota.sight import counts, cutoff_told
from engine.domain.quota.state import QuotaSale
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen

_MS: Final = 1_000_000

Part = dict[str, Any]
Parts = dict[str, Any]


def part(sale: QuotaSale, name: str, audience: Audience) -> Part | None:
    """One part as it stands; None where there is nothing to show."""
    kind, _, of = name.partition("/")
    match kind:
        case "sale":
            return _sale(sale)
        case "conditions":
            return _conditions(sale)
        case "announcement":
            said = sale.announcement
            return None if said is None else {"kind": said.kind, "at_us": us(said.at), "zh": said.zh, "en": said.en}
        case "copies":
            return None if sale.kept is None else copies(sale.kept)
        case "quota":
            return _quota(sale)
        case "round":
            return _round(sale)
        case "running":
            return _running(sale, of, audience)
        case "curve":
            return _curve(sale, of)
        case "result":
            return _result(sale, of)
        case "desk":
            return _desk(sale)
        case _:
            raise AssertionError(name)


def names(sale: QuotaSale) -> list[str]:
    """Every part there is."""
    classes = [each.name for each in sale.rules.classes]
    each_class = [f"{kind}/{name}" for name in classes for kind in ("running", "curve", "result")]
    copies = [] if sale.kept is None else ["copies"]
    return ["sale", "conditions", "announcement", *copies, "quota", "round", *each_class, "desk"]


def parts(sale: QuotaSale, names: Iterable[str], audience: Audience) -> Parts:
    """Those of the parts called ``names`` that ``audience`` is shown, as they stand."""
    return {name: part(sale, name, audience) for name in names if shown(sale, name, audience)}


def shown(sale: QuotaSale, name: str, audience: Audience) -> bool:
    """Whether ``audience`` is shown the part called ``name`` at all."""
    if name == "desk":
        return audience is Audience.ROSTRUM
    return not name.startswith("curve/") or bool(sale.curves)


def _sale(sale: QuotaSale) -> Part:
    plates = sum(each.quota for each in sale.rules.classes)
    won = sum(each.winners for each in sale.awards.values())
    resting = sale.suspension
    closed = sale.phase is SalePhase.CLOSED
    return {
        "id": sale.sale,
        "title": {"zh": sale.title.zh, "en": sale.title.en},
        "phase": sale.phase,
        "suspended": resting.reason if resting else None,
        "suspended_by": resting.cause if resting else None,
        "suspended_at_us": us(resting.at) if resting else None,
        "rules": sale.rules_digest,
        "lots": plates,
        "sold": won,
        "passed": plates - won if closed else 0,
        "opens_at_us": us(sale.rules.opens_at),
        "result": None if not closed else "final" if sale.final else "provisional",
        "signed": list(sale.signed),
    }


def _conditions(sale: QuotaSale) -> Part:
    rules = sale.rules
    return {
        "classes": [{"class": each.name, "quota": each.quota, "reserve": each.reserve} for each in rules.classes],
        "rounds": [_round_rules(each) for each in rules.rounds],
        "floor_fen": rules.floor,
        "step_fen": rules.step,
        "first_max_fen": rules.first_max,
        "price_max_fen": rules.price_max,
        "upward_only": rules.upward_only,
        "refused_counts": rules.refused_counts,
        "award": rules.award,
        "uniform_step_fen": rules.uniform_step if rules.award is Award.UNIFORM else None,
        "ties": rules.ties,
        "running": rules.running,
        "average_at_s": [span // SECOND for span in rules.average_at],
        "trim_percent": rules.trim_percent,
        "opens_at_us": us(rules.opens_at),
        "grace_ms": rules.grace // _MS,
        "resume_least_s": rules.resume_least // SECOND,
        "mass_loss_percent": rules.mass_loss_percent,
        "offers_published": rules.offers_published,
        "sign_off": rules.sign_off,
        "articles": rules.articles,
    }


def _round_rules(each: Round) -> Part:
    return {
        "name": each.name,
        "span_s": each.span // SECOND,
        "first_offers": each.first_offers,
        "revisions": each.revisions,
        "reach_fen": each.reach,
    }


def _quota(sale: QuotaSale) -> Part:
    return {
        "plates": sum(each.quota for each in sale.rules.classes),
        "admitted": len(sale.admitted),
        "accepted": len(sale.accepted) if sale.rules.sign_off else None,
    }


def _round(sale: QuotaSale) -> Part | None:
    if not sale.round:
        return None
    assert sale.ends_at is not None
    return {
        "number": sale.round,
        "of": len(sale.rules.rounds),
        "began_at_us": us(sale.round_at),
        "ends_at_us": us(sale.ends_at),
        "taking": sale.phase is SalePhase.OPEN,
        **_round_rules(sale.rules.rounds[sale.round - 1]),
    }


def current(sale: QuotaSale) -> Round | None:
    """The round in which offers are taken now."""
    return sale.rules.rounds[sale.round - 1] if sale.round and sale.phase is SalePhase.OPEN else None


def window(sale: QuotaSale, name: str, now: Round, *, first: bool) -> tuple[Fen, Fen | None]:
    """The least and the greatest price that may be offered in a class now; no greatest where there is none."""
    rules = sale.rules
    most = rules.price_max
    if first:
        caps = [cap for cap in (most, rules.first_max) if cap is not None]
        return rules.floor, min(caps) if caps else None
    if now.reach is None:
        return rules.floor, most
    cutoff = sale.books[name].cutoff().amount
    reach = Fen(cutoff + now.reach)
    return Fen(max(rules.floor, cutoff - now.reach)), reach if most is None else min(reach, most)


def _running(sale: QuotaSale, name: str, audience: Audience) -> Part:
    book, now = sale.books[name], current(sale)
    cutoff = book.cutoff() if cutoff_told(sale) else None
    reaching = now is not None and now.reach is not None
    least, most = window(sale, name, now, first=False) if reaching and now is not None else (None, None)
    average = sale.averages.get(name)
    return {
        "class": name,
        "quota": book.quota,
        "offers": len(book) if counts(sale, audience) else None,
        "cutoff_fen": None if cutoff is None else cutoff.amount,
        "cutoff_at_us": None if cutoff is None else us(cutoff.at),
        "least_fen": least,
        "most_fen": most,
        "average": None
        if average is None
        else {"at_us": us(average.at), "average_fen": average.average, "offers": average.offers},
    }


def _curve(sale: QuotaSale, name: str) -> Part:
    curve = sale.curves[name]
    return {
        "class": name,
        "every_s": curve.every // SECOND,
        "points": [[us(at), price] for at, price in curve.points],
    }


def _result(sale: QuotaSale, name: str) -> Part | None:
    made = sale.awards.get(name)
    if made is None:
        return None
    return {
        "class": name,
        "quota": sale.books[name].quota,
        "winners": made.winners,
        "offers": made.offers,
        "lowest_fen": made.lowest,
        "lowest_at_us": us(made.lowest_at),
        "average_fen": made.average,
        "uniform_fen": made.uniform,
        "reserve_fen": made.reserve,
        "drawn": made.drawn,
    }


def _desk(sale: QuotaSale) -> Part:
    return {
        "admitted": len(sale.admitted),
        "accepted": len(sale.accepted),
        "offers": sale.offers,
        "bidders": {name: len(book) for name, book in sale.books.items()},
        "changed": len(sale.revisions),
    }
