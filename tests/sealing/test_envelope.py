"""What is sealed opens, by bidder and trustees together, and nothing else does."""

import dataclasses
import itertools

import pytest

from engine.sealing import content, halves
from engine.sealing.context import Context
from engine.sealing.envelope import open_part, unwrap_hall, unwrap_own, unwrap_remedy
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import HALL, OWN, REMEDY
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import MIB, PartName, check_digests, chunk_digest
from engine.sealing.suites import Suite
from tests.sealing.scene import BOTH, SHEET, Tender, other_hall

FILES = {"投标函.pdf": b"%PDF-1.7 " * 1000, "清单.xlsx": bytes(MIB + 17), "空.txt": b""}
suites = pytest.mark.parametrize("suite", BOTH, ids=[suite.name.split("/")[0] for suite in BOTH])


def code(fault: pytest.ExceptionInfo[SealFault]) -> SealCode:
    return fault.value.code


@suites
def test_bidder_and_two_trustees_read_what_was_sealed(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal(files=FILES)
    manifest = read_manifest(made.manifest.write())
    assert manifest == made.manifest
    manifest.verify(tender.key("bidder-1 signing").public, made.signature)
    key = tender.open(manifest)
    sheet, documents = manifest.parts
    assert content.unpack_sheet(b"".join(open_part(key, sheet, made.chunks[PartName.SHEET].__getitem__))) == SHEET
    reader, found = content.DocumentsReader(), dict.fromkeys(FILES, b"")
    name = ""
    for chunk in open_part(key, documents, made.chunks[PartName.DOCUMENTS].__getitem__):
        for piece in reader.feed(chunk):
            if isinstance(piece, content.FileEntry):
                name = piece.name
            else:
                found[name] += piece
    reader.end()
    assert found == FILES


@suites
def test_any_two_trustees_will_do_and_one_will_not(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    opened = {
        unwrap_hall(manifest, tender.hall, tender.answers(manifest, HALL, two))
        for two in itertools.combinations((1, 2, 3), 2)
    }
    assert len(opened) == 1
    for one in (1, 2, 3):
        with pytest.raises(SealFault) as fault:
            unwrap_hall(manifest, tender.hall, tender.answers(manifest, HALL, (one, one)))
        assert code(fault) is SealCode.TOO_FEW_SHARES


@suites
def test_the_remedy_gives_the_bidders_half_and_only_where_it_was_announced(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    own = unwrap_own(manifest, tender.key("bidder-1 encryption"))
    assert unwrap_remedy(manifest, tender.hall, tender.answers(manifest, REMEDY)) == own
    without = tender.seal(remedy=False).manifest
    assert b"remedy" not in without.write()
    with pytest.raises(SealFault):
        unwrap_remedy(without, tender.hall, [])


@suites
def test_answers_for_one_wrap_open_no_other(suite: Suite) -> None:
    tender = Tender(suite)
    one, two = tender.seal().manifest, tender.seal(context=tender.context("bidder-2")).manifest
    with pytest.raises(SealFault) as fault:
        unwrap_hall(two, tender.hall, tender.answers(one))
    assert code(fault) is SealCode.SHARE
    with pytest.raises(SealFault) as fault:
        unwrap_remedy(one, tender.hall, tender.answers(one, HALL))
    assert code(fault) is SealCode.SHARE


@suites
def test_a_wrong_answer_is_known_and_its_trustee_named(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    right, wrong = tender.answers(manifest)
    curve = suite.curve
    for altered in (
        dataclasses.replace(wrong, point=curve.times(2, wrong.point)),
        dataclasses.replace(wrong, point=(1, 1)),
        dataclasses.replace(wrong, response=wrong.response ^ 1),
        dataclasses.replace(wrong, challenge=wrong.challenge ^ 1),
        dataclasses.replace(wrong, response=curve.n),
        dataclasses.replace(wrong, trustee=2),
    ):
        with pytest.raises(SealFault) as fault:
            unwrap_hall(manifest, tender.hall, [right, altered])
        assert code(fault) is SealCode.SHARE
        assert fault.value.detail["trustee"] == altered.trustee
        assert str(fault.value.detail["name"]) in fault.value.zh


@suites
def test_a_trustee_who_answers_with_another_share_is_named(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    false = dataclasses.replace(tender.shares[1], number=tender.shares[1].number + 1)
    answers = [tender.answers(manifest)[0], tender.answer(false, manifest.wrap_hall, manifest.context.purpose(HALL))]
    with pytest.raises(SealFault, match="招标人"):
        unwrap_hall(manifest, tender.hall, answers)


@suites
def test_an_envelope_copied_by_another_bidder_or_for_another_tender_does_not_open(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    own = made.sealed.own
    hall = unwrap_hall(made.manifest, tender.hall, tender.answers(made.manifest))
    for context in (
        tender.context("bidder-2"),
        tender.context(section="2"),
        tender.context(version=2),
        Tender(suite, "HZ-2026-002").context(),
    ):
        copied = dataclasses.replace(made.manifest, context=context)
        with pytest.raises(SealFault):
            copied.verify(tender.key("bidder-1 signing").public, made.signature)
        with pytest.raises(SealFault) as fault:
            halves.data_key(copied, own, hall)
        assert code(fault) is SealCode.REVEAL
        with pytest.raises(SealFault) as fault:
            unwrap_own(copied, tender.key("bidder-1 encryption"))
        assert code(fault) is SealCode.WRONG_KEY
        # And the thief who makes all digests anew, knowing both halves, still has chunks that are bound to another context.
        forged = halves.join(context, own, hall)
        with pytest.raises(SealFault) as fault:
            list(open_part(forged, made.manifest.parts[0], made.chunks[PartName.SHEET].__getitem__))
        assert code(fault) is SealCode.CHUNK_HASH


@suites
def test_chunks_cut_swapped_doubled_or_altered_are_known(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal(files={"a.bin": bytes(3 * MIB)})
    part = made.manifest.parts[1]
    chunks = made.chunks[PartName.DOCUMENTS]
    key = tender.open(made.manifest)
    a, b, c, d = chunks
    digests = [chunk_digest(suite, chunk) for chunk in chunks]
    check_digests(suite, part, digests)
    for wrong in ([b, a, c, d], [a, a, c, d], [a, b, d, c], [a, b, c, c], [a, b, c[:-1], d], [a, b, c, bytes(len(d))]):
        with pytest.raises(SealFault) as fault:
            list(open_part(key, part, wrong.__getitem__))
        assert code(fault) is SealCode.CHUNK_HASH
        with pytest.raises(SealFault):
            check_digests(suite, part, [chunk_digest(suite, chunk) for chunk in wrong])
    for short in (3, 2):
        with pytest.raises(SealFault):
            check_digests(suite, part, digests[:short])
        with pytest.raises(SealFault):
            list(open_part(key, dataclasses.replace(part, chunks=short), chunks.__getitem__))
    with pytest.raises(SealFault):
        check_digests(suite, part, [*digests, digests[-1]])


@suites
def test_a_root_that_is_not_the_chunks_is_known_at_the_end(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    part = dataclasses.replace(made.manifest.parts[0], root=bytes(32))
    with pytest.raises(SealFault) as fault:
        list(open_part(tender.open(made.manifest), part, made.chunks[PartName.SHEET].__getitem__))
    assert code(fault) is SealCode.MANIFEST


@suites
def test_the_half_that_is_wrong_is_named(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    hall = unwrap_hall(made.manifest, tender.hall, tender.answers(made.manifest))
    for own, other, which in ((bytes(32), hall, OWN), (made.sealed.own, bytes(32), HALL), (b"", hall, OWN)):
        with pytest.raises(SealFault) as fault:
            halves.data_key(made.manifest, own, other)
        assert fault.value.detail == {"which": which}


@suites
def test_a_bidder_who_wraps_other_halves_than_he_commits_to_is_found_out(suite: Suite) -> None:
    tender = Tender(suite)
    made = tender.seal()
    context = made.manifest.context
    wrap = tender.hall.public.wrap(bytes(32), context.purpose(HALL), bytes(range(48)))
    false = dataclasses.replace(made.manifest, wrap_hall=wrap)
    with pytest.raises(SealFault) as fault:
        unwrap_hall(false, tender.hall, tender.answers(false))
    assert (code(fault), fault.value.detail["which"]) == (SealCode.REVEAL, HALL)
    wrap = tender.key("bidder-1 encryption").public.wrap(bytes(32), context.purpose(OWN), bytes(range(48)))
    with pytest.raises(SealFault) as fault:
        unwrap_own(dataclasses.replace(made.manifest, wrap_own=wrap), tender.key("bidder-1 encryption"))
    assert (code(fault), fault.value.detail["which"]) == (SealCode.REVEAL, OWN)


@suites
def test_an_envelope_for_another_hall_key_is_refused(suite: Suite) -> None:
    tender = Tender(suite)
    manifest = tender.seal().manifest
    with pytest.raises(SealFault) as fault:
        unwrap_hall(manifest, other_hall(tender.hall), [])
    assert code(fault) is SealCode.CONTEXT


def test_the_suites_do_not_mix() -> None:
    first, second = (Tender(suite) for suite in BOTH)
    with pytest.raises(SealFault) as fault:
        first.seal(context=second.context())
    assert code(fault) is SealCode.CONTEXT
    with pytest.raises(SealFault) as fault:
        Context(suite="SM2/SHA-256/AES-256-GCM", tender="t", section="1", bidder="b", version=1)
    assert code(fault) is SealCode.SUITE


@suites
def test_the_self_test_opens_what_was_just_made(suite: Suite) -> None:
    made = Tender(suite).seal()
    assert made.sealer.self_test(made.manifest, made.sealed.own) == Tender(suite).open(made.manifest)
    with pytest.raises(SealFault):
        made.sealer.self_test(made.manifest, bytes(32))


@suites
def test_size_says_nothing_of_the_sheet_and_little_of_the_documents(suite: Suite) -> None:
    tender = Tender(suite)
    short = tender.seal({"price_fen": 1}, {"a": b""})
    long = tender.seal({"price_fen": 10**15, "note": "长" * 600}, {"a": bytes(MIB - 100)})
    assert [len(chunk) for part in short.chunks.values() for chunk in part] == [
        len(chunk) for part in long.chunks.values() for chunk in part
    ]
    assert len(short.manifest.write()) == len(long.manifest.write())
