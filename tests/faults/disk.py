"""What a power cut leaves of a data folder: the log of shim.c, played up to a moment.

Durable is what a sync that succeeded covers; all else may be there, in part, or not. Of a file that
was written since its last sync each sector may hold any of the versions it had since. A new name,
a changed one or a removed one is durable when its folder was synced after it; of a folder's
unsynced changes some first ones took place, as in the journal of a file system.
"""
import os
import pathlib
import struct

SECTOR = 512
RECORD = struct.Struct("=IIQQQQ")  # kind, path bytes, sequence, object, offset, length

# How much of the unsynced survives; each cut takes one.
NONE, ALL, PREFIX, WRITES, SECTORS = "none", "all", "prefix", "writes", "sectors"
MODES = (NONE, ALL, PREFIX, WRITES, SECTORS)


class Change:
    """A write (bytes at an offset) or a new size of one file."""
    __slots__ = ("sequence", "offset", "data", "size", "doomed")

    def __init__(self, sequence, offset, data, size=None):
        self.sequence = sequence
        self.offset = offset
        self.data = data
        self.size = size
        self.doomed = False  # A sync failed over it: the system may have dropped it for good.

    def apply(self, content):
        if self.size is not None:
            resize(content, self.size)
            return
        if len(content) < self.offset:
            resize(content, self.offset)
        content[self.offset:self.offset + len(self.data)] = self.data


def resize(content, size):
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


class File:
    def __init__(self, content=b""):
        self.durable = bytearray(content)
        self.pending = []

    def sync(self, begun, chance):
        for change in [c for c in self.pending if c.sequence <= begun]:
            if not change.doomed or chance.random() < 0.5:
                change.apply(self.durable)
        self.pending = [c for c in self.pending if c.sequence > begun]

    def after_cut(self, mode, chance):
        content = bytearray(self.durable)
        pending = self.pending
        if mode == NONE or not pending:
            return content
        if mode == PREFIX:
            pending = pending[:chance.randint(0, len(pending))]
        elif mode == WRITES:
            pending = [c for c in pending if chance.random() < 0.5]
        if mode != SECTORS:
            for change in pending:
                change.apply(content)
            return content
        # By sector the version of some moment; by the size of another.
        sizes = [len(content)]
        versions = {}
        whole = bytearray(content)
        for change in pending:
            change.apply(whole)
            sizes.append(len(whole))
            if change.data is not None:
                first, last = change.offset, change.offset + len(change.data)
                for sector in range(first // SECTOR, (last + SECTOR - 1) // SECTOR):
                    versions.setdefault(sector, []).append(
                        bytes(whole[sector * SECTOR:(sector + 1) * SECTOR]))
        size = chance.choice(sizes)
        resize(content, size)
        for sector, found in versions.items():
            version = chance.choice([None, *found])
            at = sector * SECTOR
            if version is not None and at < size:
                content[at:at + len(version)] = version[:size - at]
        return content


class Disk:
    """The data folder at one moment of the log, and what of it is durable."""

    def __init__(self, folder, log):
        self.folder = str(folder)
        self.log = log.open("rb")
        self.position = 0
        self.sequence = 0
        self.objects = {}
        self.names = {}  # As the process sees them: path to File.
        self.durable_names = {}
        self.pending_names = []  # (sequence, folder, path, File or None)

    def load(self, base):
        """The durable state before the log begins: a copy of the folder `base`."""
        for path in base.rglob("*"):
            if path.is_file() and not path.name.endswith("-shm"):
                self.names[str(path.relative_to(base))] = File(path.read_bytes())
        self.durable_names = dict(self.names)
        return self

    def relative(self, path):
        return os.path.relpath(path, self.folder)

    def name(self, path, file):
        if file is None:
            self.names.pop(path, None)
        else:
            self.names[path] = file
        self.pending_names.append((self.sequence, os.path.dirname(path), path, file))

    def play(self, until, chance):
        """Goes on to a moment: a number of bytes of the log."""
        while self.position < until:
            head = self.log.read(RECORD.size)
            kind, path_bytes, self.sequence, number, offset, length = RECORD.unpack(head)
            kind = chr(kind)
            path = self.log.read(path_bytes).decode() if path_bytes else None
            self.position += RECORD.size + path_bytes
            data = None
            if kind in "WR":
                data = self.log.read(length)
                self.position += length
            self.step(kind, path and self.relative(path), number, offset, length, data, chance)

    def step(self, kind, path, number, offset, length, data, chance):
        if kind == "C":
            file = self.names.get(path)
            if file is None:
                file = File()
                self.name(path, file)
            self.objects[number] = file
        elif kind == "W":
            self.objects[number].pending.append(Change(self.sequence, offset, data))
        elif kind == "T":
            self.objects[number].pending.append(Change(self.sequence, 0, None, length))
        elif kind == "F":
            self.objects[number].sync(offset, chance)
        elif kind == "X" and number != 0:
            for change in self.objects[number].pending:
                change.doomed = change.doomed or change.sequence <= offset
        elif kind == "G":
            folder = "" if path == "." else path
            left = []
            for change in self.pending_names:
                if change[1] == folder and change[0] <= offset:
                    self.keep_name(self.durable_names, change)
                else:
                    left.append(change)
            self.pending_names = left
        elif kind == "R":
            file = self.names.get(path)
            self.name(self.relative(data.decode()), file)
            self.name(path, None)
        elif kind == "U":
            self.name(path, None)

    @staticmethod
    def keep_name(names, change):
        _, _, path, file = change
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file

    def cut(self, target, mode, chance):
        """Writes what is left after a power cut at this moment to the folder `target`."""
        names = dict(self.durable_names)
        by_folder = {}
        for change in self.pending_names:
            by_folder.setdefault(change[1], []).append(change)
        for changes in by_folder.values():
            kept = {NONE: 0, ALL: len(changes)}.get(mode, chance.randint(0, len(changes)))
            for change in changes[:kept]:
                self.keep_name(names, change)
        for path, file in names.items():
            place = pathlib.Path(target) / path
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.write_bytes(file.after_cut(mode, chance))
            place.chmod(0o600)

    def unsynced(self):
        return sum(len(file.pending) for file in self.names.values())
