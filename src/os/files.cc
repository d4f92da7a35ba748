#include "os/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace riposte::os {
namespace {

std::unexpected<Error> FailErrno(const std::string& path) {
  const int error = errno;
  const Code code = error == ENOENT                     ? Code::kNotFound
                    : error == EACCES || error == EPERM ? Code::kPermissionDenied
                                                        : Code::kUnavailable;
  return Fail(code, path + ": " + std::strerror(error));
}

/// Closes on the way out.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return FailErrno(path);
  std::string out;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t n = read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FailErrno(path);
    if (n == 0) return out;
    out.append(buffer, static_cast<size_t>(n));
    if (out.size() > max_bytes) {
      return Fail(Code::kLimitExceeded,
                  path + ": larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view contents, int mode) {
  const std::string temporary = path + ".new";
  {
    const Descriptor file{open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (file.fd < 0) return FailErrno(temporary);
    if (fchmod(file.fd, static_cast<mode_t>(mode)) != 0 || !WriteAll(file.fd, contents) ||
        fsync(file.fd) != 0) {
      return FailErrno(temporary);
    }
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) return FailErrno(path);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor folder{
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd < 0 || fsync(folder.fd) != 0) return FailErrno(parent);
  return {};
}

Status MakePrivateFolder(const std::string& path) {
  std::filesystem::path walked;
  for (const auto& part : std::filesystem::path(path)) {
    walked /= part;
    if (mkdir(walked.c_str(), 0700) != 0 && errno != EEXIST) return FailErrno(walked.string());
  }
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    return Fail(Code::kUnavailable, path + " is not a folder");
  }
  return {};
}

void RemoveTree(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

int64_t ResidentBytes() {
  const auto text = ReadFile("/proc/self/statm", 4096);
  if (!text) return 0;
  const size_t space = text->find(' ');
  return std::atoll(text->c_str() + space + 1) * sysconf(_SC_PAGESIZE);
}

}  // namespace riposte::os
