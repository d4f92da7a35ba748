// `riposte runbook validate|graph|run`: a file is checked and drawn without an engine; run hands it
// to one and shows the steps as they end.
#include <fmt/format.h>

#include <filesystem>

#include "app/command_output.h"
#include "app/commands.h"
#include "app/execution_watch.h"
#include "os/files.h"
#include "workflow/automation/document.h"
#include "workflow/automation/graph.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 64 * 1024;  // the service's limit on a document

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
  explicit Runner(EngineClient& client) : client_(client) {}

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

 private:
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
  Runner runner(**client);
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
  return WatchExecution(context, **client, id);
}

}  // namespace riposte::app
