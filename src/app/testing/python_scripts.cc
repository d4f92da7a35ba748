#include "app/testing/python_scripts.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace riposte::app::testing {
namespace {

// Speaks lines of JSON: the job comes in; {"service", "operation", "input"} goes out for each call
// and {"output"} or {"error"} comes back; {"ok", …} is the end.
constexpr const char* kShim = R"PY(
import base64, datetime, io, json, sys, traceback, types, urllib.parse

wire_in, wire_out = sys.stdin, sys.stdout
sys.stdout = log = io.StringIO()

def tell(message):
    wire_out.write(json.dumps(message) + "\n")
    wire_out.flush()

class ClientError(Exception):
    def __init__(self, response, operation):
        self.response, self.operation_name = response, operation
        error = response["Error"]
        super().__init__(f"An error occurred ({error['Code']}) when calling the {operation} "
                         f"operation: {error['Message']}")

class Exceptions:
    def __init__(self):
        self.ClientError, self.made = ClientError, {}
    def __getattr__(self, code):
        return self.made.setdefault(code, type(code, (ClientError,), {}))

class Body:
    def __init__(self, text):
        self.text = text
    def read(self):
        return base64.b64decode(self.text)

def shown(value):
    """As boto3 shows a reply: times as datetime, policy documents decoded."""
    if isinstance(value, list):
        return [shown(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: shown(item) for key, item in value.items()}
    for key, item in out.items():
        if key.endswith("Date") and isinstance(item, (int, float)):
            out[key] = datetime.datetime.fromtimestamp(item, datetime.timezone.utc)
        elif key.endswith("PolicyDocument") and isinstance(item, str):
            out[key] = json.loads(urllib.parse.unquote(item))
    return out

class Client:
    def __init__(self, service):
        self.service, self.exceptions = service, Exceptions()
    def __getattr__(self, name):
        def call(**given):
            if self.service == "s3" and "Body" in given:
                body = given["Body"]
                given["Body"] = base64.b64encode(
                    body.encode() if isinstance(body, str) else body).decode()
            tell({"service": self.service, "operation": name, "input": given})
            reply = json.loads(wire_in.readline())
            if "error" in reply:
                code = reply["error"]["Code"]
                kind = self.exceptions.made.get(code, ClientError)
                raise kind({"Error": reply["error"]}, reply["operation"])
            output = shown(reply["output"])
            if self.service == "s3" and "Body" in output:
                output["Body"] = Body(output["Body"])
            return output
        return call
    def get_paginator(self, name):
        client = self
        class Paginator:
            def paginate(self, **given):
                while True:
                    page = getattr(client, name)(**given)
                    yield page
                    for marker, parameter in (("NextToken", "NextToken"), ("Marker", "Marker"),
                                              ("NextMarker", "Marker")):
                        if page.get(marker):
                            given = {**given, parameter: page[marker]}
                            break
                    else:
                        return
        return Paginator()

boto3 = types.ModuleType("boto3")
boto3.client = lambda service, **_: Client(service)
exceptions = types.ModuleType("botocore.exceptions")
exceptions.ClientError = ClientError
botocore = types.ModuleType("botocore")
botocore.exceptions = exceptions
sys.modules.update({"boto3": boto3, "botocore": botocore, "botocore.exceptions": exceptions})

job = json.loads(wire_in.readline())
try:
    scope = {"__name__": "customer_script"}
    exec(compile(job["script"], "customer_script.py", "exec"), scope)
    payload = scope[job["handler"]](job["input"], job["context"])
    tell({"ok": True, "payload": payload, "log": log.getvalue()})
except SystemExit as ended:
    tell({"ok": False, "type": "SystemExit", "failure": str(ended.code), "log": log.getvalue()})
except BaseException as error:
    tell({"ok": False, "type": type(error).__name__, "failure": traceback.format_exc(),
          "log": log.getvalue()})
)PY";

/// One script under way. Each turn reads one line, which never takes longer than Python's own work.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Harness& engine, functions::ScriptJob job, functions::ScriptRunner::Completion completion)
      : engine_(engine), job_(std::move(job)), completion_(std::move(completion)) {
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    const char* arguments[] = {"python3", "-I", "-c", kShim, nullptr};
    // By its path: what PATH finds may be a script that looks for Python first.
    const int failed = posix_spawn(&process_, "/usr/bin/python3", &actions, nullptr,
                                   const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    if (failed != 0) throw std::runtime_error("python3 cannot be started");
    to_ = fdopen(in[1], "w");
    from_ = fdopen(out[0], "r");
    Write({{"script", job_.script},
           {"handler", job_.handler},
           {"input", job_.input},
           {"context", job_.context}});
  }
  ~Session() {
    fclose(to_);
    fclose(from_);
    waitpid(process_, nullptr, 0);
  }

  void Turn() {
    const json::Object message = ReadLine();
    if (message.contains("operation")) return Call(message);
    functions::ScriptResult result;
    result.ok = json::GetBool(message, "ok");
    if (const json::Value* payload = json::Find(message, "payload")) result.payload = *payload;
    result.log = json::GetString(message, "log");
    result.failure = json::GetString(message, "failure", result.ok ? "" : "The script ended.");
    result.failure_type = json::GetString(message, "type");
    completion_(std::move(result));
  }

 private:
  void Call(const json::Object& message) {
    static const wire::Catalog catalog;
    const wire::ServiceModel* service = catalog.FindByAnyName(json::GetString(message, "service"));
    const wire::OperationModel* operation =
        service ? wire::Catalog::FindOperation(*service, json::GetString(message, "operation"))
                : nullptr;
    if (!operation) return Answer({}, "UnknownOperation", "There is no such operation.");
    engine_.engine().pipeline().Invoke(
        {service->name, operation->name, *json::GetObject(message, "input"), job_.principal,
         job_.scope, job_.trace, "script"},
        [self = shared_from_this(), name = operation->name](const api::Outcome& outcome) {
          if (!outcome.ok()) {
            return self->Answer(name, outcome.error->code(), outcome.error->message());
          }
          const json::Object* output = outcome.output.if_object();
          self->Write({{"output", output ? *output : json::Object()}});
          self->engine_.loop.Post([self] { self->Turn(); });
        });
  }
  void Answer(const std::string& operation, const std::string& code, const std::string& message) {
    Write({{"operation", operation}, {"error", {{"Code", code}, {"Message", message}}}});
    engine_.loop.Post([self = shared_from_this()] { self->Turn(); });
  }
  void Write(const json::Object& message) {
    std::fputs((json::Serialize(message) + "\n").c_str(), to_);
    std::fflush(to_);
  }
  json::Object ReadLine() {
    std::string line;
    for (int c = std::fgetc(from_); c != EOF && c != '\n'; c = std::fgetc(from_)) {
      line += static_cast<char>(c);
    }
    const auto parsed = json::Parse(line);
    return parsed && parsed->is_object() ? parsed->as_object() : json::Object();
  }

  Harness& engine_;
  functions::ScriptJob job_;
  functions::ScriptRunner::Completion completion_;
  pid_t process_ = -1;
  FILE* to_ = nullptr;
  FILE* from_ = nullptr;
};

}  // namespace

void PythonScripts::Run(functions::ScriptJob job, Completion completion) {
  if (!engine_) throw std::logic_error("PythonScripts::Bind first");
  engine_->loop.Post([session = std::make_shared<Session>(
                          *engine_, std::move(job), std::move(completion))] { session->Turn(); });
}

}  // namespace riposte::app::testing
