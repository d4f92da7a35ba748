// Makes zip archives byte by byte, hostile ones included. Entries are stored, not compressed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riposte::functions::testing {

struct ZipEntry {
  std::string name;
  std::string content;
  uint32_t mode = 0100644;                  ///< Unix mode, with the file type.
  std::optional<uint32_t> declared_size{};  ///< A lie about the size, when set.
};

[[nodiscard]] inline std::string MakeZip(const std::vector<ZipEntry>& entries) {
  const auto put16 = [](std::string& out, uint32_t v) {
    out += static_cast<char>(v & 255);
    out += static_cast<char>((v >> 8) & 255);
  };
  const auto put32 = [&](std::string& out, uint32_t v) {
    put16(out, v & 0xffff);
    put16(out, v >> 16);
  };
  const auto crc32 = [](const std::string& bytes) {
    uint32_t crc = 0xffffffff;
    for (unsigned char c : bytes) {
      crc ^= c;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320 : 0);
    }
    return ~crc;
  };
  std::string out, directory;
  for (const ZipEntry& entry : entries) {
    const auto offset = static_cast<uint32_t>(out.size());
    const auto stored = static_cast<uint32_t>(entry.content.size());
    const uint32_t claimed = entry.declared_size.value_or(stored);
    const uint32_t crc = crc32(entry.content);
    const auto common = [&](std::string& to) {
      put16(to, 20);  // version needed
      put16(to, 0);   // flags
      put16(to, 0);   // stored
      put16(to, 0);   // time
      put16(to, 0x21);
      put32(to, crc);
      put32(to, stored);
      put32(to, claimed);
      put16(to, static_cast<uint32_t>(entry.name.size()));
      put16(to, 0);  // extra
    };
    put32(out, 0x04034b50);
    common(out);
    out += entry.name;
    out += entry.content;
    put32(directory, 0x02014b50);
    put16(directory, (3 << 8) | 20);  // made by Unix
    common(directory);
    put16(directory, 0);  // comment
    put16(directory, 0);  // disk
    put16(directory, 0);  // internal attributes
    put32(directory, entry.mode << 16);
    put32(directory, offset);
    directory += entry.name;
  }
  const auto start = static_cast<uint32_t>(out.size());
  out += directory;
  put32(out, 0x06054b50);
  put16(out, 0);
  put16(out, 0);
  put16(out, static_cast<uint32_t>(entries.size()));
  put16(out, static_cast<uint32_t>(entries.size()));
  put32(out, static_cast<uint32_t>(directory.size()));
  put32(out, start);
  put16(out, 0);
  return out;
}

}  // namespace riposte::functions::testing
