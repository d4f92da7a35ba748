// The seccomp program of processes that run what others wrote.
//
// It lets through what programs need and refuses (EPERM) what only an attack on the kernel, or on
// the walls around the process, would call: mounts, namespaces, tracing, modules, keys, clocks,
// io_uring, BPF and the like; sockets other than Unix, IPv4, IPv6 and route queries. clone3 is
// answered with ENOSYS, upon which the C library takes clone, whose flags a filter can read. Calls
// of a foreign architecture end the process. Source: seccomp(2); the list follows what container
// runtimes refuse. Thread safety: any thread. Cost: a few milliseconds.
#pragma once

#include <string>

#include "base/result.h"

namespace riposte::os {

/// The program as bytes: struct sock_filter[], for the machine it was made on. Errors:
/// kUnavailable.
[[nodiscard]] Result<std::string> MakeSyscallFilter();

}  // namespace riposte::os
