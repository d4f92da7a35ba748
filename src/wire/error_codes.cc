#include "wire/error_codes.h"

#include <array>

namespace riposte::wire {
namespace {

struct Row {
  std::string_view json, query, ec2, s3;
  bool about_caller = false;
};

// Sources: "Common errors" of the services' API references; EC2 and S3 error code lists.
constexpr std::array<Row, 12> kRows = {{
    {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "AccessDenied", true},
    {"IncompleteSignatureException", "IncompleteSignature", "IncompleteSignature",
     "AuthorizationHeaderMalformed", true},
    {"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "SignatureDoesNotMatch",
     true},
    {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "InvalidAccessKeyId",
     true},
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken", "AuthFailure",
     "AccessDenied", true},
    {"ExpiredTokenException", "ExpiredToken", "RequestExpired", "ExpiredToken", true},
    {"ThrottlingException", "Throttling", "RequestLimitExceeded", "SlowDown"},
    {"ServiceUnavailableException", "ServiceUnavailable", "Unavailable", "ServiceUnavailable"},
    {"InternalFailure", "InternalFailure", "InternalError", "InternalError"},
    {"ValidationException", "ValidationError", "InvalidParameterValue", "InvalidArgument"},
    {"UnknownOperationException", "InvalidAction", "InvalidAction", "NotImplemented"},
    {"SerializationException", "MalformedInput", "InvalidParameterValue", "MalformedXML"},
}};

std::string_view NameOf(const Row& row, Protocol protocol) {
  switch (protocol) {
    case Protocol::kAwsJson10:
    case Protocol::kAwsJson11:
    case Protocol::kRestJson1:
    case Protocol::kRpcV2Cbor:
      return row.json;
    case Protocol::kAwsQuery:
      return row.query;
    case Protocol::kEc2Query:
      return row.ec2;
    case Protocol::kRestXml:
      return row.s3;
  }
  return row.json;
}

/// Only the JSON and query names identify a row: others stand in several.
const Row* Find(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.json == code || row.query == code) return &row;
  }
  return nullptr;
}

}  // namespace

std::string_view GenericCode(std::string_view code, Protocol protocol) {
  const Row* row = Find(code);
  return row ? NameOf(*row, protocol) : code;
}

int GenericRestStatus(std::string_view code) {
  const Row* row = Find(code);
  return row && row->about_caller ? 403 : 0;
}

}  // namespace riposte::wire
