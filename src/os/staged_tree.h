// A directory that appears whole: written under another name, then renamed to its own.
//
// For scratch that can be made again (unpacked packages): nothing is synced, so the owner clears
// such directories when the engine starts. Blocks. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::os {

/// True when there is a directory of that name.
[[nodiscard]] bool DirectoryExists(const std::string& path);

class StagedTree {
 public:
  /// Begins beside `path`, whose parent exists. Errors: kPermissionDenied, kUnavailable.
  [[nodiscard]] static Result<StagedTree> Begin(const std::string& path);
  ~StagedTree();  ///< Removes what was not published.
  StagedTree(StagedTree&& other) noexcept;
  StagedTree& operator=(StagedTree&&) = delete;

  /// `name` is relative, without "..", as the caller has made sure. Parents are made.
  /// Directories get mode 0755, files 0644 or 0755. Errors: as Begin; kAlreadyExists.
  [[nodiscard]] Status AddDirectory(std::string_view name);
  [[nodiscard]] Status AddFile(std::string_view name, std::string_view bytes, bool executable);
  /// The tree gets its name. Fine when another has published the same meanwhile.
  [[nodiscard]] Status Publish();

 private:
  StagedTree(std::string path, std::string staging)
      : path_(std::move(path)), staging_(std::move(staging)) {}
  std::string path_;
  std::string staging_;  ///< "" once published.
};

}  // namespace riposte::os
