"""The replay of a drill as one drawing that moves by itself: no script, nothing loaded.

Everything that moves has its places at evenly spaced moments as an SVG animation; a bar below shows the time.
Each bookmark is a still picture beside it, switched by radio buttons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maps.debrief_scene import Mover, Scene
from maps.report_html import Child, Html, el, together
from maps.report_map import Box, Canvas, box_of, colour_class
from missions.plan import LonLat

LASTS_S = 60
MOMENTS = 120
MOST_BOOKMARKS = 24
BAR_H = 26


def replay(scene: Scene) -> Html:
    """The moving picture, over and over."""
    canvas = _canvas(scene)
    layers = [*_ground(canvas, scene), *_flown(canvas, scene)]
    layers += [_moving(canvas, thing, scene.end_s, _thing_class(thing), 5.0) for thing in scene.things]
    layers += [_appearing(canvas, mark.lon_deg, mark.lat_deg, mark.at_s, scene.end_s) for mark in scene.sightings]
    layers += [
        _moving(canvas, vehicle, scene.end_s, f"drone {colour_class(number)}", 7.0)
        for number, vehicle in enumerate(scene.vehicles)
    ]
    layers += _bar(canvas, scene)
    return _drawing(canvas, layers, "replay")


def still(scene: Scene, at_s: float) -> Html:
    """The picture of one moment."""
    canvas = _canvas(scene)
    layers = [*_ground(canvas, scene), *_flown(canvas, scene, at_s)]
    layers += [_spot(canvas, thing, at_s, _thing_class(thing), 5.0) for thing in scene.things]
    layers += [_cross(canvas, mark.lon_deg, mark.lat_deg) for mark in scene.sightings if mark.at_s <= at_s]
    layers += [
        _spot(canvas, vehicle, at_s, f"drone {colour_class(number)}", 7.0)
        for number, vehicle in enumerate(scene.vehicles)
    ]
    return _drawing(canvas, layers, "still")


def _canvas(scene: Scene) -> Canvas:
    places: list[LonLat] = [*scene.area, scene.home]
    box = box_of(places) or Box(*scene.home, *scene.home)
    seen = [fix[1:] for thing in scene.things for fix in thing.fixes if box.near(*fix[1:])]
    return Canvas(box_of([*places, *seen]) or box)


def _drawing(canvas: Canvas, layers: Sequence[Child], name: str) -> Html:
    size = f"0 0 {canvas.width:.0f} {canvas.height + BAR_H:.0f}"
    return el("svg", *layers, viewBox=size, role="img", aria_label=f"{name} 回放", class_="bare")


def _ground(canvas: Canvas, scene: Scene) -> list[Child]:
    x, y = canvas.xy(*scene.home)
    return [
        el("rect", width="100%", height="100%", class_="paper"),
        canvas.shape((scene.area,), "area"),
        *(canvas.shape((zone,), "zone") for zone in scene.no_fly),
        el("path", d=f"M{x:.1f} {y - 7:.1f}l6 12h-12z", class_="start"),
    ]


def _flown(canvas: Canvas, scene: Scene, until_s: float | None = None) -> list[Child]:
    drawn: list[Child] = []
    for number, vehicle in enumerate(scene.vehicles):
        places = [fix[1:] for fix in vehicle.fixes if until_s is None or fix[0] <= until_s]
        if len(places) > 1:
            drawn.append(el("path", d=canvas.path(places, simplify=True), class_=f"trail {colour_class(number)}"))
    return drawn


def _moving(canvas: Canvas, mover: Mover, end_s: float, class_: str, radius: float) -> Html:
    spots = [mover.at(end_s * n / (MOMENTS - 1)) for n in range(MOMENTS)]
    first = next((spot for spot in spots if spot is not None), None)
    if first is None:
        return Html("")
    xy = [canvas.xy(*(spot or first)) for spot in spots]
    shown = ["0" if spot is None else "1" for spot in spots]
    return el(
        "circle",
        el("title", mover.name),
        _animated("cx", [f"{x:.0f}" for x, _ in xy]),
        _animated("cy", [f"{y:.0f}" for _, y in xy]),
        _animated("opacity", shown, stepwise=True),
        r=f"{radius:g}",
        cx=f"{xy[0][0]:.0f}",
        cy=f"{xy[0][1]:.0f}",
        class_=class_,
    )


def _animated(attribute: str, values: Sequence[str], *, stepwise: bool = False) -> Html:
    """Nothing for what never changes, which keeps the page small."""
    if len(set(values)) == 1 and attribute != "opacity":
        return Html("")
    mode = "discrete" if stepwise else "linear"
    return el(
        "animate", attributeName=attribute, values=";".join(values), dur=f"{LASTS_S}s", repeatCount="indefinite",
        calcMode=mode,
    )  # fmt: skip


def _appearing(canvas: Canvas, lon: float, lat: float, at_s: float, end_s: float) -> Html:
    share = min(max(at_s / end_s if end_s else 0.0, 0.001), 0.999)
    animation = el(
        "animate", attributeName="opacity", values="0;1", keyTimes=f"0;{share:.3f}", dur=f"{LASTS_S}s",
        repeatCount="indefinite", calcMode="discrete",
    )  # fmt: skip
    return el("g", animation, _cross(canvas, lon, lat))


def _cross(canvas: Canvas, lon: float, lat: float) -> Html:
    x, y = canvas.xy(lon, lat)
    return el("path", d=f"M{x - 6:.1f} {y - 6:.1f}l12 12m0-12l-12 12", class_="told")


def _spot(canvas: Canvas, mover: Mover, at_s: float, class_: str, radius: float) -> Html:
    spot = mover.at(at_s)
    if spot is None:
        return Html("")
    x, y = canvas.xy(*spot)
    return el("circle", el("title", mover.name), r=f"{radius:g}", cx=f"{x:.1f}", cy=f"{y:.1f}", class_=class_)


def _thing_class(thing: Mover) -> str:
    return "truth" if thing.find else "truth other"


def _bar(canvas: Canvas, scene: Scene) -> Iterator[Html]:
    """The time: a bar that grows, with a mark for each bookmark."""
    y, wide = canvas.height + 8, canvas.width - 32
    yield el("rect", x="16", y=f"{y:.0f}", width=f"{wide:.0f}", height="6", class_="time")
    grow = el("animate", attributeName="width", values=f"0;{wide:.0f}", dur=f"{LASTS_S}s", repeatCount="indefinite")
    yield el("rect", grow, x="16", y=f"{y:.0f}", width="0", height="6", class_="gone")
    for at_s, name in scene.bookmarks[:MOST_BOOKMARKS]:
        x = 16 + wide * min(1.0, at_s / scene.end_s if scene.end_s else 0.0)
        yield el("path", el("title", name), d=f"M{x:.1f} {y - 5:.1f}v16", class_="bookmark")


def key() -> Html:
    """What the drawing's signs mean."""
    signs = (
        ("drone c0", "无人机 / drone"),
        ("truth", "真实目标 / what is really there"),
        ("truth other", "无关目标 / of no interest"),
    )
    dots = (
        el("span", el("svg", el("circle", cx="6", cy="5", r="4", class_=c), class_="key", viewBox="0 0 26 10"), t)
        for c, t in signs
    )
    cross = el("svg", el("path", d="M3 1l8 8m0-8l-8 8", class_="told"), class_="key", viewBox="0 0 26 10")
    return el("p", together(dots), el("span", cross, "上报位置 / reported place"), class_="legend")
