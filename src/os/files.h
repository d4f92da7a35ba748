// Files, read within bounds and written whole.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::os {

/// Errors: kNotFound, kPermissionDenied, kLimitExceeded (larger than `max_bytes`), kUnavailable.
[[nodiscard]] Result<std::string> ReadFile(const std::string& path, size_t max_bytes);

/// Replaces `path` in one step: written beside it, synced, renamed, the folder synced.
[[nodiscard]] Status WriteFileAtomically(const std::string& path, std::string_view contents,
                                         int mode = 0600);

/// Makes the folder and its parents, for the owner alone (0700) where they are new.
[[nodiscard]] Status MakePrivateFolder(const std::string& path);

/// Removes a folder and all in it; what is gone already is fine.
void RemoveTree(const std::string& path);

/// Resident memory of this process in bytes.
[[nodiscard]] int64_t ResidentBytes();

}  // namespace riposte::os
