"""A frame of each kind that is about an opening of sealed bids."""

from typing import Any

OPENING_FRAMES: dict[str, dict[str, Any]] = {
    "register_bidder": {"bidder": 9, "name": "焦作建工", "certificate": "3082", "key": "3059"},
    "record_deposit": {"bidder": 9, "section": "1", "status": "paid"},
    "propose_time": {"deadline_us": 1_900_000_000_000_000, "reason": "停电"},
    "confirm_time": {"deadline_us": 1_900_000_000_000_000},
    "drop_time": {},
    "submit_envelope": {"section": "1", "manifest": "{}", "signature": "3045"},
    "withdraw_envelope": {"section": "1", "signature": "3045"},
    "sign_in": {},
    "unseal": {"section": "1", "half": "0" * 64},
    "report_trouble": {"section": "1", "trouble": "key"},
    "confirm_sheet": {"section": "1"},
    "object": {"text": "请核对"},
    "give_answers": {"half": "hall", "answers": [{"section": "1", "bidder": 9, "answer": "{}"}]},
    "start_opening": {"absent": 0},
    "publish_list": {},
    "open_unsealing": {},
    "close_unsealing": {},
    "order_remedy": {},
    "read_out": {},
    "open_signing": {},
    "end_opening": {},
    "lapse_envelope": {"section": "1", "bidder": 9, "cause": "bidder", "evidence": "0" * 64, "reason": "未解密"},
    "announce_ceiling": {"section": "1", "amount_fen": 1_000_000},
    "draw_coefficient": {"section": "1"},
    "answer_objection": {"no": 1, "text": "已核对"},
    "reconvene": {"reason": "宣布结果"},
    "make_statement": {"text": "结果已公示"},
}
