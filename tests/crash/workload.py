"""Numbered events and findings, sent until told to stop, and what the engine said to each."""
import collections
import datetime
import json
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

import scenario

BATCH = 4
PACE_SECONDS = 0.04
SCHEDULE_PACE = 5  # Schedules are made so many times less often.


class Ledger:
    """What was sent and what was acknowledged. A number is sent once and means one thing:
    even ones match the rule of all targets, every fourth also starts a runbook."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sent = 0
        self.sent_at = []  # By number: when its call began.
        self.events = set()
        self.findings_sent = 0
        self.findings_sent_at = []
        self.schedules_sent = 0
        self.schedules_sent_at = []
        self.schedules = set()
        self.imports = set()
        self.updates = set()
        self.cut_off = collections.Counter()  # Calls without an answer, by what they sent.
        self.refused = []

    @staticmethod
    def matches(number):
        return number % 2 == 0

    @staticmethod
    def starts_runbook(number):
        return number % 4 == 0

    def take_events(self, count):
        with self.lock:
            first = self.sent
            self.sent += count
            self.sent_at += [time.monotonic()] * count
            return list(range(first, first + count))

    def take_findings(self, count):
        with self.lock:
            first = self.findings_sent
            self.findings_sent += count
            self.findings_sent_at += [time.monotonic()] * count
            return list(range(first, first + count))

    def take_schedule(self, due):
        """A number for a schedule that is due at `due`, of time.monotonic()."""
        with self.lock:
            self.schedules_sent += 1
            self.schedules_sent_at.append(due)
            return self.schedules_sent - 1

    def acknowledge(self, what, numbers):
        """The engine said yes to these."""
        with self.lock:
            getattr(self, what).update(numbers)

    def count_cut_off(self, what, error):
        """Nobody knows what became of it. Only a dying or starting engine may answer so."""
        status = 0
        if isinstance(error, ClientError):
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        with self.lock:
            self.cut_off[what] += 1
            if status != 0 and status != 503:
                self.refused.append(str(error))


class Workload:
    """Threads that send. `acknowledge_early` is the control: it believes before it is told."""

    def __init__(self, clients, ledger, acknowledge_early, event_threads=2, pace=PACE_SECONDS,
                 with_schedules=False):
        self.clients = clients
        self.ledger = ledger
        self.early = acknowledge_early
        self.stopping = threading.Event()
        senders = [(self.put_events, pace)] * event_threads + [(self.import_findings, pace)]
        if with_schedules:
            senders.append((self.create_schedule, SCHEDULE_PACE * pace))
        self.threads = [threading.Thread(target=self.run, args=sender, daemon=True)
                        for sender in senders]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self, send, pace):
        while not self.stopping.wait(pace):
            try:
                send()
            except (BotoCoreError, ClientError) as error:
                self.ledger.count_cut_off(send.__name__, error)

    def put_events(self):
        ledger = self.ledger
        numbers = ledger.take_events(BATCH)
        if self.early:
            ledger.acknowledge("events", numbers)
        entries = [{"Source": scenario.SOURCE, "DetailType": "Numbered", "Detail": json.dumps(
            {"n": n, "match": ledger.matches(n), "runbook": ledger.starts_runbook(n)})}
            for n in numbers]
        reply = self.clients.events.put_events(Entries=entries)
        ledger.acknowledge("events", [
            n for n, entry in zip(numbers, reply["Entries"]) if "EventId" in entry])

    def import_findings(self):
        ledger = self.ledger
        numbers = ledger.take_findings(2)
        if self.early:
            ledger.acknowledge("imports", numbers)
        reply = self.clients.securityhub.batch_import_findings(
            Findings=[self.finding(n) for n in numbers])
        if reply["SuccessCount"] == len(numbers):
            ledger.acknowledge("imports", numbers)
        number = numbers[0]
        if self.early:
            ledger.acknowledge("updates", [number])
        reply = self.clients.securityhub.batch_update_findings(
            FindingIdentifiers=[{"Id": str(number), "ProductArn": self.product()}],
            Note={"Text": f"note {number}", "UpdatedBy": "crash"},
            Workflow={"Status": "NOTIFIED"})
        if len(reply["ProcessedFindings"]) == 1:
            ledger.acknowledge("updates", [number])

    def create_schedule(self):
        """One that fires once, a second or two from now: with some, the engine is down then."""
        ledger = self.ledger
        at = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) \
            + datetime.timedelta(seconds=2)
        due = time.monotonic() + at.timestamp() - time.time()
        number = ledger.take_schedule(due)
        if self.early:
            ledger.acknowledge("schedules", [number])
        self.clients.scheduler.create_schedule(
            Name=f"n{number}", ScheduleExpression=at.strftime("at(%Y-%m-%dT%H:%M:%S)"),
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": self.clients.arn("sqs", "by-schedule"),
                    "Input": json.dumps({"n": number}),
                    "RoleArn": f"arn:aws:iam::{self.clients.account}:role/timer"})
        ledger.acknowledge("schedules", [number])

    def product(self):
        return self.clients.arn("securityhub", f"product/{self.clients.account}/default")

    def finding(self, number):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {"SchemaVersion": "2018-10-08", "Id": str(number), "ProductArn": self.product(),
                "GeneratorId": "crash", "AwsAccountId": self.clients.account,
                "Types": ["Software and Configuration Checks"], "CreatedAt": now, "UpdatedAt": now,
                "Severity": {"Label": "LOW"}, "Title": f"Finding {number}",
                "Description": "Of the crash test.",
                "Resources": [{"Type": "Other", "Id": f"resource/{number}"}]}
