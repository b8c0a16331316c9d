"""Messages beyond ArduPilot's are known, and what cannot be used is one clear line."""

import pytest

from telemetry.custom_dialect import DialectError, custom_dialect
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.messages import decode_frame, new

OURS = """<?xml version="1.0"?>
<mavlink>
  <include>common.xml</include>
  <messages>
    <message id="54321" name="WATER_SAMPLER">
      <description>Samples of water.</description>
      <field type="float" name="depth" units="m">Depth.</field>
      <field type="char[8]" name="label">Label.</field>
      <extensions/>
      <field type="uint8_t" name="bottle">Bottle.</field>
    </message>
  </messages>
</mavlink>
"""


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    path = tmp_path_factory.mktemp("dialect") / "ours.xml"
    path.write_text(OURS)
    return custom_dialect(str(path))


def test_an_xml_file_adds_its_messages_to_ardupilots(ours):
    sample = new("WATER_SAMPLER", dialect=ours, depth=1.5, label="北仑", bottle=3)
    raw = encode_frame(sample, seq=0, sysid=1, compid=1)
    (frame,) = Parser(ours).feed(raw)

    assert decode_frame(ours.by_id[frame.msgid], frame) == sample
    assert Parser().feed(raw) == []
    assert ours.by_id[0] is not None
    assert set(ARDUPILOTMEGA.by_id) < set(ours.by_id)
    assert sample.TYPE.base_size == 12


def test_a_dialect_of_pymavlink_and_a_module_are_taken_by_name():
    assert "STORM32_GIMBAL_MANAGER_INFORMATION" in custom_dialect("storm32").by_name
    assert "HEARTBEAT" in custom_dialect("pymavlink.dialects.v20.minimal").by_name
    assert custom_dialect("") is ARDUPILOTMEGA


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing.like.it", "neither a file ending in .xml"),
        ("json", "no messages as mavgen makes them"),
        ("/nowhere/ours.xml", "cannot be read: No such file"),
    ],
)
def test_what_is_no_dialect_is_said_in_one_line(name, reason):
    with pytest.raises(DialectError, match=reason) as caught:
        custom_dialect(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["<mavlink><messages><message id='1'", "", "<mavlink/>"])
def test_a_broken_file_is_said_in_one_line(text, tmp_path):
    path = tmp_path / "broken.xml"
    path.write_text(text)

    with pytest.raises(DialectError, match="dialect"):
        custom_dialect(str(path))
