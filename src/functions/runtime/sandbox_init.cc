// The first program of a process that runs functions or scripts: raises the walls that namespaces
// do not give, and then becomes the interpreter.
//
//   sandbox_init [--relay PORT SOCKET] [--filter FILE] [--read PATH]... [--write PATH]...
//                [--connect PORT] -- PROGRAM ARGUMENT...
//
//   --relay     connections to PORT of this network namespace's loopback reach SOCKET: the engine,
//               where there is no network else
//   --read, --write   with Landlock: nothing but what lies below these may be read (run), or
//   changed
//   --connect   with Landlock: TCP connections go to this port alone
//   --filter    a seccomp program, for PROGRAM and all that it starts
//
// A kernel without Landlock, or with less of it, gives less; the rest must hold or nothing is run
// (status 126, and why on standard error). A program of its own, without the C++ library, because
// each start of a process pays for it. Source: landlock(7), seccomp(2).
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void Refuse(const char* what, const char* which = "") {
  const int error = errno;
  dprintf(2, "sandbox: %s %s: %s\n", what, which, strerror(error));
  _exit(126);
}

// ---- The relay

constexpr int kPairs = 128;
constexpr int kBufferBytes = 16 << 10;

/// Bytes on their way from one side of a pair to the other.
struct Flow {
  char bytes[kBufferBytes];
  int begin = 0;
  int end = 0;
  bool ended = false;  ///< No more comes.
  bool told = false;   ///< The other side knows.
  [[nodiscard]] bool empty() const { return begin == end; }
};

struct Pair {
  int sides[2] = {-1, -1};  ///< The process's connection, and ours to the engine.
  Flow flows[2];            ///< From sides[i] to sides[1 - i].
};

Pair pairs[kPairs];

void Close(Pair& pair) {
  for (int& side : pair.sides) {
    if (side >= 0) close(side);
    side = -1;
  }
  for (Flow& flow : pair.flows) flow.begin = flow.end = 0, flow.ended = flow.told = false;
}

sockaddr_un AddressOf(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    Refuse("cannot reach", path);
  }
  strcpy(address.sun_path, path);
  return address;
}

/// False when the pair is over.
bool Move(Pair& pair, int from) {
  Flow& flow = pair.flows[from];
  if (flow.empty() && !flow.ended) {
    const ssize_t n = recv(pair.sides[from], flow.bytes, kBufferBytes, MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n == 0) flow.ended = true;
    flow.begin = 0;
    flow.end = n > 0 ? static_cast<int>(n) : 0;
  }
  if (!flow.empty()) {
    const ssize_t n = send(pair.sides[1 - from], flow.bytes + flow.begin,
                           static_cast<size_t>(flow.end - flow.begin), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n > 0) flow.begin += static_cast<int>(n);
  }
  if (flow.empty() && flow.ended && !flow.told) {
    shutdown(pair.sides[1 - from], SHUT_WR);
    flow.told = true;
  }
  return !(pair.flows[0].told && pair.flows[1].told);
}

void Accept(int listener, const sockaddr_un& engine) {
  const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  for (Pair& pair : pairs) {
    if (pair.sides[0] >= 0) continue;
    const int ours = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (ours >= 0 &&
        connect(ours, reinterpret_cast<const sockaddr*>(&engine), sizeof engine) == 0) {
      pair.sides[0] = client;
      pair.sides[1] = ours;
      return;
    }
    if (ours >= 0) close(ours);
    break;
  }
  close(client);
}

/// Until the namespace ends.
[[noreturn]] void Relay(int listener, const sockaddr_un& engine) {
  while (true) {
    pollfd waiting[1 + 2 * kPairs];
    int count = 0;
    waiting[count++] = {listener, POLLIN, 0};
    bool full = true;
    for (const Pair& pair : pairs) {
      if (pair.sides[0] < 0) full = false;
      for (int side = 0; side < 2; ++side) {
        const Flow& out = pair.flows[side];
        const Flow& in = pair.flows[1 - side];
        const int events = (out.empty() && !out.ended ? POLLIN : 0) | (in.empty() ? 0 : POLLOUT);
        // A side with nothing to wait for would wake us for its hang-up again and again.
        waiting[count++] = {events != 0 ? pair.sides[side] : -1, static_cast<short>(events), 0};
      }
    }
    if (full) waiting[0].fd = -1;
    if (poll(waiting, static_cast<nfds_t>(count), -1) < 0) continue;
    for (int i = 0; i < kPairs; ++i) {
      Pair& pair = pairs[i];
      const bool woken = waiting[1 + 2 * i].revents != 0 || waiting[2 + 2 * i].revents != 0;
      if (pair.sides[0] < 0 || !woken) continue;
      if (!Move(pair, 0) || !Move(pair, 1)) Close(pair);
    }
    if (waiting[0].revents != 0) Accept(listener, engine);
  }
}

/// The process's own loopback is empty: the port is free.
int Listen(const char* port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(atoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, kPairs) != 0) {
    Refuse("cannot listen on port", port);
  }
  return listener;
}

/// A grandchild, so that the program has no child that it did not start.
void StartRelay(int listener, const char* path) {
  const sockaddr_un engine = AddressOf(path);
  const pid_t child = fork();
  if (child < 0) Refuse("cannot start the relay");
  if (child > 0) {
    close(listener);
    waitpid(child, nullptr, 0);
    return;
  }
  if (fork() != 0) _exit(0);
  prctl(PR_SET_NAME, "relay");
  const int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3 && nothing >= 0; ++fd) dup2(nothing, fd);
  Relay(listener, engine);
}

// ---- Landlock

// As of ABI 6; Debian 12's headers know the first three.
struct Ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};
struct PortRule {
  uint64_t allowed;
  uint64_t port;
};
constexpr int kPortRule = 2;
constexpr uint64_t kConnect = 1 << 1;
constexpr uint64_t kScopes = 3;  // Abstract sockets, signals.
constexpr uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                              LANDLOCK_ACCESS_FS_WRITE_FILE | 1 << 14;
constexpr uint64_t kReading =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

/// What a kernel of this ABI can forbid.
uint64_t FileAccess(long abi) {
  const int bits = abi >= 3 ? 15 : abi == 2 ? 14 : 13;
  return (uint64_t{1} << bits) - 1;
}

void Allow(int rules, const char* path, uint64_t access) {
  landlock_path_beneath_attr rule{};
  rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0) return;  // What is not there needs no permission.
  struct stat status{};
  if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode)) access &= kOfFiles;
  rule.allowed_access = access;
  if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    Refuse("cannot allow", path);
  }
  close(rule.parent_fd);
}

struct Options {
  const char* relay_port = nullptr;
  const char* relay_socket = nullptr;
  const char* filter = nullptr;
  const char* connect = nullptr;
  char** paths[2] = {nullptr, nullptr};  ///< To read, to write.
  int count[2] = {0, 0};
};

void RaiseLandlock(const Options& options) {
  if (options.count[0] + options.count[1] == 0) return;
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return;
  Ruleset what{.files = FileAccess(abi),
               .network = options.connect != nullptr && abi >= 4 ? kConnect : 0,
               .scoped = abi >= 6 ? kScopes : 0};
  const size_t size = abi >= 6 ? sizeof what : abi >= 4 ? 16 : 8;
  const long made = syscall(SYS_landlock_create_ruleset, &what, size, 0);
  if (made < 0) Refuse("cannot use Landlock");
  const int rules = static_cast<int>(made);
  for (int i = 0; i < options.count[0]; ++i) Allow(rules, options.paths[0][i], kReading);
  for (int i = 0; i < options.count[1]; ++i) Allow(rules, options.paths[1][i], what.files);
  if (what.network != 0) {
    const PortRule rule{kConnect, static_cast<uint64_t>(atoi(options.connect))};
    if (syscall(SYS_landlock_add_rule, rules, kPortRule, &rule, 0) != 0) {
      Refuse("cannot allow port", options.connect);
    }
  }
  if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) Refuse("cannot raise Landlock");
  close(rules);
}

// ---- System calls

void InstallFilter(const char* path) {
  static sock_filter instructions[BPF_MAXINSNS];
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) Refuse("cannot read", path);
  const ssize_t size = read(file, instructions, sizeof instructions);
  if (size <= 0 || size % static_cast<ssize_t>(sizeof(sock_filter)) != 0) {
    Refuse("not a filter:", path);
  }
  close(file);
  const sock_fprog program{
      static_cast<unsigned short>(static_cast<size_t>(size) / sizeof(sock_filter)), instructions};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    Refuse("cannot install the filter", path);
  }
}

/// Returns the program's arguments.
char** Parse(int argc, char** argv, Options& options) {
  const auto value = [&](int index) {
    if (index < argc) return argv[index];
    errno = EINVAL;
    Refuse("missing value");
  };
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--") != 0; ++i) {
    const char* name = argv[i];
    if (strcmp(name, "--relay") == 0) {
      options.relay_port = value(++i);
      options.relay_socket = value(++i);
    } else if (strcmp(name, "--filter") == 0) {
      options.filter = value(++i);
    } else if (strcmp(name, "--connect") == 0) {
      options.connect = value(++i);
    } else if (strcmp(name, "--read") == 0 || strcmp(name, "--write") == 0) {
      const int kind = name[2] == 'w' ? 1 : 0;
      options.paths[kind][options.count[kind]++] = value(++i);
    } else {
      errno = EINVAL;
      Refuse("unknown argument", name);
    }
  }
  value(i + 1);
  return argv + i + 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (char**& paths : options.paths) {
    paths = static_cast<char**>(calloc(static_cast<size_t>(argc), sizeof(char*)));
    if (paths == nullptr) Refuse("no memory");
  }
  char** program = Parse(argc, argv, options);
  const int listener = options.relay_port != nullptr ? Listen(options.relay_port) : -1;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) Refuse("cannot give up privileges");
  RaiseLandlock(options);
  if (options.filter != nullptr) InstallFilter(options.filter);
  if (listener >= 0) StartRelay(listener, options.relay_socket);
  execv(program[0], program);
  Refuse("cannot run", program[0]);
}
