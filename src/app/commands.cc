#include "app/commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "app/command_output.h"
#include "os/files.h"
#include "response/compile.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 16u << 20;

/// Colour only for people: on a terminal that did not say no.
class Paint {
 public:
  Paint() : on_(isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR")) {}
  [[nodiscard]] std::string operator()(const char* code, const std::string& text) const {
    return on_ ? "\033[" + std::string(code) + "m" + text + "\033[0m" : text;
  }

 private:
  bool on_;
};

Result<response::PackFiles> ReadPack(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Fail(Code::kInvalidArgument, folder + " is not a folder");
  }
  response::PackFiles files;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file() || it->path().extension() != ".yaml") continue;
    auto text = os::ReadFile(it->path().string(), kMaxFileBytes);
    if (!text) return std::unexpected(text.error());
    files[fs::relative(it->path(), folder).generic_string()] = std::move(*text);
  }
  if (error) return Fail(Code::kUnavailable, folder + ": " + error.message());
  return files;
}

Result<std::unique_ptr<EngineClient>> Connect(const CommandContext& context) {
  return EngineClient::Connect(context.client, *context.clock);
}

std::string ClockTime(double seconds) {
  return FormatIso8601(FromMillis(static_cast<int64_t>(seconds * 1000 + 0.5)), true).substr(11, 12);
}

std::string StatusColour(std::string_view status) {
  if (status == "RESOLVED") return "32";
  if (status == "NEW") return "31";
  return "33";
}

void PrintEntry(const Paint& paint, const std::string& incident, double opened,
                const json::Object& entry) {
  const double time = json::GetDouble(entry, "Time");
  fmt::print("{} {:>+9.0f} ms  {}  {:<12} {}\n", ClockTime(time), (time - opened) * 1000,
             paint("2", incident), Plain(json::GetString(entry, "Kind")),
             Plain(json::GetString(entry, "Text")));
}

/// What tells the story: everything but the runbooks' single steps and the calls that only move
/// the engine's own state.
bool TellsTheStory(const json::Object& entry) {
  const auto kind = json::GetString(entry, "Kind");
  const auto text = json::GetString(entry, "Text");
  if (kind == "step") return text.ends_with("Failed") || text.ends_with("TimedOut");
  if (kind == "runbook") return !text.ends_with("InProgress");
  return kind != "call" || text.find("failed") != std::string_view::npos;
}

void PrintIncident(const Paint& paint, const json::Object& incident) {
  const std::string status(json::GetString(incident, "Status"));
  fmt::print("{}  {:<11} {:<13} {}\n", json::GetString(incident, "IncidentId"),
             paint(StatusColour(status).c_str(), status), json::GetString(incident, "Severity"),
             Plain(json::GetString(incident, "Title")));
}

}  // namespace

int PackValidate(const CommandContext& context, const std::string& folder) {
  const auto files = ReadPack(folder);
  if (!files) return Misuse(files.error().message);
  const auto pack = response::ParsePack(*files);
  if (!pack) return Misuse(folder + "/" + pack.error().message);
  const Scope scope{AccountId("000000000000"), Region(context.client.region)};
  const auto steps = response::Compile(*pack, scope);
  fmt::print("{} {}: {} responses, {} imports, {} runbooks; applying makes {} calls\n", pack->name,
             pack->version, pack->responses.size(), pack->imports.size(), pack->runbooks.size(),
             steps.size());
  return kDone;
}

int PackApply(const CommandContext& context, const std::string& folder, bool dry_run) {
  const auto files = ReadPack(folder);
  if (!files) return Misuse(files.error().message);
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  json::Object texts;
  for (const auto& [path, text] : *files) texts[path] = text;
  const auto applied =
      (*client)->Native("ApplyPack", {{"Files", std::move(texts)}, {"DryRun", dry_run}});
  if (!applied) return Complain(applied.error());
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::SerializePretty(*applied));
    return kDone;
  }
  for (const json::Value& item : applied->at("Steps").as_array()) {
    const json::Object& step = item.as_object();
    fmt::print("  {:<12} {}:{} {}\n", json::GetString(step, "Result"),
               json::GetString(step, "Service"), json::GetString(step, "Operation"),
               json::GetString(step, "Name"));
  }
  fmt::print("{} {} {}\n", json::GetString(*applied, "Name"), json::GetString(*applied, "Version"),
             dry_run ? "would be applied" : "is in force");
  return kDone;
}

int EstateLoad(const CommandContext& context, const std::string& file) {
  auto text = os::ReadFile(file, kMaxFileBytes);
  if (!text) return Misuse(text.error().message);
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  const auto loaded = (*client)->Native("LoadEstate", {{"Document", *text}});
  if (!loaded) return Complain(loaded.error());
  fmt::print("estate: {} instances, {} volumes, {} security groups, {} buckets\n",
             json::GetInt(*loaded, "Instances"), json::GetInt(*loaded, "Volumes"),
             json::GetInt(*loaded, "SecurityGroups"), json::GetInt(*loaded, "Buckets"));
  return kDone;
}

int EventSend(const CommandContext& context, const std::string& file) {
  const auto text = os::ReadFile(file, kMaxFileBytes);
  if (!text) return Misuse(text.error().message);
  auto document = json::Parse(*text);
  if (!document) return Misuse(file + ": " + document.error().message);
  json::Array items;
  if (document->is_array()) {
    items = std::move(document->as_array());
  } else {
    items.push_back(std::move(*document));
  }
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  int sent = 0;
  for (const json::Value& item : items) {
    const json::Object* object = item.if_object();
    if (!object) return Misuse(file + ": every element must be an object");
    Result<json::Object> reply = json::Object();
    if (object->contains("SchemaVersion")) {
      reply = (*client)->Send("securityhub", "", "/findings/import",
                              {{"Findings", json::Array{*object}}});
      if (reply && json::GetInt(*reply, "FailedCount") > 0) {
        return Misuse(file + ": finding refused: " + json::Serialize(reply->at("FailedFindings")));
      }
    } else if (object->contains("detail-type")) {
      json::Object entry{{"Source", json::GetString(*object, "source")},
                         {"DetailType", json::GetString(*object, "detail-type")},
                         {"Detail", object->contains("detail") ? object->at("detail")
                                                               : json::Value(json::Object())}};
      json::SetIfNotEmpty(entry, "Id", json::GetString(*object, "id"));
      if (const json::Array* resources = json::GetArray(*object, "resources")) {
        entry["Resources"] = *resources;
      }
      if (const auto time = ParseIso8601(json::GetString(*object, "time"))) {
        entry["Time"] = ToSeconds(*time);
      }
      reply = (*client)->Native("IngestEvents", {{"Entries", json::Array{std::move(entry)}}});
    } else {
      return Misuse(file +
                    ": an element is neither a finding (SchemaVersion) nor an event "
                    "(detail-type)");
    }
    if (!reply) return Complain(reply.error());
    ++sent;
  }
  fmt::print("sent {} of {}\n", sent, items.size());
  return kDone;
}

int IncidentList(const CommandContext& context, const std::string& status) {
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  json::Object input;
  json::SetIfNotEmpty(input, "Status", status);
  const auto listed = (*client)->Native("ListIncidents", input);
  if (!listed) return Complain(listed.error());
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::SerializePretty(*listed));
    return kDone;
  }
  const Paint paint;
  for (const json::Value& incident : listed->at("Incidents").as_array()) {
    PrintIncident(paint, incident.as_object());
  }
  return kDone;
}

int IncidentShow(const CommandContext& context, const std::string& id, bool all) {
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  const auto shown = (*client)->Native("DescribeIncident", {{"IncidentId", id}});
  if (!shown) return Complain(shown.error());
  if (context.output == OutputFormat::kJson) {
    fmt::print("{}\n", json::SerializePretty(*shown));
    return kDone;
  }
  const Paint paint;
  const json::Object& incident = shown->at("Incident").as_object();
  PrintIncident(paint, incident);
  if (const json::Array* timeline = json::GetArray(incident, "Timeline")) {
    const double opened =
        timeline->empty() ? 0 : json::GetDouble(timeline->front().as_object(), "Time");
    for (const json::Value& entry : *timeline) {
      if (all || TellsTheStory(entry.as_object())) {
        PrintEntry(paint, id, opened, entry.as_object());
      }
    }
  }
  return kDone;
}

int IncidentWhy(const CommandContext& context, const std::string& id,
                const std::string& rule_prefix, bool all) {
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  json::Object input{{"IncidentId", id}};
  json::SetIfNotEmpty(input, "RuleNamePrefix", rule_prefix);
  size_t matched = 0;
  size_t asked = 0;
  do {
    const auto page = (*client)->Native("ExplainIncident", input);
    if (!page) return Complain(page.error());
    if (context.output == OutputFormat::kJson) fmt::print("{}\n", json::SerializePretty(*page));
    for (const json::Value& rule : page->at("Rules").as_array()) {
      const bool matches = rule.at("Matches").as_bool();
      ++asked;
      matched += matches ? 1 : 0;
      if (context.output == OutputFormat::kJson || (!matches && !all)) continue;
      fmt::print("{}: ", Plain(json::GetString(rule.as_object(), "Rule")));
      std::istringstream text{std::string(json::GetString(rule.as_object(), "Text"))};
      for (std::string line; std::getline(text, line);) fmt::print("{}\n", Plain(line));
    }
    input["NextToken"] = json::GetString(*page, "NextToken");
  } while (!json::GetString(input, "NextToken").empty());
  if (context.output != OutputFormat::kJson) {
    fmt::print("{} of {} rules matched{}\n", matched, asked,
               matched < asked && !all ? "; --all explains the others" : "");
  }
  return kDone;
}

int IncidentWatch(const CommandContext& context, const WatchOptions& options) {
  auto client = Connect(context);
  if (!client) return Complain(client.error());
  const Paint paint;
  // By the entries' ids: calls are noted in batches, so a line may come after later ones.
  std::map<std::string, std::set<int64_t>> printed;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.timeout_s);
  for (;;) {
    const auto listed = (*client)->Native("ListIncidents", {});
    if (!listed) return Complain(listed.error());
    int settled = 0;
    const json::Array& incidents = listed->at("Incidents").as_array();
    for (auto item = incidents.rbegin(); item != incidents.rend(); ++item) {
      const std::string id(json::GetString(item->as_object(), "IncidentId"));
      const auto shown = (*client)->Native("DescribeIncident", {{"IncidentId", id}});
      if (!shown) return Complain(shown.error());
      const json::Object& incident = shown->at("Incident").as_object();
      const json::Array* timeline = json::GetArray(incident, "Timeline");
      std::set<int64_t>& seen = printed[id];
      if (seen.empty()) PrintIncident(paint, incident);
      if (timeline && !timeline->empty()) {
        const double opened = json::GetDouble(timeline->front().as_object(), "Time");
        for (const json::Value& value : *timeline) {
          const json::Object& entry = value.as_object();
          if (!seen.insert(json::GetInt(entry, "Id")).second) continue;
          if (options.all || TellsTheStory(entry)) PrintEntry(paint, id, opened, entry);
        }
      }
      if (json::GetString(incident, "Status") != "NEW") ++settled;
    }
    std::fflush(stdout);
    if (options.until_settled > 0 && settled >= options.until_settled) return kDone;
    if (options.until_settled > 0 && std::chrono::steady_clock::now() > deadline) {
      fmt::print(stderr, "riposte: {} of {} incidents settled within {} s\n", settled,
                 options.until_settled, options.timeout_s);
      return kRefused;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace riposte::app
