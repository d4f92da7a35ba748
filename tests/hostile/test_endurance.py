"""Thousands of rounds of the rest: memory and descriptors stay where they were."""
import random
import time
import unittest

from client import Engine

ROUNDS = 4000
# Caches fill and the allocator keeps some pages; what leaks grows with the rounds.
ALLOWED_KIB = 24 * 1024


class Endurance(unittest.TestCase):
    def setUp(self):
        self.engine = engine = Engine()
        pick = random.Random(7)
        start = b"POST / HTTP/1.1\r\nHost: a\r\n"
        stamp = b"X-Amz-Target: AWSEvents.ListRules\r\nContent-Type: application/x-amz-json-1.1\r\n"

        def noise():
            return bytes(pick.randrange(256) for _ in range(pick.randrange(400)))

        self.kinds = [
            lambda: engine.json_call("events", "PutRule", noise()),
            lambda: engine.json_call("events", "PutRule", b"[" * 20_000),
            lambda: engine.json_call("sqs", "SendMessage",
                                     {"QueueUrl": "x" * 2000, "MessageBody": "y" * 20_000}),
            lambda: engine.json_call("events", "ListRules", {}, secret="z" * 40),
            lambda: engine.json_call("events", f"Op{pick.randrange(10**6)}", {}),
            lambda: engine.query_call("sns", {"Action": f"Op{pick.randrange(10**6)}"}),
            lambda: engine.query_call("iam", noise()),
            lambda: engine.query_call("ec2", {
                "Action": "StopInstances", "InstanceId.1": f"i-{pick.randrange(10**9):017x}"
            }),
            lambda: engine.cbor_call("PutMetricData", noise()),
            lambda: engine.rest_call("lambda", "GET",
                                     f"/2015-03-31/functions/none{pick.randrange(10**6)}"),
            lambda: engine.rest_call("lambda", "POST", "/2015-03-31/functions", noise()),
            lambda: engine.rest_call("securityhub", "POST", "/findings/import", noise()),
            lambda: engine.raw(start + stamp + b"Content-Length: 2\r\n\r\n{}"),
            lambda: engine.raw(start + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n"),
            lambda: engine.raw(start + b"Content-Length: 50\r\n\r\nabc", finish=True),
            lambda: engine.raw(noise() + b"\r\n\r\n", finish=True),
        ]

    def rounds(self, count):
        for number in range(count):
            reply = self.kinds[number % len(self.kinds)]()
            if reply is not None:
                self.assertIn(reply.status // 100, (4, 5), reply.body[:200])
                self.assertNotEqual(500, reply.status, reply.body[:200])

    def test_nothing_grows(self):
        self.rounds(ROUNDS // 4)  # Warm up.
        memory, files = self.engine.resident_kib(), self.engine.open_files()
        self.rounds(ROUNDS)
        grown = self.engine.resident_kib() - memory
        opened = self.engine.open_files() - files
        print(f"\n{ROUNDS} rounds: {grown:+} KiB resident, {opened:+} descriptors", end=" ")
        self.assertLess(grown, ALLOWED_KIB)
        for _ in range(50):
            if self.engine.open_files() <= files + 3:
                break
            time.sleep(0.1)
        self.assertLessEqual(self.engine.open_files(), files + 3)
        self.assertTrue(self.engine.alive())


if __name__ == "__main__":
    unittest.main()
