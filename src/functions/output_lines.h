// The output pipe of a process, cut into log records.
//
// One record a line; a carriage return inside a line is a line break of the same record (a
// traceback is one record), one at its end belongs to the line end. The line "\x1eEND <request id>"
// is the bootstrap's mark that an invocation has written all it will. Records are bounded: what is
// longer is cut into several. Thread rule: one thread. Plain value.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace riposte::functions {

class OutputLines {
 public:
  static constexpr size_t kMaxRecordBytes = 262'144 - 26;  ///< PutLogEvents' bound.
  static constexpr std::string_view kEndMark =
      "\x1e"
      "END ";

  /// Calls `record` for each complete one, `end` for each mark with its request id.
  void Append(std::string_view bytes, const std::function<void(std::string)>& record,
              const std::function<void(std::string_view)>& end);
  /// The last line, when it has no line end.
  void Finish(const std::function<void(std::string)>& record);

 private:
  std::string pending_;
};

}  // namespace riposte::functions
