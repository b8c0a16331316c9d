"""The command: every verb is there, and only the one that is asked for is loaded."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gcs.__main__ import VERBS, command_of

LOADED = """
import sys
from gcs.__main__ import main
sys.argv = ["aeropatrol", "decode", "--help"]
try:
    main()
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_named_even_where_it_is_the_only_one(verb):
    shown = CliRunner().invoke(command_of([verb]), [verb, "--help"])
    assert shown.exit_code == 0
    assert verb in shown.output.splitlines()[0]


def test_help_names_every_verb_and_another_is_wrong_usage():
    command = command_of(VERBS)
    told = CliRunner().invoke(command, ["--help"]).output
    assert [verb for verb in VERBS if f"\n  {verb} " not in told] == []
    assert "..." not in told.partition("Commands:")[2]
    assert CliRunner().invoke(command, ["nonsense"]).exit_code == 2


def test_a_verb_loads_nothing_of_the_others():
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True, timeout=60)
    loaded = done.stdout.split()
    assert "gcs.cli.decode" in loaded
    assert {"gcs.cli.serve", "gcs.cli.drill", "missions.coverage.planner", "folium"}.isdisjoint(loaded)
