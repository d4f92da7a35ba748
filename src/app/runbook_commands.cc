// `riposte runbook validate|graph|run`: a file is checked and drawn without an engine; run hands it
// to one and shows the steps as they end.
#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <thread>

#include "app/command_output.h"
#include "app/commands.h"
#include "os/files.h"
#include "workflow/automation/document.h"
#include "workflow/automation/graph.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 64 * 1024;  // the service's limit on a document
constexpr auto kPollEvery = std::chrono::milliseconds(500);

struct RunbookFile {
  std::string text;
  automation::Format format = automation::Format::kYaml;
  automation::Document document;
};

/// Errors: kInvalidArgument, as the service would refuse it.
Result<RunbookFile> ReadRunbook(const std::string& file) {
  auto text = os::ReadFile(file, kMaxFileBytes);
  if (!text) return std::unexpected(text.error());
  RunbookFile out;
  out.text = std::move(*text);
  const size_t first = out.text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && out.text[first] == '{') out.format = automation::Format::kJson;
  const auto content = automation::ParseDocumentText(out.text, out.format);
  if (!content) return std::unexpected(content.error());
  auto document = automation::Document::Load(*content);
  if (!document) return std::unexpected(document.error());
  out.document = std::move(*document);
  return out;
}

int Refuse(const std::string& file, const Error& error) {
  fmt::print(stderr, "{}: {}{}\n", Plain(file), error.detail.empty() ? "" : error.detail + ": ",
             Plain(error.message));
  return error.code == Code::kInvalidArgument ? kRefused : kUsage;
}

/// Letters, digits and "-_." of the file's name, as names of documents are.
std::string DocumentName(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string();
  for (char& c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!fits) c = '-';
  }
  while (name.size() < 3) name += "-";
  return name.substr(0, 128);
}

class Runner {
 public:
  Runner(const CommandContext& context, EngineClient& client)
      : context_(context), client_(client) {}

  [[nodiscard]] Result<json::Object> Call(const std::string& operation, const json::Object& input) {
    return client_.Send("ssm", "AmazonSSM." + operation, "/", input);
  }

  /// The version of document `name` that has the text of `file`: made when there is none.
  [[nodiscard]] Result<std::string> Upload(const std::string& name, const RunbookFile& file) {
    json::Object input{
        {"Name", name},
        {"Content", file.text},
        {"DocumentFormat", file.format == automation::Format::kJson ? "JSON" : "YAML"}};
    json::Object first = input;
    first["DocumentType"] = "Automation";
    const auto created = Call("CreateDocument", first);
    if (created) return std::string("1");
    if (created.error().detail != "DocumentAlreadyExists") {
      return std::unexpected(created.error());
    }
    input["DocumentVersion"] = "$LATEST";
    const auto updated = Call("UpdateDocument", input);
    if (updated) {
      const json::Object* description = json::GetObject(*updated, "DocumentDescription");
      return std::string(description ? json::GetString(*description, "DocumentVersion") : "");
    }
    if (updated.error().detail == "DuplicateDocumentContent") return std::string("$LATEST");
    return std::unexpected(updated.error());
  }

  /// Prints steps as they end, until the execution has ended. The exit code.
  int Watch(const std::string& id) {
    std::set<std::string> told;
    while (true) {
      const auto reply = Call("GetAutomationExecution", {{"AutomationExecutionId", id}});
      if (!reply) return Complain(reply.error());
      const json::Object* execution = json::GetObject(*reply, "AutomationExecution");
      if (!execution) return kRefused;
      const json::Array* steps = json::GetArray(*execution, "StepExecutions");
      for (const json::Value& entry : steps ? *steps : json::Array()) {
        const json::Object& step = entry.as_object();
        const std::string status(json::GetString(step, "StepStatus"));
        const std::string key(json::GetString(step, "StepExecutionId"));
        if (key.empty() || status == "InProgress" || !told.insert(key + status).second) continue;
        if (context_.output == OutputFormat::kText) {
          fmt::print("{:<10} {} ({})\n", status, Plain(json::GetString(step, "StepName")),
                     Plain(json::GetString(step, "Action")));
        }
      }
      if (json::Find(*execution, "ExecutionEndTime")) return End(*execution);
      std::this_thread::sleep_for(kPollEvery);
    }
  }

 private:
  int End(const json::Object& execution) {
    const std::string status(json::GetString(execution, "AutomationExecutionStatus"));
    if (context_.output == OutputFormat::kJson) {
      fmt::print("{}\n", json::SerializePretty(execution));
    } else {
      fmt::print("{}\n", status);
      if (const std::string_view failure = json::GetString(execution, "FailureMessage");
          !failure.empty()) {
        fmt::print("{}\n", Plain(failure));
      }
      const json::Object* outputs = json::GetObject(execution, "Outputs");
      for (const auto& [name, value] : outputs ? *outputs : json::Object()) {
        fmt::print("{}: {}\n", Plain(std::string_view(name.data(), name.size())),
                   Plain(json::Serialize(value)));
      }
    }
    return status == "Success" ? kDone : kRefused;
  }

  const CommandContext& context_;
  EngineClient& client_;
};

}  // namespace

int RunbookValidate(const std::string& file) {
  const auto runbook = ReadRunbook(file);
  if (!runbook) return Refuse(file, runbook.error());
  fmt::print("{}: valid, {} steps\n", Plain(file),
             automation::GraphOf(runbook->document).nodes.size());
  return kDone;
}

int RunbookGraph(const std::string& file, bool svg) {
  const auto runbook = ReadRunbook(file);
  if (!runbook) return Refuse(file, runbook.error());
  fmt::print(
      "{}", svg ? automation::DrawSvg(runbook->document) : automation::DrawText(runbook->document));
  return kDone;
}

int RunbookRun(const CommandContext& context, const RunbookRunOptions& options) {
  json::Object parameters;
  for (const std::string& given : options.parameters) {
    const size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Misuse("a parameter is given as NAME=VALUE: " + given);
    }
    const std::string name = given.substr(0, equals);
    if (!parameters.contains(name)) parameters[name] = json::Array();
    parameters[name].as_array().emplace_back(given.substr(equals + 1));
  }
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(options.file, ignored);
  RunbookFile runbook;
  if (is_file) {
    auto read = ReadRunbook(options.file);
    if (!read) return Refuse(options.file, read.error());
    runbook = std::move(*read);
  }
  auto client = EngineClient::Connect(context.client, *context.clock);
  if (!client) return Complain(client.error());
  Runner runner(context, **client);
  json::Object input{{"DocumentName", options.file}, {"Mode", "Auto"}};
  if (is_file) {
    const std::string name = options.name.empty() ? DocumentName(options.file) : options.name;
    const auto version = runner.Upload(name, runbook);
    if (!version) return Complain(version.error());
    input["DocumentName"] = name;
    input["DocumentVersion"] = *version;
  }
  if (!parameters.empty()) input["Parameters"] = std::move(parameters);
  const auto started = runner.Call("StartAutomationExecution", input);
  if (!started) return Complain(started.error());
  const std::string id(json::GetString(*started, "AutomationExecutionId"));
  fmt::print(stderr, "execution {}\n", id);
  if (options.detach) {
    fmt::print("{}\n", id);
    return kDone;
  }
  return runner.Watch(id);
}

}  // namespace riposte::app
