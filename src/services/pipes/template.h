// Input templates of pipes, and the parameters that may be taken from an event.
//
//   <$.path> in a template is replaced by what the path finds in the event: inside quotes by its
//   text, escaped, elsewhere by its JSON. A text in the event that is a JSON object or list counts
//   as such at its top level ("implicit body parsing"): <$.body.user> reaches into a message.
//   <aws.pipes.pipe-arn>, pipe-name, source-arn, enrichment-arn, target-arn,
//   event.ingestion-time, event, event.json.
// What comes out is a JSON document where it is one, and else a text; event data can never end a
// string of the template. Source: "Amazon EventBridge Pipes input transformation", user guide.
// Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pattern/input_transformer.h"

namespace riposte::pipes {

/// What the reserved names stand for.
struct PipeContext {
  std::string pipe_arn, pipe_name, source_arn, enrichment_arn, target_arn;
  std::string ingestion_time;  ///< ISO 8601
};

/// The event with texts at its top level parsed where they are JSON objects or lists.
[[nodiscard]] json::Value WithParsedTexts(const json::Value& event);

class InputTemplate {
 public:
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<InputTemplate> Parse(std::string_view text);
  [[nodiscard]] json::Value Apply(const json::Value& event, const PipeContext& context) const;

 private:
  explicit InputTemplate(pattern::InputTransformer transformer)
      : transformer_(std::move(transformer)) {}
  pattern::InputTransformer transformer_;
};

/// True for "$.path": the parameter is taken from each event.
[[nodiscard]] bool IsDynamic(std::string_view parameter);
/// The parameter, or what it finds in `event` as text; "" when it finds nothing.
[[nodiscard]] std::string Resolve(std::string_view parameter, const json::Value& event);
/// How an event travels where it is a text: strings as they are, all else as JSON.
[[nodiscard]] std::string TextOf(const json::Value& event);

}  // namespace riposte::pipes
