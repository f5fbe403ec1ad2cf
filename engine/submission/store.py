"""
The sealed envelopes of one opening: who has begun which upload, what stands submitted, and how much there may be.

What stands is on the record, not here: whoever reads the record tells the store, also after a restart. Methods block on the disk and
may be called from several threads; two who use different uploads wait for each other only while one of them begins or ends.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from engine.domain.opening.commands import Gap
from engine.domain.units import Nanoseconds
from engine.sealing.manifest import Manifest
from engine.submission.declaration import Declaration
from engine.submission.disk import Disk, SystemDisk
from engine.submission.faults import UploadCode, UploadFault, closed, full, not_written
from engine.submission.settings import SubmissionSettings
from engine.submission.upload import DRAFT, SHOWN, Upload

log = logging.getLogger("luochui.submission")

NS: int = 1_000_000_000
ID_BYTES: int = 16
"""Of chance in an upload's name."""


class UploadInUse(Exception):
    """Something else is done with the upload at this moment. Ask again."""


class Store:
    """
    The store of one opening, in a folder of its own.

    Args:
        folder: Made if need be; the one above it is there.
        settings: Limits.
        now: House time.
        disk: The disk.
        chance: Makes a name: so many bytes, hexadecimal.

    Raises:
        UploadFault: What is there cannot be read, or written so that it is safe. Nothing of it is to be believed.

    """

    def __init__(
        self,
        folder: Path,
        settings: SubmissionSettings,
        *,
        now: Callable[[], Nanoseconds],
        disk: Disk | None = None,
        chance: Callable[[int], str] = token_hex,
    ) -> None:
        self._folder, self._settings, self._now, self._chance = folder, settings, now, chance
        self._disk = SystemDisk() if disk is None else disk
        self._table, self._names = threading.Lock(), threading.Lock()
        self._uploads: dict[str, Upload] = {}
        self._standing: dict[tuple[str, str], Upload] = {}
        self._closed_at: Nanoseconds | None = None
        try:
            self._adopt()
        except OSError as error:
            log.error("the store of sealed envelopes cannot be opened: %s", error.strerror)  # noqa: TRY400
            raise not_written() from None

    # What a bidder does.

    def begin(self, owner: str, declaration: Declaration) -> str:
        """
        The id of the upload of ``declaration``; of the one that ``owner`` has begun already, if there is one.

        Raises:
            UploadFault: It is too big, there are too many, or there is no room.

        """
        with self._table:
            self._check_open()
            upload = self._same(owner, declaration.manifest)
            if upload is not None:
                upload.touched = self._now()
                return upload.name
            self._check_room(owner, declaration)
            upload = Upload(self._disk, self._folder, self._chance(ID_BYTES), owner, declaration)
            upload.touched = self._now()
            self._uploads[upload.name] = upload
            upload.lock.acquire()
        try:
            with self._names:  # A sync of the folder that fails is then about one upload only.
                upload.begin()
        except UploadFault:
            self._drop(upload)
            raise
        finally:
            upload.lock.release()
        return upload.name

    def put(self, owner: str, name: str, part: str, index: int, content: bytes) -> None:
        """
        Keep a chunk; see :meth:`Upload.put`.

        Raises:
            UploadFault: There is no such upload or chunk, or the disk failed.
            SealFault: It is not the chunk that was declared.

        """
        self._check_open()
        with self._held(owner, name) as upload:
            upload.put(part, index, content)

    def there(self, owner: str, name: str) -> tuple[Declaration, tuple[Gap, ...], bool]:
        """
        What an upload is, which chunks it lacks, and whether it is finished.

        Raises:
            UploadFault: There is no such upload.

        """
        with self._held(owner, name) as upload:
            return upload.declaration, upload.gaps(), upload.finished_at is not None

    def mine(self, owner: str) -> list[str]:
        """The ids of ``owner``'s uploads that are not submitted."""
        with self._table:
            return [upload.name for upload in self._loose(owner)]

    def finish(self, owner: str, name: str, at: Nanoseconds) -> tuple[Declaration, Nanoseconds]:
        """
        All chunks are there and safe; the envelope may be submitted.

        Args:
            owner: Whose upload.
            name: Its id.
            at: When this was asked for.

        Returns:
            What was uploaded, and when it was finished first.

        Raises:
            SealFault: Chunks are missing.
            UploadFault: There is no such upload, or the disk failed.

        """
        self._check_open()
        with self._held(owner, name) as upload:
            return upload.declaration, upload.finish(at)

    def discard(self, owner: str, name: str) -> None:
        """
        Give up an upload.

        Raises:
            UploadFault: There is no such upload, or it stands submitted.

        """
        with self._held(owner, name) as upload:
            if upload.pins or upload.stands:
                raise UploadFault(UploadCode.STANDS)
            self._drop(upload)

    # What the record does.

    def pin(self, owner: str, manifest: Manifest) -> tuple[Gap, ...]:
        """
        What the store lacks of the envelope that ``owner`` submits now; the first of many chunks for each part.

        If nothing, the envelope stays, whatever its owner does, until :meth:`stand` or :meth:`unpin`. This waits for no disk.

        Raises:
            UploadFault: It is all there and not finished, or what is there was not looked at since the start.
            UploadInUse: Another thread uses it.

        """
        with self._table:
            upload = self._same(owner, manifest.digest())
        if upload is None:
            return tuple(
                Gap(part=part.name, chunks=part.chunks, missing=tuple(range(min(part.chunks, SHOWN))))
                for part in manifest.parts
            )
        if not upload.lock.acquire(blocking=False):
            raise UploadInUse
        try:
            if upload.gone:
                raise UploadFault(UploadCode.UNKNOWN)
            gaps = upload.gaps() if upload.looked else ()
            if not gaps and upload.finished_at is None:
                raise UploadFault(UploadCode.NOT_FINISHED)
            upload.touched = self._now()
            upload.pins += not gaps
            return tuple(Gap(part=gap.part, chunks=gap.chunks, missing=gap.missing[:SHOWN]) for gap in gaps)
        finally:
            upload.lock.release()

    def unpin(self, owner: str, manifest: bytes) -> None:
        """The submission of the envelope of this manifest digest came to nothing."""
        with self._table:
            upload = self._same(owner, manifest)
            if upload is not None and upload.pins:
                upload.pins -= 1

    def stand(self, owner: str, section: str, manifest: bytes) -> None:
        """
        The record says that the envelope of this manifest digest is submitted. The one it replaces is removed.

        Raises:
            UploadFault: It is not here, or was never finished.

        """
        with self._table:
            upload = self._same(owner, manifest)
            if upload is None or upload.declaration.section != section:
                raise UploadFault(UploadCode.UNKNOWN)
            if upload.finished_at is None:
                raise UploadFault(UploadCode.NOT_FINISHED)
            upload.stands, upload.pins = True, 0  # In this order: at no instant may it be discarded.
            before = self._standing.get((owner, section))
            self._standing[owner, section] = upload
        if before is not None and before is not upload:
            before.stands = False
            self._remove(before)

    def withdraw(self, owner: str, section: str) -> None:
        """The record says that the envelope was taken back. It is removed."""
        with self._table:
            upload = self._standing.pop((owner, section), None)
        if upload is not None:
            self._remove(upload)

    def close(self, at: Nanoseconds) -> None:
        """Submission is over: nothing more is taken, and what does not stand is removed."""
        with self._table:
            self._closed_at = at
            loose = [upload for upload in self._uploads.values() if not upload.stands]
        for upload in loose:
            self._remove(upload)

    def chunk(self, owner: str, section: str, part: str, index: int) -> bytes:
        """
        A sealed chunk of the envelope that stands.

        Raises:
            UploadFault: There is none, or the disk failed.
            SealFault: It is damaged.

        """
        upload = self._standing.get((owner, section))
        if upload is None:
            raise UploadFault(UploadCode.UNKNOWN)
        with self._held(owner, upload.name):
            return upload.read(part, index)

    def sweep(self) -> None:
        """Remove what nobody has gone on with for too long. To be called now and then."""
        oldest = self._now() - int(self._settings.unfinished_kept_s * NS)
        with self._table:
            stale = [upload for upload in self._uploads.values() if self._is_stale(upload, oldest)]
        for upload in stale:
            with upload.lock:
                if not upload.gone and self._is_stale(upload, oldest):
                    self._drop(upload)

    # Within.

    def _adopt(self) -> None:
        self._disk.make_folder(self._folder)
        names, unreadable = sorted(self._disk.names(self._folder)), 0
        if (
            not names
        ):  # Made anew: an earlier engine's sync of its name may have failed, and would not be asked for again.
            self._disk.remove(self._folder)
            self._disk.make_folder(self._folder)
            self._disk.sync_folder(self._folder.parent)
        for found in names:
            if found.startswith(DRAFT):
                self._disk.remove(self._folder / found)
                continue
            upload = Upload.adopt(self._disk, self._folder, found)
            if upload is None:
                unreadable += 1
                continue
            upload.touched = self._now()
            self._uploads[upload.name] = upload
        self._disk.sync_folder(self._folder)
        if unreadable:
            log.error("the store of sealed envelopes holds what cannot be read; it is left as it is")

    @contextmanager
    def _held(self, owner: str, name: str) -> Iterator[Upload]:
        """The upload ``name`` of ``owner``, for him alone; another's is as unknown as none."""
        upload = self._uploads.get(name)
        if upload is None or upload.owner != owner:
            raise UploadFault(UploadCode.UNKNOWN)
        with upload.lock:
            if upload.gone:
                raise UploadFault(UploadCode.UNKNOWN)
            upload.touched = self._now()
            try:
                yield upload
            finally:
                if upload.broken:
                    self._drop(upload)

    def _same(self, owner: str, manifest: bytes) -> Upload | None:
        mine = (upload for upload in self._uploads.values() if upload.owner == owner and not upload.gone)
        return next((upload for upload in mine if upload.declaration.manifest == manifest), None)

    def _loose(self, owner: str) -> list[Upload]:
        return [upload for upload in self._uploads.values() if upload.owner == owner and not upload.stands]

    def _check_open(self) -> None:
        if self._closed_at is not None:
            raise closed(self._now(), self._closed_at)

    def _check_room(self, owner: str, declaration: Declaration) -> None:
        settings, size = self._settings, declaration.size
        if size > settings.upload_bytes_max:
            raise UploadFault(UploadCode.TOO_BIG, most=settings.upload_bytes_max)
        if len(self._loose(owner)) >= settings.uploads_per_bidder:
            raise UploadFault(UploadCode.TOO_MANY, most=settings.uploads_per_bidder)
        held = sum(upload.declaration.size for upload in self._uploads.values())
        loose = len(self._uploads) - len(self._standing)
        if loose >= settings.uploads_max or held + size > settings.store_bytes_max:
            raise full()

    def _is_stale(self, upload: Upload, oldest: int) -> bool:
        return upload.touched < oldest and not upload.pins and not upload.stands

    def _remove(self, upload: Upload) -> None:
        with upload.lock:
            if not upload.gone:
                self._drop(upload)

    def _drop(self, upload: Upload) -> None:
        """Forget an upload whose lock is held. What cannot be removed is found at the next start."""
        try:
            with self._names:
                upload.remove()
        except OSError as error:
            log.error("the store of sealed envelopes could not remove a file: %s", error.strerror)  # noqa: TRY400
        with self._table:
            self._uploads.pop(upload.name, None)
