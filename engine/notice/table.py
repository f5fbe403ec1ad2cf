"""CSV files: a header in Chinese or English, then one row a line."""

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence

from engine.notice.faults import FaultCode, Faults
from engine.notice.fields import nearest
from engine.notice.places import Cell, Place, Row


def read_table(  # noqa: PLR0913 - a table is described by all of these
    text: str,
    name: str,
    columns: Mapping[str, str],
    rows_max: int,
    faults: Faults,
    *,
    optional: Container[str] = (),
) -> list[Row] | None:
    """
    The rows of a CSV file; blank lines do not count.

    Args:
        text: The whole file.
        name: What the notice calls the file.
        columns: The field each header may stand for; every field must have its column, but for the optional ones.
        rows_max: So many rows are read; one more is a fault.
        faults: Where faults go.
        optional: Fields whose column may be missing.

    Returns:
        Rows with the right number of columns, or None if the file cannot be read as a table at all.

    """
    rows: list[Row] = []
    fields: list[str] | None = None
    header: list[str] = []
    try:
        for line, cells in lines(text):
            if fields is None:
                header = [cell.strip() for cell in cells]
                fields = _fields(header, Place(name, line), columns, faults, optional)
                if fields is None:
                    return None
            elif len(cells) != len(fields):
                faults.add(FaultCode.COLUMNS, Place(name, line), len(cells), len(fields))
            elif len(rows) == rows_max:
                faults.add(FaultCode.TOO_MANY, Place(name, line), wanted=rows_max)
                return None
            else:
                rows.append(_row(name, line, header, fields, cells))
    except csv.Error as error:
        faults.add(FaultCode.CSV_SYNTAX, Place(name), error)
        return None
    if fields is None:
        faults.add(FaultCode.MISSING_FIELD, Place(name, 1), wanted=_english(columns))
        return None
    return rows


def lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank, with its number; a cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _fields(
    header: Sequence[str], place: Place, columns: Mapping[str, str], faults: Faults, optional: Container[str]
) -> list[str] | None:
    fields: list[str] = []
    for title in header:
        at = Place(place.file, place.line, title or None)
        field = columns.get(title)
        if field is None:
            faults.add(FaultCode.UNKNOWN_FIELD, at, title, nearest(title, columns))
        elif field in fields:
            faults.add(FaultCode.DUPLICATE_COLUMN, at, title)
        else:
            fields.append(field)
    missing = [field for field in dict.fromkeys(columns.values()) if field not in fields and field not in optional]
    for field in missing:
        faults.add(FaultCode.MISSING_FIELD, Place(place.file, place.line, field), wanted=_english(columns))
    return None if missing or len(fields) != len(header) else fields


def _row(name: str, line: int, header: Sequence[str], fields: Sequence[str], cells: Sequence[str]) -> Row:
    return Row(
        Place(name, line),
        {
            field: Cell(cell.strip(), Place(name, line, title))
            for title, field, cell in zip(header, fields, cells, strict=True)
        },
    )


def _english(columns: Mapping[str, str]) -> str:
    return ",".join(dict.fromkeys(columns.values()))
