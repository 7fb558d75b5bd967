"""Writers of one object, each of which adds a line of its own."""

from stockflow_functions.domain.errors import WriteConflict


def add_line(bucket, number):
    """Adds the number as a line, by conditional writes, as often as it takes."""
    while True:
        stored = bucket.get("lines")
        try:
            if stored is None:
                bucket.put("lines", f"{number}\n".encode(), if_none_match=True)
            else:
                bucket.put("lines", stored.body + f"{number}\n".encode(), if_match=stored.etag)
        except WriteConflict:
            continue
        return
