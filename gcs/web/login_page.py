"""The pages that ask for a token, come back by themselves or say that nothing is here. No script, nothing loaded."""

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
            "missing": "没有这个页面",
            "train": "演练页面只在以 aeropatrol drill 启动时提供。",
            "centre": "前往指挥中心",
        },
        "en": {
            "title": "Sign in",
            "label": "Token",
            "send": "Open",
            "help": "The centre's token is shown once, at the first start; units get theirs from the centre.",
            "token.wrong": "This token opens nothing here: ask the centre for a new one.",
            "token.too_many": "Too many wrong tokens from this address: wait a minute.",
            "opening": "Opening…",
            "missing": "There is no such page",
            "train": "The drill page is there when ground control was started by aeropatrol drill.",
            "centre": "Go to the command centre",
        },
    }
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;background:#0f2438;color:#e8eef4;display:grid;place-items:center;"
    "min-height:90vh;margin:0}h1{font-size:1.4rem}form{display:grid;gap:.8rem;width:min(22rem,88vw)}"
    "input,button{font:inherit;padding:.7rem;border-radius:.4rem;border:1px solid #6c8299}"
    "button{background:#2471be;color:#fff;border:0}a{color:#9cc8f5}[role=alert]{color:#ffb4a8;margin:0}small{color:#a9bccd}"
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


def missing_page(language: str, path: str) -> str:
    """Says to a person that `path` leads nowhere, and the way out."""
    words = _TEXTS[language]
    why = f"<p>{text(words['train'])}</p>" if path == "/train" else ""
    body = f'<main><h1>{text(words["missing"])}</h1>{why}<p><a href="/">{text(words["centre"])}</a></p></main>'
    return _page(language, words["missing"], body)


def _page(language: str, title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}<style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>\n"
    )
