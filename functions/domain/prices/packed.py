"""Arrays of whole numbers as short text: what a Parquet file's metadata takes, which other readers decode as UTF-8.

Small numbers have many bytes that are zero, and neighbours that are alike in their high bytes; so the bytes of an array
are written by their place: all lowest ones, then all second lowest. Brotli makes that 4 % shorter than zlib does.
"""

import json
import zlib
from base64 import b85encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

_BYTES = 8
_NUMBER_BYTES = 4
_HIGHEST = np.iinfo(np.int64).max
_CODEC = pa.Codec("brotli", 5)
_BASE, _DIGITS = 85, 5
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_VALUES = np.full(256, _BASE, np.int64)
_VALUES[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(_BASE)
_POWERS = _BASE ** np.arange(_DIGITS)[::-1]


def packed(facts: Any, groups: Sequence[Sequence[np.ndarray]]) -> bytes:
    """The facts, which must go into JSON, and the arrays of int64, as ASCII text; those of a group are equally long."""
    planes = [[_planes(array) for array in group] for group in groups]
    head = [facts, [len(group[0]) for group in groups], ["".join(str(len(each)) for each in made) for made in planes]]
    body = b"".join(each.tobytes() for made in planes for each in made)
    plain = json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
    sized = _number(len(plain)) + _CODEC.compress(plain, asbytes=True)
    return b85encode(_number(zlib.crc32(sized)) + sized)


def unpacked(text: bytes) -> tuple[Any, list[list[np.ndarray]]]:
    """The reverse of :func:`packed`.

    Raises:
        ValueError: the text is not such a text, or not whole.
    """
    head, _, body = _plain(text).partition(b"\n")
    facts, lengths, widths = json.loads(head)
    groups, start = [], 0
    for length, digits in zip(lengths, widths, strict=True):
        group = []
        for width in map(int, digits):
            group.append(_numbers(body[start : start + length * width], length, width))
            start += length * width
        groups.append(group)
    return facts, groups


def _plain(text: bytes) -> bytes:
    """What was written, or a ValueError: nothing is expanded, or given room, that the checksum does not hold for."""
    squeezed = _from_base85(text)
    checksum, sized = squeezed[:_NUMBER_BYTES], squeezed[_NUMBER_BYTES:]
    if _number(zlib.crc32(sized)) != checksum:
        raise ValueError("packed numbers that are not whole")
    try:
        length = int.from_bytes(sized[:_NUMBER_BYTES], "little")
        plain: bytes = _CODEC.decompress(sized[_NUMBER_BYTES:], length, asbytes=True)
    except (pa.ArrowException, OSError) as error:
        raise ValueError("not packed numbers") from error
    return plain


def _number(number: int) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "little")


def _planes(array: np.ndarray) -> np.ndarray:
    """A row a byte of the numbers, the lowest first, as far up as any number reaches; signs are folded in."""
    folded = ((array << 1) ^ (array >> 63)).astype("<u8")
    width = (int(folded.max(initial=0)).bit_length() + 7) // 8
    return folded.view(np.uint8).reshape(-1, _BYTES).T[:width].copy()


def _from_base85(text: bytes) -> bytes:
    """The reverse of ``b85encode``, a tenth of the time of ``b85decode``, which goes from letter to letter.

    Raises:
        ValueError: the text is not such a text.
    """
    missing = -len(text) % _DIGITS
    digits = _VALUES[np.frombuffer(text + b"~" * missing, np.uint8)].reshape(-1, _DIGITS)
    fours = digits @ _POWERS
    if digits.max(initial=0) >= _BASE or fours.max(initial=0) >= 1 << 32:
        raise ValueError("not base 85")
    return fours.astype(">u4").tobytes()[: 4 * len(fours) - missing]


def _numbers(body: bytes, length: int, width: int) -> np.ndarray:
    if not width:
        return np.zeros(length, np.int64)
    planes = np.zeros((length, _BYTES), np.uint8)
    planes[:, :width] = np.frombuffer(body, np.uint8).reshape(width, length).T
    folded = planes.view("<i8").ravel()
    return ((folded >> 1) & _HIGHEST) ^ -(folded & 1)
