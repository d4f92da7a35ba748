"""Below the calls: bytes that are no HTTP, floods, halves, and clients that hang up."""
import socket
import struct
import time
import unittest

from client import Engine

START = b"POST / HTTP/1.1\r\nHost: a\r\n"


class Connections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()

    def tearDown(self):
        self.assertTrue(self.engine.alive())

    def answers(self, status, data):
        reply = self.engine.raw(data, timeout=10)
        self.assertIsNotNone(reply)
        self.assertEqual(status, reply.status, reply.body)
        return reply

    def test_no_http(self):
        for data in (b"HELLO\r\n\r\n", b"GET /\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
                     b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", b"\xff" * 2000 + b"\r\n\r\n"):
            with self.subTest(data=data[:40]):
                self.answers(400, data)
        self.answers(505, b"GET / HTTP/9.9\r\nHost: a\r\n\r\n")
        self.answers(505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

    def test_floods_of_headers(self):
        get = b"GET / HTTP/1.1\r\nHost: a\r\n"
        self.answers(431, get + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n")
        self.answers(431,
                     get + b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + b"\r\n")
        self.answers(431, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")

    def test_lengths(self):
        for length in (b"-1", b"abc", b"9" * 23, b"5, 6", b"+5", b"0x5", b"", b"5 5", b"1e3"):
            with self.subTest(length=length):
                self.answers(400, START + b"Content-Length: " + length + b"\r\n\r\nhello")
        self.answers(413, START + b"Content-Length: 1099511627776\r\n\r\nhello")
        # Two lengths are how requests are smuggled past a proxy.
        self.answers(400, START + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")
        self.answers(400,
                     START + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        self.answers(400, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello")

    def test_chunks(self):
        chunked = START + b"Transfer-Encoding: chunked\r\n\r\n"
        for chunk in (b"zz\r\nabc\r\n0\r\n\r\n", b"-5\r\nabc\r\n0\r\n\r\n", b"F" * 18 + b"\r\nabc",
                      b"3\r\nabcXX0\r\n\r\n"):
            with self.subTest(chunk=chunk):
                self.answers(400, chunked + chunk)
        self.answers(413, chunked + b"7fffffffffffffff\r\nabc")
        self.answers(501, START + b"Transfer-Encoding: gzip\r\n\r\nabc")
        self.answers(417, START + b"Expect: miracles\r\nContent-Length: 2\r\n\r\n{}")

    def test_strange_methods_and_targets(self):
        for method in (b"TRACE", b"CONNECT", b"OPTIONS", b"PUT", b"DELETE", b"BREW"):
            with self.subTest(method=method):
                reply = self.engine.raw(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n", timeout=10)
                self.assertIn(reply.status, (400, 403, 404, 405, 501))
        for target in (b"/../../../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
                       b"http://elsewhere/", b"*", b"/%00", b"/" + b"%ff" * 1000,
                       b"/?" + b"&" * 30_000):
            with self.subTest(target=target[:30]):
                reply = self.engine.raw(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                                        timeout=10)
                self.assertIn(reply.status, (400, 403, 404))
                self.assertNotIn(b"root:", reply.body)

    def test_one_refusal_does_not_answer_the_next_request(self):
        """After a refusal the connection closes: what follows might be the refused body."""
        with self.engine.connect() as connection:
            connection.sendall(
                START + b"Content-Length: -1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(400, self.engine.read(connection).status)
            try:
                self.assertEqual(b"", connection.recv(100))
            except ConnectionResetError:
                pass

    def test_pipelined_requests_keep_their_order(self):
        with self.engine.connect() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                               b"GET /nothing/here HTTP/1.1\r\nHost: a\r\n\r\n")
            data = b""
            while data.count(b"HTTP/1.1 ") < 2:
                piece = connection.recv(65536)
                self.assertNotEqual(b"", piece)
                data += piece
            self.assertTrue(data.startswith(b"HTTP/1.1 200"))

    def test_halves_and_hang_ups(self):
        halves = (b"", b"P", b"POST / HT", START, START + b"Content-Length: 500\r\n\r\nabc",
                  START + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
                  START + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        before = self.engine.open_files()
        for half in halves:
            for _ in range(20):
                self.engine.connect().close()
                with self.engine.connect() as connection:  # Leaves politely.
                    connection.sendall(half)
                with self.engine.connect() as connection:  # Is torn down.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
                    connection.sendall(half)
        # A client that asks and does not wait for the answer.
        signed = self.engine.sign(
            "events", "POST", "/",
            {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.ListRules"},
            b"{}")
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        for _ in range(100):
            with self.engine.connect() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(
                    f"POST / HTTP/1.1\r\n{lines}Content-Length: 2\r\n\r\n{{}}".encode())
        self.assertTrue(self.engine.alive())
        # Closed by the client, the descriptors come back; not at once, but soon.
        for _ in range(100):
            if self.engine.open_files() <= before + 3:
                break
            time.sleep(0.1)
        self.assertLessEqual(self.engine.open_files(), before + 3)

    def test_many_that_wait_do_not_keep_out_others(self):
        waiting = [self.engine.connect() for _ in range(300)]
        try:
            for connection in waiting:
                connection.sendall(START + b"Content-Length: 500\r\n\r\nabc")
            self.assertTrue(self.engine.alive())
        finally:
            for connection in waiting:
                connection.close()


if __name__ == "__main__":
    unittest.main()
