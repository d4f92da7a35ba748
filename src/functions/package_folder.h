// Unpacked packages on disk: one directory a content, made on first use.
//
// Thread safety: any thread; blocks. Two that unpack the same at once do the work twice and agree.
// The folder is scratch: it is emptied when the engine starts, because nothing in it is synced.
#pragma once

#include <functional>
#include <string>

#include "functions/package.h"

namespace riposte::functions {

class PackageFolder {
 public:
  using Load = std::function<Result<std::string>(const std::string& sha256_base64)>;
  PackageFolder(std::string folder, PackageLimits limits, Load load)
      : folder_(std::move(folder)), limits_(limits), load_(std::move(load)) {}

  /// Empties and makes the folder. Errors: kPermissionDenied, kUnavailable.
  [[nodiscard]] Status Start();
  /// The directory of the package, unpacked. Errors: kNotFound, kInvalidArgument (a package that
  /// does not hold what its directory says), kUnavailable.
  [[nodiscard]] Result<std::string> Directory(const std::string& sha256_base64);
  /// A directory with nothing in it: what scripts start in.
  [[nodiscard]] Result<std::string> Empty();

 private:
  std::string folder_;
  PackageLimits limits_;
  Load load_;
};

}  // namespace riposte::functions
