"""Every paper of a sale into a folder: ``public/`` to be handed to anyone, ``officers/`` for the file."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from engine.domain.views import Audience
from engine.papers import catalogue
from engine.papers.book import Book
from engine.papers.pades import PaperSigner
from engine.papers.press import Press
from engine.papers.words import Language

PUBLIC: Final = "public"
OFFICERS: Final = "officers"
OWNER_ONLY: Final = 0o700


class NoSuchPaper(Exception):
    """A paper was named that there is not, or not yet."""


def write_papers(  # noqa: PLR0913 - a person chooses among these
    book: Book,
    folder: Path,
    *,
    lang: Language,
    base_url: str | None,
    only: Collection[str],
    press: Press,
    signer: PaperSigner | None = None,
    on_file: Callable[[Path], object] = lambda _path: None,
) -> list[Path]:
    """
    Write papers as JSON and PDF, tables as CSV; what was there under the same names is replaced.

    Args:
        book: The sale.
        folder: Made if it is not there.
        lang: Of PDF and CSV; JSON is in both.
        base_url: See :func:`engine.papers.catalogue.record_url`.
        only: Names of papers and tables; all of them if empty.
        press: Prints.
        signer: Signs each PDF into a file beside it; None leaves that out.
        on_file: Told of each file when it is written.

    Returns:
        The files, in the order in which they were written.

    Raises:
        FontsMissing: No PDF can be made here; nothing was written.
        NoSuchPaper: ``only`` names one that there is not; nothing was written.

    """
    papers = [name for name in catalogue.names(book) if _wanted(name, book)]
    tables = catalogue.tables(book)
    known = {*papers, *tables}
    if unknown := sorted(set(only) - known):
        raise NoSuchPaper(
            f"no paper of this sale is called {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        )
    papers = [name for name in papers if not only or name in only]
    if papers:
        press.check()
    written = []
    for path, content in _contents(
        book, papers, [name for name in tables if not only or name in only], lang, base_url, press, signer
    ):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY if path.parts[0] == OFFICERS else 0o777)
        draft = target.with_name(target.name + ".part")
        draft.write_bytes(content)
        draft.replace(target)
        written.append(target)
        on_file(target)
    return written


def _wanted(name: str, book: Book) -> bool:
    """Whether a paper can be made of the sale as it stands."""
    made = catalogue.paper(name, book)
    return made is not None and (catalogue.closed(book) or not made.after_close)


def _contents(  # noqa: PLR0913, PLR0917 - what is asked for and how
    book: Book,
    papers: list[str],
    tables: list[str],
    lang: Language,
    base_url: str | None,
    press: Press,
    signer: PaperSigner | None,
) -> Iterator[tuple[Path, bytes]]:
    for name in papers:
        made = catalogue.paper(name, book)
        assert made is not None
        place = Path(PUBLIC if made.public else OFFICERS)
        yield place / f"{name}.json", catalogue.as_json(made, book)
        pdf = press.pdf(catalogue.sheet(made, book, lang), catalogue.record_url(base_url, book))
        yield place / f"{name}.pdf", pdf
        if signer is not None:
            yield place / f"{name}.signed.pdf", signer.sign(pdf)
    for name in tables:
        for folder, audience in ((PUBLIC, Audience.PUBLIC), (OFFICERS, Audience.ROSTRUM)):
            content = catalogue.table(name, book, audience, lang)
            if content is not None:
                yield Path(folder) / f"{name}.csv", content
