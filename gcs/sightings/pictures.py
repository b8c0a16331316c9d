"""What is a picture: its type by its first bytes, how large it may be, and masking it. Pure.

Masked is a picture of coarse blocks: at most 24 along the longer side, in which no face and no number plate is left.
"""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, UnidentifiedImageError

LARGEST_BYTES = 8 * 2**20
MOST_PIXELS = 60_000_000
MOST_A_SIGHTING = 20
BLOCKS, BLOCK_PX = 24, 12
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
"""The types that are taken, and what their files end in."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class NotAPictureError(ValueError):
    """The bytes are no picture of a type that is taken; one line says why."""


def media_type(data: bytes) -> str | None:
    """The type by the first bytes; None when it is none that is taken. What the sender says does not count."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def checked(data: bytes) -> str:
    """The type of a picture that can be opened and is not too large; raises NotAPictureError."""
    kind = media_type(data)
    if kind is None:
        raise NotAPictureError("send a JPEG, PNG or WebP picture")
    width, height = _opened(data, kind).size
    if width * height > MOST_PIXELS:
        raise NotAPictureError(f"{width} x {height} pixels are too many; at most {MOST_PIXELS // 10**6} million")
    return kind


def masked(data: bytes) -> bytes:
    """The picture as coarse blocks, a JPEG without anything that was written into the file. Raises NotAPictureError."""
    picture = _opened(data, checked(data))
    try:
        picture.draft("RGB", (BLOCKS * BLOCK_PX, BLOCKS * BLOCK_PX))
        picture.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise NotAPictureError(f"the picture is damaged: {error}") from error
    plain = picture.convert("RGB")
    share = BLOCKS / max(plain.size)
    blocks = plain.resize(
        (max(1, round(plain.width * share)), max(1, round(plain.height * share))), Image.Resampling.BOX
    )
    out = io.BytesIO()
    blocks.resize((blocks.width * BLOCK_PX, blocks.height * BLOCK_PX), Image.Resampling.NEAREST).save(out, "JPEG")
    return out.getvalue()


def digest(data: bytes) -> str:
    """The name of a picture: the SHA-256 of its bytes as hex."""
    return hashlib.sha256(data).hexdigest()


def _opened(data: bytes, kind: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPictureError("the picture cannot be opened") from error
