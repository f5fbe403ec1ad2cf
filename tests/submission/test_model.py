"""Whatever order things are done in, the store says what a list of sets would say."""

from dataclasses import dataclass, field, replace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealCode, SealFault
from engine.submission.faults import UploadCode, UploadFault
from tests.submission.disk import Disk
from tests.submission.scene import SETTINGS, A, B, Clock, Names, Small, missing, store_on

OWNERS = st.sampled_from([A, B])
ENVELOPES = [Small("a", 1), Small("b", 2), Small("c", 3), Small("d", 1, section="2")]
WHICH = st.sampled_from(range(len(ENVELOPES)))
CHUNKS = st.integers(0, 3)


@dataclass
class Naive:
    """One upload, as a person would note it down."""

    name: str
    there: set[tuple[str, int]] = field(default_factory=set)
    finished: int | None = None


class Uploads(RuleBasedStateMachine):
    """The store beside notes."""

    def __init__(self) -> None:
        super().__init__()
        self.disk, self.clock, self.names = Disk(), Clock(), Names()
        self.notes: dict[tuple[str, int], Naive] = {}
        self.record: dict[tuple[str, str], int] = {}
        self.open()

    def open(self) -> None:
        limits = replace(SETTINGS, uploads_per_bidder=3)
        self.store = store_on(self.disk, self.clock, settings=limits, chance=self.names)
        for (owner, section), which in self.record.items():
            self.store.stand(owner, section, ENVELOPES[which].manifest)

    def code(self, act: object, *given: object) -> object:
        """What ``act`` gives, or the code it is refused with."""
        try:
            return act(*given)  # type: ignore[operator]
        except (UploadFault, SealFault) as fault:
            return fault.code

    def stands(self, owner: str, which: int) -> bool:
        return self.record.get((owner, ENVELOPES[which].section)) == which

    @rule(owner=OWNERS, which=WHICH)
    def begin(self, owner: str, which: int) -> None:
        loose = [whose for (whose, each) in self.notes if not self.stands(whose, each)]
        said = self.code(self.store.begin, owner, ENVELOPES[which].declaration)
        if (owner, which) in self.notes:
            assert said == self.notes[owner, which].name
        elif loose.count(owner) >= 3:
            assert said is UploadCode.TOO_MANY
        elif len(loose) >= SETTINGS.uploads_max:
            assert said is UploadCode.STORE_FULL
        else:
            assert isinstance(said, str)
            assert said not in {*UploadCode, *(note.name for note in self.notes.values())}
            self.notes[owner, which] = Naive(said)

    @rule(owner=OWNERS, whose=OWNERS, which=WHICH, chunk=CHUNKS, content=CHUNKS)
    def put(self, owner: str, whose: str, which: int, chunk: int, content: int) -> None:
        small = ENVELOPES[which]
        keys = list(small.chunks)
        key, other = keys[chunk % len(keys)], keys[content % len(keys)]
        note = self.notes.get((whose, which))
        said = self.code(self.store.put, owner, note.name if note else "0" * 32, *key, small.chunks[other])
        if note is None or owner != whose:
            assert said is UploadCode.UNKNOWN
        elif key != other:
            assert said is SealCode.CHUNK_HASH
        else:
            assert said is None
            note.there.add(key)

    @rule(owner=OWNERS, which=WHICH)
    def put_the_rest(self, owner: str, which: int) -> None:
        note = self.notes.get((owner, which))
        if note is not None:
            for (part, index), content in ENVELOPES[which].chunks.items():
                self.store.put(owner, note.name, part, index, content)
                note.there.add((part, index))

    @rule(owner=OWNERS, whose=OWNERS, which=WHICH)
    def finish(self, owner: str, whose: str, which: int) -> None:
        note = self.notes.get((whose, which))
        self.clock.pass_s(1)
        now = self.clock()
        said = self.code(self.store.finish, owner, note.name if note else "0" * 32, now)
        if note is None or owner != whose:
            assert said is UploadCode.UNKNOWN
        elif note.there != set(ENVELOPES[which].chunks):
            assert said is SealCode.INCOMPLETE
        else:
            note.finished = note.finished or now
            assert said == (ENVELOPES[which].declaration, Nanoseconds(note.finished))

    @rule(owner=OWNERS, which=WHICH)
    def submit_or_replace(self, owner: str, which: int) -> None:
        small, note = ENVELOPES[which], self.notes.get((owner, which))
        said = self.code(self.store.stand, owner, small.section, small.manifest)
        if note is None:
            assert said is UploadCode.UNKNOWN
        elif note.finished is None:
            assert said is UploadCode.NOT_FINISHED
        else:
            before = self.record.get((owner, small.section))
            if before not in {None, which}:
                del self.notes[owner, before]
            self.record[owner, small.section] = which

    @rule(owner=OWNERS, section=st.sampled_from(["1", "2"]))
    def withdraw(self, owner: str, section: str) -> None:
        self.store.withdraw(owner, section)
        which = self.record.pop((owner, section), None)
        if which is not None:
            del self.notes[owner, which]

    @rule(owner=OWNERS, whose=OWNERS, which=WHICH)
    def discard(self, owner: str, whose: str, which: int) -> None:
        note = self.notes.get((whose, which))
        said = self.code(self.store.discard, owner, note.name if note else "0" * 32)
        if note is None or owner != whose:
            assert said is UploadCode.UNKNOWN
        elif self.stands(owner, which):
            assert said is UploadCode.STANDS
        else:
            assert said is None
            del self.notes[owner, which]

    @rule()
    def kill(self) -> None:
        self.disk.kill()
        self.open()

    @rule()
    def pull_the_plug(self) -> None:
        self.disk.pull_the_plug()
        self.open()
        for (owner, which), note in list(self.notes.items()):
            left = set(ENVELOPES[which].chunks) - set(missing(self.store, owner, note.name))
            assert left <= note.there
            assert note.finished is None or left == set(ENVELOPES[which].chunks)
            note.there = left

    @invariant()
    def says_what_is_noted(self) -> None:
        for owner in (A, B):
            loose = {
                note.name
                for (whose, each), note in self.notes.items()
                if whose == owner and not self.stands(whose, each)
            }
            assert set(self.store.mine(owner)) == loose
        for (owner, which), note in self.notes.items():
            declaration, _, finished = self.store.there(owner, note.name)
            assert declaration == ENVELOPES[which].declaration
            assert finished == (note.finished is not None)
            assert set(ENVELOPES[which].chunks) - set(missing(self.store, owner, note.name)) == note.there
        for (owner, section), which in self.record.items():
            for (part, index), content in ENVELOPES[which].chunks.items():
                assert self.store.chunk(owner, section, part, index) == content


TestUploads = Uploads.TestCase
TestUploads.settings = settings(max_examples=80, stateful_step_count=40)
