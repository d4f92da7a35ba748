#include "functions/output_lines.h"

#include <algorithm>

#include "base/encoding.h"

namespace riposte::functions {
namespace {

std::string ToRecord(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  std::string record(line);
  std::replace(record.begin(), record.end(), '\r', '\n');
  // Logs are text: what a program writes in another encoding is shown, not passed on.
  if (!IsUtf8(record)) {
    for (char& c : record) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
  }
  return record;
}

}  // namespace

void OutputLines::Append(std::string_view bytes, const std::function<void(std::string)>& record,
                         const std::function<void(std::string_view)>& end) {
  while (!bytes.empty()) {
    const size_t newline = bytes.find('\n');
    const size_t room = kMaxRecordBytes - pending_.size();
    if (newline == std::string_view::npos || newline > room) {
      const size_t take = std::min(bytes.size(), room);
      pending_ += bytes.substr(0, take);
      bytes.remove_prefix(take);
      if (pending_.size() < kMaxRecordBytes) return;
      record(ToRecord(pending_));
      pending_.clear();
      continue;
    }
    pending_ += bytes.substr(0, newline);
    bytes.remove_prefix(newline + 1);
    const std::string line = std::move(pending_);
    pending_.clear();
    // The mark may stand behind a partial line that the function left open.
    const size_t mark = line.find(kEndMark);
    if (mark != std::string::npos) {
      if (mark > 0) record(ToRecord(std::string_view(line).substr(0, mark)));
      end(std::string_view(line).substr(mark + kEndMark.size()));
    } else {
      record(ToRecord(line));
    }
  }
}

void OutputLines::Finish(const std::function<void(std::string)>& record) {
  if (!pending_.empty()) record(ToRecord(pending_));
  pending_.clear();
}

}  // namespace riposte::functions
