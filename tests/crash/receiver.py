"""An HTTP server outside the engine, which lives on while the engine dies: what an API destination
calls."""
import http.server
import json
import threading


class Receiver:
    """Counts the events that were posted, by number; calls `before_answer` before each answer."""

    def __init__(self, before_answer=lambda: None):
        self.lock = threading.Lock()
        self.posted = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    outer.posted.append(body["detail"]["n"])
                before_answer()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """The engine died while it called: what the test is about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def numbers(self):
        with self.lock:
            return list(self.posted)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
