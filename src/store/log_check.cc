#include "store/log_check.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "store/checked_vfs.h"
#include "store/connection.h"

namespace riposte::store {

namespace {

constexpr size_t kLogHeaderBytes = 32;
constexpr size_t kFrameHeaderBytes = 24;
constexpr uint32_t kLogMagic = 0x377f0682;  ///< The last bit: words of checksums are big-endian.
constexpr uint32_t kLogVersion = 3'007'000;

uint32_t Big32(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | b[3];
}
uint32_t Little32(const char* bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes);
  return uint32_t{b[3]} << 24 | uint32_t{b[2]} << 16 | uint32_t{b[1]} << 8 | b[0];
}

struct Sum {
  uint32_t first = 0;
  uint32_t second = 0;
  bool operator==(const Sum&) const = default;
};

Sum Add(Sum sum, const char* bytes, size_t count, bool big_endian) {
  for (size_t i = 0; i < count; i += 8) {
    sum.first += (big_endian ? Big32(bytes + i) : Little32(bytes + i)) + sum.second;
    sum.second += (big_endian ? Big32(bytes + i + 4) : Little32(bytes + i + 4)) + sum.first;
  }
  return sum;
}

class LogReader {
 public:
  explicit LogReader(const std::string& path) : file_(path, std::ios::binary) {}

  /// False when there is nothing in the log.
  bool ReadHeader() { return static_cast<bool>(file_.read(header_.data(), kLogHeaderBytes)); }
  [[nodiscard]] bool HeaderIsZero() const { return header_ == std::array<char, kLogHeaderBytes>{}; }
  [[nodiscard]] bool HeaderIsWhole() {
    big_endian_ = (Big32(&header_[0]) & 1) != 0;
    sum_ = Add({}, header_.data(), 24, big_endian_);
    return (Big32(&header_[0]) & ~1U) == kLogMagic && Big32(&header_[4]) == kLogVersion &&
           Big32(&header_[8]) == kPageBytes &&
           sum_ == Sum{Big32(&header_[24]), Big32(&header_[28])};
  }
  bool ReadFrame() {
    if (!file_.read(frame_.data(), static_cast<std::streamsize>(frame_.size()))) return false;
    ++number_;
    return true;
  }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool IsCommit() const { return Big32(&frame_[4]) != 0; }
  [[nodiscard]] bool IsOfThisLog() const {
    return Big32(&frame_[0]) != 0 && std::memcmp(&frame_[8], &header_[16], 8) == 0;
  }
  [[nodiscard]] bool IsZero() const {
    return frame_[0] == 0 && std::memcmp(frame_.data(), frame_.data() + 1, frame_.size() - 1) == 0;
  }
  [[nodiscard]] Sum Stored() const { return {Big32(&frame_[16]), Big32(&frame_[20])}; }
  /// The checksum that the frame should have after one with `before`.
  [[nodiscard]] Sum Expected(Sum before, bool as_commit = true) const {
    std::array<char, 8> head;
    std::memcpy(head.data(), frame_.data(), head.size());
    if (!as_commit) std::memset(&head[4], 0, 4);
    return Add(Add(before, head.data(), head.size(), big_endian_), &frame_[kFrameHeaderBytes],
               kPageBytes, big_endian_);
  }
  [[nodiscard]] Sum header_sum() const { return sum_; }

 private:
  std::ifstream file_;
  std::array<char, kLogHeaderBytes> header_{};
  std::vector<char> frame_ = std::vector<char>(kFrameHeaderBytes + kPageBytes);
  bool big_endian_ = false;
  Sum sum_;
  int number_ = 0;
};

Status Damaged(const std::string& path, const std::string& where) {
  return Fail(Code::kCorrupt,
              path + "-wal is damaged " + where +
                  ": commits that were durable would be lost. Nothing was changed; restore the "
                  "database and its -wal file, or remove the -wal file to start without what it "
                  "holds");
}

}  // namespace

Status CheckLog(const std::string& path) {
  LogReader log(path + "-wal");
  if (!log.ReadHeader()) return {};
  if (!log.HeaderIsWhole()) {
    // The header is synced before the first frame is written, and no sector is written in part.
    if (!log.HeaderIsZero()) return Damaged(path, "in its header");
    while (log.ReadFrame()) {
      if (!log.IsZero()) return Damaged(path, "in its header");
    }
    return {};
  }
  Sum sum = log.header_sum();
  while (log.ReadFrame()) {
    Sum expected = log.Expected(sum);
    if (log.IsOfThisLog() && expected == log.Stored()) {
      sum = expected;
      continue;
    }
    // The first that does not fit. Is there a commit it belongs to, and a frame after that commit
    // which continues it? What is left of refused or rolled back writes does not continue anything.
    const int first = log.number();
    bool fits = false;
    bool commit = log.IsCommit() && log.Expected(sum, false) != log.Stored();
    while (true) {
      const Sum stored = log.Stored();
      if (!log.ReadFrame()) return {};
      fits = log.IsOfThisLog() &&
             (log.Expected(stored) == log.Stored() || log.Expected(expected) == log.Stored());
      if (commit && fits) {
        return Damaged(path, "at frame " + std::to_string(first));
      }
      commit = fits && log.IsCommit();
      expected = log.Expected(stored);
    }
  }
  return {};
}

Status CheckHeader(const std::string& path) {
  // Where one is left, SQLite first puts back what it holds: the file may be anything by now.
  if (std::ifstream(path + "-journal").peek() != std::ifstream::traits_type::eof()) return {};
  std::ifstream file(path, std::ios::binary);
  std::array<char, 100> header;
  if (!file.read(header.data(), header.size())) return {};  // New, or so short that SQLite says so.
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  if (std::string_view(header.data(), kMagic.size()) != kMagic) {
    return Fail(Code::kCorrupt, path + " is no database, or its header is damaged");
  }
  // Older ones have another number, and no seals.
  if (Big32(&header[68]) != kApplicationId) return {};
  if (Big32(&header[16]) >> 16 != kPageBytes || header[20] != kSealBytes) {
    return Fail(Code::kCorrupt, path + ": its header is damaged");
  }
  return {};
}

}  // namespace riposte::store
