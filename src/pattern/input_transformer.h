// What a rule's target gets instead of the event: Input, InputPath or InputTransformer.
//
// Data path:  PutTargets -> TargetInput::Parse() -> rule snapshot -> Apply() in bus::Ingest
// Immutable; any thread. Cost of Apply: the size of its output.
// Facts: "Amazon EventBridge input transformation", EventBridge user guide:
//
//   <name> in a template is replaced by what InputPathsMap finds: inside quotes by its text,
//   escaped, so that event data can never end the string; elsewhere by its JSON. A path that finds
//   nothing gives an empty value: no text inside quotes, "" elsewhere.
//   Reserved names: <aws.events.rule-arn>, <aws.events.rule-name>,
//   <aws.events.event.ingestion-time>, <aws.events.event> (the event without its detail) and
//   <aws.events.event.json> (the whole event).
//   \< and \> are the characters themselves; a < that begins no name is one too.
// A template is a JSON document (an object, a string …) or lines of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "pattern/json_path.h"

namespace riposte::pattern {

/// Whose rule it is, for the reserved names.
struct InputContext {
  std::string_view rule_arn;
  std::string_view rule_name;
  std::string_view ingestion_time;  ///< ISO 8601
};

class InputTransformer {
 public:
  static constexpr size_t kMaxPaths = 100;
  static constexpr size_t kMaxTemplateBytes = 8192;

  /// `transformer` = {"InputPathsMap": {…}, "InputTemplate": "…"}; `target_id` is for the messages.
  /// Errors: kInvalidArgument with the service's message, for a ValidationException.
  [[nodiscard]] static Result<InputTransformer> Parse(const json::Object& transformer,
                                                      std::string_view target_id);
  [[nodiscard]] std::string Apply(const json::Value& event, const InputContext& context) const;

 private:
  enum class Reserved { kRuleArn, kRuleName, kIngestionTime, kEvent, kEventJson };
  struct Slot {
    std::variant<JsonPath, Reserved> source;
    bool in_quotes = false;
  };
  [[nodiscard]] static std::optional<Reserved> FindReserved(std::string_view name);

  std::vector<std::variant<std::string, Slot>> parts_;  ///< The template: texts and slots.
};

class TargetInput {
 public:
  /// Reads Input, InputPath and InputTransformer of a target of PutTargets; at most one is given.
  /// Errors: kInvalidArgument with the service's message, for a ValidationException.
  [[nodiscard]] static Result<TargetInput> Parse(const json::Object& target);
  /// The text that the target gets. `event` is the whole envelope, `event_text` the same
  /// serialised, or empty when the caller has not got it.
  [[nodiscard]] std::string Apply(const json::Value& event, std::string_view event_text,
                                  const InputContext& context) const;
  /// Apply looks into the event's document; else its text is enough.
  [[nodiscard]] bool needs_document() const {
    return std::holds_alternative<JsonPath>(how_) || std::holds_alternative<InputTransformer>(how_);
  }
  /// The target gets the event as it is.
  [[nodiscard]] bool is_whole_event() const { return std::holds_alternative<std::monostate>(how_); }

 private:
  struct Constant {
    std::string text;
  };
  std::variant<std::monostate, Constant, JsonPath, InputTransformer> how_;
};

}  // namespace riposte::pattern
