"""Ports for scripts: what the setting may say, and whose port is which."""

import pytest

from gcs.config import ConfigError, load_config
from gcs.scripts import ports_for, script_ports

PORTS = range(14600, 14604)


def test_doors_for_scripts_are_off_unless_the_settings_name_their_ports():
    assert not script_ports(load_config(environment={}).scripts)
    assert script_ports("14600-14603") == PORTS
    assert load_config(environment={"AEROPATROL_SCRIPTS": "14600-14603"}).scripts == "14600-14603"


@pytest.mark.parametrize(
    "text", ["14600", "14603-14600", "80-90", "1024-65535", "65535-65536", "0.0.0.0:1-2", "a-b", " "]
)
def test_what_is_no_range_of_ports_is_refused_by_name(text):
    with pytest.raises(ConfigError, match=r"scripts: .* is not FIRST-LAST"):
        load_config(environment={}, flags={"scripts": text})


def test_a_vehicle_has_the_port_that_its_system_id_says_else_a_free_one():
    assert next(ports_for(PORTS, 2, "main-2", {})) == 14602
    assert next(ports_for(PORTS, 2, "north-2", {"main-2": 14602})) == 14600
    assert next(ports_for(PORTS, 77, "main-77", {})) == 14600


def test_a_vehicle_keeps_its_port_and_gets_nobody_elses():
    kept = {"main-2": 14602, "north-2": 14600}
    assert list(ports_for(PORTS, 2, "north-2", kept)) == [14600, 14601, 14603]
    assert list(ports_for(range(14602, 14603), 2, "north-2", kept)) == []
