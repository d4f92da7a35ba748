"""Function packages that are no packages, or that reach where they should not."""
import base64
import io
import json
import os
import stat
import struct
import unittest
import zipfile
import zlib

from client import Engine

UNZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
MODULE = ("m.py", "def h(event, context):\n    return 'ran'\n")


def pack(*entries, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def patched(data, central, local, form, value):
    """`data` with a field of the first entry changed in both of its headers."""
    changed = bytearray(data)
    struct.pack_into(form, changed, changed.find(b"PK\x01\x02") + central, value)
    struct.pack_into(form, changed, changed.find(b"PK\x03\x04") + local, value)
    return bytes(changed)


def zeros(name, size):
    """An archive with one file of `size` zeros, made a piece at a time."""
    deflate, piece, checksum = zlib.compressobj(9, zlib.DEFLATED, -15), b"\0" * (1 << 20), 0
    data = b""
    for _ in range(size >> 20):
        data += deflate.compress(piece)
        checksum = zlib.crc32(piece, checksum)
    data += deflate.flush()
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, checksum, len(data), size, len(name), 0)
    local = b"PK\x03\x04" + fields + name + data
    central = b"PK\x01\x02\x14\x00" + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central),
                                         len(local), 0)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()
        trust = {"Version": "2012-10-17",
                 "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                "Principal": {"Service": "lambda.amazonaws.com"}}]}
        cls.engine.query_call("iam", {"Action": "CreateRole", "RoleName": "packages",
                                      "AssumeRolePolicyDocument": json.dumps(trust)})

    def tearDown(self):
        self.assertTrue(self.engine.alive())

    def create(self, name, zip_file, **members):
        if isinstance(zip_file, bytes):
            zip_file = base64.b64encode(zip_file).decode()
        return self.engine.rest_call(
            "lambda", "POST", "/2015-03-31/functions", {
                "FunctionName": name, "Runtime": "python3.12", "Handler": "m.h",
                "Code": {"ZipFile": zip_file},
                "Role": f"arn:aws:iam::{self.engine.account}:role/packages", **members
            })

    def invoke(self, name):
        return self.engine.rest_call("lambda", "POST", f"/2015-03-31/functions/{name}/invocations",
                                     {})

    def refused(self, reply, message=UNZIP):
        self.assertEqual((400, "InvalidParameterValueException"), (reply.status, reply.code),
                         reply.body[:300])
        self.assertEqual(message, reply.json()["message"])

    def test_a_sound_package_runs(self):
        """The control: what the others differ from."""
        self.assertEqual(201, self.create("sound", pack(MODULE)).status)
        self.assertEqual("ran", self.invoke("sound").json())

    def test_no_archives(self):
        sound = pack(MODULE)
        self.refused(self.create("none", b"this is no archive" * 50))
        self.refused(self.create("none", sound[:-10]))
        self.refused(self.create("none", sound[20:]))
        # Says that it is encrypted.
        self.refused(self.create("none", patched(sound, 8, 6, "<H", 1)))
        self.refused(self.create("none", pack()), "Uploaded file must be a non-empty zip")
        reply = self.create("none", "!!!! no base64 !!!!")
        self.assertEqual((400, "SerializationException"), (reply.status, reply.code))
        self.assertEqual(404, self.invoke("none").status)

    def test_paths_that_leave(self):
        for path in ("../escaped-riposte.py", "../../../../../../../../tmp/escaped-riposte.py",
                     "/tmp/escaped-riposte.py", "a/./../../escaped-riposte.py",
                     "..\\..\\escaped-riposte.py", "a/" * 3000 + "x.py"):
            with self.subTest(path=path[:50]):
                self.refused(self.create("leaves", pack(MODULE, (path, "x"))))
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        self.refused(self.create("leaves", pack(MODULE, (link, "/etc/passwd"))))
        self.refused(
            self.create("leaves", pack(MODULE, (link, "/tmp"), ("link/escaped-riposte.py", "x"))))
        self.assertFalse(os.path.exists("/tmp/escaped-riposte.py"))

    def test_bombs(self):
        bomb = zeros(b"big", 300 << 20)
        self.assertLess(len(bomb), 1 << 20)
        self.refused(self.create("bomb", bomb),
                     "Unzipped size must be smaller than 262144000 bytes")
        # One that says it is small is found out when it unfolds, at the latest.
        reply = self.create("liar", patched(bomb, 24, 22, "<I", 10))
        if reply.status == 201:
            reply = self.invoke("liar")
            self.assertEqual((502, "InvalidRuntimeException"), (reply.status, reply.code))
            self.assertEqual(UNZIP, reply.json()["Message"])
        else:
            self.refused(reply)
        self.assertLess(self.unpacked(), 50 << 20)

    def unpacked(self):
        """Bytes of all packages that lie unfolded in the engine's folder."""
        total = 0
        for folder, _, files in os.walk(os.path.join(self.engine.data.decode(), "run")):
            for name in files:
                path = os.path.join(folder, name)
                if not os.path.islink(path) and os.path.isfile(path):
                    total += os.path.getsize(path)
        return total

    def test_content_that_is_not_what_it_says(self):
        sound = bytearray(pack(MODULE))
        sound[40] ^= 0xFF  # In the compressed data: the checksum no longer fits.
        reply = self.create("altered", bytes(sound))
        if reply.status == 201:
            reply = self.invoke("altered")
            self.assertEqual((502, "InvalidRuntimeException"), (reply.status, reply.code))
        else:
            self.refused(reply)

    def test_settings_out_of_range(self):
        for members in ({"Timeout": -1}, {"Timeout": 901}, {"MemorySize": 10**9},
                        {"MemorySize": -128}):
            with self.subTest(members=members):
                reply = self.create("range", pack(MODULE), **members)
                self.assertEqual((400, "ValidationException"), (reply.status, reply.code))
        self.assertEqual("InvalidParameterValueException",
                         self.create("range", pack(MODULE), Runtime="cobol85").code)
        for name in ("../up", "a b", "", "x" * 500, "%00"):
            with self.subTest(name=name):
                self.assertEqual(400, self.create(name, pack(MODULE)).status)


if __name__ == "__main__":
    unittest.main()
