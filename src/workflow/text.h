// Text from outside, made fit to be stored: states are JSON, and JSON is UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace riposte::workflow {

/// At most `max_bytes` of `text`, cut between characters; bytes that are not UTF-8 become '?'.
[[nodiscard]] std::string CleanText(std::string_view text, size_t max_bytes);

}  // namespace riposte::workflow
