"""Raw HTTP to an engine, for requests that no client would send.

The engine comes from the environment: RIPOSTE_ENDPOINT, RIPOSTE_PID, RIPOSTE_DATA_DIR (run sets
them). Every reply passes Engine.check_clean: an error must never tell what lies behind it.
"""
import datetime
import hashlib
import hmac
import json
import os
import re
import socket
import urllib.parse

# The signing name, protocol and target prefix of services, as their clients use them.
JSON_TARGETS = {
    "events": ("AWSEvents", "1.1"),
    "logs": ("Logs_20140328", "1.1"),
    "ssm": ("AmazonSSM", "1.1"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
    "cloudtrail": ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "1.1"),
}
QUERY_VERSIONS = {"sns": "2010-03-31", "iam": "2010-05-08", "sts": "2011-06-15",
                  "ec2": "2016-11-15", "monitoring": "2010-08-01"}

# What an error body must not tell: paths, sources, stack traces, memory, the store, the runtime.
LEAKS = re.compile(
    rb"/tmp/|/home/|/root/|/usr/|/var/|/proc/|/build/|\.cc\b|\.h:\d|Traceback|File \""
    rb"|0x[0-9a-f]{8,}|std::|boost::|what\(\)|terminate called|(?i:sqlite)|SQL logic"
    rb"|basic_string|bad_alloc|_Map_base|Segmentation|AddressSanitizer")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def code(self):
        """The error's code, in whichever protocol the reply speaks."""
        if "x-amzn-errortype" in self.headers:
            return self.headers["x-amzn-errortype"].split(":")[0]
        found = re.search(rb'"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([^"]+)"', self.body)
        found = found or re.search(rb"<Code>([^<]+)</Code>", self.body)
        # CBOR: a short text, its length in one byte or two.
        if not found and b"f__type" in self.body:
            rest = self.body[self.body.index(b"f__type") + len(b"f__type"):]
            length, start = (rest[1], 2) if rest[0] == 0x78 else (rest[0] - 0x60, 1)
            return rest[start:start + length].decode().split("#")[-1]
        return found.group(1).decode() if found else None

    def json(self):
        return json.loads(self.body)


class Engine:
    def __init__(self):
        url = urllib.parse.urlsplit(os.environ["RIPOSTE_ENDPOINT"])
        self.host, self.port = url.hostname, url.port
        self.pid = int(os.environ["RIPOSTE_PID"])
        with open(os.path.join(os.environ["RIPOSTE_DATA_DIR"], "root-credentials.json")) as file:
            root = json.load(file)
        self.key, self.secret = root["AccessKeyId"], root["SecretAccessKey"]
        self.account = root["Account"]
        self.data = os.environ["RIPOSTE_DATA_DIR"].encode()

    # -- signing ---------------------------------------------------------------------------------
    def sign(self, service, method, target, headers, body, *, key=None, secret=None,
             region="us-east-1", when=None, scope_service=None, digest=None):
        """Adds Host, X-Amz-Date and Authorization to a copy of `headers` (Signature Version 4)."""
        when = when or datetime.datetime.now(datetime.timezone.utc)
        stamp, day = when.strftime("%Y%m%dT%H%M%SZ"), when.strftime("%Y%m%d")
        headers = {"Host": f"{self.host}:{self.port}", "X-Amz-Date": stamp, **headers}
        path, _, query = target.partition("?")
        names = sorted(name.lower() for name in headers)
        lowered = {name.lower(): value.strip() for name, value in headers.items()}
        digest = digest or hashlib.sha256(body).hexdigest()
        canonical = "\n".join([
            method, urllib.parse.quote(path, safe="/-_.~"), query,
            *(f"{name}:{lowered[name]}" for name in names), "", ";".join(names), digest])
        scope = f"{day}/{region}/{scope_service or service}/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        derived = ("AWS4" + (secret or self.secret)).encode()
        for part in (*scope.split("/"),):
            derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={key or self.key}/{scope}, "
                                    f"SignedHeaders={';'.join(names)}, Signature={signature}")
        return headers

    # -- requests --------------------------------------------------------------------------------
    def send(self, service, method="POST", target="/", headers=None, body=b"", **signing):
        """One signed request on a connection of its own."""
        signed = self.sign(service, method, target, headers or {}, body, **signing)
        return self.unsigned(method, target, signed, body)

    def unsigned(self, method, target, headers, body=b""):
        lines = [f"{method} {target} HTTP/1.1",
                 *(f"{name}: {value}" for name, value in headers.items()),
                 f"Content-Length: {len(body)}", "Connection: close", "", ""]
        return self.raw("\r\n".join(lines).encode() + body)

    def json_call(self, service, operation, body, **signing):
        """`body`: bytes as they are, or a document."""
        prefix, version = JSON_TARGETS[service]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": f"application/x-amz-json-{version}",
                   "X-Amz-Target": f"{prefix}.{operation}"}
        return self.send(service, headers=headers, body=data, **signing)

    def query_call(self, service, body, **signing):
        """`body`: bytes as they are, or a dict of parameters (Version is added)."""
        if isinstance(body, dict):
            body = urllib.parse.urlencode({"Version": QUERY_VERSIONS[service], **body}).encode()
        return self.send(service, body=body, headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, **signing)

    def cbor_call(self, operation, body, **signing):
        target = f"/service/GraniteServiceVersion20100801/operation/{operation}"
        headers = {"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor",
                   "Accept": "application/cbor"}
        return self.send("monitoring", target=target, headers=headers, body=body, **signing)

    def rest_call(self, service, method, target, body=b"", headers=None, **signing):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(service, method, target,
                         {"Content-Type": "application/json", **(headers or {})}, data, **signing)

    def raw(self, data, *, finish=False, timeout=30):
        """Bytes as they are, on a connection of their own; the first reply, or None when there is
        none. `finish`: says that no more will come."""
        with self.connect(timeout) as connection:
            try:
                connection.sendall(data)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # Refused before all was sent; the reply may still be there to read.
            return self.read(connection)

    def connect(self, timeout=30):
        return socket.create_connection((self.host, self.port), timeout)

    def read(self, connection):
        data = b""
        while True:
            try:
                piece = connection.recv(65536)
            except ConnectionResetError:
                piece = b""
            data += piece
            head, separator, rest = data.partition(b"\r\n\r\n")
            if separator:
                lines = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in
                           (line.partition(":") for line in lines[1:])}
                status = int(lines[0].split()[1])
                if status == 100:
                    data = rest
                    continue
                length = int(headers.get("content-length", 0))
                if len(rest) >= length or not piece:
                    reply = Reply(status, headers, rest[:length])
                    if status >= 400:
                        self.check_clean(reply)
                    return reply
            elif not piece:
                return None

    def check_clean(self, reply):
        found = LEAKS.search(reply.body) or (self.data in reply.body)
        if found:
            raise AssertionError(f"a reply tells what lies behind it: {reply.body[:400]!r}")
        if len(reply.body) > 16 * 1024:
            raise AssertionError(f"an error of {len(reply.body)} bytes")

    # -- what it costs ---------------------------------------------------------------------------
    def resident_kib(self):
        with open(f"/proc/{self.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def alive(self):
        return self.json_call("events", "ListEventBuses", {}).status == 200
