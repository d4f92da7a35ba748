// The parsers of patterns and filter policies under libFuzzer: any text is either a pattern or
// refused in the service's words, and what is accepted means the same however it is spelled.
//
// tests/pattern/soak runs it over its corpus (testing/corpus/parser).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "json/json.h"
#include "pattern/filter_policy.h"
#include "pattern/pattern.h"

namespace riposte::pattern {
namespace {

constexpr std::string_view kRefusal = "Event pattern is not valid. Reason: ";
constexpr std::string_view kPolicyRefusal = "Invalid parameter: FilterPolicy";
constexpr size_t kLongestMessage = 1000;

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void RequireRefusal(const std::string& message, std::string_view beginning) {
  Require(message.starts_with(beginning), message.c_str());
  Require(message.size() > beginning.size() && message.size() < kLongestMessage,
          "length of refusal");
}

/// The pattern written by the serialiser, without white space and duplicate keys, parses to the
/// same fields and combinations.
void RequireSameAgain(const Pattern& pattern, std::string_view text) {
  const auto document = json::Parse(text);
  Require(document.has_value(), "a pattern that is not JSON was accepted");
  const auto again = Pattern::FromDocument(*document);
  Require(again.has_value(), "refused as a document");
  Require(again->combinations() == pattern.combinations(), "other combinations");
  Require(again->fields().size() == pattern.fields().size(), "other fields");
  for (size_t i = 0; i < pattern.fields().size(); ++i) {
    const Field& one = pattern.fields()[i];
    const Field& other = again->fields()[i];
    Require(
        one.depth() == other.depth() && one.Names(0, one.depth()) == other.Names(0, one.depth()),
        "other names");
    Require(one.alternatives().size() == other.alternatives().size(), "other alternatives");
  }
}

void RequireBounds(const Pattern& pattern) {
  const Pattern::Limits limits;
  Require(!pattern.combinations().empty(), "no combination");
  Require(pattern.combinations().size() <= limits.max_combinations, "too many combinations");
  for (const Field& field : pattern.fields()) {
    Require(field.depth() <= limits.max_depth, "too deep");
    Require(!field.alternatives().empty(), "a field without alternatives");
  }
  for (const auto& combination : pattern.combinations()) {
    for (const uint32_t field : combination) {
      Require(field < pattern.fields().size(), "a combination names no field");
    }
  }
}

}  // namespace
}  // namespace riposte::pattern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using riposte::pattern::FilterPolicy;
  using riposte::pattern::Pattern;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto pattern = Pattern::Parse(text)) {
    riposte::pattern::RequireBounds(*pattern);
    riposte::pattern::RequireSameAgain(*pattern, text);
  } else {
    riposte::pattern::RequireRefusal(pattern.error().message, riposte::pattern::kRefusal);
  }
  for (const auto scope :
       {FilterPolicy::Scope::kMessageAttributes, FilterPolicy::Scope::kMessageBody}) {
    const auto policy = FilterPolicy::Parse(text, scope);
    if (policy) {
      (void)policy->Matches({{"a", {"String", "b"}}, {"n", {"Number", "1e3"}}}, R"({"a":["b",1]})");
    } else {
      riposte::pattern::RequireRefusal(policy.error().message, riposte::pattern::kPolicyRefusal);
    }
  }
  return 0;
}
