"""The built site in a real browser: which browser to start, and a server that only this machine can reach."""

import contextlib
import functools
import gzip
import http.server
import os
import shutil
import threading
from pathlib import Path

from find_browser import HOW, NAMES

# The name of no other machine is found: a page that asks one gets an error, and its request can be seen.
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


def launch_options(playwright) -> dict:
    """Return what `chromium.launch` needs here. Raises FileNotFoundError where there is no browser."""
    names = [os.environ.get("CHROME_PATH"), *map(shutil.which, NAMES), playwright.chromium.executable_path]
    path = next(filter(None, names))
    if not Path(path).exists():
        raise FileNotFoundError(HOW)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # for whom Chromium has no sandbox
    return {
        "executable_path": path,
        "args": ["--disable-background-networking", NO_OTHER_HOST, *(["--no-sandbox"] if as_root else [])],
    }


@functools.lru_cache(maxsize=1_000)
def gzipped(content: bytes) -> bytes:
    """Compress a content, once for all copies of it."""
    return gzip.compress(content, compresslevel=6, mtime=0)


class Pages(http.server.SimpleHTTPRequestHandler):
    """Sends files as a web host does: gzipped, and scripts and styles to be kept for ten minutes."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        packed = path.suffix not in (".png", ".jpg", ".woff2", ".zip")
        body = gzipped(path.read_bytes()) if packed else path.read_bytes()
        self.server.sent.append((path.relative_to(self.directory).as_posix(), len(body)))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if path.suffix != ".html":
            self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the page was left meanwhile
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def serving(site: Path):
    """Serve a folder at http://127.0.0.1:PORT; gives the server, whose `sent` lists (file, bytes sent)."""
    def handler(*arguments):
        return Pages(*arguments, directory=str(site))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.sent = []
    server.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
