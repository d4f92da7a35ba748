// Zip packages of functions, as hostile input.
//
// Data path:     CreateFunction -> InspectPackage (directory of the archive only)
//                first use -> UnpackPackage (into a directory named after the content)
// Thread safety: free functions over their arguments; any thread.
// Cost:          Inspect about 1 µs an entry; Unpack inflates everything, so not on the writer
//                thread.
// What is refused: more entries or bytes than the limits, counted before and again while inflating;
// absolute names, "..", backslashes, NUL, over-long names, symbolic links and other special files,
// encrypted entries, the same name twice.
// Source: "Lambda quotas", developer guide (250 MB unzipped, 50 MB zipped by direct upload).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace riposte::functions {

struct PackageLimits {
  uint64_t max_unzipped_bytes = 262'144'000;
  uint64_t max_zipped_bytes = 52'428'800;
  uint64_t max_entries = 65'535;
  size_t max_name_bytes = 1'024;
};

struct PackageEntry {
  std::string name;  ///< Relative, checked: no "..", no leading '/'. Without a trailing '/'.
  uint64_t bytes = 0;
  bool directory = false;
  bool executable = false;
};

struct PackageInfo {
  std::vector<PackageEntry> entries;
  uint64_t unzipped_bytes = 0;
};

/// Errors, with the service's own words: kInvalidArgument (not a zip, or a hostile one),
/// kLimitExceeded (too large).
[[nodiscard]] Result<PackageInfo> InspectPackage(std::string_view zip, const PackageLimits& limits);

/// Where the files go. Called in the archive's order; a file's directories may not have come first.
using PackageSink = std::function<Status(const PackageEntry& entry, std::string_view bytes)>;

/// Inspects, then hands each entry with its inflated bytes to `sink`.
[[nodiscard]] Status UnpackPackage(std::string_view zip, const PackageLimits& limits,
                                   const PackageSink& sink);

/// SHA-256 of the package in base64, as CodeSha256 shows it.
[[nodiscard]] std::string PackageSha256(std::string_view zip);
/// The same hash as a directory name: lower-case hex.
[[nodiscard]] std::string PackageDirectoryName(std::string_view sha256_base64);

}  // namespace riposte::functions
