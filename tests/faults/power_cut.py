"""Power cuts: the engine runs on a recorded disk; what any moment of the record would have left must
hold everything that was acknowledged before that moment.

One recording serves many cuts. The controls: an engine that does not sync, and a disk that says it
has synced and has not; both must be reported as losing.
"""
import collections
import concurrent.futures
import copy
import queue
import random
import shutil
import threading

from botocore.exceptions import BotoCoreError, ClientError

from disk import Disk, MODES
from effects import Effects
from engine import Engine, Failure, free_port, wait_until
from receiver import Receiver
import scenario
import shim
import workload

READY_SECONDS = 60
# What must be seen as lost when a disk forgets.
SEEN_IN_CONTROLS = {"queue", "topic", "log", "pipe", "web", "schedule", "finding", "runbook"}
PATIENCE_SECONDS = 15
REFUSED_SHARE = 0.3  # Of the calls of the API destination: so retries are owed at each moment.


class MomentLedger(workload.Ledger):
    """Also knows when, in the record of the disk, each acknowledgement had arrived, and each call of
    the API destination."""

    def __init__(self, moment, receiver):
        super().__init__()
        self.moment = moment
        self.receiver = receiver
        self.received = {}  # What a client took from the queues before the cut.
        self.times = {"events": {}, "imports": {}, "updates": {}, "schedules": {}}

    def acknowledge(self, what, numbers):
        super().acknowledge(what, numbers)
        now = self.moment()
        with self.lock:
            self.times[what].update((n, now) for n in numbers)

    def until(self, moment):
        """What had been acknowledged by then."""
        past = copy.copy(self)
        for what, times in self.times.items():
            setattr(past, what, {n for n, at in times.items() if at <= moment})
        past.received = self.received | {
            "web": collections.Counter(self.receiver.numbers(until=moment))}
        return past


class Base:
    """A data folder with the scenario in it, cleanly stopped: where each recording begins."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder / "base"
        self.folder.mkdir()
        engine = self.make_engine(self.folder)
        engine.spawn()
        engine.wait_ready()
        self.credentials = engine.credentials()
        # Nobody listens there: each engine under test is told of a receiver of its own.
        self.queues = scenario.build(self.clients(engine, retries=3), with_function=False,
                                     receiver=f"127.0.0.1:{free_port()}")
        engine.stop()

    def make_engine(self, folder, options=(), environment=None):
        return Engine(self.program, folder, READY_SECONDS,
                      ["--allow-private", "127.0.0.1", *options], environment)

    def clients(self, engine, retries=0):
        return scenario.Clients(engine.endpoint, self.credentials, retries=retries)

    def copy_to(self, folder):
        shutil.copytree(self.folder / "data", folder / "data")


class Recording:
    """One run under load, from start to death, and what was acknowledged in it when."""

    def __init__(self, base, library, folder, chance, options=(), lying=False, seconds=2.0):
        self.base = base
        self.folder = folder
        folder.mkdir()
        base.copy_to(folder)
        self.shim = shim.Shim(library, folder / "data", folder)
        self.engine = base.make_engine(folder, options, self.shim.environment)
        control = self.shim.control
        control.sync_delay_us = chance.choice((0, 300, 2000, 8000))
        control.lying_sync = int(lying)
        mood = random.Random(chance.random())
        self.receiver = Receiver(port=free_port(), moment=lambda: self.shim.moment,
                                 refuse=lambda: mood.random() < REFUSED_SHARE)
        self.ledger = MomentLedger(lambda: self.shim.moment, self.receiver)
        try:
            self.run(chance, seconds)
        finally:
            self.receiver.close()

    def run(self, chance, seconds):
        self.engine.spawn()
        self.engine.wait_ready()
        self.served_from = self.shim.moment
        clients = self.base.clients(self.engine)
        scenario.move_destination(clients, self.receiver.address)
        load = workload.Workload(clients, self.ledger, False, event_threads=3, pace=0.01,
                                 with_schedules=True)
        load.start()
        threading.Event().wait(seconds)
        # It dies by itself at some call, so that the last cut is where a real one would be.
        self.shim.arm(shim.DIE, shim.WRITE | shim.SYNC, countdown=chance.randint(1, 40))
        try:
            wait_until(lambda: self.engine.process.poll() is not None, 60, "the engine dies")
        finally:
            load.stop()
            self.engine.end()
        self.engine.reap_orphans()
        if self.ledger.refused:
            raise Failure(f"refused, not cut off: {self.ledger.refused[:3]}")

    def moments(self, count, chance):
        """Cuts: the death itself, early ones, and ones anywhere, in order."""
        last = self.shim.moment
        found = [last] + [chance.randint(0, self.served_from) for _ in range(count // 8)]
        while len(found) < count:
            found.append(chance.randint(self.served_from, last))
        return sorted(found)


class Verifier:
    """Starts the engine over what a cut left, on one port, with clients that stay."""

    def __init__(self, base, folder):
        self.base = base
        self.folder = folder
        self.engine = base.make_engine(folder)
        self.clients = base.clients(self.engine, retries=3)
        self.receiver = Receiver(port=free_port())

    def losses(self, ledger, expect_loss):
        """Starts over what lies in the data folder."""
        self.engine.spawn()
        try:
            self.engine.wait_ready()
            self.receiver.begin(ledger.received["web"].elements())
            scenario.move_destination(self.clients, self.receiver.address)
            effects = Effects(self.clients, self.base.queues, self.receiver)
            for name, counter in ledger.received.items():
                effects.seen[name].update(counter)
            effects.gather(ledger, 2 if expect_loss else PATIENCE_SECONDS)
            if not expect_loss:
                effects.check_once(ledger)
                effects.replay(ledger, PATIENCE_SECONDS)
            self.engine.check_database()
            lost = effects.losses(ledger)
            self.engine.stop(alone=False)
            return lost
        finally:
            self.engine.end()


class Verifiers:
    """A few engines at a time: each waits more than it works."""

    def __init__(self, base, folder, count=3):
        self.pool = concurrent.futures.ThreadPoolExecutor(count)
        self.free = queue.SimpleQueue()
        for number in range(count):
            self.free.put(Verifier(base, folder / f"verify-{number}"))

    def submit(self, disk, mode, ledger, chance, expect_loss):
        """Writes what the cut leaves now; the future says what of the ledger was lost."""
        verifier = self.free.get()
        shutil.rmtree(verifier.folder, ignore_errors=True)
        verifier.engine.data.mkdir(parents=True)
        disk.cut(verifier.engine.data, mode, chance)
        return self.pool.submit(self.work, verifier, ledger, expect_loss)

    def work(self, verifier, ledger, expect_loss):
        try:
            return verifier.losses(ledger, expect_loss)
        except (Failure, BotoCoreError, ClientError) as failure:
            if expect_loss:
                return {str(failure): set()}
            raise Failure(str(failure)) from failure
        finally:
            self.free.put(verifier)


def cuts(recording, verifiers, count, seed, expect_loss=False):
    """Returns what each cut that lost something acknowledged has lost, and how many cuts met
    unsynced writes, and how many of those."""
    chance = random.Random(seed)
    disk = Disk(recording.folder / "data", recording.shim.log).load(recording.base.folder / "data")
    results = []
    unsynced = []
    for number, moment in enumerate(recording.moments(count, chance)):
        disk.play(moment, chance)
        mode = MODES[number % len(MODES)]
        unsynced.append(disk.unsynced())
        results.append((f"{mode} at byte {moment}, cut {number} of seed {seed}", verifiers.submit(
            disk, mode, recording.ledger.until(moment), chance, expect_loss)))
    found = []
    for where, future in results:
        try:
            lost = future.result()
        except Failure as failure:
            raise Failure(f"{where}: {failure}") from failure
        if lost:
            found.append((where, {name: len(numbers) for name, numbers in lost.items()}))
    return found, sum(1 for n in unsynced if n), sum(unsynced)


def power_cuts(program, library, folder, recordings, count, seed):
    base = Base(program, folder)
    verifiers = Verifiers(base, folder)
    total = met = pending = acknowledged = 0
    for number in range(recordings):
        chance = random.Random(seed * 1000 + number)
        recording = Recording(base, library, folder / f"recording-{number}", chance)
        found, with_unsynced, unsynced = cuts(recording, verifiers, count, seed * 1000 + number)
        if found:
            raise Failure(f"power cuts lost what was acknowledged: {found[:3]}")
        total += count
        met += with_unsynced
        pending += unsynced
        acknowledged += len(recording.ledger.events)
        shutil.rmtree(recording.folder)
    print(f"  {total} power cuts in {recordings} recordings, {acknowledged} events acknowledged;"
          f" {met} cuts met unsynced writes, {pending} in all; nothing lost", flush=True)
    first_starts(program, library, folder, max(10, count // 2), seed)
    controls(base, verifiers, library, folder, seed)


def first_starts(program, library, folder, count, seed):
    """The power fails while the first start makes everything: the next one has to serve."""
    chance = random.Random(seed)
    place = folder / "first"
    place.mkdir()
    run = shim.Shim(library, place / "data", place)
    engine = Engine(program, place, READY_SECONDS, (), run.environment)
    engine.spawn()
    try:
        engine.wait_ready()
    finally:
        engine.end()
    disk = Disk(place / "data", run.log)
    moments = sorted(chance.randint(0, run.moment) for _ in range(count))
    for number, moment in enumerate(moments):
        disk.play(moment, chance)
        mode = MODES[number % len(MODES)]
        again = Engine(program, folder / f"first-{number}", READY_SECONDS)
        again.data.mkdir(parents=True)
        disk.cut(again.data, mode, chance)
        again.spawn()
        try:
            again.wait_ready()
            again.check_database()
            again.stop(alone=False)
        except Failure as failure:
            raise Failure(f"a first start cut off at byte {moment} of {run.moment}, {mode}:"
                          f" {failure}") from failure
        finally:
            again.end()
        shutil.rmtree(again.data.parent)
    print(f"  {count} power cuts in a first start: the next one serves", flush=True)


def controls(base, verifiers, library, folder, seed):
    for title, options, lying in (
            ("an engine that does not sync", ["--unsafe-no-sync"], False),
            ("a disk that lies about syncs", [], True)):
        recording = Recording(base, library, folder / "control", random.Random(seed), options,
                              lying)
        found, _, _ = cuts(recording, verifiers, 6, seed, expect_loss=True)
        unseen = SEEN_IN_CONTROLS - {name for _, lost in found for name in lost}
        if unseen:
            raise Failure(f"control: {title} lost none of {unseen}: this test cannot see a loss")
        print(f"  control: {title} loses in {len(found)} of 6 cuts: {found[0][1]}", flush=True)
        shutil.rmtree(recording.folder)
