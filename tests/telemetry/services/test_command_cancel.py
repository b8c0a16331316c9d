"""COMMAND_CANCEL is what MAVLink's generator makes of its definition, byte for byte."""

import importlib.util

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.messages import decode_frame
from telemetry.services.command_cancel import command_cancel

XML = """<?xml version="1.0"?>
<mavlink>
  <messages>
    <message id="80" name="COMMAND_CANCEL">
      <field type="uint8_t" name="target_system"/>
      <field type="uint8_t" name="target_component"/>
      <field type="uint16_t" name="command"/>
    </message>
  </messages>
</mavlink>
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The module that mavgen makes."""
    from pymavlink.generator import mavgen

    folder = tmp_path_factory.mktemp("dialect")
    (folder / "cancelling.xml").write_text(XML)
    made = folder / "cancelling.py"
    options = mavgen.Opts(str(made), wire_protocol="2.0", language="Python3", validate=False)
    assert mavgen.mavgen(options, [str(folder / "cancelling.xml")])
    spec = importlib.util.spec_from_file_location("cancelling", made)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", [1, 2])
def test_a_frame_is_theirs(theirs, version):
    raw = encode_frame(command_cancel((7, 1), 241), seq=3, sysid=255, compid=190, version=version)
    (message,) = theirs.MAVLink(None).parse_buffer(raw)
    assert message.get_type() == "COMMAND_CANCEL"
    assert (message.target_system, message.target_component, message.command) == (7, 1, 241)


def test_it_is_sent_only_and_a_frame_of_it_that_comes_is_unknown():
    assert 80 not in ARDUPILOTMEGA.by_id
    assert Parser().feed(encode_frame(command_cancel((7, 1), 241), seq=3, sysid=255, compid=190)) == []


def test_a_dialect_that_has_it_reads_ours(theirs):
    from telemetry.dialect import dialect_of

    dialect = dialect_of("cancelling", theirs)
    raw = encode_frame(command_cancel((7, 1), 241), seq=3, sysid=255, compid=190)
    (frame,) = Parser(dialect).feed(raw)
    assert decode_frame(dialect.by_id[80], frame).as_dict() == command_cancel((7, 1), 241).as_dict()
