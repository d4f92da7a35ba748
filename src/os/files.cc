#include "os/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace riposte::os {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> Failed(int error, const std::string& doing, const std::string& path) {
  const Code code = error == ENOENT                       ? Code::kNotFound
                    : error == EACCES || error == EPERM   ? Code::kPermissionDenied
                    : error == EEXIST || error == ENOTDIR ? Code::kAlreadyExists
                                                          : Code::kUnavailable;
  return Fail(code, "cannot " + doing + " " + path + ": " + std::strerror(error));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return Failed(errno, "open", path);
  std::string bytes;
  char chunk[64 * 1024];
  while (true) {
    const ssize_t n = read(file.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed(errno, "read", path);
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<size_t>(n) > max_bytes) {
      return Fail(Code::kLimitExceeded,
                  path + " is longer than " + std::to_string(max_bytes) + " bytes");
    }
    bytes.append(chunk, static_cast<size_t>(n));
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return Failed(errno, "write", path);
  if (!WriteAll(file.get(), bytes) || fchmod(file.get(), mode) != 0 || fsync(file.get()) != 0 ||
      rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    return Failed(error, "write", path);
  }
  const std::string parent = ParentOf(path);
  const Descriptor directory(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) return Failed(errno, "sync", parent);
  return {};
}

Status MakePrivateFolder(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return Failed(EEXIST, "make directory", path);
  }
  if (errno != ENOENT) return Failed(errno, "make directory", path);
  if (const std::string parent = ParentOf(path); parent != path) {
    if (auto made = MakePrivateFolder(parent); !made) return made;
  }
  // Somebody else may have made it meanwhile.
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failed(errno, "make directory", path);
  }
  return {};
}

void RemoveTree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error == std::errc::permission_denied) {
    // A directory that its maker closed: open those that are ours and try again.
    chmod(path.c_str(), 0700);
    std::error_code ignored;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto it = fs::recursive_directory_iterator(path, options, ignored);
         it != fs::recursive_directory_iterator(); it.increment(ignored)) {
      if (!it->is_symlink(ignored) && it->is_directory(ignored)) chmod(it->path().c_str(), 0700);
    }
    fs::remove_all(path, error);
  }
}

int64_t ResidentBytes() {
  const auto text = ReadFile("/proc/self/statm", 4096);  // Pages: total, resident, …
  if (!text) return 0;
  return std::atoll(text->c_str() + text->find(' ') + 1) * sysconf(_SC_PAGESIZE);
}

Result<TempDir> TempDir::Make(const std::string& parent, const std::string& prefix) {
  std::error_code error;
  const fs::path where = parent.empty() ? fs::temp_directory_path(error) : fs::path(parent);
  std::string path = (where / (prefix + "XXXXXX")).string();
  if (error || mkdtemp(path.data()) == nullptr) return Failed(errno, "make directory", path);
  return TempDir(path);
}

TempDir::~TempDir() {
  if (!path_.empty()) RemoveTree(path_);
}

std::optional<std::string> FindProgram(const std::string& name) {
  const auto real = [](const std::string& path) -> std::optional<std::string> {
    struct stat file = {};
    if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return std::nullopt;
    if (access(path.c_str(), X_OK) != 0) return std::nullopt;
    const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                               &std::free);
    if (!resolved) return std::nullopt;
    return resolved.get();
  };
  if (name.find('/') != std::string::npos) return real(name);
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    // An empty entry is the working folder; nothing is started from there.
    if (folder.starts_with('/')) {
      if (auto found = real(std::string(folder) + "/" + name)) return found;
    }
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  return std::nullopt;
}

}  // namespace riposte::os
