"""What was there at the start is not looked at again by the garbage collector."""

import gc

from gcs.cli.settled import settle


def test_what_is_there_is_frozen_and_what_comes_is_collected():
    class Thing:
        pass

    try:
        settle()
        assert gc.get_freeze_count() > 1000
        made = Thing()
        made.itself = made
        del made
        assert gc.collect() > 0
    finally:
        gc.unfreeze()
