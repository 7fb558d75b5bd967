"""Secrets in every form in which a server may repeat them, servers that do, and a search that finds each.

What is searched is read by means of this module, not of the redactor.
"""

import re
import threading
import zlib
from base64 import b64decode, b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

GZIP = 31
"""What zlib calls gzip, as far as it goes."""
KEY = "Zq9XKEYwordT0pSeCrEt77"
PATH = "/services/T0HOOKAAA/B0SeCrEtBB/xYzHookSecret123"
SECRETS = {"key": KEY, "path": PATH, "token": "xYzHookSecret123", "channel": "B0SeCrEtBB", "team": "T0HOOKAAA"}

FORMS = {
    "plain": lambda text: text,
    "capitals": str.upper,
    "small letters": str.lower,
    "percent": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "percent, twice": lambda text: "".join(f"%25{ord(c):02x}" for c in text),
    "escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64 amid others": lambda text: b64encode(f"user:{text}:x".encode()).decode(),
}
RAW = {
    "a page": lambda told: (200, "text/html", f"<p>{told}</p>"),
    "cut off": lambda told: (200, "application/json", f'{{"Information": "{told}'),
    "a status": lambda told: (500, "text/plain", told),
    "the type": lambda told: (200, f"text/{told}", "no JSON"),
}


class Slack(BaseHTTPRequestHandler):
    """Refuses in words that have the webhook in every form."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = " ".join(f"Cannot POST {form(self.path)}" for form in FORMS.values()).encode()
        self.send_response(404, f"no {self.path}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving(handler):
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    thread.join()
    http.server_close()


def readings(content: bytes):
    """All that a patient reader could make of it: unpacked, decoded, and decoded again."""
    if content[:2] == b"\x1f\x8b":
        yield from readings(zlib.decompressobj(GZIP).decompress(content))
        return
    text = content.decode("latin-1")
    yield text
    plain = unquote(unquote(text))
    yield plain
    yield re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), plain).replace("\\/", "/")
    for run in re.findall(r"[A-Za-z0-9+/_-]{11,}", text):
        for begin in range(4):
            packed = run[begin:].replace("-", "+").replace("_", "/")
            decoded = b64decode(packed + "A" * (-len(packed) % 4))
            yield from readings(decoded) if decoded[:3] == b"\x1f\x8b\x08" else [decoded.decode("latin-1")]


def found_in(content):
    return {name for name, secret in SECRETS.items() for text in readings(content) if secret.lower() in text.lower()}
