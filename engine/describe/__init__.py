"""
The protocol, described for programs: OpenAPI for HTTP, AsyncAPI for sockets.

Everything is taken from the code: routes, frames, parts, codes, limits. Only the words that explain a field or an operation are
written here. ``luochui api`` prints the documents; ``make api`` writes them to ``engine/wire/``, where the house serves them from.
"""

import json
import re
from typing import Any

from engine.describe.asyncapi import asyncapi
from engine.describe.openapi import openapi

__all__ = ["asyncapi", "openapi", "written"]


def written(document: dict[str, Any]) -> str:
    """``document`` as it stands in its file: two spaces, Chinese as Chinese, what cannot be seen escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return re.sub(r"[^\n\x20-\x7e\u2010-\u2027\u3001-\u3163\u3165-\ud7ff\uff01-\uff9f]", _escaped, text) + "\n"


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
