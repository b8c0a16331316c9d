"""The debrief of a drill: one HTML page that needs nothing else, in Chinese and English.

Score with reasons, the replay with its bookmarks, what happened when, earlier runs of the drill, and what
the trainee is current in. No script and no request; its policy allows nothing but its own style sheet.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from gcs.training.model import Currency, RunRecord
from maps.debrief_replay import MOST_BOOKMARKS, key, replay, still
from maps.debrief_scene import Scene
from maps.report_html import Child, Html, badge, both, el, html, section, table, together
from maps.report_style import STYLE
from maps.report_texts import full_moment
from missions.drill_score import ScoreLine

MOST_HAPPENINGS = 400
MOST_EARLIER = 20
OWN_STYLE = """
.paper{fill:#f3f1ea}.zone{fill:#b3201a;fill-opacity:.12;stroke:#b3201a;stroke-width:1.6}
.trail{fill:none;stroke-width:1.6;stroke-opacity:.45}.drone{fill:#fff;stroke-width:4}
.truth{fill:#6a3fb5;stroke:#fff;stroke-width:1.5}.truth.other{fill:#93a1ad}.told{stroke:#b3201a;stroke-width:3;fill:none}
.time{fill:#d7dfe6}.gone{fill:#0f62b8}.bookmark{stroke:#16212d;stroke-width:2}
.reasons{margin:2px 0 0;padding-left:18px;color:var(--dim);font-size:12px}.moment{display:none}
.moments label{display:inline-block;margin:2px 8px 2px 0;padding:2px 10px;border:1px solid var(--line)}
.moments label{border-radius:12px;background:#fff;color:var(--ink);cursor:pointer}
"""
KINDS = {
    "find": ("发现", "found", "%"),
    "report_s": ("发现→上报", "seen → reported", "s"),
    "accept_s": ("上报→接单", "reported → accepted", "s"),
    "arrive_s": ("接单→到场", "accepted → there", "s"),
    "place_m": ("定位误差 p90", "place error p90", "m"),
    "false_alarms": ("误报派警", "sent out for nothing", ""),
    "cover": ("覆盖率", "covered", "%"),
    "separation": ("间隔不足", "too close", ""),
    "rules": ("违反限制", "rules broken", ""),
    "commands": ("指令失败", "commands failed", ""),
    "battery": ("最低电量", "lowest battery", "pct"),
    "notices": ("喊话点", "notices given", "%"),
    "home_s": ("带故障滞空", "in the air with a fault", "s"),
}
"""Each objective in words, and its unit: `%` of a share, `pct` of percent."""


def debrief_html(
    run: RunRecord,
    brief: tuple[str, str],
    scene: Scene,
    earlier: Sequence[RunRecord],
    standing: Sequence[Currency],
    *,
    language: str = "zh",
) -> str:
    """The page. `brief` is the drill's task in both languages, `earlier` the runs of it before, newest first."""
    moments = [at for at in scene.bookmarks if at[0] <= scene.end_s][:MOST_BOOKMARKS]
    style = STYLE + OWN_STYLE + "".join(map(_chosen, range(len(moments))))
    main = el(
        "main",
        _header(),
        el("h1", both(run.zh, run.en), " ", _verdict(run)),
        el("p", both(*brief), class_="dim"),
        _figures(run),
        section(both("评分与理由", "Score and reasons"), _lines(run, earlier[0] if earlier else None)),
        section(both("回放（约一分钟）", "Replay (about a minute)"), replay(scene), key()),
        _moments(scene, moments),
        section(both("发生了什么", "What happened"), _happened(scene)),
        section(both("此前各次", "Earlier runs"), _earlier(earlier)),
        section(both("资质现状", "Currency"), _standing(standing)),
        el(
            "footer",
            el("p", both("全部为模拟，没有真实飞行。", "Simulated throughout; nothing really flew.")),
            el("p", run.id),
        ),
    )
    return _page(run, main, style, language)


def kind_words(kind: str) -> tuple[str, str]:
    zh, en, _ = KINDS.get(kind, (kind, kind, ""))
    return zh, en


def value_words(line: ScoreLine, value: float | None) -> str | None:
    """A value of the line's objective with its unit; None when it is unknown."""
    if value is None:
        return None
    unit = KINDS.get(line.kind, ("", "", ""))[2]
    if unit == "%":
        return f"{value:.0%}"
    return f"{value:.0f} %" if unit == "pct" else f"{value:.3g} {unit}".strip()


def _page(run: RunRecord, main: Html, style: str, language: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    radios = "".join(
        f'<input type="radio" name="language" id="to-{name}" class="switch" aria-label="{label}"'
        f"{' checked' if name == language else ''}>"
        for name, label in (("zh", "中文"), ("en", "English"))
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{html(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html(f'{run.zh} · {run.trainee}')}</title><style>{style}</style></head>\n"
        f'<body class="drill">{radios}{main}</body></html>\n'
    )


def _header() -> Html:
    labels = (el("label", label, for_=f"to-{name}") for name, label in (("zh", "中文"), ("en", "English")))
    head = el("header", el("b", both("空中精密智控 · 演练讲评", "AeroPatrol · drill debrief")), *labels)
    mark = el("b", "EXERCISE 演习 · ", both("全部为模拟机", "simulated vehicles only"))
    return together((head, el("div", mark, class_="exercise")))


def _verdict(run: RunRecord) -> Html:
    return badge(both("通过", "passed"), "good") if run.score.passed else badge(both("未通过", "not passed"), "bad")


def _figures(run: RunRecord) -> Html:
    figures: tuple[tuple[Html, Child], ...] = (
        (both("得分", "points"), f"{run.score.points:g} / {run.score.of:g}"),
        (both("受训人", "trainee"), run.trainee),
        (both("开始", "began"), full_moment(run.at)),
        (both("演练时长", "length of the drill"), clock(run.duration_s)),
        (both("速度", "speed"), f"{run.speedup:g} ×"),
    )
    return el("div", *(el("div", el("span", name), el("strong", value)) for name, value in figures), class_="figures")


def clock(seconds: float) -> str:
    """Minutes and seconds of the drill."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _lines(run: RunRecord, last: RunRecord | None) -> Html:
    before = {line.kind: line for line in last.score.lines} if last else {}
    rows = [
        (
            together((both(*kind_words(line.kind)), _reasons(line))),
            value_words(line, line.value),
            value_words(line, line.target),
            _points(line),
            _change(line, before.get(line.kind)),
        )
        for line in run.score.lines
    ]
    heads = (
        both("目标", "objective"),
        both("结果", "result"),
        both("要求", "asked"),
        both("得分", "points"),
        both("较上次", "than last time"),
    )
    return table(heads, rows)


def _points(line: ScoreLine) -> Html:
    tone = "good" if line.points >= line.of else "warn" if line.points > 0 else "bad"
    return badge(html(f"{line.points:g} / {line.of:g}"), tone)


def _change(line: ScoreLine, before: ScoreLine | None) -> str | None:
    return None if before is None else f"{line.points - before.points:+.1f}"


def _reasons(line: ScoreLine) -> Html:
    if not line.reasons:
        return Html("")
    items = (
        el("li", Html("") if reason.at_s is None else f"{clock(reason.at_s)} ", both(reason.zh, reason.en))
        for reason in line.reasons
    )
    return el("ul", *items, class_="reasons")


def _chosen(n: int) -> str:
    """The style by which the n-th bookmark shows its picture, and its label that it is the one."""
    label = f"#m{n}:checked~.moments label[for=m{n}]{{background:var(--ink);color:#fff}}"
    return f"#m{n}:checked~.at{n}{{display:block}}{label}\n"


def _moments(scene: Scene, moments: Sequence[tuple[float, str]]) -> Html:
    """Still pictures of the bookmarks; the first is shown until another is chosen."""
    if not moments:
        return Html("")
    radios = "".join(
        f'<input type="radio" name="moment" id="m{n}" class="switch"{"" if n else " checked"}>'
        for n in range(len(moments))
    )
    labels = (el("label", f"{clock(at_s)} {name}", for_=f"m{n}") for n, (at_s, name) in enumerate(moments))
    stills = (el("div", still(scene, at_s), class_=f"moment at{n}") for n, (at_s, _) in enumerate(moments))
    return el(
        "section", el("h2", both("标记时刻", "Bookmarks")), Html(radios), el("div", *labels, class_="moments"), *stills
    )


def _happened(scene: Scene) -> Html:
    shown = sorted(scene.happenings, key=lambda happening: happening.at_s)[:MOST_HAPPENINGS]
    rows = ((clock(happening.at_s), both(happening.zh, happening.en)) for happening in shown)
    return table((both("时刻", "time"), both("事件", "event")), rows)


def _earlier(earlier: Sequence[RunRecord]) -> Html:
    if not earlier:
        return el("p", both("这是第一次。", "This is the first one."), class_="dim")
    rows = (
        (full_moment(run.at), run.trainee, f"{run.score.points:g} / {run.score.of:g}", _verdict(run))
        for run in earlier[:MOST_EARLIER]
    )
    return table((both("时间", "when"), both("受训人", "trainee"), both("得分", "points"), Html("")), rows)


def _standing(standing: Sequence[Currency]) -> Html:
    rows = (
        (
            both(one.zh or one.drill, one.en or one.drill),
            one.runs,
            f"{one.best:.0%}",
            full_moment(one.passed_at),
            badge(both("有效", "current"), "good") if one.current else badge(both("需复训", "due"), "warn"),
        )
        for one in standing
    )
    heads = (
        both("演练", "drill"),
        both("次数", "runs"),
        both("最好", "best"),
        both("最近通过", "last passed"),
        Html(""),
    )
    return table(heads, rows)
