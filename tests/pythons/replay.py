"""Run by any Python, with nothing installed: decides the sales it is given again; prints one digest over decisions and states."""

import hashlib
import pickle
import sys

from engine.domain.auction.rules import apply, decide
from engine.domain.canonical import digest, plain
from engine.domain.refusals import Refusal


def main() -> None:
    """Read sales (pickled lists of commands with their arrival) and print the digest."""
    whole = hashlib.sha256()
    for sale in pickle.load(sys.stdin.buffer):
        state = None
        for command, at in sale:
            try:
                events = decide(state, command, at)
            except Refusal as refusal:
                whole.update(repr((str(refusal.reason), sorted(refusal.detail.items()))).encode())
                continue
            for event in events:
                state = apply(state, event)
                whole.update(repr(sorted(plain(event).items(), key=lambda item: item[0])).encode())
            whole.update(digest(None if state is None else state.summary()).encode())
    print(whole.hexdigest())


if __name__ == "__main__":
    main()
