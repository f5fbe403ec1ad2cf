"""
Every way in which a record can be tampered with, by a stranger or by the house itself, tried on many sales: an outsider finds out.

``python -m tests.tampering --nightly`` tries each on 500 sales, ``--size 20`` on fewer.
"""

import random
from itertools import count
from typing import Any

from tests.clients.exports import Journal
from tests.tampering import house, openings, quota, strangers
from tests.tampering.case import Case, Tamper
from tests.tampering.opening_sales import opening_sale
from tests.tampering.quota_sales import quota_sale
from tests.tampering.sales import sale

ANOTHER = 1_000_000
"""So far apart are the seeds of sales that are tried instead of each other."""

ANY: dict[str, Any] = {}
SHOWN: dict[str, Any] = {"shown": True}
TIMED: dict[str, Any] = {"timed": True, "shown": True}
QUOTA: dict[str, Any] = {"quota": True}
OPENING: dict[str, Any] = {"opening": True}
CLASSES: dict[Tamper, dict[str, Any]] = {
    strangers.header_edited: ANY,
    strangers.header_respelt: ANY,
    strangers.header_and_digest_edited: ANY,
    strangers.outcome_edited: ANY,
    strangers.shown_event_edited: ANY,
    strangers.amount_edited: SHOWN,
    strangers.outcome_withheld_and_amount_edited: SHOWN,
    strangers.bid_not_shown: SHOWN,
    strangers.refusal_code_edited: ANY,
    strangers.first_dropped: ANY,
    strangers.middle_dropped: ANY,
    strangers.last_dropped: ANY,
    strangers.commit_dropped: ANY,
    strangers.record_inserted: ANY,
    strangers.record_doubled: ANY,
    strangers.records_reordered: ANY,
    strangers.commits_exchanged: ANY,
    strangers.signatures_exchanged: ANY,
    strangers.checkpoint_left_out: ANY,
    strangers.checkpoint_edited: ANY,
    strangers.cosigned_by_a_stranger: ANY,
    strangers.cosigned_by_nobody: ANY,
    strangers.wholly_by_a_stranger: ANY,
    strangers.signed_by_a_stranger: ANY,
    house.tail_cut: ANY,
    house.tail_cut_under_a_receipt: ANY,
    house.forked_under_a_receipt: ANY,
    house.forked_under_a_checkpoint: ANY,
    house.bid_dropped: ANY,
    house.refusal_dropped: ANY,
    house.bid_below_the_step: SHOWN,
    house.leader_bids_against_himself: SHOWN,
    house.sold_to_another: SHOWN,
    house.sold_at_another_price: SHOWN,
    house.late_bid_accepted: TIMED,
    house.bid_in_time_refused_as_late: TIMED,
    house.valid_bid_refused_as_too_low: SHOWN,
    house.rule_sheet_changed: ANY,
    house.reports_differ: ANY,
    house.bid_after_the_close: SHOWN,
    house.extension_left_out: TIMED,
    **dict.fromkeys(quota.WAYS, QUOTA),
    **dict.fromkeys(openings.WAYS, OPENING),
}
"""Each way of tampering, and the sales it is tried on: any, those that show all, by the clock or not, quota sales, openings."""


def sale_of(seed: int, kind: dict[str, Any]) -> Journal:
    """The sale of ``seed`` among those of ``kind``."""
    if kind is OPENING:
        return opening_sale(seed)
    return quota_sale(seed) if kind is QUOTA else sale(seed, **kind)


def tried(tamper: Tamper, seed: int) -> tuple[Case, dict[str, Any]]:
    """What comes of tampering with the sale of ``seed``, or with another one if there is nothing of the kind in it."""
    for other in count(seed, ANOTHER):
        try:
            case = tamper(sale_of(other, CLASSES[tamper]), random.Random(seed))
        except (IndexError, StopIteration, KeyError):  # KeyError: a forgery that not even the house could publish.
            continue
        return case, case.verdict()
    raise AssertionError("there is no end of seeds")


def wrong(case: Case, said: dict[str, Any]) -> str | None:
    """What is wrong with a verdict; None if it names the rule and the record."""
    if said["verdict"] != "BAD":
        return "not caught"
    if said["rule"] != case.rule or case.seq not in {None, said["seq"]}:
        return f"named record {said['seq']} and {said['rule']}, not {case.seq} and {case.rule}"
    return None
