"""The page that asks for a token, and the one that comes back by itself. No script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maps.escape import text

CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "登录",
            "label": "访问令牌",
            "send": "进入",
            "help": "指挥中心的令牌在首次启动时显示一次；出警单元的令牌由指挥中心发放。",
            "token.wrong": "令牌无效，请向指挥中心索取新的令牌。",
            "token.too_many": "错误次数过多，请稍后再试。",
            "opening": "正在打开…",
        },
        "en": {
            "title": "Sign in",
            "label": "Token",
            "send": "Open",
            "help": "The centre's token is shown once, at the first start; units get theirs from the centre.",
            "token.wrong": "This token opens nothing here: ask the centre for a new one.",
            "token.too_many": "Too many wrong tokens from this address: wait a minute.",
            "opening": "Opening…",
        },
    }
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;background:#0f2438;color:#e8eef4;display:grid;place-items:center;"
    "min-height:90vh;margin:0}form{display:grid;gap:.8rem;width:min(22rem,88vw)}"
    "input,button{font:inherit;padding:.7rem;border-radius:.4rem;border:1px solid #6c8299}"
    "button{background:#2f7fd1;color:#fff;border:0}[role=alert]{color:#ffb4a8;margin:0}small{color:#a9bccd}"
)


def login_page(language: str, page: str, problem: str | None = None) -> str:
    """Asks for a token and then opens `page`; `problem` is the code of what was wrong with the last one."""
    words = _TEXTS[language]
    said = words.get(problem or "")
    alert = f'<p role="alert">{text(said)}</p>' if said else ""
    form = (
        f'<form method="post" action="/login"><h1>AeroPatrol 空中精密智控</h1>{alert}'
        f'<input type="hidden" name="page" value="{text(page)}">'
        f'<label for="token">{text(words["label"])}</label>'
        '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>'
        f"<button>{text(words['send'])}</button><small>{text(words['help'])}</small></form>"
    )
    return _page(language, words["title"], form)


def again_page(language: str, address: str) -> str:
    """Opens `address` once more, this time coming from ourselves: browsers hold our cookie back when somebody
    else's page or program has followed a link to us."""
    refresh = f'<meta http-equiv="refresh" content="0;url={text(address)}">'
    return _page(language, "AeroPatrol", f"<p>{text(_TEXTS[language]['opening'])}</p>", refresh)


def _page(language: str, title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}<style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>\n"
    )
