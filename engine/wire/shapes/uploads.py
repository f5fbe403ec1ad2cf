"""What bidders of an opening say and are told when they bring a sealed envelope and show their certificates."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from engine.wire.shapes.base import Count, Digest, Hex, Micros, Shape

UploadId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Stretch = Annotated[list[Count], Meta(min_length=2, max_length=2)]
"""The first and the last of chunks in a row."""


class UploadBegun(Shape):
    """What an upload will be, as its owner says it."""

    manifest: str
    digests: dict[str, str]


class UploadPart(Shape):
    """One part of an envelope, and which of its chunks are not there."""

    part: Literal["sheet", "documents"]
    chunks: Count
    missing: list[Stretch]


class UploadState(Shape):
    """How an upload stands."""

    upload: UploadId
    section: str
    manifest: Digest
    finished: bool
    parts: list[UploadPart]


class OwnUploads(Shape):
    """What the asker has begun and not submitted."""

    uploads: list[UploadState]


class Deposited(Shape):
    """The receipt of the house for a whole envelope (收存回执), signed; that a bid was submitted is on the record."""

    format: str
    opening: str
    section: str
    manifest: Digest
    at_us: Micros
    key: Digest
    signature: Hex
    short: str


class UploadFinished(Shape):
    """All of it is there, and outlasts a power cut."""

    receipt: Deposited


class Done(Shape):
    """It is done, and there is nothing to tell."""


class CertificatesSent(Shape):
    """The certificates that an envelope names, as DER in hexadecimal."""

    manifest: str
    signing: Hex
    encryption: Hex
    authorities: list[Hex] | UnsetType = UNSET


class CertificatesGood(Shape):
    """The envelope of this manifest may be submitted until then; nothing where nobody asks for certificates."""

    manifest: Digest | UnsetType = UNSET
    until_us: Micros | UnsetType = UNSET


class DraftSent(Shape):
    """A sale to be, as its maker sends it."""

    form: dict[str, Any]
    catalogue: str | UnsetType | None = UNSET
    paddles: str | UnsetType | None = UNSET
    digest: str | UnsetType | None = UNSET
