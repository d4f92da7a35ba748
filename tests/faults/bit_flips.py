"""Flipped bits in the files of a stopped engine: it refuses to start, or reports the damage, or all
it serves is as before. Never another answer, and never a crash.

Two folders are damaged: one that was stopped in order (all in the database) and one that was killed
(much in the log). The control: flips under checksums that fit them are served.
"""
import concurrent.futures
import json
import queue
import random
import re
import shutil
import struct
import threading

from botocore.exceptions import BotoCoreError, ClientError

from effects import Effects
from engine import Failure, free_port, wait_until
from receiver import Receiver
import scenario
from power_cut import Base
import workload

EVENTS_ABOUT = 120
SCHEDULES = 20
PAGE_BYTES = 16384
DETECTED, HARMLESS, SERVED = "noticed", "without effect", "served"


def contents(clients, queues):
    """All that was acknowledged, as a client reads it; raises ClientError when told of damage."""
    found = {}
    for name, url in queues.items():
        bodies = []
        while True:
            messages = clients.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages")
            if not messages:
                break
            bodies += [message["Body"] for message in messages]
        found[name] = sorted(bodies)
    found["log"] = sorted(
        event["message"] for page in clients.logs.get_paginator("filter_log_events").paginate(
            logGroupName=scenario.LOG_GROUP) for event in page["events"])
    found["findings"] = sorted(
        json.dumps(finding, sort_keys=True, default=str) for page in
        clients.securityhub.get_paginator("get_findings").paginate() for finding in
        page["Findings"])
    found["volumes"] = sorted(
        (volume["VolumeId"], json.dumps(volume["Tags"], sort_keys=True)) for page in
        clients.ec2.get_paginator("describe_volumes").paginate(
            Filters=[{"Name": "tag-key", "Values": ["number"]}])
        for volume in page["Volumes"])
    found["executions"] = sorted(
        (e["AutomationExecutionId"], e["AutomationExecutionStatus"], json.dumps(e["Outputs"]))
        for page in clients.ssm.get_paginator("describe_automation_executions").paginate()
        for e in page["AutomationExecutionMetadataList"])
    rules = clients.events.list_rules()["Rules"]
    found["rules"] = sorted((r["Name"], r.get("EventPattern", "")) for r in rules)
    found["targets"] = sorted(
        json.dumps(t, sort_keys=True) for r in rules
        for t in clients.events.list_targets_by_rule(Rule=r["Name"])["Targets"])
    found["archives"] = as_texts(clients.events.list_archives()["Archives"])
    found["destinations"] = as_texts(clients.events.list_api_destinations()["ApiDestinations"])
    found["connections"] = as_texts(
        without_metadata(clients.events.describe_connection(Name=connection["Name"]))
        for connection in clients.events.list_connections()["Connections"])
    found["schedules"] = as_texts(
        without_metadata(clients.scheduler.get_schedule(Name=schedule["Name"]))
        for page in clients.scheduler.get_paginator("list_schedules").paginate()
        for schedule in page["Schedules"])
    return found


def as_texts(documents):
    return sorted(json.dumps(document, sort_keys=True, default=str) for document in documents)


def without_metadata(reply):
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}


def make_schedules(clients):
    """Ones that wait for another century."""
    for number in range(SCHEDULES):
        clients.scheduler.create_schedule(
            Name=f"later-{number}", ScheduleExpression=f"at(2126-01-01T00:00:{number:02})",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": clients.arn("sqs", "by-schedule"), "Input": json.dumps({"n": number}),
                    "RoleArn": f"arn:aws:iam::{clients.account}:role/timer"})


def prepare(base, folder):
    """Runs the load over a copy of `base`, waits until nothing is owed, and leaves the folder as a
    kill leaves it and as a stop does. Returns both, and what they hold."""
    folder.mkdir()
    base.copy_to(folder)
    engine = base.make_engine(folder)
    receiver = Receiver(port=free_port())
    engine.spawn()
    engine.wait_ready()
    clients = base.clients(engine, retries=3)
    scenario.move_destination(clients, receiver.address)
    make_schedules(clients)
    ledger = workload.Ledger()
    load = workload.Workload(clients, ledger, False, pace=0.02)
    load.start()
    wait_until(lambda: len(ledger.events) >= EVENTS_ABOUT, 60, "events are acknowledged")
    load.stop()
    # What is received is invisible to the next, so this looks with no visibility time.
    effects = Effects(clients, base.queues)
    owed = {n for n in ledger.events if ledger.matches(n)}

    def settled():
        effects.read_log()
        effects.read_runbooks()
        depth = {name: int(clients.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
            ["ApproximateNumberOfMessages"]) for name, url in base.queues.items()}
        return (depth["queue"] == depth["topic"] == depth["pipe"] == len(owed)
                and owed == set(receiver.numbers()) == effects.seen["log"].keys()
                and depth["finding"] >= len(ledger.imports) / 2 and not effects.unfinished()
                and len(effects.noted) == sum(map(ledger.starts_runbook, ledger.events)))

    wait_until(settled, 60, "nothing is owed", every=0.2)
    receiver.close()
    # Damage to the last commits of a log is taken for a power cut: they hold nothing of interest.
    threading.Event().wait(2)
    for number in range(3):
        clients.sqs.create_queue(QueueName=f"last-{number}")
    engine.process.kill()
    engine.process.wait()
    killed, stopped = folder / "killed", folder / "stopped"
    shutil.copytree(engine.data, killed, ignore=shutil.ignore_patterns("*-shm", "*.sock"))
    engine.spawn()
    engine.wait_ready()
    engine.stop()
    shutil.copytree(engine.data, stopped, ignore=shutil.ignore_patterns("*.sock"))
    engine.spawn()
    engine.wait_ready()
    expected = contents(clients, base.queues)
    engine.stop()
    return {"killed": killed, "stopped": stopped}, expected


def flip(path, byte, bit):
    with path.open("r+b") as file:
        file.seek(byte)
        value = file.read(1)[0]
        file.seek(byte)
        file.write(bytes([value ^ (1 << bit)]))


def rotate(word, by):
    return (word << by | word >> (64 - by)) & (2**64 - 1)


def page_seal(page, number):
    """The checksum of src/store/checked_vfs.cc over a page without its last eight bytes."""
    odd = 0x9e3779b97f4a7c15

    def mix(lane, word):
        return rotate((lane ^ word) * odd & (2**64 - 1), 29)

    lanes = [1, 2, 3, 4]
    for index, (word,) in enumerate(struct.iter_unpack("<Q", page)):
        lanes[index % 4] = mix(lanes[index % 4], word)
    total = number * odd & (2**64 - 1)
    for lane in lanes:
        total = mix(total, lane)
    return struct.pack("<Q", total ^ total >> 32)


def reseal(path, byte):
    """Gives the page of this byte a checksum that fits what it holds."""
    number = byte // PAGE_BYTES
    with path.open("r+b") as file:
        file.seek(number * PAGE_BYTES)
        page = file.read(PAGE_BYTES - 8)
        file.write(page_seal(page, number + 1))


class Examiner:
    """One engine over damaged folders, one after the other."""

    def __init__(self, base, folder):
        self.base = base
        self.engine = base.make_engine(folder)
        self.clients = base.clients(self.engine)

    def examine(self, whole, flips, expected, unseen=False):
        """`flips`: (file name, byte, bit). `unseen`: under checksums that fit. Returns what came of
        it."""
        engine = self.engine
        shutil.rmtree(engine.data.parent, ignore_errors=True)
        engine.data.parent.mkdir(parents=True)
        shutil.copytree(whole, engine.data)
        for name, byte, bit in flips:
            flip(engine.data / name, byte, bit)
            if unseen:
                reseal(engine.data / name, byte)
        engine.spawn()
        try:
            try:
                engine.wait_ready()
            except Failure as failure:
                return self.refused(failure)
            try:
                found = contents(self.clients, self.base.queues)
            except ClientError as error:
                return self.reported(error)
            except BotoCoreError as error:
                raise Failure(f"died of damage: {error}; {self.log()}") from error
            if found == expected:
                return HARMLESS
            if "does not fit its checksum" in self.log():
                return DETECTED  # Told in the log and by health; clients miss what is damaged.
            different = [name for name, value in expected.items() if found[name] != value]
            return f"{SERVED}: {different}"
        finally:
            engine.end()

    def log(self):
        return self.engine.log.read_text(errors="replace")[-2000:]

    def refused(self, failure):
        if self.engine.process.poll() != 1 or "riposte: " not in self.log():
            raise Failure(f"{failure}, without a reason: {self.log()}")
        return DETECTED

    def reported(self, error):
        if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            return f"{SERVED}: {error}"
        return DETECTED


def choose(whole, count, chance):
    """Bytes in the pages of the database, its header, and the log where there is one."""
    database = whole / "riposte.db"
    log = whole / "riposte.db-wal"
    found = []
    for _ in range(count):
        kind = chance.random()
        if log.exists() and log.stat().st_size > 0 and kind < 0.7:
            place = log
            byte = chance.randrange(32 if kind < 0.1 else log.stat().st_size)
        else:
            place = database
            byte = chance.randrange(100 if kind < 0.1 else database.stat().st_size)
        found.append((place.name, byte, chance.randrange(8)))
    return found


def bit_flips(program, library, folder, flips, together, seed):
    del library
    base = Base(program, folder)
    chance = random.Random(seed)
    folders, expected = prepare(base, folder / "whole")
    if len(expected["queue"]) < EVENTS_ABOUT // 4:
        raise Failure(f"too little to damage: { {k: len(v) for k, v in expected.items()} }")
    free = queue.SimpleQueue()
    for number in range(3):
        free.put(Examiner(base, folder / f"examine-{number}"))

    def work(whole, damage):
        examiner = free.get()
        try:
            return examiner.examine(whole, damage, expected)
        finally:
            free.put(examiner)

    results = []
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for number in range(flips // together):
            name = ("stopped", "killed")[number % 2]
            damage = choose(folders[name], together, chance)
            results.append((name, damage, pool.submit(work, folders[name], damage)))
    counts = {}
    for name, damage, future in results:
        try:
            what = future.result()
        except Failure as failure:
            raise Failure(f"{name}, {damage}: {failure}") from failure
        if what.startswith(SERVED):
            raise Failure(f"{name}, {damage}: {what}")
        counts.setdefault(name, {}).setdefault(what, 0)
        counts[name][what] += 1
    print(f"  {flips} flips, {together} at a time: {counts}", flush=True)
    control(base, folder, folders["stopped"], expected)


def control(base, folder, whole, expected):
    """Flips in the text of messages, which only a checksum can find."""
    text = (whole / "riposte.db").read_bytes()
    found = [match.end() - 1 for match in re.finditer(rb'detail-type\\*":\\*"N', text)]
    damage = [("riposte.db", byte, 1) for byte in random.Random(1).sample(found, 12)]
    for unseen, wanted in ((True, SERVED), (False, DETECTED)):
        what = Examiner(base, folder / "control").examine(whole, damage, expected, unseen)
        if not what.startswith(wanted):
            raise Failure(f"control: {len(damage)} flips in messages, unseen={unseen}: {what}")
    print(f"  control: {len(damage)} flips in texts are served when the checksums fit them",
          flush=True)
