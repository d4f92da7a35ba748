"""An orderly end while something is under way: it may finish, and what does not is not lost.

One engine, one API destination whose receiver answers when it is told to, one function that never
ends within the thirty seconds.
"""
import io
import json
import pathlib
import signal
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import zipfile

import boto3
import botocore.config

from engine import Engine, wait_until
from receiver import Receiver

PROGRAM = None  # Set by main().
SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(100)\n"


class Drain(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="riposte-drain-")
        self.addCleanup(folder.cleanup)
        self.answer = threading.Event()
        self.receiver = Receiver(before_answer=self.answer.wait)
        self.addCleanup(self.receiver.close)
        self.addCleanup(self.answer.set)
        self.engine = Engine(PROGRAM, pathlib.Path(folder.name), 30,
                             options=["--allow-private", "127.0.0.1"])
        self.addCleanup(self.engine.end)
        self.start()

    def start(self):
        self.engine.spawn()
        self.engine.wait_ready()

    def client(self, service):
        key = self.engine.credentials()
        return boto3.client(service, endpoint_url=self.engine.endpoint, region_name=key["Region"],
                            aws_access_key_id=key["AccessKeyId"],
                            aws_secret_access_key=key["SecretAccessKey"],
                            config=botocore.config.Config(retries={"max_attempts": 0}))

    def role(self):
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": ["events.amazonaws.com", "lambda.amazonaws.com"]}}]}
        allowed = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam = self.client("iam")
        arn = iam.create_role(RoleName="drain", AssumeRolePolicyDocument=json.dumps(trust)
                              )["Role"]["Arn"]
        iam.put_role_policy(RoleName="drain", PolicyName="all", PolicyDocument=json.dumps(allowed))
        return arn

    def call_the_receiver(self):
        """One event whose delivery is under way when this returns."""
        events = self.client("events")
        connection = events.create_connection(
            Name="c", AuthorizationType="API_KEY",
            AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k"}})
        destination = events.create_api_destination(
            Name="d", ConnectionArn=connection["ConnectionArn"], HttpMethod="POST",
            InvocationEndpoint=f"http://{self.receiver.address}/")["ApiDestinationArn"]
        events.put_rule(Name="r", EventPattern='{"source":["drain"]}')
        events.put_targets(Rule="r", Targets=[
            {"Id": "1", "Arn": destination, "RoleArn": self.role()}])
        sent = events.put_events(Entries=[
            {"Source": "drain", "DetailType": "t", "Detail": '{"n":1}'}])
        self.assertEqual(0, sent["FailedEntryCount"])
        wait_until(self.receiver.numbers, 20, "the receiver is called")

    def metric(self, name):
        with urllib.request.urlopen(self.engine.endpoint + "/metrics", timeout=5) as reply:
            lines = reply.read().decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))

    def told_to_stop(self):
        """Sends the signal; returns when the engine refuses what comes from outside."""
        self.engine.process.send_signal(signal.SIGTERM)

        def refused():
            try:
                urllib.request.urlopen(self.engine.endpoint + "/", timeout=5)
            except urllib.error.HTTPError as error:
                return error if error.code == 503 else None
            return None

        error = wait_until(refused, 10, "new calls are refused")
        self.assertEqual("30", error.headers["Retry-After"])
        self.assertIsNone(self.engine.process.poll())

    def ended_with(self):
        return self.engine.process.wait(timeout=60)

    def test_what_is_under_way_may_finish(self):
        self.call_the_receiver()
        self.told_to_stop()
        self.answer.set()
        self.assertEqual(0, self.ended_with())
        self.start()
        self.assertEqual(0, self.metric("riposte_deliveries_owed"))
        self.assertEqual([1], self.receiver.numbers())

    def test_a_second_signal_ends_it_at_once_and_nothing_is_lost(self):
        self.call_the_receiver()
        self.told_to_stop()
        self.engine.process.send_signal(signal.SIGTERM)
        self.assertEqual(1, self.ended_with())
        self.answer.set()
        self.start()
        wait_until(lambda: len(self.receiver.numbers()) == 2, 30, "the event comes again")
        wait_until(lambda: self.metric("riposte_deliveries_owed") == 0, 30, "nothing is owed")

    def test_what_does_not_finish_is_parked(self):
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("index.py", SLEEPER)
        functions = self.client("lambda")
        functions.create_function(FunctionName="sleeper", Runtime="python3.11", Role=self.role(),
                                  Handler="index.handler", Timeout=200,
                                  Code={"ZipFile": package.getvalue()})
        functions.invoke(FunctionName="sleeper", InvocationType="Event", Payload=b"{}")
        wait_until(lambda: self.metric("riposte_deliveries_in_flight") == 1, 20, "it runs")
        began = time.monotonic()
        self.told_to_stop()
        self.assertEqual(0, self.ended_with())
        self.assertIn("parked what is under way", self.engine.log.read_text())
        print(f"\nparked after {time.monotonic() - began:.1f} s", end=" ")
        self.start()
        wait_until(lambda: self.metric("riposte_deliveries_in_flight") == 1, 20, "it runs again")


def main(program):
    global PROGRAM
    PROGRAM = program
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Drain)
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1
