// fork and exec, nothing else. Private to this folder.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "os/process.h"

namespace riposte::os {

struct Spawned {
  pid_t pid = -1;
  int pidfd = -1;   ///< Readable once the process has ended.
  int input = -1;   ///< Our end of its standard input; -1 when it reads /dev/null.
  int output = -1;  ///< Our end of its standard output.
  int error = -1;
};

/// All descriptors are non-blocking, close on exec, and the caller's to close. The process gets
/// SIGKILL when the calling thread ends. Errors: as ProcessRunner::Start.
[[nodiscard]] Result<Spawned> Spawn(const ProcessSpec& spec);

}  // namespace riposte::os
