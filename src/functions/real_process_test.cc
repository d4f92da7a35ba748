#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "functions/testing/real_processes.h"

namespace riposte::functions {
namespace {

using testing::HasProgram;
using testing::RealProcessTest;

/// PowerShell is not at hand where tests run, so they put this in its place on PATH: it is called,
/// bounded and listened to as PowerShell is, but takes the script for Python. What they cannot show
/// is what runtime/bootstrap.ps1 does inside of PowerShell.
constexpr char kPowerShellStandIn[] = R"py(#!/usr/bin/python3
import json, os, resource, sys
assert sys.argv[1:5] == ["-NoLogo", "-NoProfile", "-NonInteractive", "-File"], sys.argv
with open(sys.argv[5]) as file:
    assert file.readline().startswith("# The PowerShell side"), sys.argv
with open(os.environ["RIPOSTE_SCRIPT"]) as file:
    script = file.read()
def give(**outcome):
    with open(os.environ["RIPOSTE_RESULT"], "w") as file:
        json.dump(outcome, file)
exec(script)
)py";

class PowerShellTest : public RealProcessTest {
 protected:
  void SetUp() override {
    RealProcessTest::SetUp();
    if (IsSkipped()) return;
    const std::string bin = folder_ + "/bin";
    ASSERT_TRUE(os::MakePrivateFolder(bin));
    ASSERT_TRUE(os::WriteFileAtomically(bin + "/pwsh", kPowerShellStandIn));
    std::filesystem::permissions(bin + "/pwsh", std::filesystem::perms::owner_all);
    old_path_ = std::getenv("PATH");
    setenv("PATH", (bin + ":" + old_path_).c_str(), 1);
    runtime_name_ = "PowerShell 7.4";
  }
  void TearDown() override {
    if (!old_path_.empty()) setenv("PATH", old_path_.c_str(), 1);
    RealProcessTest::TearDown();
  }
  std::string old_path_;
};

constexpr char kEcho[] = R"py(
import logging, os
logger = logging.getLogger()
logger.setLevel(logging.INFO)
calls = 0

def handler(event, context):
    global calls
    calls += 1
    logger.info("event %s", event)
    print("printed", calls)
    return {
        "event": event, "calls": calls, "request": context.aws_request_id,
        "name": context.function_name, "remaining": context.get_remaining_time_in_millis(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"), "region": os.environ["AWS_REGION"],
        "variables": sorted(k for k in os.environ if k.startswith("RIPOSTE")),
        "pid": os.getpid(),
    }
)py";

TEST_F(RealProcessTest, RunsPythonAndKeepsItWarm) {
  const auto spec = Spec({{"app.py", kEcho}});
  json::Object first = InvokeJson(spec, R"({"a":[1,"é"]})");
  EXPECT_EQ(json::Serialize(first["event"]), R"({"a":[1,"é"]})");
  EXPECT_EQ(json::GetInt(first, "calls"), 1);
  EXPECT_EQ(json::GetString(first, "name"), "f");
  EXPECT_GT(json::GetInt(first, "remaining"), 10'000);
  EXPECT_EQ(json::GetString(first, "trace"), "Root=inc-7;Hops=3");
  EXPECT_EQ(json::GetString(first, "region"), "eu-west-1");
  EXPECT_TRUE(json::GetArray(first, "variables")->empty()) << "the runtime's own are taken away";
  auto second = Invoke(spec);
  ASSERT_TRUE(second);
  EXPECT_NE(second->payload.find("\"calls\": 2"), std::string::npos) << second->payload;
  const std::string& tail = second->log_tail;
  EXPECT_TRUE(tail.starts_with("START RequestId: ")) << tail;
  EXPECT_NE(tail.find("[INFO]\t20"), std::string::npos) << tail;
  EXPECT_NE(
      tail.find("Z\t" +
                std::string(json::GetString(json::Parse(second->payload)->as_object(), "request")) +
                "\tevent {}\n"),
      std::string::npos)
      << tail;
  EXPECT_NE(tail.find("printed 2\nEND RequestId: "), std::string::npos) << tail;
  EXPECT_NE(tail.find("Max Memory Used: "), std::string::npos);
  EXPECT_EQ(tail.find("Max Memory Used: 0 MB"), std::string::npos) << tail;
}

TEST_F(RealProcessTest, AnExceptionIsADocumentWithItsTrace) {
  json::Object out = InvokeJson(Spec({{"pkg/app.py", R"py(
def handler(event, context):
    return inner(event)
def inner(event):
    raise KeyError("x")
)py"}},
                                     "pkg/app.handler"));
  EXPECT_EQ(json::GetString(out, "FunctionError"), "Unhandled");
  EXPECT_EQ(json::GetString(out, "errorType"), "KeyError");
  EXPECT_EQ(json::GetString(out, "errorMessage"), "'x'");
  EXPECT_FALSE(json::GetString(out, "requestId").empty());
  const auto trace = json::GetStrings(out, "stackTrace");
  ASSERT_EQ(trace.size(), 2u);
  EXPECT_NE(trace[0].find("pkg/app.py\", line 3, in handler\n    return inner(event)\n"),
            std::string::npos)
      << trace[0];
}

TEST_F(RealProcessTest, FailuresToLoadHaveTheServicesNames) {
  const auto type = [&](const char* code, const char* handler) {
    json::Object out = InvokeJson(Spec({{"app.py", code}}, handler));
    return std::string(json::GetString(out, "errorType")) + "|" +
           std::string(json::GetString(out, "errorMessage"));
  };
  EXPECT_EQ(type("", "missing.handler"),
            "Runtime.ImportModuleError|Unable to import module 'missing': No module named "
            "'missing'");
  EXPECT_EQ(type("", "app.handler"),
            "Runtime.HandlerNotFound|Handler 'handler' missing on module 'app'");
  EXPECT_EQ(type("", "handler"),
            "Runtime.MalformedHandlerName|Bad handler 'handler': not enough values to unpack "
            "(expected 2, got 1)");
  EXPECT_TRUE(type("def x(:", "app.handler").starts_with("Runtime.UserCodeSyntaxError|"));
  EXPECT_EQ(type("raise ValueError('boom')", "app.handler"), "ValueError|boom");
}

TEST_F(RealProcessTest, ACrashAndAnExitAreTold) {
  json::Object killed = InvokeJson(Spec({{"app.py", R"py(
import os, signal
def handler(event, context):
    os.kill(os.getpid(), signal.SIGKILL)
)py"}}));
  EXPECT_EQ(json::GetString(killed, "errorType"), "Runtime.ExitError");
  EXPECT_TRUE(json::GetString(killed, "errorMessage")
                  .ends_with("Error: Runtime exited with error: signal: killed"))
      << json::Serialize(killed);
  json::Object left = InvokeJson(Spec({{"app.py", R"py(
import sys
def handler(event, context):
    sys.exit(3)
)py"}}));
  EXPECT_TRUE(json::GetString(left, "errorMessage")
                  .ends_with("Error: Runtime exited with error: exit status 3"))
      << json::Serialize(left);
}

TEST_F(RealProcessTest, TheTimeLimitIsKept) {
  auto spec = Spec({{"app.py", R"py(
def handler(event, context):
    while True:
        pass
)py"}});
  spec->timeout = Millis(200);
  json::Object out = InvokeJson(spec);
  EXPECT_TRUE(json::GetString(out, "errorMessage").ends_with(" Task timed out after 0.20 seconds"))
      << json::Serialize(out);
}

TEST_F(RealProcessTest, MemoryIsBounded) {
  json::Object out = InvokeJson(Spec({{"app.py", R"py(
def handler(event, context):
    return len(bytearray(2 << 30))
)py"}}));
  EXPECT_EQ(json::GetString(out, "errorType"), "MemoryError") << json::Serialize(out);
}

TEST_F(RealProcessTest, ResultsThatAreNotJsonAreAnError) {
  json::Object out = InvokeJson(Spec({{"app.py", R"py(
def handler(event, context):
    return {1, 2}
)py"}}));
  EXPECT_EQ(json::GetString(out, "errorType"), "Runtime.MarshalError");
  EXPECT_EQ(json::GetString(out, "errorMessage"),
            "Unable to marshal response: Object of type set is not JSON serializable");
}

TEST_F(RealProcessTest, NothingOfTheEngineIsInReach) {
  // Only where the sandbox holds; the launcher tells by the task root it shows.
  if (launcher_->TaskRoot("/x") == "/x") GTEST_SKIP() << "no sandbox on this machine";
  ASSERT_TRUE(os::WriteFileAtomically(folder_ + "/secret", "key"));
  auto spec = Spec({{"app.py", R"py(
import os
def handler(event, context):
    seen = {"root": os.path.exists(event["folder"]), "home": os.path.exists("/root"),
            "uid": os.getuid(), "cwd": os.getcwd(), "processes": len(
                [p for p in os.listdir("/proc") if p.isdigit()])}
    for name in ("/var/task/x", "/usr/x"):
        try:
            open(name, "w")
            seen[name] = True
        except OSError:
            seen[name] = False
    with open("/tmp/x", "w") as file:
        file.write("scratch")
    return seen
)py"}});
  json::Object out = InvokeJson(spec, json::Serialize(json::Object{{"folder", folder_}}));
  EXPECT_FALSE(out["root"].as_bool()) << json::Serialize(out);
  EXPECT_FALSE(out["home"].as_bool());
  EXPECT_FALSE(out["/var/task/x"].as_bool());
  EXPECT_FALSE(out["/usr/x"].as_bool());
  EXPECT_EQ(json::GetString(out, "cwd"), "/var/task");
  EXPECT_EQ(json::GetInt(out, "uid"), 993);
  EXPECT_LE(json::GetInt(out, "processes"), 3);
}

TEST_F(RealProcessTest, BotoReachesTheEngineWithoutBeingTold) {
  json::Object out = InvokeJson(Spec({{"app.py", R"py(
def handler(event, context):
    try:
        import boto3
    except ImportError:
        return {"skip": True}
    own = boto3.client("sqs", endpoint_url="http://127.0.0.1:1")
    account = boto3.client("s3control")
    sent = []

    def stop(request, **_):
        sent.append(request.url)
        raise InterruptedError

    account.meta.events.register("before-send", stop)
    try:
        account.get_public_access_block(AccountId="123456789012")
    except InterruptedError:
        pass
    return {"account": sent[0], "client": boto3.client("sns").meta.endpoint_url,
            "resource": boto3.resource("ec2").meta.client.meta.endpoint_url,
            "session": boto3.session.Session().client("events").meta.endpoint_url,
            "own": own.meta.endpoint_url}
)py"}}));
  if (out.contains("skip")) GTEST_SKIP() << "no boto3";
  for (const char* way : {"client", "resource", "session"}) {
    EXPECT_EQ(json::GetString(out, way), "http://127.0.0.1:4566") << json::Serialize(out);
  }
  EXPECT_EQ(json::GetString(out, "own"), "http://127.0.0.1:1");
  EXPECT_EQ(json::GetString(out, "account"),
            "http://127.0.0.1:4566/v20180820/configuration/publicAccessBlock");
}

TEST_F(RealProcessTest, RunsNode) {
  if (!HasProgram("/usr/bin/node")) GTEST_SKIP() << "no /usr/bin/node";
  json::Object out = InvokeJson(Spec({{"index.js", R"js(
exports.handler = async (event, context) => {
  console.log("hello", event.n);
  if (event.fail) throw new TypeError("bad");
  return { n: event.n + 1, name: context.functionName };
};
)js"}},
                                     "index.handler", "nodejs20.x"),
                                R"({"n":1})");
  EXPECT_EQ(json::GetInt(out, "n"), 2) << json::Serialize(out);
  EXPECT_EQ(json::GetString(out, "name"), "f");
  json::Object failed = InvokeJson(Spec({{"index.mjs", R"js(
export const handler = (event, context, callback) => callback(new TypeError("bad"));
)js"}},
                                        "index.handler", "nodejs20.x"));
  EXPECT_EQ(json::GetString(failed, "errorType"), "TypeError") << json::Serialize(failed);
  EXPECT_EQ(json::GetString(failed, "FunctionError"), "Unhandled");
}

TEST_F(RealProcessTest, ScriptsGetTheirInputAsDataAndGiveBackTheirResult) {
  const ScriptResult result = RunScript(R"py(
def main(events, context):
    print("working on", events["name"])
    return {"message": events["name"] * 2}
)py",
                                        json::Object{{"name", "'; import os #"}});
  ASSERT_TRUE(result.ok) << result.failure;
  EXPECT_EQ(json::Serialize(result.payload), R"({"message":"'; import os #'; import os #"})");
  EXPECT_EQ(result.log, "working on '; import os #\n");
}

TEST_F(RealProcessTest, AFailingScriptTellsWhere) {
  const ScriptResult result = RunScript(R"py(
def main(events, context):
    print("before")
    return events["missing"]
)py");
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.failure_type, "KeyError");
  EXPECT_TRUE(result.failure.starts_with("Traceback (most recent call last):\n")) << result.failure;
  EXPECT_NE(result.failure.find("customer_script.py\", line 4, in main\n    return "
                                "events[\"missing\"]"),
            std::string::npos)
      << result.failure;
  EXPECT_TRUE(result.failure.ends_with("\nKeyError - 'missing'")) << result.failure;
  EXPECT_EQ(result.log, "before\n");
}

TEST_F(RealProcessTest, APackageOfAScriptIsUnpackedWhereItRuns) {
  const std::string zip =
      testing::MakeZip({{"run.py",
                         "from lib import words\n\ndef main(events, context):\n"
                         "    return words.twice(events['name'])\n"},
                        {"lib/__init__.py", ""},
                        {"lib/words.py",
                         "import os\n\ndef twice(word):\n"
                         "    beside = os.path.join(os.path.dirname(__file__), 'end.txt')\n"
                         "    return word * 2 + open(beside).read()\n\n"
                         "def fail(events, context):\n    return events['missing']\n"},
                        {"lib/end.txt", "!"}});
  const ScriptResult ran = RunPackage(zip, "run.main");
  ASSERT_TRUE(ran.ok) << ran.failure;
  EXPECT_EQ(json::Serialize(ran.payload), R"("xx!")");
  // The traceback has the lines of the package's files.
  const ScriptResult failed = RunPackage(zip, "lib/words.fail");
  EXPECT_EQ(failed.failure_type, "KeyError");
  EXPECT_NE(failed.failure.find("words.py\", line 8, in fail\n    return events['missing']"),
            std::string::npos)
      << failed.failure;
  EXPECT_EQ(RunPackage(zip, "run.other").failure_type, "Runtime.HandlerNotFound");
  EXPECT_EQ(RunPackage(zip, "absent.main").failure_type, "Runtime.ImportModuleError");
  EXPECT_EQ(RunPackage("no zip at all", "run.main").failure_type, "InvalidAttachment");
}

TEST_F(RealProcessTest, AScriptMayExitWithAMessageOrTakeTooLong) {
  ScriptResult result = RunScript("def main(events, context):\n    exit('not allowed')\n");
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.failure, "not allowed");
  result =
      RunScript("def main(events, context):\n    while True: pass\n", json::Object(), Millis(300));
  EXPECT_EQ(result.failure_type, "Timeout");
  result = RunScript("def main(events, context):\n    return 'x' * 200000\n");
  EXPECT_EQ(result.failure_type, "InvalidOutput");
  result = RunScript("this is no python");
  EXPECT_EQ(result.failure_type, "SyntaxError") << result.failure;
}

TEST_F(PowerShellTest, ScriptsGetTheirInputInTheEnvironmentAndGiveBackTheLastObject) {
  const ScriptResult result = RunScript(R"py(
event = json.loads(os.environ["InputPayload"])
print("working on", event["name"])
give(payload={"message": event["name"] * 2, "home": os.path.isdir(os.environ["HOME"])})
)py",
                                        json::Object{{"name", "'; $(exit) é"}});
  ASSERT_TRUE(result.ok) << result.failure;
  EXPECT_EQ(json::Serialize(result.payload),
            R"({"message":"'; $(exit) é'; $(exit) é","home":true})");
  EXPECT_EQ(result.log, "working on '; $(exit) é\n");
}

TEST_F(PowerShellTest, TextOfAJsonMapOrListIsWhatItSays) {
  const auto given = [&](const std::string& payload) {
    const ScriptResult result = RunScript("give(payload=" + payload + ")");
    return result.ok ? json::Serialize(result.payload) : result.failure;
  };
  EXPECT_EQ(given("'{\"a\": [1]}'"), R"({"a":[1]})");
  EXPECT_EQ(given("' [1, 2]'"), "[1,2]");
  EXPECT_EQ(given("'[System.String]'"), R"("[System.String]")");
  EXPECT_EQ(given("'5'"), R"("5")");
  EXPECT_EQ(given("5"), "5");
  EXPECT_EQ(given("None"), "null");
}

TEST_F(PowerShellTest, TheSandboxAndItsLimitsAreThoseOfAllScripts) {
  const ScriptResult result = RunScript(R"py(
give(payload={
    "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    "written": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
    "heap": os.environ["DOTNET_GCHeapHardLimit"],
    "secrets": sorted(name for name in os.environ if name.startswith("RIPOSTE_")),
    "packages": os.path.exists(")py" + folder_ +
                                        R"py(/packages"),
    "user": os.getuid(),
    "key": os.environ["AWS_ACCESS_KEY_ID"],
})
)py");
  ASSERT_TRUE(result.ok) << result.failure;
  const json::Object& seen = result.payload.as_object();
  EXPECT_EQ(json::GetInt(seen, "files"), 1024);
  EXPECT_EQ(json::GetInt(seen, "written"), 512 << 20);
  EXPECT_EQ(json::GetString(seen, "heap"), "0x20000000");
  EXPECT_EQ(seen.at("secrets"), (json::Value{"RIPOSTE_RESULT", "RIPOSTE_SCRIPT"}));
  EXPECT_EQ(json::GetString(seen, "key"), "AKIATEST");
  if (launcher_->TaskRoot("x") == "x") GTEST_SKIP() << "no sandbox here";
  EXPECT_FALSE(json::GetBool(seen, "packages"));
  EXPECT_EQ(json::GetInt(seen, "user"), 993);
}

TEST_F(PowerShellTest, AFailingScriptTellsWhere) {
  ScriptResult result = RunScript(R"py(
print("before")
give(error={"type": "RuntimeException", "message": "not allowed",
            "trace": "at <ScriptBlock>, customer_script.ps1: line 2"})
)py");
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.failure_type, "RuntimeException");
  EXPECT_EQ(result.failure,
            "Traceback (most recent call last):\nat <ScriptBlock>, customer_script.ps1: line 2\n"
            "RuntimeException - not allowed");
  EXPECT_EQ(result.log, "before\n");
  result = RunScript("sys.exit(3)");
  EXPECT_EQ(result.failure_type, "Exit");
  EXPECT_EQ(result.failure, "Exit - PowerShell ended with exit status 3");
  result = RunScript("os.kill(os.getpid(), 9)");
  EXPECT_EQ(result.failure, "Exit - PowerShell ended with signal 9");
  result = RunScript("open(os.environ['RIPOSTE_RESULT'], 'w').write('{')");
  EXPECT_EQ(result.failure_type, "InvalidOutput") << result.failure;
}

TEST_F(PowerShellTest, TooLongAndTooMuch) {
  ScriptResult result = RunScript("while True: pass", json::Object(), Millis(300));
  EXPECT_EQ(result.failure_type, "Timeout");
  result = RunScript("give(payload='x' * 200000)");
  EXPECT_EQ(result.failure_type, "InvalidOutput");
  result = RunScript("give(payload=1)", json::Object{{"text", std::string(200'000, 'x')}});
  EXPECT_EQ(result.failure_type, "InvalidInput") << result.failure;
}

TEST_F(PowerShellTest, WhereItIsNotInstalledTheFailureSaysSo) {
  setenv("PATH", (folder_ + "/nowhere").c_str(), 1);
  const ScriptResult result = RunScript("give(payload=1)");
  EXPECT_EQ(result.failure_type, "Unsupported");
  EXPECT_EQ(result.failure, "Runtime PowerShell 7.4 is not available here: there is no pwsh.");
}

}  // namespace
}  // namespace riposte::functions
