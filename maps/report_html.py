"""HTML of the report, put together so that text from outside cannot become markup.

Only `Html` is taken as it is; every other child goes through `maps.escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maps import escape

_UNPRINTABLE = (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000))
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_REPLACED = dict.fromkeys((*_UNPRINTABLE, *_TURNING), "�")
"""Characters that no page may hold, and those that turn the direction of the text around them."""
VOID = frozenset({"input", "meta", "br"})


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


Child = Html | str | int | float | None
UNKNOWN = "—"
_SPEAKING = frozenset({"text", "reason", "note"})
"""Data that says by itself what it is."""


def html(value: Child) -> Html:
    """One child as markup; unknown (None) is shown as a dash."""
    if isinstance(value, Html):
        return value
    shown = UNKNOWN if value is None or value == "" else str(value)
    return Html(escape.text(shown.translate(_REPLACED)))


def together(children: Iterable[Child]) -> Html:
    return Html("".join(html(child) for child in children))


def el(name: str, *children: Child, **attributes: str) -> Html:
    """An element. `class_` and `for_` are the attributes `class` and `for`; others with `_` get `-`."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html(value) if value else ""}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{shown}>" if name in VOID else f"<{name}{shown}>{together(children)}</{name}>")


def both(zh: Child, en: Child) -> Html:
    """A text in Chinese and English, of which the page shows one."""
    return together((el("span", zh, lang="zh"), el("span", en, lang="en")))


LANGUAGES = (("zh", "中文"), ("en", "English"))


def language_radios(first: str) -> Html:
    """What switches a page between its two languages without a script; stands before `main`."""
    radio = '<input type="radio" name="language" id="to-{}" class="switch" aria-label="{}"{}>'
    return Html("".join(radio.format(name, label, " checked" if name == first else "") for name, label in LANGUAGES))


def page_header(title: Child) -> Html:
    """The title of a page and the two languages to choose from."""
    labels = (el("label", label, for_=f"to-{name}") for name, label in LANGUAGES)
    return el("header", el("b", title), *labels)


def table(heads: Sequence[Child], rows: Iterable[Sequence[Child]], class_: str = "plain") -> Html:
    head = el("tr", *(el("th", cell, scope="col") for cell in heads))
    body = (el("tr", *(el("td", cell) for cell in row)) for row in rows)
    return el("table", el("thead", head), el("tbody", *body), class_=class_)


def said(data: Mapping[str, Any], *, without: Iterable[str] = ()) -> Html:
    """An event's data in one line; a text in two languages is shown in the one chosen, empty values not at all."""
    words = data.get("text")
    if isinstance(words, Mapping):
        return both(str(words.get("zh", "")), str(words.get("en", "")))
    left_out = set(without)
    shown = ((k, v) for k, v in data.items() if k not in left_out and v not in (None, "", [], {}))
    return html("; ".join(f"{value}" if key in _SPEAKING else f"{key}: {_short(value)}" for key, value in shown) or " ")


def section(title: Html, *children: Child) -> Html:
    return el("section", el("h2", title), *children)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def badge(label: Html, kind: str) -> Html:
    """A coloured word; `kind` is `good`, `warn`, `bad` or `calm`."""
    return el("b", label, class_=f"badge {kind}")
