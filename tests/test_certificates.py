"""Certificates: what one says, and the pair for trials."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from engine.certificates import CertificateTrouble, check_pair, read_certificate, trial_pair, utc_now
from engine.port import make_trial_certificate
from tests.gateway.trial import a_trial


def test_a_trial_certificate_names_its_hosts_lives_short_and_is_signed_by_an_authority_that_signs_no_other(
    tmp_path: Path,
) -> None:
    now = utc_now()
    pair = trial_pair(["Sale.Example.cn", "192.168.1.8", "[::1]", "*.centre.cn"], now, days=7)
    (tmp_path / "server.pem").write_bytes(pair.certificate)
    found = read_certificate(tmp_path / "server.pem")
    assert found.names == ("sale.example.cn", "*.centre.cn", "192.168.1.8", "::1")
    assert found.ends == now + timedelta(days=7)
    assert (found.days_left(now), found.days_left(now + timedelta(days=8))) == (7, -1)
    assert not found.signed_by_itself
    server, authority = x509.load_pem_x509_certificates(pair.certificate)
    assert pair.authority in pair.certificate
    server.verify_directly_issued_by(authority)
    public = server.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert isinstance(public.curve, ec.SECP256R1)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert b"PRIVATE" not in pair.certificate + pair.authority
    assert pair.key.count(b"PRIVATE KEY") == 2


@pytest.mark.parametrize("host", ["", "a b", "https://sale.cn", "-sale.cn", "sale..cn", "x" * 64, "sale.cn/", "号.cn"])
def test_what_is_no_host_gets_no_certificate(host: str) -> None:
    with pytest.raises(CertificateTrouble, match="neither a host name"):
        trial_pair([host], utc_now())


def test_no_host_at_all_gets_none_either() -> None:
    with pytest.raises(CertificateTrouble, match="needs a name"):
        trial_pair([], utc_now())


def test_only_the_key_of_a_certificate_fits_it(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    trial, other = a_trial(tmp_path), a_trial(tmp_path / "other")
    check_pair(trial.certificate, trial.key)
    with pytest.raises(CertificateTrouble, match="is not the key of"):
        check_pair(trial.certificate, other.key)
    with pytest.raises(CertificateTrouble, match="no private key"):
        check_pair(trial.certificate, trial.certificate)
    with pytest.raises(CertificateTrouble, match="no certificate"):
        read_certificate(trial.key)
    with pytest.raises(CertificateTrouble, match="No such file"):
        read_certificate(tmp_path / "none.pem")


def test_a_pair_is_made_once_its_key_is_for_its_owner_and_fresh_replaces_it(tmp_path: Path) -> None:
    made = make_trial_certificate(tmp_path, ["house.test"], days=3, fresh=False)
    check_pair(made["certificate"], made["key"])
    assert made["key"].stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "tls").iterdir()) == ["ca.pem", "server-key.pem", "server.pem"]
    before = made["key"].read_bytes()
    with pytest.raises(CertificateTrouble, match="--fresh replaces it"):
        make_trial_certificate(tmp_path, ["house.test"], days=3, fresh=False)
    assert made["key"].read_bytes() == before
    make_trial_certificate(tmp_path, ["house.test"], days=3, fresh=True)
    assert made["key"].read_bytes() != before
