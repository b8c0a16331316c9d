"""What is taken for a picture, and what is left of one that is masked."""

import io

import numpy as np
import pytest
from PIL import Image

from gcs.sightings.pictures import MOST_PIXELS, NotAPictureError, checked, masked, media_type

PIXEL = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def picture(kind="JPEG", size=(640, 480)):
    """Noise, so that what is left of it can be measured."""
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "expected"), PIXEL.items())
def test_the_type_is_that_of_the_bytes(kind, expected):
    assert checked(picture(kind, (8, 8))) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a\x01\x00\x01\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"\xff\xd8\xff<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"BM" + b"\0" * 64,
    ],
)
def test_what_is_no_picture_is_refused_in_one_line(data):
    with pytest.raises(NotAPictureError) as refused:
        checked(data)
    assert "\n" not in str(refused.value)


def test_a_picture_that_would_fill_the_memory_is_refused_unopened():
    out = io.BytesIO()
    Image.new("1", (60_000, 60_000)).save(out, "PNG")
    assert MOST_PIXELS < 60_000**2
    with pytest.raises(NotAPictureError, match=r"too many|cannot be opened"):
        checked(out.getvalue())


@pytest.mark.parametrize("kind", PIXEL)
def test_masked_holds_a_few_hundred_blocks_and_nothing_that_was_written_beside(kind):
    out = masked(picture(kind))
    assert media_type(out) == "image/jpeg"
    shown = np.asarray(Image.open(io.BytesIO(out)).convert("L"), dtype=float)
    assert shown.shape == (18 * 12, 24 * 12)
    inside = shown.reshape(18, 12, 24, 12).transpose(0, 2, 1, 3)[:, :, 3:-3, 3:-3]
    assert np.ptp(inside, axis=(2, 3)).max() < 24, "a block is of one shade"
    assert not Image.open(io.BytesIO(out)).getexif()


def test_a_damaged_picture_is_refused_when_it_is_masked():
    with pytest.raises(NotAPictureError):
        masked(picture("PNG")[:2000])
