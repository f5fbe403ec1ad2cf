"""A promoted engine tells the one it followed, for as long as it serves: one that was off meanwhile hears it when it is started."""

from collections.abc import Mapping
from typing import Final

import trio

from engine.cluster.channel import tell
from engine.cluster.cipher import Cipher
from engine.cluster.standby_frames import Over
from engine.journal.base import Journal
from engine.room.folder import DataFolder
from engine.standby_state import read_state

EVERY_S: Final = 0.1
"""Far more often than an engine that starts alone gives its standby up and begins to acknowledge."""

PATIENCE_S: Final = 2.0


async def keep_telling(folder: DataFolder, journals: Mapping[str, Journal]) -> None:
    """Tell it again and again; return at once where nothing was promoted here."""
    state = read_state(folder)
    if state is None:
        return
    over = [one for journal in journals.values() if (one := await _begun(journal)) is not None]
    if not over:
        return
    cipher = Cipher.from_file(folder.cluster_key(), make=False)
    while True:
        for one in over:
            await tell(state.source, cipher, one, PATIENCE_S)
        await trio.sleep(EVERY_S)


async def _begun(journal: Journal) -> Over | None:
    """The statement with which the epoch in force began; None if it is the first."""
    epochs = journal.epochs()
    if len(epochs) < 2:
        return None
    (commit,) = (await journal.read(epochs[-1][1] - 1, 1)).commits
    return Over(commit.text, commit.signature)
