"""Robots that hold a sale: they bid, enter bids, call and strike the hammer, and end every lot at the price of their script."""

from clients.robots.pace import FAST, LIVE, Pace
from clients.robots.play import Progress, play
from clients.robots.script import LotToSell, Paddle, Rung, Script, ScriptImpossible, plan

__all__ = [
    "FAST",
    "LIVE",
    "LotToSell",
    "Pace",
    "Paddle",
    "Progress",
    "Rung",
    "Script",
    "ScriptImpossible",
    "plan",
    "play",
]
