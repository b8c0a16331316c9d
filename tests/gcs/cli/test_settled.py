"""What was there at the start is not looked at again by the garbage collector."""

import gc
import sys

import pytest

from gcs.cli.settled import TURN_S, settle


def test_what_is_there_is_frozen_and_what_comes_is_collected():
    class Thing:
        pass

    before_s = sys.getswitchinterval()
    try:
        settle()
        assert sys.getswitchinterval() == pytest.approx(TURN_S)
        assert gc.get_freeze_count() > 1000
        made = Thing()
        made.itself = made
        del made
        assert gc.collect() > 0
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before_s)
