#include "workflow/automation/impact.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>

#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

/// In order of gravity.
enum class Impact { kNonMutating, kUndetermined, kMutating };

/// What looks, and what steers the execution.
constexpr std::array kNonMutating = {
    std::string_view("aws:approve"),        std::string_view("aws:assertAwsResourceProperty"),
    std::string_view("aws:branch"),         std::string_view("aws:loop"),
    std::string_view("aws:pause"),          std::string_view("aws:sleep"),
    std::string_view("aws:updateVariable"), std::string_view("aws:waitForAwsResourceProperty"),
};
/// What hands the work to something whose doings are not in the document.
constexpr std::array kUndetermined = {
    std::string_view("aws:executeScript"),        std::string_view("aws:executeStateMachine"),
    std::string_view("aws:invokeLambdaFunction"), std::string_view("aws:invokeWebhook"),
    std::string_view("aws:runCommand"),
};
/// First words of operations that only look, for services without a model here.
constexpr std::array kReadingVerbs = {
    std::string_view("batchget"), std::string_view("decode"),   std::string_view("describe"),
    std::string_view("filter"),   std::string_view("get"),      std::string_view("head"),
    std::string_view("list"),     std::string_view("lookup"),   std::string_view("query"),
    std::string_view("scan"),     std::string_view("search"),   std::string_view("select"),
    std::string_view("simulate"), std::string_view("validate"),
};

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// "DescribeInstances", "describe_instances" and "describe-instances", but not "Getaway".
bool SoundsReading(std::string_view api) {
  std::string letters;  // without separators
  std::string starts;   // for each of them, whether a word starts there
  bool start = true;
  for (const char c : api) {
    if (c == '_' || c == '-') {
      start = true;
      continue;
    }
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    starts += start || upper ? 'y' : 'n';
    letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    start = false;
  }
  return std::ranges::any_of(kReadingVerbs, [&](std::string_view verb) {
    return letters.starts_with(verb) &&
           (letters.size() == verb.size() || starts[verb.size()] == 'y');
  });
}

class Judge {
 public:
  Judge(const FindApi& find_api, const FindDocument& find_document)
      : find_api_(find_api), find_document_(find_document) {}

  void Count(const std::vector<Step>& steps, ImpactCounts& counts) {
    for (const Step& step : steps) {
      switch (Of(step)) {
        case Impact::kMutating:
          ++counts.mutating;
          break;
        case Impact::kNonMutating:
          ++counts.non_mutating;
          break;
        case Impact::kUndetermined:
          ++counts.undetermined;
          break;
      }
      Count(step.inner, counts);
    }
  }

 private:
  Impact Of(const Step& step) {
    const std::string_view action = step.action->name;
    if (IsOneOf(action, kNonMutating)) return Impact::kNonMutating;
    if (IsOneOf(action, kUndetermined)) return Impact::kUndetermined;
    if (action == "aws:executeAwsApi") return OfCall(step.inputs);
    if (action == "aws:executeAutomation") return OfRunbook(step.inputs);
    if (action == "aws:changeInstanceState") return OfInstances(step.inputs);
    return Impact::kMutating;
  }

  Impact OfCall(const json::Object& inputs) const {
    const std::string_view service = json::GetString(inputs, "Service");
    const std::string_view api = json::GetString(inputs, "Api");
    if (!ReferencesIn(json::Value(service)).empty() || !ReferencesIn(json::Value(api)).empty()) {
      return Impact::kUndetermined;
    }
    const auto found = find_api_ ? find_api_(service, api) : std::nullopt;
    const bool reads = found && found->model ? found->model->readonly : SoundsReading(api);
    return reads ? Impact::kNonMutating : Impact::kMutating;
  }

  static Impact OfInstances(const json::Object& inputs) {
    const json::Value* check_only = json::Find(inputs, "CheckStateOnly");
    if (!check_only) return Impact::kMutating;
    if (!ReferencesIn(*check_only).empty()) return Impact::kUndetermined;
    return ToBoolean(*check_only).value_or(false) ? Impact::kNonMutating : Impact::kMutating;
  }

  Impact OfRunbook(const json::Object& inputs) {
    const std::string_view name = json::GetString(inputs, "DocumentName");
    const json::Value* given = json::Find(inputs, "DocumentVersion");
    const std::string version = given ? ToText(*given) : "";
    if (!ReferencesIn(json::Value(name)).empty() || !ReferencesIn(json::Value(version)).empty()) {
      return Impact::kUndetermined;
    }
    // One that is being judged, further up, adds nothing of its own.
    const auto key = std::pair(std::string(name), version);
    const auto [known, fresh] = runbooks_.try_emplace(key, Impact::kNonMutating);
    if (!fresh) return known->second;
    if (runbooks_.size() > kMaxNestedRunbooks || depth_ >= kMaxDepth) {
      return known->second = Impact::kUndetermined;
    }
    const auto document = find_document_ ? find_document_(name, version) : std::nullopt;
    if (!document) return known->second = Impact::kUndetermined;
    ImpactCounts counts;
    ++depth_;
    Count(document->steps, counts);
    --depth_;
    if (counts.mutating > 0) {
      known->second = Impact::kMutating;
    } else if (counts.undetermined > 0) {
      known->second = Impact::kUndetermined;
    }
    return known->second;
  }

  static constexpr int kMaxDepth = 16;
  const FindApi& find_api_;
  const FindDocument& find_document_;
  std::map<std::pair<std::string, std::string>, Impact> runbooks_;
  int depth_ = 0;
};

}  // namespace

ImpactCounts CountImpacts(const Document& document, const FindApi& find_api,
                          const FindDocument& find_document) {
  ImpactCounts counts;
  Judge(find_api, find_document).Count(document.steps, counts);
  return counts;
}

}  // namespace riposte::automation
