// Texts by their beginning, as a range that an index serves.
#pragma once

#include <string>

namespace riposte::store {

/// The end of the range of texts that begin with `prefix`, itself excluded; all of them are ASCII.
[[nodiscard]] inline std::string AfterPrefix(const std::string& prefix) {
  return prefix + "\x7f";
}

}  // namespace riposte::store
