"""The names under which `aeropatrol replay` shows vehicles of a recording."""

from pathlib import Path

import pytest

from gcs.cli.replay import network_of


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("20261126T183454.287280Z.tlog", "main"),
        ("20261126T183454.287280Z.tlog.gz", "main"),
        ("20261126T183454.287280Z.north.tlog", "north"),
        ("20261126T183454.287280Z.north.hill.tlog", "north.hill"),
        ("swarm4.tlog.gz", "swarm4"),
        ("2026-11-26 18-34-54.tlog", "2026-11-26 18-34-54"),
        (".tlog", "recording"),
    ],
)
def test_vehicles_have_the_networks_name_of_our_own_recordings(name, network):
    assert network_of(Path(name), [Path(name)]) == network


def test_recordings_of_one_network_are_numbered():
    files = [Path("20261126T183454.287280Z.tlog"), Path("swarm.tlog"), Path("20261126T193454.287280Z.tlog")]
    assert [network_of(path, files) for path in files] == ["main-1", "swarm", "main-2"]
