"""``python -m engine.describe.protocol FILE``: put the table of codes into ``PROTOCOL.md``."""

import sys
from pathlib import Path
from typing import Final

from engine.describe.codes import code_table

BEGIN: Final = "<!-- codes: made by `make api` -->\n"
END: Final = "<!-- end of codes -->\n"


def with_codes(text: str) -> str:
    """
    ``text`` with the table of codes as the code has it.

    Raises:
        ValueError: The two marks are not there.

    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the text does not hold both {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{code_table()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_codes(path.read_text(encoding="utf-8")), encoding="utf-8")
