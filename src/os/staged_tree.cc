#include "os/staged_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace riposte::os {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> Failed(int error, const std::string& path) {
  const Code code = error == EACCES || error == EPERM     ? Code::kPermissionDenied
                    : error == EEXIST || error == ENOTDIR ? Code::kAlreadyExists
                                                          : Code::kUnavailable;
  return Fail(code, path + ": " + std::strerror(error));
}

}  // namespace

bool DirectoryExists(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<StagedTree> StagedTree::Begin(const std::string& path) {
  std::string staging = path + ".XXXXXX";
  if (mkdtemp(staging.data()) == nullptr) return Failed(errno, staging);
  if (chmod(staging.c_str(), 0755) != 0) return Failed(errno, staging);
  return StagedTree(path, std::move(staging));
}

StagedTree::StagedTree(StagedTree&& other) noexcept
    : path_(std::move(other.path_)), staging_(std::exchange(other.staging_, "")) {}

StagedTree::~StagedTree() {
  std::error_code ignored;
  if (!staging_.empty()) fs::remove_all(staging_, ignored);
}

Status StagedTree::AddDirectory(std::string_view name) {
  std::string path = staging_;
  while (!name.empty()) {
    const size_t slash = std::min(name.find('/'), name.size());
    path.append("/").append(name.substr(0, slash));
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (mkdir(path.c_str(), 0755) != 0 && (errno != EEXIST || !DirectoryExists(path))) {
      return Failed(errno, path);
    }
    // The umask is the engine's; what runs from here may be another user.
    if (chmod(path.c_str(), 0755) != 0) return Failed(errno, path);
  }
  return {};
}

Status StagedTree::AddFile(std::string_view name, std::string_view bytes, bool executable) {
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    if (Status status = AddDirectory(name.substr(0, slash)); !status) return status;
  }
  const std::string path = staging_ + "/" + std::string(name);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Failed(errno, path);
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      close(fd);
      return Failed(error, path);
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  const bool ready = fchmod(fd, executable ? 0755 : 0644) == 0;
  const int error = errno;
  if (close(fd) != 0) return Failed(errno, path);
  if (!ready) return Failed(error, path);
  return {};
}

Status StagedTree::Publish() {
  if (rename(staging_.c_str(), path_.c_str()) == 0) {
    staging_.clear();
    return {};
  }
  const int error = errno;
  // The same content under the same name is already there: ours goes away with this object.
  if ((error == EEXIST || error == ENOTEMPTY) && DirectoryExists(path_)) return {};
  return Failed(error, path_);
}

}  // namespace riposte::os
