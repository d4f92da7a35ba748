"""What came of the events, as a client sees it."""
import bisect
import collections
import datetime
import json
import math
import time

from engine import Failure, wait_until
import scenario

# On a busy machine the window may pass before much was done: so many kills may always repeat.
FEWEST_KILLS = 4
# Deliveries in a row that lead to an effect: to the topic, and from there to the queue.
DELIVERIES = {"queue": 1, "topic": 2, "function": 2, "log": 1, "finding": 1, "note": 1,
              "pipe": 2, "web": 1, "schedule": 1}
BY_EVENT = ("queue", "topic", "function", "log", "pipe", "web")


class Effects:
    """Gathers effects until all that is owed is there, or nothing new has come for a while."""

    def __init__(self, clients, queues, receiver=None):
        self.clients = clients
        self.queues = queues
        self.receiver = receiver
        # By kind of effect: how often it was seen for each number.
        self.seen = {name: collections.Counter() for name in DELIVERIES}
        self.replayed = collections.Counter()
        self.volumes = collections.defaultdict(list)
        self.noted = {}  # By number: the volume on which the runbook's last step wrote it.
        self.executions = []
        self.findings = {}

    def gather(self, ledger, patience_seconds):
        """Polls; ends early when everything acknowledged has its effects."""
        progress = time.monotonic()
        before = -1

        def settled():
            nonlocal progress, before
            self.drain_queues()
            if self.receiver:
                self.seen["web"] = collections.Counter(self.receiver.numbers())
            self.read_log()
            self.read_runbooks()
            if not self.missing_deliveries(ledger) and not self.unfinished():
                return True
            size = sum(counter.total() for counter in self.seen.values()) + len(self.noted)
            if size != before:
                before = size
                progress = time.monotonic()
            return time.monotonic() - progress > patience_seconds

        wait_until(settled, 30 * patience_seconds, "effects arrive", every=0.2)
        self.read_findings()

    def drain_queues(self):
        for name, url in self.queues.items():
            while True:
                messages = self.clients.sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages")
                if not messages:
                    break
                for message in messages:
                    self.note(name, json.loads(message["Body"]))
                self.clients.sqs.delete_message_batch(QueueUrl=url, Entries=[
                    {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]}
                    for i, message in enumerate(messages)])

    def note(self, name, body):
        if name in ("function", "schedule"):
            self.seen[name][body["n"]] += 1
        elif name == "pipe":
            self.seen[name][json.loads(body["body"])["detail"]["n"]] += 1
        elif name == "replay":
            self.replayed[body["detail"]["n"]] += 1
        elif name == "finding":
            for finding in body["detail"]["findings"]:
                number = int(finding["Id"])
                updated = finding["Workflow"]["Status"] == "NOTIFIED"
                self.seen["note" if updated else "finding"][number] += 1
        else:
            self.seen[name][body["detail"]["n"]] += 1

    def read_log(self):
        seen = collections.Counter()
        pages = self.clients.logs.get_paginator("filter_log_events").paginate(
            logGroupName=scenario.LOG_GROUP)
        for page in pages:
            for event in page["events"]:
                seen[json.loads(event["message"])["detail"]["n"]] += 1
        self.seen["log"] = seen

    def read_runbooks(self):
        self.executions = [
            execution for page in
            self.clients.ssm.get_paginator("describe_automation_executions").paginate()
            for execution in page["AutomationExecutionMetadataList"]]
        self.volumes.clear()
        self.noted.clear()
        for page in self.clients.ec2.get_paginator("describe_volumes").paginate(
                Filters=[{"Name": "tag-key", "Values": ["number"]}]):
            for volume in page["Volumes"]:
                tags = {tag["Key"]: int(tag["Value"]) for tag in volume["Tags"]}
                self.volumes[tags["number"]].append(volume["VolumeId"])
                if "noted" in tags:
                    self.noted[tags["noted"]] = volume["VolumeId"]

    def read_findings(self):
        for page in self.clients.securityhub.get_paginator("get_findings").paginate():
            for finding in page["Findings"]:
                self.findings[int(finding["Id"])] = finding.get("Note", {}).get("Text")

    def unfinished(self):
        return [e for e in self.executions
                if e["AutomationExecutionStatus"] in ("Pending", "InProgress", "Waiting")]

    def missing_deliveries(self, ledger):
        """What an acknowledged event, import or update should have caused and did not."""
        owed = {n for n in ledger.events if ledger.matches(n)}
        missing = {name: owed - self.seen[name].keys() for name in BY_EVENT
                   if name in self.queues or name == "log" or (name == "web" and self.receiver)}
        missing["schedule"] = ledger.schedules - self.seen["schedule"].keys()
        missing["finding"] = ledger.imports - self.seen["finding"].keys()
        missing["note"] = ledger.updates - self.seen["note"].keys()
        missing["runbook"] = ({n for n in ledger.events if ledger.starts_runbook(n)}
                              - self.noted.keys())
        return {name: numbers for name, numbers in missing.items() if numbers}

    def replay(self, ledger, patience_seconds):
        """Replays the whole archive: what was acknowledged comes out once, and what nobody knows
        to have been accepted at most once. Returns how many events that were."""
        bus = self.clients.arn("events", "event-bus/default")
        now = datetime.datetime.now(datetime.timezone.utc)
        self.clients.events.start_replay(
            ReplayName="all",
            EventSourceArn=self.clients.arn("events", "archive/" + scenario.ARCHIVE),
            EventStartTime=now - datetime.timedelta(days=1),
            EventEndTime=now + datetime.timedelta(seconds=1),
            Destination={"Arn": bus, "FilterArns": [
                self.clients.arn("events", "rule/" + scenario.REPLAYED)]})
        wait_until(lambda: self.clients.events.describe_replay(ReplayName="all")["State"] ==
                   "COMPLETED", 30 * patience_seconds, "the replay ends", every=0.2)
        owed = {n for n in ledger.events if ledger.matches(n)}

        def there():
            self.drain_queues()
            return not owed - self.replayed.keys()

        wait_until(there, patience_seconds, "everything acknowledged is replayed", every=0.2)
        wrong = [n for n, count in self.replayed.items() if count != 1 or not ledger.matches(n)]
        if wrong:
            raise Failure(f"replayed {self.replayed[wrong[0]]} times: {wrong[:5]}")
        return len(self.replayed)

    def losses(self, ledger):
        """The same, and what is stored rather than delivered."""
        lost = self.missing_deliveries(ledger)
        stored = ledger.imports - self.findings.keys()
        if stored:
            lost["stored finding"] = stored
        stored = {n for n in ledger.updates if self.findings.get(n) != f"note {n}"}
        if stored:
            lost["stored note"] = stored
        return lost

    def check_once(self, ledger):
        """What must happen exactly once did, and what matches no rule caused nothing."""
        wrong = [e for e in self.executions if e["AutomationExecutionStatus"] != "Success"]
        if wrong:
            raise Failure(f"{len(wrong)} executions did not end as Success, such as {wrong[0]}")
        started = collections.Counter(e["Outputs"]["create.VolumeId"][0] for e in self.executions)
        for number, volumes in self.volumes.items():
            if len(volumes) != 1 or started[volumes[0]] != 1:
                raise Failure(f"event {number} made {volumes} in executions "
                              f"{[started[v] for v in volumes]}, not one in one")
            if self.noted.get(number) != volumes[0]:
                raise Failure(f"event {number} made {volumes[0]}, its execution noted "
                              f"{self.noted.get(number)}")
        if len(self.executions) != len(self.volumes):
            raise Failure(f"{len(self.executions)} executions, {len(self.volumes)} volumes")
        for name in BY_EVENT:
            strange = [n for n in self.seen[name]
                       if not ledger.matches(n) or not 0 <= n < ledger.sent]
            if strange:
                raise Failure(f"{name}: effects of events that match no rule: {strange[:5]}")

    def check_duplicates(self, ledger, kills, window_seconds):
        """More than one effect comes of what was in flight when the engine died, and of nothing
        else: only what was sent within the window before a kill may be repeated, and each of its
        deliveries once for each kill. Returns how many repeats that allows."""
        bounds = collections.Counter()
        for name, counter in self.seen.items():
            sent_at = (ledger.findings_sent_at if name in ("finding", "note")
                       else ledger.schedules_sent_at if name == "schedule" else ledger.sent_at)
            for number, count in counter.items():
                after = kills[bisect.bisect_left(kills, sent_at[number]):]
                deaths = max(bisect.bisect_right(after, sent_at[number] + window_seconds),
                             min(FEWEST_KILLS, len(after)))
                # Each repeat of the first delivery makes a second one, which is repeated by itself.
                most = math.comb(deaths + DELIVERIES[name], deaths)
                bounds[name] += most - 1
                if count > most:
                    ages = [round(kill - sent_at[number], 1) for kill in after[:deaths + 2]]
                    raise Failure(f"{name}: {number} took effect {count} times, at most {most}"
                                  f" times may be; the engine died {ages} s after it was sent")
        return dict(bounds)

    def duplicates(self):
        return {name: counter.total() - len(counter) for name, counter in self.seen.items()
                if counter.total() > len(counter)}
