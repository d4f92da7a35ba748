"""The engine as a process that dies: start, wait for an answer, SIGKILL, look at what it left."""
import ctypes
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


class Failure(Exception):
    """A promise that was broken."""


def wait_until(condition, seconds, what, every=0.01):
    """Polls until `condition()` is true; returns what it returned. Raises Failure."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        pause.wait(every)


def adopt_orphans():
    """What the engine leaves behind becomes this process's child, so that none can hide."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


PORTS_GIVEN = set()


def free_port():
    """A free port outside the range that outgoing connections take, so that it stays free; never the
    same twice, for an engine may still call one whose server is gone."""
    while True:
        port = random.randint(20000, 30000)
        if port in PORTS_GIVEN:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                PORTS_GIVEN.add(port)
                return port
            except OSError:
                continue


def command_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        return text.replace(b"\0", b" ").decode(errors="replace")[:200]
    except OSError:
        return "?"


class Engine:
    """One data folder and the process that serves it, whichever that is at the moment."""

    def __init__(self, program, folder, ready_seconds, options=(), environment=None):
        self.program = program
        self.data = folder / "data"
        self.log = folder / "engine.log"
        self.port = free_port()
        self.ready_seconds = ready_seconds
        self.options = list(options)
        self.environment = environment  # More variables for the process.
        self.process = None
        self.ready_times = []
        self.left = []  # Numbers of processes that outlived the engine.

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def spawn(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", str(self.data), "--port", str(self.port),
                 "--log-level", "warning", *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | (self.environment or {}))
        self.spawned = time.monotonic()

    def wait_ready(self):
        """Waits until the engine serves; that is a promise with a limit."""
        # Ten times the limit: to tell "late" from "never".
        wait_until(self.is_ready, 10 * self.ready_seconds, "the engine answers")
        took = time.monotonic() - self.spawned
        self.ready_times.append(took)
        if took > self.ready_seconds:
            raise Failure(f"ready after {took:.2f} s, more than {self.ready_seconds} s")
        # A sandbox that was just starting when its engine was killed may stay, until now.
        names = "; ".join(f"{pid} {command_of(pid)}" for pid in self.left)
        wait_until(self.left_gone, 5, f"a start ends what the engine before left: {names}")

    def left_gone(self):
        self.left = [pid for pid in self.left if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        return not self.left

    def is_ready(self):
        if self.process.poll() is not None:
            raise Failure(f"the engine ended by itself with {self.process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self):
        """SIGKILL. Returns how many processes of the engine ended with it."""
        if self.process.poll() is not None:
            raise Failure(f"the engine ended by itself with {self.process.returncode}")
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        count, self.left = self.reap_orphans()
        return count

    @staticmethod
    def reap_orphans():
        """How many processes of a dead engine ended, and those that have not after five seconds."""
        count = 0

        def all_gone():
            nonlocal count
            try:
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    count += 1
                return False
            except ChildProcessError:
                return True

        try:
            wait_until(all_gone, 5, "processes of a dead engine end")
        except Failure:
            children = pathlib.Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
            return count, [int(pid) for pid in children.split()]
        return count, []

    def stop(self, alone=True):
        """An orderly end. `alone`: this process has no other engine, so that every orphan is of
        this one."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=30) != 0:
            raise Failure(f"SIGTERM ended the engine with {self.process.returncode}")
        left = self.reap_orphans()[1] if alone else []
        if left:
            raise Failure("left after SIGTERM: "
                          + "; ".join(f"{pid} {command_of(pid)}" for pid in left))

    def end(self):
        """Whatever happened, nothing stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        # A sandbox that was just starting is not yet tied to the engine; the next start would end it.
        mark = b"RIPOSTE_RUN=" + self.run_id()
        for entry in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes().split(b"\0"):
                    os.kill(int(entry.parent.name), signal.SIGKILL)
            except OSError:
                pass  # It has ended by itself.

    def run_id(self):
        """What every process of the last start bears in its environment."""
        try:
            return (self.data / "run" / "run-id").read_bytes()
        except OSError:
            return b"none"

    def credentials(self):
        return json.loads((self.data / "root-credentials.json").read_text())

    def database(self):
        """Read-only, and beside the engine: the last one to close would replay the log."""
        return sqlite3.connect(f"file:{self.data}/riposte.db?mode=ro", uri=True, timeout=30)

    def check_database(self):
        """The file is whole, and so is the chain of the audit."""
        connection = self.database()
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise Failure(f"integrity_check: {found[:5]}")
            found = connection.execute("PRAGMA foreign_key_check").fetchall()
            if found:
                raise Failure(f"foreign_key_check: {found[:5]}")
            return check_audit(connection)
        except sqlite3.DatabaseError as error:  # too broken to be checked
            raise Failure(f"the database: {error}") from error
        finally:
            connection.close()


def check_audit(connection):
    """Every row's hash covers its columns and the hash before it. Returns the number of rows."""
    previous = None
    rows = 0
    for row in connection.execute(
            "SELECT id, prev_hash, account, region, first_ms, last_ms, calls, event_name,"
            " event_source, record, coalesce(chunk, x''), hash FROM observe_audit ORDER BY id"):
        fields = [value if isinstance(value, bytes) else str(value).encode() for value in row]
        covered = b"".join(b"%d:%s" % (len(field), field) for field in fields[1:11])
        if previous not in (None, row[1]) or hashlib.sha256(covered).digest() != row[11]:
            raise Failure(f"audit row {row[0]} breaks the chain")
        previous = row[11]
        rows += 1
    return rows
