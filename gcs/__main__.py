"""The `aeropatrol` command: registers one verb a file of `gcs.cli`."""

from __future__ import annotations

import typer

from gcs.cli.camera import camera
from gcs.cli.decode import decode
from gcs.cli.demo import demo
from gcs.cli.drill import drill
from gcs.cli.log import log
from gcs.cli.params import params
from gcs.cli.patrol_plan import patrol
from gcs.cli.pattern import pattern
from gcs.cli.plan import plan
from gcs.cli.put import put
from gcs.cli.rally import rally
from gcs.cli.replay import replay
from gcs.cli.report import report
from gcs.cli.resume import resume_plan
from gcs.cli.serve import serve
from gcs.cli.signing import signing
from gcs.cli.sim import sim
from gcs.cli.sitl import sitl

ABOUT = """AeroPatrol 空中精密智控: ground control and aerial patrol for a police aviation unit.

What is a problem on the ground is looked for from the air, and settled on the ground by both together.

\b
Try first:  aeropatrol demo
Then:       aeropatrol serve --link udpin://0.0.0.0:14550

Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

app = typer.Typer(
    name="aeropatrol", help=ABOUT, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)
for verb in (
    demo,
    serve,
    sim,
    sitl,
    plan,
    pattern,
    patrol,
    camera,
    decode,
    log,
    replay,
    drill,
    report,
    signing,
    params,
    put,
    rally,
):
    app.command()(verb)
app.command("resume")(resume_plan)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
