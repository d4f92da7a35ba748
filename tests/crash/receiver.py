"""An HTTP server outside the engine, which lives on while the engine dies: what an API destination
calls."""
import http.server
import json
import math
import threading


class Receiver:
    """Keeps the numbers of the events that were posted, each with the moment at which it came, as
    `moment` tells it; calls `before_answer` before each answer. What `refuse` says yes to is answered
    with 503 and not kept."""

    def __init__(self, before_answer=lambda: None, port=0, moment=lambda: 0,
                 refuse=lambda: False):
        self.lock = threading.Lock()
        self.posted = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if refuse():
                    self.send_response(503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                with outer.lock:
                    outer.posted.append((moment(), body["detail"]["n"]))
                before_answer()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """The engine died while it called: what the test is about."""

        self.server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def numbers(self, until=math.inf):
        with self.lock:
            return [number for moment, number in self.posted if moment <= until]

    def begin(self, numbers):
        """From here on only these were posted, and what comes."""
        with self.lock:
            self.posted = [(0, number) for number in numbers]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
