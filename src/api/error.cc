#include "api/error.h"

namespace riposte::api {
namespace {

struct Generic {
  const char* code;
  int status;
};

/// Exhaustive on purpose: a new Code does not compile until it has a name here.
Generic GenericOf(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return {"ValidationException", 400};
    case Code::kUnauthenticated:
      return {"UnrecognizedClientException", 403};
    case Code::kPermissionDenied:
      return {"AccessDeniedException", 403};
    case Code::kNotFound:
      return {"ResourceNotFoundException", 404};
    case Code::kAlreadyExists:
      return {"ResourceAlreadyExistsException", 409};
    case Code::kConflict:
      return {"ConflictException", 409};
    case Code::kLimitExceeded:
      return {"LimitExceededException", 400};
    case Code::kThrottled:
      return {"ThrottlingException", 429};
    case Code::kTimeout:
      return {"RequestTimeout", 408};
    case Code::kUnavailable:
      return {"ServiceUnavailable", 503};
    case Code::kCorrupt:
    case Code::kCancelled:
    case Code::kInternal:
      return {"InternalFailure", 500};
  }
  return {"InternalFailure", 500};
}

}  // namespace

Error ToApiError(const riposte::Error& error) {
  const Generic generic = GenericOf(error.code);
  const bool ours = generic.status == 500;
  return Error(generic.code, ours ? "An internal error occurred." : error.message, generic.status);
}

}  // namespace riposte::api
