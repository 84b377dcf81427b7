"""Serves the page to the browser, and Prometheus beside it as one origin."""

import http.server
import json
import mimetypes
import pathlib
import threading
import urllib.error
import urllib.request

PROMETHEUS_SECONDS = 60
DRAWN_SECONDS = 90
FONTS = "node_modules/@fontsource/inter/files"
# Where the libraries look for their files, and where the packages have them.
LIBRARY_FILES = {
    "/public/build/img/": "node_modules/@grafana/ui/dist/public/img",
    "/public/fonts/inter/Inter-Regular.woff2": f"{FONTS}/inter-latin-400-normal.woff2",
    "/public/fonts/inter/Inter-Medium.woff2": f"{FONTS}/inter-latin-500-normal.woff2",
    "/public/fonts/inter/Inter-Italic.woff2": f"{FONTS}/inter-latin-400-italic.woff2",
    "/public/fonts/inter/Inter-MediumItalic.woff2": f"{FONTS}/inter-latin-500-italic.woff2",
}
# No proxy that the environment names: Prometheus is asked directly.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class PageServer:
    """On a free port of loopback while the block lasts."""

    def __init__(self, work: pathlib.Path, prometheus: str):
        self.work, self.prometheus = work, prometheus
        self.board: dict = {}
        self.report: dict | None = None
        self.drawn = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "PageServer":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()

    def show(self, board: dict) -> None:
        """What the page draws next; `report` is what it then says."""
        self.board, self.report = board, None
        self.drawn.clear()

    def content(self, path: str) -> tuple[int, str, bytes]:
        if path == "/dashboard.json":
            return 200, "application/json", json.dumps(self.board).encode()
        if path.startswith("/api/v1/"):
            return self._ask_prometheus(path)
        if path == "/drawn":
            self.drawn.wait(DRAWN_SECONDS)
            return 204, "image/png", b""
        file = self._file(path.partition("?")[0])
        if not file:
            return 404, "text/plain", b"not found"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return 200, kind, file.read_bytes()

    def _file(self, path: str) -> pathlib.Path | None:
        found = self.work / "dist" / (path.lstrip("/") or "index.html")
        for prefix, place in LIBRARY_FILES.items():
            if path.startswith(prefix):
                found = self.work / place / path.removeprefix(prefix)
        inside = found.resolve().is_relative_to(self.work.resolve())
        return found if inside and found.is_file() else None

    def _ask_prometheus(self, path: str) -> tuple[int, str, bytes]:
        try:
            with DIRECT.open(self.prometheus + path, timeout=PROMETHEUS_SECONDS) as answer:
                return answer.status, "application/json", answer.read()
        except urllib.error.HTTPError as error:
            return error.code, "application/json", error.read()
        except OSError as error:
            return 502, "text/plain", str(error).encode()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                self._answer(*page.content(self.path))

            def do_POST(self) -> None:  # noqa: N802
                page.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                page.drawn.set()
                self._answer(204, "text/plain", b"")

            def _answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                pass

        return Handler
