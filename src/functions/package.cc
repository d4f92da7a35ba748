#include "functions/package.h"

#include <sys/stat.h>
#include <zip.h>

#include <memory>
#include <unordered_set>

#include "access/crypto.h"
#include "base/encoding.h"

namespace riposte::functions {
namespace {

constexpr char kNotUnzippable[] =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

struct ZipCloser {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct ZipFileCloser {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, ZipCloser>;
using ZipFile = std::unique_ptr<zip_file_t, ZipFileCloser>;

std::unexpected<Error> Refuse(std::string detail) {
  return Fail(Code::kInvalidArgument, kNotUnzippable, std::move(detail));
}

Result<Zip> Open(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) {
    zip_error_fini(&error);
    return Refuse("no source");
  }
  zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, &error);
  std::string text = zip == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (zip == nullptr) {
    zip_source_free(source);
    return Refuse(std::move(text));
  }
  return Zip(zip);
}

/// True when `name` stays inside the directory it is unpacked into.
bool IsSafeName(std::string_view name, size_t max_bytes) {
  if (name.empty() || name.size() > max_bytes || name.front() == '/') return false;
  if (name.find('\\') != std::string_view::npos || name.find('\0') != std::string_view::npos) {
    return false;
  }
  while (!name.empty()) {
    const size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return false;
    if (slash == std::string_view::npos) break;
    name.remove_prefix(slash + 1);
  }
  return true;
}

Result<PackageInfo> Inspect(zip_t* zip, const PackageLimits& limits) {
  const zip_int64_t count = zip_get_num_entries(zip, 0);
  if (count < 0 || static_cast<uint64_t>(count) > limits.max_entries) {
    return Refuse("too many entries");
  }
  if (count == 0) {
    return Fail(Code::kInvalidArgument, "Uploaded file must be a non-empty zip");
  }
  PackageInfo info;
  std::unordered_set<std::string> names;
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t stat;
    zip_stat_init(&stat);
    constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    if (zip_stat_index(zip, index, 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
      return Refuse("unreadable entry");
    }
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
      return Refuse("encrypted entry");
    }
    PackageEntry entry{.name = stat.name, .bytes = stat.size};
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(zip, index, 0, &system, &attributes);
    const mode_t mode = system == ZIP_OPSYS_UNIX ? attributes >> 16 : 0;
    const mode_t type = mode & S_IFMT;
    if (type != 0 && type != S_IFREG && type != S_IFDIR) return Refuse("special file");
    entry.executable = (mode & 0111) != 0;
    entry.directory = entry.name.ends_with('/');
    if (entry.directory) entry.name.pop_back();
    if (entry.directory && entry.bytes != 0) return Refuse("directory with content");
    if (!IsSafeName(entry.name, limits.max_name_bytes)) return Refuse("unsafe name");
    if (!names.insert(entry.name).second) return Refuse("the same name twice");
    if (entry.bytes > limits.max_unzipped_bytes - info.unzipped_bytes) {
      return Fail(Code::kLimitExceeded, "Unzipped size must be smaller than " +
                                            std::to_string(limits.max_unzipped_bytes) + " bytes");
    }
    info.unzipped_bytes += entry.bytes;
    info.entries.push_back(std::move(entry));
  }
  return info;
}

}  // namespace

Result<PackageInfo> InspectPackage(std::string_view zip, const PackageLimits& limits) {
  if (zip.size() > limits.max_zipped_bytes) {
    return Fail(Code::kLimitExceeded, "Zipped size must be smaller than " +
                                          std::to_string(limits.max_zipped_bytes) + " bytes");
  }
  Result<Zip> archive = Open(zip);
  if (!archive) return std::unexpected(archive.error());
  return Inspect(archive->get(), limits);
}

Status UnpackPackage(std::string_view zip, const PackageLimits& limits, const PackageSink& sink) {
  Result<Zip> archive = Open(zip);
  if (!archive) return std::unexpected(archive.error());
  Result<PackageInfo> info = Inspect(archive->get(), limits);
  if (!info) return std::unexpected(info.error());
  std::string bytes;
  for (size_t i = 0; i < info->entries.size(); ++i) {
    const PackageEntry& entry = info->entries[i];
    bytes.clear();
    if (!entry.directory) {
      ZipFile file(zip_fopen_index(archive->get(), i, 0));
      if (!file) return Refuse("unreadable entry");
      // The directory of the archive may lie about sizes: one byte more than it said is too many.
      // Grown as it is read, so that a lie costs no memory either.
      while (true) {
        char chunk[64 * 1024];
        const zip_int64_t got = zip_fread(file.get(), chunk, sizeof chunk);
        if (got < 0) return Refuse("corrupt entry");
        if (got == 0) break;
        if (bytes.size() + static_cast<size_t>(got) > entry.bytes) {
          return Refuse("entry larger than it said");
        }
        bytes.append(chunk, static_cast<size_t>(got));
      }
      if (bytes.size() != entry.bytes) return Refuse("entry smaller than it said");
    }
    if (Status status = sink(entry, bytes); !status) return status;
  }
  return {};
}

std::string PackageSha256(std::string_view zip) {
  return Base64Encode(access::Sha256(zip));
}

std::string PackageDirectoryName(std::string_view sha256_base64) {
  Result<std::string> digest = Base64Decode(sha256_base64);
  return digest ? HexEncode(*digest) : "";
}

}  // namespace riposte::functions
