// Files and directories, for the few who touch them: configuration, keys, function packages.
//
// Thread safety: every function may run anywhere; all of them block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace riposte::os {

/// Errors: kNotFound, kPermissionDenied, kLimitExceeded when it is longer than `max_bytes`,
/// kUnavailable otherwise; all name the path.
[[nodiscard]] Result<std::string> ReadFile(const std::string& path, size_t max_bytes);

/// Replaces the file as a whole: a crash leaves the old or the new one. On success the bytes and
/// the name are on the disk. Errors: as ReadFile.
[[nodiscard]] Status WriteFileAtomically(const std::string& path, std::string_view bytes,
                                         unsigned mode = 0600);

/// Makes the directory and what is missing above it, mode 0700. Errors: as ReadFile;
/// kAlreadyExists when something else has the name.
[[nodiscard]] Status MakePrivateFolder(const std::string& path);

/// Removes a file or a directory with all in it, links not followed, also directories whose mode
/// forbids it. Missing or not ours to remove is fine: what is left is in nobody's way.
void RemoveTree(const std::string& path);

/// Resident memory of this process.
[[nodiscard]] int64_t ResidentBytes();

/// A directory of mode 0700 that goes away with this object.
class TempDir {
 public:
  /// Makes <parent>/<prefix>XXXXXX. `parent` "" is the system's place for such things.
  [[nodiscard]] static Result<TempDir> Make(const std::string& parent, const std::string& prefix);
  ~TempDir();
  TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempDir& operator=(TempDir&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// The file that running `name` would start, with links resolved: a path as it is, a bare name from
/// the folders of PATH. nullopt when there is no such program.
[[nodiscard]] std::optional<std::string> FindProgram(const std::string& name);

}  // namespace riposte::os
