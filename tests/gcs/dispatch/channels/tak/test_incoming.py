"""What TAK clients say, cut out of a stream and understood; hostile bytes are dropped and counted."""

import random

import pytest

from gcs.dispatch.channels.tak.contacts import Contacts, unit_id
from gcs.dispatch.channels.tak.incoming import (
    LARGEST_EVENT,
    Emergency,
    Mark,
    Pong,
    Receipt,
    Said,
    Station,
    Stream,
    parse,
)
from gcs.dispatch.channels.tak.replies import reply_of
from gcs.dispatch.roster import _ID


def event(kind, detail="", uid="X-1", lat="29.9", lon="121.8", ce="5", hae="0"):
    return (
        f'<event version="2.0" uid="{uid}" type="{kind}" how="m-g"><point lat="{lat}" lon="{lon}" hae="{hae}" ce="{ce}"'
        f' le="0"/><detail>{detail}</detail></event>'
    ).encode()


CONTACT = '<contact callsign="李" endpoint="*:-1:stcp"/>'
CRY = ("X-1", "", 29.9, 121.8)
KNOWN = {
    event("t-x-c-t-r"): Pong(),
    event("t-x-c-t", uid="X-1-ping"): Pong("X-1-ping"),
    event("a-f-G-U-C", CONTACT): Station("X-1", "李", 29.9, 121.8),
    event("a-f-G-U-C", CONTACT, lat="0", lon="0"): Station("X-1", "李", None, None),
    event("b-t-f-d", uid="m-1"): Receipt("m-1", read=False),
    event("b-t-f-r", '<__chatreceipt messageId="m-2"/>'): Receipt("m-2", read=True),
    event("b-m-p-s-m", "<remarks>树倒</remarks>"): Mark("X-1", "", 29.9, 121.8, 5.0, "树倒"),
    event("b-m-p-s-m", ce="9999999.0"): Mark("X-1", "", 29.9, 121.8, None, ""),
    event("b-m-p-s-m", hae="36.5"): Mark("X-1", "", 29.9, 121.8, 5.0, "", 36.5),
    event("b-m-p-s-m", hae="9999999.0"): Mark("X-1", "", 29.9, 121.8, 5.0, "", None),
    event("b-a-o-tbl", '<emergency type="911 Alert">x</emergency>'): Emergency(*CRY, "911 Alert", cancelled=False),
    event("b-a-o-can"): Emergency(*CRY, "b-a-o-can", cancelled=True),
}


@pytest.mark.parametrize(("document", "heard"), KNOWN.items())
def test_each_kind_means_one_thing(document, heard):
    assert parse(document) == [heard]


def test_a_message_says_from_whom_to_whom():
    detail = (
        '<__chat id="us" senderCallsign="李"><chatgrp uid0="X-1" uid1="us" id="us"/></__chat>'
        '<link uid="X-1"/><remarks to="us">1</remarks>'
    )
    assert parse(event("b-t-f", detail)) == [Said("X-1", "李", "us", "1")]


def test_a_stream_is_cut_wherever_it_breaks():
    whole = b"<?xml version='1.0'?>\n" + b"".join(KNOWN) + b"\n"
    for seed in range(50):
        draw, stream, heard, rest = random.Random(seed), Stream(), [], whole
        while rest:
            size = draw.randint(1, 200)
            heard += stream.feed(rest[:size])
            rest = rest[size:]
        assert heard == list(KNOWN.values())
        assert stream.dropped == 0


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><event type="b-m-p-s-m" uid="x">&b;</event>'


@pytest.mark.parametrize(
    "document",
    [
        BOMB,
        b"<event" + BOMB[6:],
        b'<event type="a"><!DOCTYPE x SYSTEM "file:///etc/passwd"></event>',
        b"<event><unclosed></event>",
        b"</event>",
        b"\xff\xfe\x00</event>",
        b'<event encoding="utf-7" uid="\xc0\x80"></event>',
        b"<event>" + b"x" * LARGEST_EVENT + b"</event>",
        b"<event " + b" ".join(b'a%d="1"' % n for n in range(9000)) + b"></event>",
    ],
)
def test_what_is_no_event_is_dropped_and_what_follows_is_heard(document):
    stream = Stream()
    assert stream.feed(document + event("t-x-c-t-r"))[-1:] == [Pong()]


@pytest.mark.parametrize(("lat", "lon"), [("nan", "1"), ("91", "1"), ("1", "181"), ("", ""), ("x", "y"), ("inf", "0")])
def test_a_place_that_is_none_is_none(lat, lon):
    assert parse(event("b-m-p-s-m", lat=lat, lon=lon)) == []


def test_a_stream_without_an_end_does_not_fill_the_memory():
    stream = Stream()
    for _ in range(100):
        stream.feed(b"<event " + b"x" * 10_000)
    assert stream.dropped > 0
    assert len(stream._buffer) <= LARGEST_EVENT


@pytest.mark.parametrize("seed", range(20))
def test_broken_events_never_raise(seed):
    draw, stream = random.Random(seed), Stream()
    for document in KNOWN:
        broken = bytearray(document)
        for _ in range(draw.randint(1, 20)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        stream.feed(bytes(broken))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("1", ("accept", "")), ("１", ("accept", "")), ("接单。", ("accept", "")), ("OK", ("accept", "")),
        ("2 走不开", ("refuse", "走不开")), ("3", ("arrive", "")), ("4 已驶离", ("resolve", "已驶离")),
        ("done moved away", ("resolve", "moved away")), ("12", ("feedback", "12")), ("两辆车", ("feedback", "两辆车")),
    ],
)  # fmt: skip
def test_answers(text, reply):
    found = reply_of(text)
    assert (found.action.value, found.words) == reply


def test_nothing_said_is_no_answer():
    assert reply_of(" \n ") is None


def test_every_client_is_a_unit_of_its_own():
    uids = ["ANDROID-1", "a b", "a/b", "张三", "x" * 300, "x" * 301, "../../etc", "<script>"]
    ids = [unit_id(uid) for uid in uids]
    assert len(set(ids)) == len(ids)
    assert all(_ID.fullmatch(name) for name in ids)


def test_receipts_only_go_forward():
    contacts = Contacts()
    contacts.sent("m", "u", "s")
    assert contacts.unconfirmed("u", "s") == "m"
    assert contacts.confirm("m", read=True).confirmed == "read"
    assert contacts.confirm("m", read=False) is None
    assert contacts.unconfirmed("u", "s") is None
    assert contacts.confirm("unheard", read=True) is None
