"""One attempt to upload: what is answered with what, and how it ends."""

import pytest

from telemetry.constants import MavMissionResult
from telemetry.services.mission_upload import NO_PROGRESS_S, OTHER_STATION, MissionUpload, UploadEnd

OWN, TARGET = (255, 190), (1, 1)


@pytest.fixture
def upload(patrol):
    machine = MissionUpload(TARGET, OWN, patrol(5))
    machine.start(0.0)
    return machine


@pytest.fixture
def asks(upload, heard):
    """The vehicle asks for an item; what is sent is told as (name, seq)."""

    def ask(seq, now_s, name="MISSION_REQUEST", **more):
        upload.receive(heard(name, seq=seq, **more), now_s)
        return _sent(upload)

    return ask


@pytest.fixture
def acks(upload, heard):
    def ack(result, now_s, **more):
        upload.receive(heard("MISSION_ACK", type=result, **more), now_s)
        return _sent(upload)

    return ack


def _sent(machine):
    return [(message.message_name, getattr(message, "seq", None)) for message in machine.drain()]


def _item(seq):
    return [("MISSION_ITEM_INT", seq)]


def _wait(machine):
    machine.handle_timer(machine.next_deadline())
    return _sent(machine)


def test_it_begins_with_the_count(upload):
    (count,) = upload.drain()
    assert (count.message_name, count.as_dict()["count"], count.mission_type) == ("MISSION_COUNT", 5, 0)
    assert (count.target_system, count.target_component) == TARGET


@pytest.mark.parametrize("name", ["MISSION_REQUEST", "MISSION_REQUEST_INT"])
def test_every_request_is_answered_with_a_whole_number_item(asks, upload, name):
    upload.drain()
    assert asks(0, 0.1, name) == _item(0)
    assert asks(1, 0.2, name) == _item(1)


def test_the_count_is_sent_again_until_an_item_is_asked_for(upload, asks):
    upload.drain()
    assert _wait(upload) == [("MISSION_COUNT", None)]
    assert _wait(upload) == [("MISSION_COUNT", None)]
    assert asks(0, 5.0) == _item(0)


def test_the_asked_item_is_sent_again_when_the_next_request_is_overdue(upload, asks):
    upload.drain()
    asks(0, 0.1)
    asks(1, 0.2)
    assert upload.next_deadline() == pytest.approx(0.2 + 0.4)
    assert _wait(upload) == _item(1)


def test_a_request_that_comes_twice_is_answered_once_but_one_made_again_is_answered(upload, asks):
    upload.drain()
    assert asks(0, 0.1) == _item(0)
    assert asks(0, 0.11) == []
    assert asks(0, 1.1) == _item(0)


def test_it_ends_with_the_last_items_acknowledgement(upload, asks, acks):
    for seq in range(5):
        asks(seq, 0.1 * seq)
    acks(MavMissionResult.ACCEPTED, 1.0)
    assert upload.outcome.end is UploadEnd.READ_BACK
    assert upload.next_deadline() is None


def test_an_acknowledgement_that_comes_too_early_is_not_believed(upload, asks, acks):
    asks(0, 0.1)
    acks(MavMissionResult.ACCEPTED, 0.2)
    assert upload.outcome is None


def test_an_item_that_the_vehicle_has_is_followed_by_the_next(upload, asks, acks):
    upload.drain()
    asks(0, 0.1)
    asks(1, 0.2)
    assert acks(MavMissionResult.INVALID_SEQUENCE, 0.7) == _item(2)
    assert acks(MavMissionResult.INVALID_SEQUENCE, 0.8) == _item(3)
    assert acks(MavMissionResult.INVALID_SEQUENCE, 0.9) == _item(4)
    assert acks(MavMissionResult.INVALID_SEQUENCE, 1.0) == []
    assert upload.outcome is None


def test_an_item_after_the_end_means_read_back(upload, asks, acks):
    for seq in range(5):
        asks(seq, 0.1 * seq)
    acks(MavMissionResult.ERROR, 2.0)
    assert upload.outcome.end is UploadEnd.READ_BACK


@pytest.mark.parametrize("result", [MavMissionResult.ERROR, MavMissionResult.OPERATION_CANCELLED])
def test_a_transfer_that_the_vehicle_gave_up_is_begun_again(asks, acks, upload, result):
    asks(0, 0.1)
    asks(1, 0.2)
    acks(result, 9.0)
    assert upload.outcome.end is UploadEnd.AGAIN
    assert "item 1" in upload.outcome.reason


def test_another_ground_station_is_told_clearly(upload, acks):
    acks(MavMissionResult.DENIED, 0.1)
    assert (upload.outcome.end, upload.outcome.reason) == (UploadEnd.REFUSED, OTHER_STATION)


def test_no_space_is_told(upload, acks):
    acks(MavMissionResult.NO_SPACE, 0.1)
    assert upload.outcome.end is UploadEnd.REFUSED
    assert upload.outcome.reason == "the vehicle refuses 5 items: NO_SPACE"


@pytest.mark.parametrize("result", [2, 3, 6, 10, 11, 12, 77])
def test_an_item_that_the_vehicle_does_not_take_is_named(upload, asks, acks, result):
    for seq in range(3):
        asks(seq, 0.1 * seq)
    acks(result, 1.0)
    assert upload.outcome.end is UploadEnd.REFUSED
    assert "item 2 (command 16)" in upload.outcome.reason


def test_a_lost_last_answer_means_read_back(upload, asks):
    for seq in range(5):
        asks(seq, 0.1 * seq)
    while upload.outcome is None:
        assert set(_wait(upload)) <= {("MISSION_ITEM_INT", 4)}
    assert upload.outcome.end is UploadEnd.READ_BACK


def test_a_vehicle_that_says_nothing_is_given_up(upload):
    sent = 0
    while upload.outcome is None:
        at_s = upload.next_deadline()
        sent += len(_wait(upload))
    assert (upload.outcome.end, at_s) == (UploadEnd.SILENT, NO_PROGRESS_S)
    assert sent <= NO_PROGRESS_S / 0.25


def test_asking_for_ever_for_the_same_item_is_no_progress(upload, asks):
    asks(0, 0.1)
    now_s = 0.1
    while upload.outcome is None:
        now_s += 1.0
        asks(1, now_s)
        upload.handle_timer(now_s)
    assert upload.outcome.end is UploadEnd.SILENT
    assert "item 1" in upload.outcome.reason


def test_a_request_for_an_earlier_item_came_late_unless_it_is_made_again(upload, asks):
    for seq in range(3):
        asks(seq, 0.1 * seq)
    assert asks(1, 0.4) == []
    assert asks(1, 1.5) == _item(1)


def test_a_vehicle_that_begins_anew_is_followed(upload, asks):
    for seq in range(3):
        asks(seq, 0.1 * seq)
    assert asks(0, 1.0) == _item(0)
    assert asks(1, 1.1) == _item(1)


def test_one_that_begins_anew_for_ever_is_not(upload, asks):
    for n in range(50):
        asks(0, n + 0.1)
        asks(1, n + 0.2)
    assert upload.outcome.end is UploadEnd.AGAIN


@pytest.mark.parametrize("foreign", [{"sysid": 2}, {"to": (254, 190)}, {"mission_type": 1}, {"compid": 9}])
def test_other_transfers_are_not_ours(asks, acks, upload, foreign):
    upload.drain()
    assert asks(0, 0.1, **foreign) == []
    acks(MavMissionResult.DENIED, 0.2, **foreign)
    assert upload.outcome is None


def test_items_that_do_not_exist_are_not_sent(asks, upload):
    upload.drain()
    assert asks(5, 0.1) == []
    assert asks(65535, 0.1) == []


def test_an_empty_list_clears(heard):
    machine = MissionUpload(TARGET, OWN, ())
    machine.start(0.0)
    assert machine.drain()[0].as_dict()["count"] == 0
    machine.receive(heard("MISSION_ACK", type=0), 0.1)
    assert machine.outcome.end is UploadEnd.READ_BACK
