// What processes cannot do, with namespaces and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "functions/testing/real_processes.h"
#include "http/server.h"

namespace riposte::functions {
namespace {

using ::testing::AnyOf;

/// Tries, in the process, what must be refused; says of each what came of it.
constexpr char kTries[] = R"py(
import ctypes, os, socket, urllib.request

def outcome(work):
    try:
        return str(work())
    except OSError as error:
        return type(error).__name__

def library_call(name, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "done"

def connect(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10):
        return "connected"

def read(path):
    with open(path) as file:
        return file.read()

def write(path):
    with open(path, "w") as file:
        file.write("x")
    return "written"

def main(events, context):
    url = os.environ["AWS_ENDPOINT_URL"]
    return {
        "engine": outcome(lambda: urllib.request.urlopen(url + "/hello", b"x" * 300000).read()),
        "neighbour": outcome(lambda: connect(events["neighbour"])),
        "secret": outcome(lambda: read(events["secret"])),
        "secret written": outcome(lambda: write(events["secret"])),
        "tmp": outcome(lambda: write("/tmp/walls-" + events["id"])),
        "var": outcome(lambda: write("/var/tmp/walls-" + events["id"])),
        "mount": outcome(lambda: library_call("mount", b"none", b"/tmp", b"tmpfs", 0, None)),
        "unshare": outcome(lambda: library_call("unshare", 0x10000000)),
        "trace": outcome(lambda: library_call("ptrace", 0, 0, 0, 0)),
        "engine killed": outcome(lambda: os.kill(events["pid"], 0)),
        "children": outcome(os.wait),
    }
)py";

/// An engine's API at a socket, as serve has it, and beside it a server that nobody allowed.
class WallsTest : public testing::RealProcessTest {
 protected:
  void Adjust(OsLauncherOptions& options) override {
    const auto answer = [](const char* text) {
      return [text](http::Request request, http::Responder responder) {
        responder.Send(
            {.status = 200, .body = text + std::to_string(request.body.size()) + request.peer});
      };
    };
    engine_ = *http::Server::Start({.port = 0, .threads = 1}, answer("engine "));
    ASSERT_TRUE(engine_->Listen(folder_ + "/engine.sock", " peer"));
    neighbour_ = *http::Server::Start({.port = 0, .threads = 1}, answer("neighbour "));
    options.engine_port = engine_->port();
    options.engine_socket = folder_ + "/engine.sock";
    options.engine_endpoint = "http://192.0.2.1:" + std::to_string(engine_->port());
    options.open_network = {"open-*"};
    options.bubblewrap = bubblewrap_;
    secret_ = "/var/tmp/riposte-walls-" + random_.Uuid();  // Not in /tmp, which may be shared.
    ASSERT_TRUE(os::WriteFileAtomically(secret_, "of the engine"));
  }
  void TearDown() override {
    RealProcessTest::TearDown();
    std::filesystem::remove(secret_);
    engine_.reset();
    neighbour_.reset();
  }
  /// What the tries came to, in a function of this name.
  json::Object Try(const std::string& name) {
    auto spec = Spec({{.name = "app.py", .content = kTries}}, "app.main");
    spec->name = name;
    spec->environment = {
        {"AWS_ENDPOINT_URL", bubblewrap_.empty()
                                 ? "http://127.0.0.1:" + std::to_string(engine_->port())
                                 : "http://192.0.2.1:" + std::to_string(engine_->port())}};
    return InvokeJson(spec, json::Serialize(json::Object{{"neighbour", neighbour_->port()},
                                                         {"secret", secret_},
                                                         {"pid", getpid()},
                                                         {"id", spec->arn.substr(60)}}));
  }
  static std::string Of(const json::Object& tries, std::string_view name) {
    return std::string(json::GetString(tries, name));
  }
  /// What holds with namespaces and without.
  static void ExpectWalls(const json::Object& tries) {
    EXPECT_EQ(Of(tries, "tmp"), "written") << json::Serialize(tries);
    EXPECT_EQ(Of(tries, "mount"), "PermissionError");
    EXPECT_EQ(Of(tries, "unshare"), "PermissionError");
    EXPECT_EQ(Of(tries, "trace"), "PermissionError");
    EXPECT_EQ(Of(tries, "children"), "ChildProcessError");
  }

  std::string secret_;
  std::unique_ptr<http::Server> engine_;
  std::unique_ptr<http::Server> neighbour_;
  std::string bubblewrap_ = "/usr/bin/bwrap";
};

TEST_F(WallsTest, AProcessReachesTheEngineAlone) {
  if (!testing::HasProgram(bubblewrap_)) GTEST_SKIP() << "no bubblewrap";
  const json::Object tries = Try("f");
  ExpectWalls(tries);
  EXPECT_EQ(Of(tries, "engine"), "b'engine 300000 peer'");
  EXPECT_EQ(Of(tries, "neighbour"), "ConnectionRefusedError");
  EXPECT_EQ(Of(tries, "secret"), "FileNotFoundError");
  EXPECT_NE(Of(tries, "var"), "written");
  EXPECT_NE(Of(tries, "engine killed"), "None");
}

TEST_F(WallsTest, AFunctionMayBeGivenTheHostsNetwork) {
  if (!testing::HasProgram(bubblewrap_)) GTEST_SKIP() << "no bubblewrap";
  const json::Object tries = Try("open-sesame");
  ExpectWalls(tries);
  EXPECT_EQ(Of(tries, "neighbour"), "connected");
  EXPECT_EQ(Of(tries, "secret"), "FileNotFoundError");
}

class NoNamespacesTest : public WallsTest {
 protected:
  void Adjust(OsLauncherOptions& options) override {
    bubblewrap_.clear();
    WallsTest::Adjust(options);
    options.bubblewrap = "/nonexistent/bwrap";
  }
};

TEST_F(NoNamespacesTest, OtherWallsHold) {
  if (syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) {
    GTEST_SKIP() << "this kernel has no Landlock";
  }
  const json::Object tries = Try("f");
  ExpectWalls(tries);
  EXPECT_EQ(Of(tries, "engine"), "b'engine 300000127.0.0.1'");
  EXPECT_EQ(Of(tries, "secret"), "PermissionError");
  EXPECT_EQ(Of(tries, "secret written"), "PermissionError");
  EXPECT_EQ(Of(tries, "var"), "PermissionError");
  // These two since Linux 6.7 and 6.12.
  EXPECT_THAT(Of(tries, "neighbour"), AnyOf("PermissionError", "connected"));
  EXPECT_THAT(Of(tries, "engine killed"), AnyOf("PermissionError", "None"));
}

TEST_F(NoNamespacesTest, AFunctionMayBeGivenTheNetwork) {
  EXPECT_EQ(Of(Try("open-sesame"), "neighbour"), "connected");
}

}  // namespace
}  // namespace riposte::functions
