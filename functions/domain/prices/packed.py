"""Arrays of whole numbers as short text: what a Parquet file's metadata takes, which other readers decode as UTF-8.

Small numbers have many bytes that are zero, and neighbours that are alike in their high bytes; so the bytes of an array
are written by their place: all lowest ones, then all second lowest. LZMA makes that an eighth shorter than zlib does.
"""

import json
import lzma
import zlib
from base64 import b85encode
from collections.abc import Sequence
from typing import Any

import numpy as np

_BYTES = 8
_CHECKSUM_BYTES = 4
_BASE, _DIGITS = 85, 5
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_VALUES = np.full(256, _BASE, np.int64)
_VALUES[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(_BASE)
_POWERS = _BASE ** np.arange(_DIGITS)[::-1]
_FILTERS = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20, "lc": 0, "lp": 0, "pb": 0}]
"""No number is like the one at the same place of a word or a line, which LZMA's defaults are made for."""


def packed(facts: Any, groups: Sequence[Sequence[np.ndarray]]) -> bytes:
    """The facts, which must go into JSON, and the arrays of int64, as ASCII text; those of a group are equally long."""
    planes = [[_planes(array) for array in group] for group in groups]
    head = [facts, [len(group[0]) for group in groups], ["".join(str(len(each)) for each in made) for made in planes]]
    body = b"".join(each.tobytes() for made in planes for each in made)
    plain = json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
    checksum = zlib.crc32(plain).to_bytes(_CHECKSUM_BYTES, "little")
    return b85encode(checksum + lzma.compress(plain, lzma.FORMAT_RAW, filters=_FILTERS))


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
    squeezed = _from_base85(text)
    try:
        plain = lzma.decompress(squeezed[_CHECKSUM_BYTES:], lzma.FORMAT_RAW, filters=_FILTERS)
    except (lzma.LZMAError, EOFError) as error:
        raise ValueError("not packed numbers") from error
    if zlib.crc32(plain).to_bytes(_CHECKSUM_BYTES, "little") != squeezed[:_CHECKSUM_BYTES]:
        raise ValueError("packed numbers that are not whole")
    return plain


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
    folded = planes.view("<u8").ravel()
    return ((folded >> np.uint64(1)) ^ (-(folded & np.uint64(1)).astype(np.int64)).astype(np.uint64)).astype(np.int64)
