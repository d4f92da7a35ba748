"""Calls to the disk that fail: the client is told, nothing acknowledged is lost, nothing hangs, the
engine says what is wrong, and a restart heals what does not heal by itself.

That a loss would be seen here is what power_cut.controls() shows, over the same disk.
"""
import errno
import http.client
import json
import os
import random
import shutil
import subprocess
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from disk import Disk, MODES
from effects import Effects
from engine import Failure, free_port, wait_until
from power_cut import Base, MomentLedger, Verifiers
from receiver import Receiver
import scenario
import shim
import workload

# What a promise of five seconds is measured against on a machine that may be busy with other work:
# only a hang is a failure, the longest call is reported.
HANG_SECONDS = 30


class FaultyWorkload(workload.Workload):
    """Also measures how long calls take, and knows which were answered how."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.slowest = 0.0

    def run(self, send, pace):
        def timed():
            begun = time.monotonic()
            try:
                send()
            finally:
                self.slowest = max(self.slowest, time.monotonic() - begun)
        timed.__name__ = send.__name__
        super().run(timed, pace)


class FaultyLedger(MomentLedger):
    def __init__(self, moment, receiver):
        super().__init__(moment, receiver)
        self.errors = 0  # Answers that say it failed.
        self.wrong = []

    def count_cut_off(self, what, error):
        with self.lock:
            self.cut_off[what] += 1
            if isinstance(error, ClientError):
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                self.errors += 1
                if status < 500:
                    self.wrong.append(str(error))


def get(engine, path):
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=HANG_SECONDS)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


class Run:
    """An engine under load on a disk that can be told to fail."""

    def __init__(self, base, library, folder, data=None):
        self.base = base
        self.folder = folder
        folder.mkdir(exist_ok=True)
        if data is None:
            base.copy_to(folder)
        self.shim = shim.Shim(library, folder / "data", folder)
        self.engine = base.make_engine(folder, environment=self.shim.environment)
        self.receiver = None
        self.ledger = None
        self.load = None

    def start(self):
        self.engine.spawn()
        self.engine.wait_ready()
        self.receiver = Receiver(port=free_port(), moment=lambda: self.shim.moment)
        self.ledger = FaultyLedger(lambda: self.shim.moment, self.receiver)
        self.clients = self.base.clients(self.engine)
        scenario.move_destination(self.clients, self.receiver.address)
        self.load = FaultyWorkload(self.clients, self.ledger, False, event_threads=2, pace=0.005,
                                   with_schedules=True)
        self.load.start()

    def health(self):
        status, body = get(self.engine, "/_riposte/health")
        if status != 200:
            raise Failure(f"/_riposte/health answers {status}")
        return json.loads(body)

    def acknowledged(self):
        return len(self.ledger.events) + len(self.ledger.imports)

    def check_goes_on(self, seconds=HANG_SECONDS):
        """New writes are acknowledged, and the engine has nothing to complain of."""
        before = self.acknowledged()
        wait_until(lambda: self.acknowledged() > before, seconds, "writes are acknowledged again")
        wait_until(lambda: self.health()["status"] == "ok", seconds, "/_riposte/health is ok again")

    def check_effects(self):
        """Without a restart, everything acknowledged so far takes effect."""
        self.load.stop()
        effects = Effects(self.base.clients(self.engine, retries=3), self.base.queues,
                          self.receiver)
        effects.gather(self.ledger, HANG_SECONDS)
        lost = effects.losses(self.ledger)
        if lost:
            raise Failure(f"without a restart these wait for ever: {lost}")
        effects.check_once(self.ledger)
        self.ledger.received = effects.seen

    def check_reads(self):
        found = {url.rsplit("/", 1)[1] for url in self.clients.sqs.list_queues()["QueueUrls"]}
        if not {url.rsplit("/", 1)[1] for url in self.base.queues.values()} <= found:
            raise Failure("a read does not find the queues")
        self.clients.events.list_rules()

    def check_log(self, *words):
        text = self.engine.log.read_text(errors="replace")
        if not any(word in text for word in words):
            raise Failure(f"the log says none of {words}")

    def finish(self):
        """Kills it; from here on the record tells what is left."""
        if self.load is None:
            self.engine.end()
            return
        self.load.stop()
        self.engine.end()
        self.receiver.close()
        if self.ledger.wrong:
            raise Failure(f"failed with an answer that blames the client: {self.ledger.wrong[:2]}")
        if self.load.slowest > HANG_SECONDS:
            raise Failure(f"a call hung for {self.load.slowest:.1f} s")

    def verify(self, verifiers, mode, chance):
        disk = Disk(self.folder / "data", self.shim.log).load(self.base.folder / "data")
        disk.play(self.shim.moment, chance)
        return verifiers.submit(disk, mode, self.ledger.until(self.shim.moment), chance, False)


# What fails, for how many calls in a row, and whether the engine gets over it without a restart.
REFUSED = [
    ("a write of the log fails", shim.FAIL, shim.WRITE, shim.WAL, errno.EIO, 1),
    ("no space for a write of the log", shim.FAIL, shim.WRITE, shim.WAL, errno.ENOSPC, 3),
    ("half a write of the log fits", shim.SHORT, shim.WRITE, shim.WAL, errno.ENOSPC, 2),
    ("a write of the database fails", shim.FAIL, shim.WRITE, shim.DATABASE, errno.EIO, 1),
]
UNSYNCED = ("a sync of the database fails", shim.FAIL, shim.SYNC, shim.DATABASE, errno.EIO, 1)
STOPPED = [
    ("a sync of the log fails", shim.FAIL, shim.SYNC, shim.WAL, errno.EIO, 1),
    ("no space for a sync of the log", shim.FAIL, shim.SYNC, shim.WAL, errno.ENOSPC, 1),
]
AT_START = [
    ("a write fails", shim.FAIL, shim.WRITE, shim.ANY_FILE, errno.EIO, 1),
    ("half a write fits", shim.SHORT, shim.WRITE, shim.ANY_FILE, errno.ENOSPC, shim.FOR_EVER),
    ("a sync fails", shim.FAIL, shim.SYNC, shim.ANY_FILE, errno.EIO, 1),
    ("no file can be made", shim.FAIL, shim.CREATE, shim.ANY_FILE, errno.ENOSPC, shim.FOR_EVER),
    ("no file can be renamed", shim.FAIL, shim.RENAME, shim.ANY_FILE, errno.EIO, shim.FOR_EVER),
]


def refused(run, fault, counts):
    """Each of these calls fails while all else works, and it goes on. Some client is told, unless
    the commit was of the engine's own work."""
    title, action, calls, files, error, times = fault
    struck = 0
    for count in counts:
        errors = run.ledger.errors
        run.shim.arm(action, calls, files, count, times, error)
        try:
            wait_until(lambda: run.shim.control.struck > 0, HANG_SECONDS, title)
        finally:
            struck += run.shim.control.struck
        wait_until(lambda: run.shim.control.times == 0 or run.ledger.errors > errors,
                   HANG_SECONDS, "the fault passes")
        run.shim.heal()
        run.check_goes_on()
    run.check_effects()
    if files == shim.WAL:
        run.check_log("writes are refused")
    else:
        run.check_log("checkpoint failed")
    return struck


def stopped(run, fault, count):
    """After this nothing may be written; the engine says so, and serves reads."""
    title, action, calls, files, error, times = fault
    run.shim.arm(action, calls, files, count, times, error)
    wait_until(lambda: run.shim.control.struck > 0, HANG_SECONDS, title)
    wait_until(lambda: run.health()["status"] == "degraded", HANG_SECONDS, "health says so")
    # Answers to what was committed before may still be on their way: each client has one at most.
    errors = run.ledger.errors
    wait_until(lambda: run.ledger.errors > errors + 20, HANG_SECONDS, "clients are told")
    acknowledged = run.acknowledged()
    errors = run.ledger.errors
    wait_until(lambda: run.ledger.errors > errors + 20, HANG_SECONDS, "clients are told again")
    if run.acknowledged() > acknowledged:
        raise Failure(f"{title}: a write was acknowledged after it")
    if "until the engine starts again" not in run.health()["store"]["error"]:
        raise Failure(f"health does not say what to do: {run.health()['store']}")
    if get(run.engine, "/healthz")[0] != 503:
        raise Failure("/healthz does not ask for a restart")
    run.check_reads()
    run.check_log("a commit failed")
    return run.shim.control.struck


def unsynced(run, fault):
    """Writes go on into the log, which must be kept: it has the only copy of what a checkpoint
    wrote to the database. A restart is asked for."""
    title, action, calls, files, error, times = fault
    run.shim.arm(action, calls, files, 1, times, error)
    wait_until(lambda: run.shim.control.struck > 0, HANG_SECONDS, title)
    wait_until(lambda: run.health()["status"] == "degraded", HANG_SECONDS, "health says so")
    before = run.acknowledged()
    wait_until(lambda: run.acknowledged() > before + 200, HANG_SECONDS, "writes go on")
    if get(run.engine, "/healthz")[0] != 503:
        raise Failure("/healthz does not ask for a restart")
    run.check_reads()
    run.check_log("the database could not be synced")
    run.check_effects()
    return run.shim.control.struck


def at_start(run, fault, count):
    """Refused with a reason, or served: and the next start without the fault serves."""
    title, action, calls, files, error, times = fault
    run.shim.arm(action, calls, files, count, times, error)
    run.engine.spawn()
    process = run.engine.process

    def settled():
        if process.poll() is not None:
            return True
        try:
            return get(run.engine, "/healthz")[0] == 200
        except OSError:
            return False

    wait_until(settled, HANG_SECONDS, f"start: {title}, call {count}: refused or ready")
    code = process.poll()
    if code is not None:
        if code != 1 or "riposte: " not in run.engine.log.read_text(errors="replace"):
            raise Failure(f"start: {title}, call {count}: ended with {code} and without a reason")
    return code is not None


def disk_errors(program, library, folder, count, seed):
    """`count` failing calls of each kind that heals; fewer of the others, which cost a start."""
    base = Base(program, folder)
    verifiers = Verifiers(base, folder)
    chance = random.Random(seed)
    results = []
    slowest = 0.0
    errors = 0

    def attempt(title, work):
        nonlocal slowest, errors
        run = Run(base, library, folder / f"run-{len(results)}")
        try:
            run.start()
            wait_until(lambda: run.acknowledged() > 20, HANG_SECONDS, "the load flows")
            work(run)
        except (Failure, BotoCoreError, ClientError, OSError) as failure:
            raise Failure(f"{title}: {failure}") from failure
        finally:
            run.finish()
        slowest = max(slowest, run.load.slowest)
        errors += run.ledger.errors
        mode = chance.choice(MODES)
        results.append((f"{title}, then a power cut ({mode})", run.verify(verifiers, mode, chance)))
        shutil.rmtree(run.folder)

    struck = 0
    for fault in REFUSED:
        counts = [chance.randint(1, 60) for _ in range(count if fault[3] == shim.WAL else 2)]

        def work(run, fault=fault, counts=counts):
            nonlocal struck
            struck += refused(run, fault, counts)
        attempt(fault[0], work)
    for _ in range(max(1, count // 4)):
        def work(run):
            nonlocal struck
            struck += unsynced(run, UNSYNCED)
        attempt(UNSYNCED[0], work)
    for number in range(max(2, count // 2)):
        fault = STOPPED[number % len(STOPPED)]

        def work(run, fault=fault):
            nonlocal struck
            struck += stopped(run, fault, chance.randint(1, 30))
        attempt(fault[0], work)
    if errors == 0:
        raise Failure("no client was told of any of them")
    starts = start_errors(base, library, folder, count, chance)
    for title, future in results:
        try:
            lost = future.result()
        except Failure as failure:
            raise Failure(f"{title}: {failure}") from failure
        if lost:
            raise Failure(f"{title}: lost {lost}")
    print(f"  {struck} failed calls in {len(results)} runs, {errors} clients told, nothing lost;"
          f" the longest call took {slowest:.1f} s", flush=True)
    print(f"  {starts[0]} failed calls while starting: {starts[1]} starts refused with a reason,"
          " the next ones served", flush=True)


def start_errors(base, library, folder, count, chance):
    """A start meets a failing call; the one after it must serve."""
    tried = refusals = 0
    place = folder / "start"
    run = None
    for fault in AT_START:
        for number in range(count):
            shutil.rmtree(place, ignore_errors=True)
            run = Run(base, library, place)
            try:
                refusals += at_start(run, fault, number + 1 if number < 4 else chance.randint(5, 60))
                tried += run.shim.control.struck > 0
            finally:
                run.engine.end()
            run.engine.environment = None
            run.engine.spawn()
            try:
                run.engine.wait_ready()
                run.engine.check_database()
            finally:
                run.engine.end()
    return tried, refusals


def disk_full(program, library, folder, seed):
    """Writes are refused and reads go on until there is space; then writes go on by themselves."""
    base = Base(program, folder)
    verifiers = Verifiers(base, folder, 1)
    run = Run(base, library, folder / "full")
    try:
        run.start()
        wait_until(lambda: run.acknowledged() > 20, HANG_SECONDS, "the load flows")
        fill(run, lambda: run.shim.arm(shim.FAIL, shim.WRITE, times=shim.FOR_EVER,
                                       error=errno.ENOSPC), run.shim.heal)
    finally:
        run.finish()
    chance = random.Random(seed)
    lost = run.verify(verifiers, chance.choice(MODES), chance).result()
    if lost:
        raise Failure(f"lost over a full disk: {lost}")
    print(f"  a disk that reports it is full: {run.ledger.errors} writes refused, then"
          " acknowledged again; nothing lost", flush=True)
    real_disk_full(base, library, folder)


def fill(run, full, empty):
    full()
    wait_until(lambda: run.health()["status"] == "degraded", HANG_SECONDS, "health says so")
    acknowledged = run.acknowledged()
    errors = run.ledger.errors
    wait_until(lambda: run.ledger.errors > errors + 5, HANG_SECONDS, "clients are told")
    if run.acknowledged() > acknowledged:
        raise Failure("a write was acknowledged on a full disk")
    if "full" not in run.health()["store"]["error"]:
        raise Failure(f"health does not say that the disk is full: {run.health()['store']}")
    if get(run.engine, "/healthz")[0] != 200:
        raise Failure("/healthz asks for a restart, which does not help")
    run.check_reads()
    empty()
    run.check_goes_on()
    run.check_effects()
    run.check_log("writes are refused")
    run.check_log("writes are stored again")


def real_disk_full(base, library, folder):
    """The same on a small file system, where there is one to be had."""
    place = folder / "small"
    place.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", place],
        stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not mounted:
        print("  no small file system: mounting one is not allowed here", flush=True)
        return
    run = Run(base, library, place)
    run.engine.environment = None
    # The log of the engine must not be what does not fit.
    run.engine.log = folder / "small.log"
    ballast = place / "ballast"

    def full():
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    try:
        run.start()
        wait_until(lambda: run.acknowledged() > 20, HANG_SECONDS, "the load flows")
        fill(run, full, ballast.unlink)
        run.engine.check_database()
    finally:
        run.finish()
        subprocess.run(["umount", "-l", place], check=False)
    print(f"  a full tmpfs: {run.ledger.errors} writes refused, then acknowledged again",
          flush=True)
