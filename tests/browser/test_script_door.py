"""The pilot's page tells where a script may fly the vehicle, and whether one does."""

import re
import socket

import pytest
from playwright.sync_api import expect
from pymavlink.dialects.v20 import ardupilotmega as mavlink

pytestmark = pytest.mark.browser
MANY = 40
"""Ports for a range in which some are surely free."""


@pytest.fixture
def settings():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = min(probe.getsockname()[1], 65535 - MANY)
    return {"scripts": f"{first}-{first + MANY}"}


def test_the_address_of_a_taken_vehicles_door_is_shown_and_copied_and_who_is_connected(open_page, centre):
    centre.fly(31)
    page = open_page("/pilot?vehicle=main-31&lang=en", permissions=["clipboard-read", "clipboard-write"])
    script, links = page.locator(".script"), open_page().locator("#open-links")
    expect(links).to_contain_text("2/2")
    expect(page.get_by_role("button", name="Take control")).to_be_visible()
    expect(script).to_be_hidden()

    page.get_by_role("button", name="Take control").click()
    expect(links).to_contain_text("3/3")
    expect(script.locator("code")).to_have_text(re.compile(r"tcp:127\.0\.0\.1:\d+"))
    expect(script.locator(".chip")).to_have_text("not connected")
    script.get_by_role("button", name="Copy").click()
    address = script.locator("code").inner_text()
    expect(page.locator(".toasts")).to_contain_text(f"Copied: {address}")
    assert page.evaluate("navigator.clipboard.readText()") == address

    mav = mavlink.MAVLink(None, srcSystem=251, srcComponent=1)
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as caller:
        expect(script.locator(".chip")).to_have_text("1 connected")
        caller.sendall(mav.command_long_encode(32, 1, 21, 0, 0, 0, 0, 0, 0, 0, 0).pack(mav))
        expect(script.locator(".chip")).to_have_text("1 connected · 1 refused")
        page.get_by_role("button", name="Let go").click()
        expect(script).to_be_hidden()
        expect(links).to_contain_text("2/2")
        caller.settimeout(10.0)
        while caller.recv(4096):
            pass
