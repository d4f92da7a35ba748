// JSONPath as runbooks use it: which part of a response is meant?
//
// Grammar:  $ ( .name | ['name'] | [n] | [a:b] | [*] | .* | ..name | ..* | [?(@.path op literal)]
// )*
//           op is == != < > <= >=; a filter without op tests that the path exists. A missing "$."
//           at the start is added. Names run up to the next . or [.
// Result:   a path of names and single indexes gives that value; any other path gives the list of
//           all matches, empty or not, as the service's library does.
// Source:   "Using action outputs as inputs", Systems Manager user guide; Jayway JsonPath.
// Pure. Cost: linear in what it visits; at most kMaxVisits values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::automation {

class Selector {
 public:
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<Selector> Parse(std::string_view text);
  /// nullopt when a definite path leads nowhere, or the bound on visits was reached.
  [[nodiscard]] std::optional<json::Value> Select(const json::Value& root) const;

  static constexpr size_t kMaxVisits = 100'000;
  static constexpr size_t kMaxParts = 64;

 private:
  struct Part {
    enum class Kind { kName, kIndex, kSlice, kWildcard, kFilter } kind = Kind::kName;
    bool descend = false;
    std::string name;
    int64_t from = 0;
    std::optional<int64_t> to;
    std::vector<Part> tests;  // of a filter: each is a Part with the three members below
    std::vector<Part> path;
    std::string op;  // "" tests existence
    json::Value literal;
  };
  static Result<Part> ParseTest(std::string_view text);
  static Result<std::vector<Part>> ParseParts(std::string_view text, bool in_filter);
  static void Apply(const std::vector<Part>& parts, size_t at, const json::Value& value,
                    std::vector<const json::Value*>& found, size_t& visits);
  static void ApplyOne(const Part& part, const std::vector<Part>& parts, size_t at,
                       const json::Value& value, std::vector<const json::Value*>& found,
                       size_t& visits);
  static bool Keeps(const Part& filter, const json::Value& element, size_t& visits);

  std::vector<Part> parts_;
  bool definite_ = true;
};

}  // namespace riposte::automation
