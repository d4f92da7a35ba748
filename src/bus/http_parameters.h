// How event data becomes part of an HTTP request: path, headers and query of an API destination.
//
// Data path:     PutTargets -> HttpParameters::Parse() -> rule snapshot -> Resolve() in bus::Ingest
//                -> detail of the delivery -> FillPath(), AddQuery(), CheckHeader() in HttpTarget
// Pure functions and an immutable value; any thread.
// Facts: "API destinations as targets", EventBridge user guide; HttpParameters, API reference. A
// value that begins with "$." is a path into the event; what it finds is text as it is, anything
// else as its JSON.
//
// Event data is data: a path value can never leave its segment, nor a query value its pair, nor a
// header value its line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "pattern/json_path.h"

namespace riposte::bus {

/// Names and values, not encoded.
using HttpPairs = std::vector<std::pair<std::string, std::string>>;

/// Key and Value of each entry of a list, as connections have them; empty when it is absent.
[[nodiscard]] HttpPairs KeysAndValues(const json::Object& parameters, std::string_view member);

class HttpParameters {
 public:
  static constexpr size_t kMaxOfEachKind = 100;
  /// Of one value out of the event; a longer one is resolved to its beginning, which is still too
  /// long to be sent.
  static constexpr size_t kMaxValueBytes = 8 * 1024;

  /// `document` = HttpParameters of a target of PutTargets; `target_id` is for the messages.
  /// Errors: kInvalidArgument with a message for a ValidationException.
  [[nodiscard]] static Result<HttpParameters> Parse(const json::Object& document,
                                                    std::string_view target_id);
  /// The same document with every path replaced by what it finds in `event`. A header or query
  /// parameter whose path finds nothing is left out; a path parameter becomes null, which
  /// FillPath() refuses.
  [[nodiscard]] json::Object Resolve(const json::Value& event) const;
  /// Resolve looks into the event.
  [[nodiscard]] bool needs_document() const { return needs_document_; }
  [[nodiscard]] bool empty() const { return path_.empty() && headers_.empty() && query_.empty(); }

 private:
  using Source = std::variant<std::string, pattern::JsonPath>;
  [[nodiscard]] Result<Source> ParseValue(std::string_view text, std::string_view target_id);

  std::vector<Source> path_;
  std::vector<std::pair<std::string, Source>> headers_;
  std::vector<std::pair<std::string, Source>> query_;
  bool needs_document_ = false;
};

/// The endpoint with each `*` of its path replaced by the next of `values` (a list of strings, as
/// Resolve gives it), percent-encoded.
/// Errors: kInvalidArgument when there are too few values, or one is missing, empty, too long, or
/// would make its segment "." or "..".
[[nodiscard]] Result<std::string> FillPath(std::string_view endpoint, const json::Array& values);

/// Appends the pairs to the query of `url`, percent-encoded.
/// REQUIRES: bounded values, see CheckValue().
void AddQuery(std::string& url, const HttpPairs& pairs);
/// "a=1&b=2", percent-encoded: a query, or a form.
[[nodiscard]] std::string EncodeForm(const HttpPairs& pairs);

/// Names are tokens (RFC 9110); values have no control characters but tabs.
/// Errors: kInvalidArgument.
[[nodiscard]] Status CheckHeader(std::string_view name, std::string_view value);

/// Errors: kInvalidArgument when the value is too long for a request.
[[nodiscard]] Status CheckValue(std::string_view name, std::string_view value);

/// Headers that belong to the connection between two machines, or that the service sets itself:
/// nobody may give them.
[[nodiscard]] bool IsReservedHeader(std::string_view name);

/// Whether `text` can be an endpoint: an http or https URL with a host, without user, fragment or a
/// `*` before its path. Errors: kInvalidArgument.
[[nodiscard]] Status CheckEndpoint(const std::string& text);

}  // namespace riposte::bus
