#include <fmt/format.h>

#include "app/command_output.h"
#include "app/commands.h"

namespace riposte::app {
namespace {

json::Object InputOf(const DeadLetterFilter& filter) {
  json::Object input;
  json::SetIfNotEmpty(input, "Kind", filter.kind);
  json::SetIfNotEmpty(input, "SourceArn", filter.source_arn);
  json::SetIfNotEmpty(input, "QueueArn", filter.queue_arn);
  return input;
}

void Print(const json::Object& letter) {
  const auto text = [&](std::string_view name) { return Plain(json::GetString(letter, name)); };
  const TimePoint dead =
      FromMillis(static_cast<int64_t>(json::GetDouble(letter, "DeadAt") * 1000 + 0.5));
  fmt::print("{:<10} {}  {:<18} {} -> {}\n{:<10} {} {}{}\n", text("Id"), FormatIso8601(dead),
             text("Kind"), text("SourceArn"), text("TargetArn"), "", text("ErrorCode"),
             text("ErrorMessage"),
             text("QueueArn").empty() ? "" : "  (in " + text("QueueArn") + ")");
}

}  // namespace

int DeadLetterList(const CommandContext& context, const DeadLetterFilter& filter) {
  auto client = EngineClient::Connect(context.client, *context.clock);
  if (!client) return Complain(client.error());
  json::Object input = InputOf(filter);
  json::Array all;
  for (;;) {
    const auto page = (*client)->Native("ListDeadLetters", input);
    if (!page) return Complain(page.error());
    for (const json::Value& letter : page->at("DeadLetters").as_array()) {
      if (context.output == OutputFormat::kJson) {
        all.push_back(letter);
      } else {
        Print(letter.as_object());
      }
    }
    const std::string next(json::GetString(*page, "NextToken"));
    if (next.empty()) break;
    input["NextToken"] = next;
  }
  if (context.output == OutputFormat::kJson) fmt::print("{}\n", json::SerializePretty(all));
  return kDone;
}

int DeadLetterShow(const CommandContext& context, const std::string& id) {
  auto client = EngineClient::Connect(context.client, *context.clock);
  if (!client) return Complain(client.error());
  const auto shown = (*client)->Native("DescribeDeadLetter", {{"Id", id}});
  if (!shown) return Complain(shown.error());
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::SerializePretty(*shown));
    return kDone;
  }
  Print(shown->at("DeadLetter").as_object());
  fmt::print("\n{}\n", Plain(json::GetString(*shown, "Body")));
  return kDone;
}

int DeadLetterRedrive(const CommandContext& context, const DeadLetterFilter& filter,
                      const std::vector<std::string>& ids, bool all) {
  if (all == !ids.empty()) return Misuse("name dead letters, or say --all");
  auto client = EngineClient::Connect(context.client, *context.clock);
  if (!client) return Complain(client.error());
  json::Object input = InputOf(filter);
  if (all) {
    input["All"] = true;
  } else {
    json::Array list;
    for (const std::string& id : ids) list.emplace_back(id);
    input["Ids"] = std::move(list);
  }
  int64_t redriven = 0;
  int64_t failed = 0;
  for (;;) {
    const auto reply = (*client)->Native("RedriveDeadLetters", input);
    if (!reply) return Complain(reply.error());
    redriven += json::GetInt(*reply, "Redriven");
    for (const json::Value& item : reply->at("Failed").as_array()) {
      ++failed;
      fmt::print(stderr, "{}: {}\n", Plain(json::GetString(item.as_object(), "Id")),
                 Plain(json::GetString(item.as_object(), "Reason")));
    }
    const std::string next(json::GetString(*reply, "NextToken"));
    if (next.empty()) break;
    input["NextToken"] = next;
  }
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::Serialize(json::Object{{"Redriven", redriven}, {"Failed", failed}}));
  } else {
    fmt::print("{} redriven, {} not\n", redriven, failed);
  }
  return failed == 0 ? kDone : kRefused;
}

}  // namespace riposte::app
