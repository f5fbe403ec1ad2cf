"""
Papers signed as PAdES (ETSI EN 319 142-1, level B-B), for archives that ask for a signature inside the file.

The paper itself is not touched: the signature is an increment after its last byte, so that what was signed is still the file that
anybody makes again from the record. It is put by pyHanko, the extra ``luochui[pades]``, which nothing else of the engine asks for.
"""

import io
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

FIELD: Final = "LuochuiSignature"
DIGEST: Final = "sha256"
FILE_BYTES_MAX: Final = 64 * 1024
_PUBLIC: Final = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo


class PadesFault(Exception):
    """
    Papers cannot be signed here.

    Attributes:
        code: Why, for programs: ``E_PADES_MISSING`` or ``E_PADES_KEY``.

    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {zh} {en}")
        self.code = code


@dataclass(frozen=True, slots=True)
class PaperSigner:
    """Signs papers with one certificate. Made by :meth:`load`."""

    _signer: Any

    @classmethod
    def load(cls, certificate: Path, key: Path) -> Self:
        """
        With a certificate, and its key without a password; RSA or P-256.

        Args:
            certificate: PEM; the authorities above may follow it, and are put into the signature.
            key: PEM.

        Raises:
            PadesFault: pyHanko is not installed, or the two are none, or not a pair.

        """
        if find_spec("pyhanko") is None:
            raise PadesFault(
                "E_PADES_MISSING", "未安装签名组件。", "Papers are signed by the extra: pip install 'luochui[pades]'"
            )
        chain, private = _pair(certificate, key)
        return cls(_signer_of(chain, private))

    def sign(self, pdf: bytes) -> bytes:
        """``pdf``, byte for byte, and a signature over all of it after its end. Blocks for some ten milliseconds."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - the extra is optional
        from pyhanko.sign import fields, signers  # noqa: PLC0415 - as above

        put = signers.PdfSignatureMetadata(
            field_name=FIELD, md_algorithm=DIGEST, subfilter=fields.SigSeedSubFilter.PADES
        )
        signed: io.BytesIO = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), put, signer=self._signer)
        return signed.getvalue()


def signer_of(certificate: str, key: str) -> PaperSigner | None:
    """
    As the settings say; None where they name no certificate.

    Raises:
        PadesFault: As :meth:`PaperSigner.load`.

    """
    return PaperSigner.load(Path(certificate), Path(key)) if certificate else None


def _pair(certificate: Path, key: Path) -> tuple[list[x509.Certificate], bytes]:
    """The chain, its holder's first, and the key of that (PKCS #8)."""
    try:
        chain = x509.load_pem_x509_certificates(_read(certificate))
        private = serialization.load_pem_private_key(_read(key), None)
        same = chain[0].public_key().public_bytes(*_PUBLIC) == private.public_key().public_bytes(*_PUBLIC)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise _no_pair(certificate, key) from fault
    if not same or not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise _no_pair(certificate, key)
    plain = serialization.NoEncryption()
    return chain, private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_BYTES_MAX)


def _no_pair(certificate: Path, key: Path) -> PadesFault:
    return PadesFault(
        "E_PADES_KEY",
        f"{certificate} 与 {key} 不是一对可用的证书和私钥（PEM，RSA 或 P-256，私钥不加口令）。",
        "They are no certificate and key that belong together (PEM, RSA or P-256, the key without a password).",
    )


def _signer_of(chain: list[x509.Certificate], private: bytes) -> Any:
    from asn1crypto.keys import PrivateKeyInfo  # noqa: PLC0415 - comes with the extra
    from asn1crypto.x509 import Certificate  # noqa: PLC0415 - as above
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 - as above
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 - as above

    holder, *above = (Certificate.load(each.public_bytes(serialization.Encoding.DER)) for each in chain)
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(above)
    return SimpleSigner(holder, PrivateKeyInfo.load(private), known)
