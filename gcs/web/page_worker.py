"""Composes all pages in a process of its own: Folium and what it needs are 12 MB that serving does without.

python -m gcs.web.page_worker < asked.json > pages.json
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import msgspec

from gcs.web.composed import Asked, Page
from maps.page import LANGUAGES, centre_page, pilot_page, train_page, unit_page


def pages(asked: Asked) -> Iterator[Page]:
    """Every page in every language. Raises MissingAssetError when a file of ours is missing."""
    mark, maps = asked.mark, asked.basemaps
    for language in LANGUAGES:
        for kind, make in (("unit", unit_page), ("train", train_page)):
            html = make(mark, language, maps)
            for exercise in (False, True):
                yield Page(kind=kind, language=language, exercise=exercise, html=html)
        for kind, makes in (("centre", centre_page), ("pilot", pilot_page)):
            for exercise in (False, True):
                html = makes(mark, language, maps, exercise=exercise, replay=asked.replay)
                yield Page(kind=kind, language=language, exercise=exercise, html=html)


def main() -> None:
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.json.encode(list(pages(asked))))


if __name__ == "__main__":
    main()
