#!/usr/bin/env python3
"""Serves lesson.html and passes /v1/ on to a hub, so that the page has the hub's own origin. Nothing but the standard library.

python3 samples/lesson-browser/serve.py [--hub http://127.0.0.1:5080] [--port 8000]
"""
import argparse
import http.client
import http.server
import pathlib
import urllib.parse

PAGE = pathlib.Path(__file__).with_name("lesson.html")
KEPT = ("content-type", "authorization", "accept-language", "accept")


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: urllib.parse.ParseResult

    def do_GET(self):
        if self.path in ("/", "/lesson.html"):
            body = PAGE.read_bytes()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.pass_on(None)

    def do_POST(self):
        self.pass_on(self.rfile.read(int(self.headers.get("content-length", 0))))

    def pass_on(self, body):
        if not self.path.startswith("/v1/"):
            self.send_error(404)
            return
        hub = http.client.HTTPConnection(self.hub.hostname, self.hub.port or 80)
        try:
            hub.request(self.command, self.path, body, {name: self.headers[name] for name in KEPT if name in self.headers})
            answer = hub.getresponse()
        except OSError:
            self.send_error(502, "no hub answers there")
            return
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers.get("content-type", "application/json"))
        self.send_header("connection", "close")
        self.end_headers()
        try:
            # As it comes: a live stream has no end.
            while part := answer.read1(65536):
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            pass  # the page has gone
        finally:
            hub.close()
            self.close_connection = True

    def log_message(self, *_):
        """Says nothing: an access log of pupils' phones is nobody's business."""


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--hub", default="http://127.0.0.1:5080")
    asked.add_argument("--port", type=int, default=8000)
    told = asked.parse_args()
    Passing.hub = urllib.parse.urlparse(told.hub)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", told.port), Passing)
    print(f"http://127.0.0.1:{server.server_port}/ shows the lesson of the hub at {told.hub}; Ctrl+C ends it", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
