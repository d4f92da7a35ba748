// The service interfaces: what model/*.smithy says, loaded.
//
// One model file a service, in a subset of Smithy IDL 2.0 (grammar: wire/README.md), embedded in
// the binary and parsed on first use. From it come routing, decoding, validation with the service's
// own error texts, encoding, the action names of policies, and docs/coverage.md.
// Thread safety: a Catalog may be used from any thread. Cost: parsing about 1 ms for 500 lines,
// once a service.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::wire {

enum class Protocol {
  kAwsJson10,
  kAwsJson11,
  kRestJson1,
  kAwsQuery,
  kEc2Query,
  kRestXml,
  kRpcV2Cbor,
};

enum class ShapeType {
  kString,
  kEnum,
  kBoolean,
  kInteger,  ///< byte, short, integer
  kLong,
  kFloat,
  kDouble,
  kTimestamp,
  kBlob,
  kDocument,
  kList,
  kMap,
  kStructure,
  kUnion,
};

enum class TimestampFormat { kDefault, kEpochSeconds, kDateTime, kHttpDate };

struct Shape;
class Regex;  // wire/regex.h

struct Member {
  std::string name;
  const Shape* target = nullptr;
  bool required = false;
  std::string json_name;       ///< @jsonName (restJson1), else ""
  std::string xml_name;        ///< @xmlName
  std::string ec2_query_name;  ///< @ec2QueryName
  bool xml_flattened = false;
  bool xml_attribute = false;
  // HTTP bindings of restJson1 and restXml; empty or false: in the body.
  bool http_label = false;
  std::string http_header;
  std::string http_prefix_headers;
  std::string http_query;
  bool http_query_params = false;
  bool http_payload = false;
  bool http_response_code = false;
  bool idempotency_token = false;
  bool lenient = false;  ///< @lenient: enum and pattern of the target are not enforced here.
  TimestampFormat timestamp_format = TimestampFormat::kDefault;
};

struct Shape {
  std::string name;
  ShapeType type = ShapeType::kString;
  std::vector<Member> members;  ///< Structures and unions; lists: [member]; maps: [key, value].
  std::vector<std::string> enum_values;
  std::optional<int64_t> length_min, length_max;
  std::optional<double> range_min, range_max;
  std::string pattern;                 ///< As written in the model; "" when none.
  std::shared_ptr<const Regex> regex;  ///< The pattern compiled; nullptr when none.
  bool lenient = false;                ///< @lenient: enum and pattern are not enforced.
  std::string xml_name;    ///< @xmlName of a structure: root element in restXml, else "".
  bool sensitive = false;  ///< Its values are kept out of logs and audit.
  TimestampFormat timestamp_format = TimestampFormat::kDefault;
  // Errors only:
  bool is_error = false;
  int http_status = 0;  ///< @httpError, else 400 (client) or 500 (server).
  bool is_server_fault = false;
  std::string query_error_code;  ///< @awsQueryError code, else "".

  [[nodiscard]] const Member* FindMember(std::string_view member_name) const;
};

/// One part of @http(uri), between slashes.
struct UriSegment {
  std::string text;     ///< The literal, or the label's member name.
  bool label = false;   ///< {Name}
  bool greedy = false;  ///< {Name+}: takes the rest of the path.
};

struct OperationModel {
  std::string name;
  const Shape* input = nullptr;  ///< A structure, possibly without members.
  const Shape* output = nullptr;
  std::vector<const Shape*> errors;
  bool readonly = false;  ///< @readonly
  bool idempotent = false;
  std::string http_method;  ///< REST protocols.
  std::string http_uri;     ///< "/2015-03-31/functions/{FunctionName}?List"
  int http_code = 200;
  std::vector<UriSegment> uri_segments;                        ///< http_uri, taken apart.
  std::vector<std::pair<std::string, std::string>> uri_query;  ///< Its literals: {"List", ""}.
  bool s3_unwrapped_output = false;  ///< The one member is the root element (GetBucketLocation).
  /// "events:PutRule": what policies name. @iamAction("…"), else <iam prefix>:<operation>.
  std::string iam_action;
  /// Resource templates, @iamResource("arn:aws:events:{region}:{account}:rule/{Name}"); see
  /// api/resource.h. Empty: "*".
  std::vector<std::string> iam_resources;
  bool optional_auth = false;  ///< @optionalAuth: unsigned calls are let through.
  bool data_plane = false;     ///< @dataPlane: audited in batches, not in the call's own commit.
};

struct ServiceModel {
  std::string name;                  ///< Registry and file name: "events".
  std::string sdk_id;                ///< "EventBridge"
  std::string signing_name;          ///< "events"
  std::string endpoint_prefix;       ///< "events"
  std::vector<std::string> aliases;  ///< @aliases: "eventbridge"
  std::string iam_prefix;            ///< "events"; "cloudwatch" for monitoring
  std::string api_version;           ///< "2015-10-07"
  std::string target_prefix;         ///< "AWSEvents", awsJson and rpcv2 only
  std::string xml_namespace;
  bool query_compatible = false;    ///< JSON and CBOR errors also carry the query code (SQS).
  std::vector<Protocol> protocols;  ///< The first is the default.
  std::map<std::string, OperationModel, std::less<>> operations;
  std::map<std::string, std::unique_ptr<Shape>, std::less<>> shapes;

  [[nodiscard]] bool Speaks(Protocol protocol) const;
  /// The error shape of that name or query code, or nullptr.
  [[nodiscard]] const Shape* FindError(std::string_view code) const;
};

class Catalog {
 public:
  Catalog();  ///< Over the embedded model files.
  /// Over other texts, {name, text}; for tests. REQUIRES: the headers parse.
  explicit Catalog(std::vector<std::pair<std::string, std::string>> models);
  ~Catalog();
  /// By registry name, or nullptr.
  [[nodiscard]] const ServiceModel* Find(std::string_view name) const;
  /// By any name a user may give: registry, signing, SDK or endpoint name or alias, without case,
  /// spaces and dashes, and with or without ".amazonaws.com".
  [[nodiscard]] const ServiceModel* FindByAnyName(std::string_view name) const;
  /// By the service name in a credential scope. Where several services sign alike, the first.
  [[nodiscard]] const ServiceModel* FindBySigningName(std::string_view name) const;
  /// The others that sign as `service` does (s3control beside s3).
  [[nodiscard]] std::vector<const ServiceModel*> FindSiblings(const ServiceModel& service) const;
  /// By what stands before the operation in X-Amz-Target, or its part after the last dot.
  [[nodiscard]] const ServiceModel* FindByTargetPrefix(std::string_view prefix) const;
  /// The services that offer an operation of exactly this name and may speak `protocol`.
  [[nodiscard]] std::vector<const ServiceModel*> FindByOperation(std::string_view operation,
                                                                 Protocol protocol) const;
  /// The services that may speak `protocol`.
  [[nodiscard]] std::vector<const ServiceModel*> FindByProtocol(Protocol protocol) const;
  [[nodiscard]] std::vector<std::string> Names() const;
  /// Accepts "StopInstances", "stopInstances" and "stop_instances".
  [[nodiscard]] static const OperationModel* FindOperation(const ServiceModel& service,
                                                           std::string_view name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Parses one model file. Errors: kInvalidArgument with file and line ("events.smithy:12: …").
[[nodiscard]] Result<std::unique_ptr<ServiceModel>> ParseModel(std::string_view name,
                                                               std::string_view text);
/// Parses up to the end of the service statement only: names, protocols, and the operations' names
/// without their shapes.
[[nodiscard]] Result<std::unique_ptr<ServiceModel>> ParseModelHeader(std::string_view name,
                                                                     std::string_view text);

/// Checks `input` against the model: required members, types, lengths, ranges, patterns, enums.
/// Drops unknown and null members, turns timestamps given as text into numbers, and whole numbers
/// written with a fraction of zero into integers. The error's code is the service's
/// ("ValidationException", "InvalidParameterValue", "SerializationException" …) in Error::detail,
/// its text in message.
[[nodiscard]] Status Validate(const ServiceModel& service, const OperationModel& operation,
                              json::Object& input);

}  // namespace riposte::wire
