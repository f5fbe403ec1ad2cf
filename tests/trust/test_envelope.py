"""An envelope's own two certificates, and the USB key at hand when it is to be opened."""

from dataclasses import replace

import pytest

from engine.sealing import content
from engine.sealing.envelope import Sealer, unwrap_own
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.manifest import Manifest
from engine.sealing.parts import PartName
from engine.trust.chain import Purpose
from engine.trust.envelope import check_at_hand, check_certificates
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.making.demo import company
from tests.sealing.scene import BOTH, SHEET, Tender, chance
from tests.trust.scene import DATE, DAY, WHO, Scene, kinds, read, scene, when


def sealed(made: Scene, leaves: dict[Purpose, bytes], suite: int = 0) -> Manifest:
    tender = Tender(BOTH[suite])
    sealer = Sealer(tender.context(), tender.hall, chance=chance("envelope"))
    list(sealer.seal(PartName.SHEET, 1, [content.pack_sheet(SHEET)]))
    signing, encryption = (read(leaves[purpose]).credential for purpose in Purpose)
    return sealer.finish(signing=signing, encryption=encryption, remedy=False).manifest


@pytest.mark.parametrize("suite", [0, 1], ids=["AES", "SM4"])
@kinds
def test_both_certificates_of_an_envelope_are_held_to_the_store(kind: str, suite: int) -> None:
    made = scene(kind)
    leaves = {purpose: made.leaf(purpose) for purpose in Purpose}
    manifest = sealed(made, leaves, suite)
    signing, encryption = (read(leaves[purpose]) for purpose in Purpose)
    manifest.verify(signing.key, made.signing_key.sign(manifest.signed_bytes()))
    trusted = check_certificates(manifest, signing, encryption, store=made.store(), holder=WHO, moment=when())
    assert [one.certificate for one in trusted] == [signing, encryption]
    for wrong in ((encryption, encryption), (signing, signing)):
        with pytest.raises(TrustFault) as fault:
            check_certificates(manifest, *wrong, store=made.store(), holder=WHO, moment=when())
        assert fault.value.code is TrustCode.OTHER_CERTIFICATE


@kinds
def test_an_envelope_sealed_to_a_signing_certificate_or_anothers_is_refused(kind: str) -> None:
    made = scene(kind)
    leaves = {purpose: made.leaf(purpose) for purpose in Purpose}
    for encryption, code in (
        (leaves[Purpose.SIGNING], TrustCode.USAGE),
        (made.leaf(Purpose.ENCRYPTION, holder=company(7, 2)), TrustCode.OTHER_BIDDER),
        (made.leaf(Purpose.ENCRYPTION, ends=DATE - DAY), TrustCode.EXPIRED),
    ):
        manifest = sealed(made, leaves | {Purpose.ENCRYPTION: encryption})
        with pytest.raises(TrustFault) as fault:
            check_certificates(
                manifest,
                read(leaves[Purpose.SIGNING]),
                read(encryption),
                store=made.store(),
                holder=WHO,
                moment=when(),
            )
        assert fault.value.code is code


@kinds
def test_a_renewed_certificate_does_not_open_what_was_sealed_before_and_it_is_said_what_does(kind: str) -> None:
    made = scene(kind)
    leaves = {purpose: made.leaf(purpose) for purpose in Purpose}
    manifest, earlier = sealed(made, leaves), read(leaves[Purpose.ENCRYPTION])
    same_key = read(made.leaf(Purpose.ENCRYPTION, begins=DATE, ends=DATE + 300 * DAY))
    check_at_hand(earlier, same_key)
    renewed = replace(made, encryption_key=made.signing_key)
    certificate = read(renewed.leaf(Purpose.ENCRYPTION, begins=DATE, ends=DATE + 300 * DAY))
    with pytest.raises(TrustFault) as fault:
        check_at_hand(earlier, certificate)
    assert fault.value.code is TrustCode.RENEWED
    assert "恢复文件" in fault.value.zh
    with pytest.raises(SealFault) as wrong:
        unwrap_own(manifest, renewed.encryption_key)
    assert wrong.value.code is SealCode.WRONG_KEY
    assert len(unwrap_own(manifest, made.encryption_key)) == 32
