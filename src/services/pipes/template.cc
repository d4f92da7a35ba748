#include "services/pipes/template.h"

#include <array>

#include "pattern/json_path.h"

namespace riposte::pipes {
namespace {

constexpr std::string_view kReserved = "aws.pipes.";
constexpr auto kNames =
    std::to_array<std::string_view>({"pipe-arn", "pipe-name", "source-arn", "enrichment-arn",
                                     "target-arn", "event.ingestion-time", "event", "event.json"});

/// The path in the document that Apply makes for what stands between < and >; "" when it is none.
std::string PathOf(std::string_view name) {
  if (name.starts_with("$")) return "$.parsed" + std::string(name.substr(1));
  if (!name.starts_with(kReserved)) return "";
  name.remove_prefix(kReserved.size());
  for (const std::string_view known : kNames) {
    if (name == known) return "$['" + std::string(name) + "']";
  }
  return "";
}

}  // namespace

json::Value WithParsedTexts(const json::Value& event) {
  json::Value out = event;
  if (!out.is_object()) return out;
  for (auto& member : out.get_object()) {
    if (!member.value().is_string()) continue;
    const std::string_view text = json::View(member.value());
    const size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) continue;
    if (auto parsed = json::Parse(text)) member.value() = std::move(*parsed);
  }
  return out;
}

Result<InputTemplate> InputTemplate::Parse(std::string_view text) {
  // Rewritten for the transformer of rules: <$.path> becomes <pN>, with pN among its paths.
  json::Object paths;
  std::string rewritten;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      rewritten += text[at];
      rewritten += text[++at];
      continue;
    }
    const bool begins = text[at] == '<' && (text.substr(at + 1).starts_with("$") ||
                                            text.substr(at + 1).starts_with(kReserved));
    const size_t end = begins ? text.find('>', at) : std::string_view::npos;
    if (end == std::string_view::npos) {
      if (text[at] == '<') rewritten += '\\';
      rewritten += text[at];
      continue;
    }
    const std::string path = PathOf(text.substr(at + 1, end - at - 1));
    if (path.empty() || !pattern::JsonPath::Parse(path)) {
      return Fail(Code::kInvalidArgument, "InputTemplate contains the invalid placeholder " +
                                              std::string(text.substr(at, end - at + 1)) + ".");
    }
    const std::string name = "p" + std::to_string(paths.size());
    paths[name] = path;
    rewritten += "<" + name + ">";
    at = end;
  }
  auto transformer = pattern::InputTransformer::Parse(
      {{"InputPathsMap", std::move(paths)}, {"InputTemplate", rewritten}}, "pipe");
  if (!transformer) return std::unexpected(transformer.error());
  return InputTemplate(std::move(*transformer));
}

json::Value InputTemplate::Apply(const json::Value& event, const PipeContext& context) const {
  const json::Value parsed = WithParsedTexts(event);
  const json::Object root = {{"parsed", parsed},
                             {"event", event},
                             {"event.json", parsed},
                             {"pipe-arn", context.pipe_arn},
                             {"pipe-name", context.pipe_name},
                             {"source-arn", context.source_arn},
                             {"enrichment-arn", context.enrichment_arn},
                             {"target-arn", context.target_arn},
                             {"event.ingestion-time", context.ingestion_time}};
  const std::string text = transformer_.Apply(root, {});
  auto document = json::Parse(text);
  return document ? std::move(*document) : json::Value(text);
}

bool IsDynamic(std::string_view parameter) {
  return parameter.starts_with("$.");
}

std::string Resolve(std::string_view parameter, const json::Value& event) {
  if (!IsDynamic(parameter)) return std::string(parameter);
  const auto path = pattern::JsonPath::Parse(parameter);
  const json::Value parsed = WithParsedTexts(event);
  const json::Value* found = path ? path->Find(parsed) : nullptr;
  return found ? TextOf(*found) : "";
}

std::string TextOf(const json::Value& event) {
  return event.is_string() ? std::string(json::View(event)) : json::Serialize(event);
}

}  // namespace riposte::pipes
