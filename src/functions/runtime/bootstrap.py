"""The Python side of the function runner: one process, one invocation at a time.

Speaks the Lambda runtime API (2018-06-01) over the Unix socket named in RIPOSTE_RUNTIME_SOCKET,
below the path prefix in RIPOSTE_RUNTIME_PATH, which only this process knows. Written on the
socket module alone, because a cold start pays for every import; logging and boto3 are prepared
only when the function imports them.

Standard output and standard error are one pipe. Its protocol: a line a record; a carriage return
inside a line stands for a line break of the same record; the line "\\x1eEND <request id>" says that
all that the invocation wrote has been written.
"""
import json
import os
import socket
import sys
import time

LAMBDA_LEVELS = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100


class RuntimeClient:
    """HTTP/1.1 with one connection; replies are read in the order of the requests."""

    def __init__(self, socket_path, prefix):
        self.prefix = prefix
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.connection.connect(socket_path)
        self.buffer = b""

    def _request(self, method, path, body=b"", headers=()):
        lines = ["%s %s%s HTTP/1.1" % (method, self.prefix, path), "Host: runtime"]
        lines.extend("%s: %s" % pair for pair in headers)
        if method == "POST":
            lines.append("Content-Length: %d" % len(body))
        return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body

    def _receive(self):
        """One reply: (status, headers with lower-case names, body)."""
        data = self.buffer
        while True:
            end = data.find(b"\r\n\r\n")
            if end >= 0:
                break
            chunk = self.connection.recv(65536)
            if not chunk:
                raise ConnectionError("the engine closed the runtime socket")
            data += chunk
        lines = data[:end].decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ", 2)[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        parts = [data[end + 4:]]
        have = len(parts[0])
        while have < length:
            chunk = self.connection.recv(1 << 20)
            if not chunk:
                raise ConnectionError("the engine closed the runtime socket")
            parts.append(chunk)
            have += len(chunk)
        data = b"".join(parts)
        self.buffer = data[length:]
        return status, headers, data[:length]

    def next(self, report=b""):
        """Sends what is to be reported and asks for the next invocation, in one write."""
        self.connection.sendall(report + self._request("GET", "/runtime/invocation/next"))
        if report:
            self._receive()
        status, headers, body = self._receive()
        if status != 200:
            sys.exit(0)
        return headers, body

    def response(self, request_id, body):
        return self._request(
            "POST", "/runtime/invocation/%s/response" % request_id, body,
            [("Content-Type", "application/json"), ("Riposte-Max-Memory-Kb", peak_memory_kb())])

    def error(self, request_id, error_type, body):
        return self._request(
            "POST", "/runtime/invocation/%s/error" % request_id, body,
            [("Content-Type", "application/json"),
             ("Lambda-Runtime-Function-Error-Type", "".join(
                 c for c in error_type if c.isalnum() or c in "._")),
             ("Riposte-Max-Memory-Kb", peak_memory_kb())])

    def init_error(self, error_type, body):
        self.connection.sendall(self._request(
            "POST", "/runtime/init/error", body,
            [("Lambda-Runtime-Function-Error-Type", error_type)]))
        self._receive()


def peak_memory_kb():
    try:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    except Exception:  # a reading for the report only
        return 0


class Identity:
    def __init__(self, values):
        self.cognito_identity_id = values.get("cognitoIdentityId")
        self.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, values):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code",
                     "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    def __init__(self, values):
        self.client = Client(values.get("client") or {})
        self.custom = values.get("custom")
        self.env = values.get("env")


class LambdaContext:
    """What handlers get as `context`."""

    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id", "")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = Identity(json.loads(headers.get("lambda-runtime-cognito-identity") or "{}"))
        self.client_context = None
        context = headers.get("lambda-runtime-client-context")
        if context:
            try:
                self.client_context = ClientContext(json.loads(context))
            except (ValueError, AttributeError):
                pass
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    def log(self, message):
        write_record(str(message))

    def __repr__(self):
        return "LambdaContext([aws_request_id=%s,function_name=%s,invoked_function_arn=%s])" % (
            self.aws_request_id, self.function_name, self.invoked_function_arn)


class Current:
    """The invocation under way, for the log format."""
    request_id = ""


def write_record(text):
    """One record of the log, whatever line breaks it holds."""
    text = text.rstrip("\n").replace("\r\n", "\n").replace("\n", "\r") + "\n"
    sys.stdout.write(text)
    sys.stdout.flush()


class PreparedLoader:
    """Loads a module as its own loader would, then calls `hook` with it."""

    def __init__(self, loader, hook):
        self._loader = loader
        self._hook = hook

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._hook(module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


class PreparingFinder:
    """Calls a hook after the first import of a module, so that nothing is imported in vain."""

    def __init__(self, hooks):
        self._hooks = hooks

    def find_spec(self, name, path=None, target=None):
        hook = self._hooks.get(name)
        if hook is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    del self._hooks[name]
                    spec.loader = PreparedLoader(spec.loader, hook)
                return spec
        return None


def prepare_logging(logging):
    """The root logger writes as it does in the managed runtime."""

    class Formatter(logging.Formatter):
        converter = time.gmtime
        default_time_format = "%Y-%m-%dT%H:%M:%S"

        def format(self, record):
            if not hasattr(record, "aws_request_id"):
                record.aws_request_id = Current.request_id
            return super().format(record)

    class Handler(logging.Handler):
        def emit(self, record):
            try:
                write_record(self.format(record))
            except Exception:
                self.handleError(record)

    handler = Handler()
    handler.setFormatter(Formatter(LAMBDA_LEVELS, "%Y-%m-%dT%H:%M:%S"))
    logging.root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if level:
        logging.root.setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))


def prepare_botocore(module):
    """Clients without an endpoint of their own reach the engine, whatever botocore's age."""
    create_client = module.Session.create_client

    def without_prefix(request, **_):
        """S3 Control puts the account before the host; here that is a name for nothing."""
        scheme, _, rest = request.url.partition("://")
        host, slash, path = rest.partition("/")
        account, _, own = host.partition(".")
        if account.isdigit() and len(account) == 12:
            request.url = scheme + "://" + own + slash + path

    def with_endpoint(self, *args, **kwargs):
        ours = False
        if len(args) < 6 and kwargs.get("endpoint_url") is None:
            service = args[0] if args else kwargs.get("service_name", "")
            variable = "AWS_ENDPOINT_URL_" + service.upper().replace("-", "_")
            endpoint = os.environ.get(variable) or os.environ.get("AWS_ENDPOINT_URL")
            if endpoint and os.environ.get(
                    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
                kwargs["endpoint_url"] = endpoint
                ours = True
        client = create_client(self, *args, **kwargs)
        if ours:
            client.meta.events.register("before-sign.s3-control", without_prefix)
        return client

    module.Session.create_client = with_endpoint


def trace_header(headers):
    trace = headers.get("lambda-runtime-trace-id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


class Fault(Exception):
    """A failure that is the function's own, in the service's words."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


def frames_of(error, skip_file):
    """The traceback below the first frames, which are this file's."""
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    while frames and frames[0].filename == skip_file:
        frames.pop(0)
    # Importing passes through the machinery of imports before it reaches the function's code.
    while frames and ("importlib" in frames[0].filename):
        frames.pop(0)
    return frames


def error_document(error_type, message, trace, request_id):
    document = {"errorMessage": message, "errorType": error_type}
    if request_id:
        document["requestId"] = request_id
    document["stackTrace"] = trace
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def log_error(error_type, message, trace):
    text = "[ERROR] %s: %s" % (error_type, message) if error_type else "[ERROR] %s" % message
    if trace:
        text += "\nTraceback (most recent call last):\n" + "".join(trace).rstrip("\n")
    write_record(text)


def load_handler(handler):
    """The callable that `pkg/module.function` names. Raises Fault."""
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (handler, error))
    import importlib
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault("Runtime.ImportModuleError",
                        "Cannot use built-in module %s as a handler module" % module_name)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError",
                    "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError",
                    "Syntax error in module '%s': %s" % (module_name, error),
                    ['  File "%s" Line %s\n    %s\n' % (error.filename, error.lineno,
                                                        (error.text or "").strip())])
    if not hasattr(module, function_name):
        raise Fault("Runtime.HandlerNotFound",
                    "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return getattr(module, function_name)


class ResponseEncoder(json.JSONEncoder):
    def default(self, o):
        if type(o).__name__ == "Decimal":
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


def end_of_log(request_id):
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, b"\x1eEND " + request_id.encode() + b"\n")


def format_trace(error):
    import traceback
    return traceback.format_list(frames_of(error, __file__))


def serve_function(client):
    handler_name = os.environ.get("_HANDLER", "")
    task_root = os.environ.get("LAMBDA_TASK_ROOT", ".")
    sys.path[0] = task_root
    try:
        handler = load_handler(handler_name)
    except Fault as fault:
        log_error(fault.error_type, str(fault), fault.trace)
        client.init_error(fault.error_type,
                          error_document(fault.error_type, str(fault), fault.trace, ""))
        sys.exit(1)
    except Exception as error:
        name, trace = type(error).__name__, format_trace(error)
        log_error(name, str(error), trace)
        client.init_error(name, error_document(name, str(error), trace, ""))
        sys.exit(1)

    report = b""
    while True:
        headers, body = client.next(report)
        context = LambdaContext(headers)
        request_id = Current.request_id = context.aws_request_id
        trace_header(headers)
        try:
            try:
                event = json.loads(body)
            except ValueError as error:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
            result = handler(event, context)
            try:
                text = json.dumps(result, cls=ResponseEncoder, ensure_ascii=False).encode("utf-8")
            except (TypeError, ValueError) as error:
                raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)
            if len(text) > MAX_RESPONSE_BYTES:
                raise Fault("Function.ResponseSizeTooLarge",
                            "Response payload size exceeded maximum allowed payload size "
                            "(6291556 bytes).")
            report = client.response(request_id, text)
        except Fault as fault:
            log_error(fault.error_type, str(fault), fault.trace)
            report = client.error(request_id, fault.error_type, error_document(
                fault.error_type, str(fault), fault.trace, request_id))
        except Exception as error:
            name, trace = type(error).__name__, format_trace(error)
            log_error(name, str(error), trace)
            report = client.error(request_id, name, error_document(
                name, str(error), trace, request_id))
        end_of_log(request_id)


# What a package of a script may hold when unpacked.
MAX_PACKAGE_FILES = 1000
MAX_PACKAGE_BYTES = 64 * 1024 * 1024


def unpack_package(package, folder):
    """Lays a zip of files down in `folder`. Raises Fault."""
    import base64
    import io
    import zipfile
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(package))) as archive:
            entries = archive.infolist()
            # No entry is inflated beyond the size that is declared here.
            if len(entries) > MAX_PACKAGE_FILES or (
                    sum(entry.file_size for entry in entries) > MAX_PACKAGE_BYTES):
                raise Fault("InvalidAttachment", "The package holds more than %d files or %d bytes"
                            % (MAX_PACKAGE_FILES, MAX_PACKAGE_BYTES))
            archive.extractall(folder)
    except Fault:
        raise
    except Exception as error:  # of the archive or of a decompressor
        raise Fault("InvalidAttachment", "The package can't be unpacked: %s" % error)


def load_package(job, folder):
    unpack_package(job["package"], folder)
    sys.path[0] = folder
    return load_handler(job["handler"])


def load_script(job):
    script, handler_name = job["script"], job["handler"]
    filename = os.path.join(os.getcwd(), "customer_script.py")
    sys.path[0] = os.getcwd()
    import linecache
    import types
    linecache.cache[filename] = (len(script), None, script.splitlines(True), filename)
    module = types.ModuleType("customer_script")
    module.__file__ = filename
    sys.modules["customer_script"] = module
    exec(compile(script, filename, "exec"), module.__dict__)
    handler = getattr(module, handler_name.rsplit(".", 1)[-1], None)
    if not callable(handler):
        raise Fault("HandlerNotFound", "Handler '%s' is missing in the script" % handler_name)
    return handler


def serve_script(client):
    """One script, given as data; its text is compiled, never rendered with its input."""
    headers, body = client.next()
    request_id = headers.get("lambda-runtime-aws-request-id", "")
    trace_header(headers)
    job = json.loads(body)
    folder = None
    try:
        if job.get("package"):
            import tempfile
            folder = tempfile.TemporaryDirectory()
            handler = load_package(job, folder.name)
        else:
            handler = load_script(job)
        result = handler(job.get("input"), job.get("context") or {})
        try:
            text = json.dumps(result, cls=ResponseEncoder).encode()
        except (TypeError, ValueError) as error:
            raise Fault("InvalidOutput", "The handler's result is not JSON: %s" % error)
        report = client.response(request_id, text)
    except SystemExit as stop:
        if stop.code in (None, 0):
            report = client.response(request_id, b"null")
        else:
            report = client.error(request_id, "SystemExit", error_document(
                "SystemExit", str(stop.code), [], request_id))
    except Fault as fault:
        report = client.error(request_id, fault.error_type, error_document(
            fault.error_type, str(fault), fault.trace, request_id))
    except BaseException as error:
        name, trace = type(error).__name__, format_trace(error)
        report = client.error(request_id, name, error_document(
            name, str(error), trace, request_id))
    end_of_log(request_id)
    if folder:
        folder.cleanup()
    client.next(report)


# The longest string that a program can be given in its environment, with room for the name.
MAX_VARIABLE_BYTES = 128 * 1024 - 64


def run_powershell(program, job, folder):
    """One PowerShell script in a process of its own, which may write into `folder`. Its result;
    raises Fault."""
    import subprocess
    script, outcome = folder + "/customer_script.ps1", folder + "/outcome.json"
    with open(script, "w", encoding="utf-8") as file:
        file.write(job["script"])
    payload = json.dumps(job.get("input"), ensure_ascii=False)
    if len(payload.encode("utf-8", "surrogatepass")) > MAX_VARIABLE_BYTES:
        raise Fault("InvalidInput", "InputPayload is longer than PowerShell scripts can be given "
                    "(%d bytes)" % MAX_VARIABLE_BYTES)
    variables = dict(os.environ, HOME=folder, InputPayload=payload, NO_COLOR="1",
                     POWERSHELL_TELEMETRY_OPTOUT="1", POWERSHELL_UPDATECHECK="Off",
                     RIPOSTE_SCRIPT=script, RIPOSTE_RESULT=outcome)
    bootstrap = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.ps1")
    status = subprocess.run(
        [program, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", bootstrap],
        stdin=subprocess.DEVNULL, env=variables, check=False).returncode
    try:
        with open(outcome, encoding="utf-8-sig") as file:
            result = json.load(file)
    except FileNotFoundError:
        how = "signal %d" % -status if status < 0 else "exit status %d" % status
        raise Fault("Exit", "PowerShell ended with %s" % how)
    except ValueError as error:
        raise Fault("InvalidOutput", "The script's result is not JSON: %s" % error)
    if result.get("error"):
        error = result["error"]
        raise Fault(error.get("type") or "Error", error.get("message") or "",
                    (error.get("trace") or "").splitlines(True))
    value = result.get("payload")
    # A script may end in ConvertTo-Json, as one for a shell would.
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    return value


def serve_powershell(client, program):
    headers, body = client.next()
    request_id = headers.get("lambda-runtime-aws-request-id", "")
    trace_header(headers)
    import tempfile
    try:
        with tempfile.TemporaryDirectory() as folder:
            text = json.dumps(run_powershell(program, json.loads(body), folder)).encode()
        report = client.response(request_id, text)
    except Fault as fault:
        report = client.error(request_id, fault.error_type, error_document(
            fault.error_type, str(fault), fault.trace, request_id))
    except Exception as error:
        name = type(error).__name__
        report = client.error(request_id, name, error_document(name, str(error), [], request_id))
    end_of_log(request_id)
    client.next(report)


def main():
    os.dup2(1, 2)
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    client = RuntimeClient(os.environ.pop("RIPOSTE_RUNTIME_SOCKET"),
                           os.environ.pop("RIPOSTE_RUNTIME_PATH") + "/2018-06-01")
    mode = os.environ.pop("RIPOSTE_RUNTIME_MODE", "function")
    powershell = os.environ.pop("RIPOSTE_POWERSHELL", "")
    sys.meta_path.insert(0, PreparingFinder({
        "logging": prepare_logging, "botocore.session": prepare_botocore}))
    try:
        if powershell:
            serve_powershell(client, powershell)
        elif mode == "script":
            serve_script(client)
        else:
            serve_function(client)
    except (ConnectionError, BrokenPipeError):
        sys.exit(0)


if __name__ == "__main__":
    main()
