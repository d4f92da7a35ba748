"""shim.c from the test's side: building it, arming its faults, an engine that runs on it."""
import ctypes
import mmap
import os
import pathlib
import subprocess

WRITE, SYNC, TRUNCATE, CREATE, RENAME, UNLINK, READ = (1 << n for n in range(7))
DATABASE, WAL, OTHER, DIRECTORY = (1 << n for n in range(4))
ANY_FILE = DATABASE | WAL | OTHER | DIRECTORY
NOTHING, FAIL, SHORT, DIE = range(4)
FOR_EVER = 2**64 - 1


class Control(ctypes.Structure):
    """struct Control of shim.c."""
    _fields_ = [(name, ctypes.c_uint64)
                for name in ("log_bytes", "matched", "struck", "countdown", "times")]
    _fields_ += [(name, ctypes.c_uint32)
                 for name in ("action", "error", "calls", "files", "lying_sync", "sync_delay_us")]


def build(folder):
    library = folder / "shim.so"
    source = pathlib.Path(__file__).resolve().parent / "shim.c"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                    "-fPIC", "-o", library, source, "-lpthread"], check=True)
    return library


class Shim:
    """One run's log and control page."""

    def __init__(self, library, data, folder, record=True):
        self.log = folder / "disk.log"
        page = folder / "control"
        page.write_bytes(bytes(4096))
        with page.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)
        self.control = Control.from_buffer(self.memory)
        self.environment = {"LD_PRELOAD": str(library), "FAULTS_DATA": str(data),
                            "FAULTS_CONTROL": str(page)}
        if record:
            self.environment["FAULTS_LOG"] = str(self.log)

    def arm(self, action, calls, files=ANY_FILE, countdown=1, times=1, error=0):
        """From the `countdown`-th matching call on, `times` of them meet `action`."""
        control = self.control
        control.times = 0  # Nothing strikes while this changes.
        control.matched = control.struck = 0
        control.calls, control.files = calls, files
        control.countdown, control.error, control.action = countdown, error, action
        control.times = times

    def heal(self):
        self.control.times = 0

    @property
    def moment(self):
        return self.control.log_bytes
