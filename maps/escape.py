"""The only door for text from outside into HTML, attributes and inline JSON."""

from __future__ import annotations

import html
import json
from typing import Any

_JSON_IN_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def text(value: object) -> str:
    """`value` as HTML text or as the value of a quoted attribute."""
    return html.escape(str(value), quote=True)


def json_in_script(value: Any) -> str:
    """`value` as JSON that may stand inside a <script> element: no `</script>`, no `<!--`."""
    encoded = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(_JSON_IN_HTML.get(char, char) for char in encoded)
