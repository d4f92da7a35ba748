// The outcome of whatever can fail without it being a bug.
//
// Used across folder boundaries on the data plane: parsing, matching, committing, delivering.
// Service handlers throw api::Error instead (see api/error.h); one place, api::Pipeline, turns
// either into the wire. Thread safety: plain values.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace riposte {

/// What went wrong, by kind. Mapped to service error names in one exhaustive switch
/// (api/error.cc), so a new kind does not compile until it has a name there.
enum class Code {
  kInvalidArgument,   ///< The input breaks a documented rule; repeating it is useless.
  kUnauthenticated,   ///< Who is calling could not be established.
  kPermissionDenied,  ///< Known caller, not allowed.
  kNotFound,
  kAlreadyExists,
  kConflict,       ///< The thing exists but its state does not permit this.
  kLimitExceeded,  ///< A bound of this project or of the service was crossed.
  kThrottled,      ///< Come again later.
  kTimeout,
  kUnavailable,  ///< A dependency failed; repeating may help.
  kCorrupt,      ///< Stored or received bytes are not what they claim to be.
  kCancelled,
  kInternal,  ///< A bug here.
};

/// `message` is for the person who caused it; `detail` is for the log.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::string detail;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

[[nodiscard]] inline std::unexpected<Error> Fail(Code code, std::string message,
                                                 std::string detail = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(detail)});
}

}  // namespace riposte
