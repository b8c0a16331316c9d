"""The `aeropatrol` command: one verb a file of `gcs.cli`, and only the one that is asked for is loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

ABOUT = """AeroPatrol 空中精密智控: ground control and aerial patrol for a police aviation unit.

What is a problem on the ground is looked for from the air, and settled on the ground by both together.

\b
Try first:  aeropatrol demo
Then:       aeropatrol serve --link udpin://0.0.0.0:14550

Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

VERBS = {
    "demo": "gcs.cli.demo:demo",
    "serve": "gcs.cli.serve:serve",
    "sim": "gcs.cli.sim:sim",
    "sitl": "gcs.cli.sitl:sitl",
    "plan": "gcs.cli.plan:plan",
    "pattern": "gcs.cli.pattern:pattern",
    "patrol": "gcs.cli.patrol_plan:patrol",
    "resume": "gcs.cli.resume:resume_plan",
    "camera": "gcs.cli.camera:camera",
    "decode": "gcs.cli.decode:decode",
    "log": "gcs.cli.log:log",
    "replay": "gcs.cli.replay:replay",
    "drill": "gcs.cli.drill:drill",
    "report": "gcs.cli.report:report",
    "signing": "gcs.cli.signing:signing",
    "params": "gcs.cli.params:params",
    "put": "gcs.cli.put:put",
    "rally": "gcs.cli.rally:rally",
}
"""Each verb's module and function."""


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    command_of([asked] if asked in VERBS else VERBS)()


def command_of(verbs: Iterable[str]) -> typer.Typer:
    """The command with these verbs: all of them for its help and for a verb that there is not."""
    app = typer.Typer(
        name="aeropatrol", help=ABOUT, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    app.callback(help=ABOUT)(_takes_a_verb)
    for verb in verbs:
        module, _, function = VERBS[verb].partition(":")
        run = getattr(import_module(module), function)
        app.command(verb, short_help=_first_words(run.__doc__))(run)
    return app


def _first_words(doc: str | None) -> str:
    """The first paragraph in one line, whole: left alone typer cuts it after 45 characters."""
    return " ".join((doc or "").partition("\n\n")[0].split())


def _takes_a_verb() -> None:
    """With a callback the verb is named even where there is one only."""


if __name__ == "__main__":
    main()
