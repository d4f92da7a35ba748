// Runs every document in testing/documents and compares with what stands at its head; and compares
// docs/runbooks.md with the folder. The files' form: testing/documents/README.md.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/testing/fakes.h"
#include "workflow/automation/document.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/graph.h"
#include "workflow/automation/language.h"
#include "workflow/automation/view.h"
#include "workflow/automation/yaml.h"
#include "workflow/engine.h"
#include "workflow/tables.h"
#include "workflow/testing/fakes.h"

namespace riposte::automation {
namespace {

using workflow::Engine;

constexpr const char* kFolder = "src/workflow/automation/testing/documents";
constexpr const char* kPage = "docs/runbooks.md";
constexpr size_t kLeastDocuments = 150;

struct Case {
  std::string name;   ///< "parameters/string-default"
  json::Object head;  ///< What is expected.
  std::string text;   ///< The document.
  Format format = Format::kYaml;
};

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    const std::string ending = entry.path().extension();
    if (ending != ".yaml" && ending != ".json") continue;
    const std::string text = ReadText(entry.path());
    const size_t cut = text.find("\n---\n");
    Case one;
    one.name = std::filesystem::relative(entry.path(), kFolder).replace_extension().string();
    one.text = cut == std::string::npos ? "" : text.substr(cut + 5);
    one.format = ending == ".json" ? Format::kJson : Format::kYaml;
    if (auto head = ParseYaml(text.substr(0, cut)); head && head->is_object()) {
      one.head = head->as_object();
    }
    cases.push_back(std::move(one));
  }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

/// One document's life, on the real core over answers from a table.
class Stage {
 public:
  explicit Stage(const Case& one) : case_(one) {
    store_ = *store::Store::Open({.path = "", .threaded = false}, Engine::Migrations());
    if (const json::Object* answers = json::GetObject(one.head, "answers")) {
      for (const auto& [operation, list] : *answers) {
        answers_[std::string(operation)] = ToList(list);
      }
    }
    invoker_.answer = [this](const api::Invocation& call) { return Answer(call); };
    if (const json::Value* list = json::Find(one.head, "scripts")) scripts_answers_ = ToList(*list);
    if (!scripts_answers_.empty()) {
      scripts_.answer = [this](const workflow::ScriptRequest&) { return ScriptAnswer(); };
    }
    Boot();
  }

  /// "" or why the document or its parameters are refused: "Code: message".
  std::string Start() {
    auto content = ParseDocumentText(case_.text, case_.format);
    if (!content) return content.error().detail + ": " + content.error().message;
    const auto document = Document::Load(*content);
    if (!document) return document.error().detail + ": " + document.error().message;
    EXPECT_FALSE(DrawText(*document).empty());
    EXPECT_TRUE(DrawSvg(*document).starts_with("<svg"));
    json::Object given;
    if (const json::Object* parameters = json::GetObject(case_.head, "parameters")) {
      for (const auto& [name, value] : *parameters) {
        json::Array texts;
        if (const json::Array* list = value.if_array()) {
          for (const json::Value& text : *list) texts.emplace_back(ToText(text));
        } else {
          texts.emplace_back(ToText(value));
        }
        given[name] = std::move(texts);
      }
    }
    const json::Object* values = json::GetObject(case_.head, "resolves");
    auto bound = BindParameters(
        *document, given, [&](std::string_view reference) -> std::optional<json::Value> {
          const json::Value* value = values ? json::Find(*values, reference) : nullptr;
          if (!value) return std::nullopt;
          return *value;
        });
    if (!bound) return "InvalidAutomationExecutionParametersException: " + bound.error().message;
    workflow::StartRequest request;
    request.language = kLanguageName;
    request.scope = {AccountId("111122223333"), Region("eu-west-1")};
    request.name = "Doc";
    request.version = "1";
    request.definition = content->as_object();
    if (const json::Object* files = json::GetObject(case_.head, "attachments")) {
      request.definition[Document::kAttachments] = *files;
    }
    StartInput input{*bound,
                     std::string(json::GetString(case_.head, "mode", "Auto")),
                     "arn:aws:iam::111122223333:user/starter",
                     {},
                     {}};
    if (const json::Object* settings = json::GetObject(case_.head, "settings")) {
      input.settings = SettingsFrom(*settings);
    }
    if (const json::Value* alarm = json::Find(case_.head, "alarm")) {
      input.alarm_configuration = *alarm;
    }
    request.input = input.ToJson();
    request.principal = access::Principal::Root(request.scope.account);
    store_->WriteAndWait(
        [&](store::Transaction& tx) { id_ = engine_->Start(tx, std::move(request)).value(); });
    loop_.RunUntilIdle();
    return "";
  }

  void Do(const json::Object& deed) {
    if (json::Find(deed, "advance")) {
      loop_.Advance(std::chrono::seconds(json::GetInt(deed, "advance")));
    } else if (json::Find(deed, "status")) {
      EXPECT_EQ(Load().status, json::GetString(deed, "status")) << case_.name;
    } else if (json::GetBool(deed, "restart")) {
      engine_.reset();
      invoker_.waiting.clear();
      scripts_.waiting.clear();
      Boot();
    } else if (json::GetBool(deed, "cancel")) {
      store_->WriteAndWait([&](store::Transaction& tx) { (void)engine_->Cancel(tx, id_); });
    } else if (json::Find(deed, "signal")) {
      Signal(deed);
    } else {
      ADD_FAILURE() << case_.name << ": unknown deed " << json::Serialize(deed);
    }
    loop_.RunUntilIdle();
  }

  workflow::Execution Load() {
    std::optional<workflow::Execution> execution;
    store_->Read(
        [&](store::Transaction& tx) { execution = workflow::tables::LoadExecution(tx, id_); });
    return execution.value();
  }

  std::string Steps() {
    std::string out;
    for (const json::Value& step : DescribeSteps(Load())) {
      out += (out.empty() ? "" : " ") + std::string(json::View(step.at("StepName"))) + ":" +
             std::string(json::View(step.at("StepStatus")));
    }
    return out;
  }
  [[nodiscard]] const std::vector<api::Invocation>& calls() const { return invoker_.calls; }
  [[nodiscard]] const std::vector<workflow::ScriptRequest>& scripts() const {
    return scripts_.requests;
  }

 private:
  void Boot() {
    engine_ = std::make_unique<Engine>(Engine::Options{}, *store_, invoker_, loop_, clock_, random_,
                                       log_);
    engine_->AddLanguage(language_);
    engine_->SetScriptRunner(scripts_);
    engine_->Start();
    loop_.RunUntilIdle();
  }

  static const json::Value& TakeFirst(json::Array& list, json::Value& taken) {
    taken = list.front();
    if (list.size() > 1) list.erase(list.begin());
    return taken;
  }

  std::optional<api::Outcome> Answer(const api::Invocation& call) {
    const auto found = answers_.find(call.operation);
    if (found == answers_.end()) return workflow::testing::Ok({});
    json::Value taken;
    const json::Object answer = TakeFirst(found->second, taken).as_object();
    if (json::GetBool(answer, "never")) return std::nullopt;
    if (json::Find(answer, "error") && !json::Find(answer, "status")) {
      return workflow::testing::Fails(std::string(json::GetString(answer, "error")),
                                      std::string(json::GetString(answer, "message", "no")));
    }
    return workflow::testing::Ok(answer);
  }

  workflow::ScriptResult ScriptAnswer() {
    json::Value taken;
    const json::Object answer = TakeFirst(scripts_answers_, taken).as_object();
    workflow::ScriptResult result;
    if (const json::Value* payload = json::Find(answer, "payload")) result.payload = *payload;
    result.log = json::GetString(answer, "log");
    if (json::Find(answer, "error")) {
      result.failure = {std::string(json::GetString(answer, "error")),
                        std::string(json::GetString(answer, "message"))};
    }
    return result;
  }

  void Signal(const json::Object& deed) {
    json::Object payload;
    if (const json::Object* given = json::GetObject(deed, "payload")) payload = *given;
    payload["caller_arn"] = json::GetString(deed, "as", "arn:aws:iam::111122223333:user/ann");
    payload["caller_role_arn"] = json::GetString(deed, "role");
    std::string code;
    try {
      store_->WriteAndWait([&](store::Transaction& tx) {
        if (!engine_->Signal(tx, id_, std::string(json::GetString(deed, "signal")), payload)) {
          code = "finished";
        }
      });
    } catch (const api::Error& error) {
      code = error.code();
    }
    EXPECT_EQ(code, json::GetString(deed, "error")) << case_.name << json::Serialize(deed);
  }

  const Case& case_;
  riposte::testing::FakeClock clock_;
  riposte::testing::FakeExecutor loop_{clock_};
  riposte::testing::FakeRandom random_;
  telemetry::Log log_{{.silent = true}};
  AutomationLanguage language_{FindApi()};
  workflow::testing::FakeInvoker invoker_{loop_};
  workflow::testing::FakeScripts scripts_;
  std::map<std::string, json::Array> answers_;
  json::Array scripts_answers_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
  std::string id_;
};

void CheckOutcome(const Case& one, Stage& stage) {
  static constexpr std::string_view kKeys[] = {
      "feature",  "parameters",  "mode",     "settings", "answers",    "scripts", "do",
      "resolves", "attachments", "refused",  "status",   "steps",      "outputs", "calls",
      "failure",  "variables",   "payloads", "alarm",    "not_called", "shown"};
  for (const auto& [key, value] : one.head) {
    EXPECT_NE(std::ranges::find(kKeys, std::string_view(key.data(), key.size())), std::end(kKeys))
        << one.name << ": unknown key " << key;
  }
  const workflow::Execution execution = stage.Load();
  const json::Object shown = DescribeExecution(execution);
  EXPECT_EQ(execution.status, json::GetString(one.head, "status"))
      << one.name << ": " << json::GetString(shown, "FailureMessage");
  if (json::Find(one.head, "steps")) {
    EXPECT_EQ(stage.Steps(), json::GetString(one.head, "steps")) << one.name;
  }
  for (const std::string_view what : {"outputs", "variables"}) {
    const json::Object* wanted = json::GetObject(one.head, what);
    if (!wanted) continue;
    const json::Object* found = json::GetObject(shown, what == "outputs" ? "Outputs" : "Variables");
    for (const auto& [name, value] : *wanted) {
      json::Array texts;
      for (const json::Value& text : value.is_array() ? value.get_array() : json::Array{value}) {
        texts.emplace_back(ToText(text));
      }
      const json::Value* seen = found ? json::Find(*found, name) : nullptr;
      EXPECT_EQ(seen ? json::Serialize(*seen) : "nothing", json::Serialize(texts))
          << one.name << ": " << name;
    }
  }
  if (const json::Array* calls = json::GetArray(one.head, "calls")) {
    std::string wanted, found;
    for (size_t i = 0; i < std::max(calls->size(), stage.calls().size()); ++i) {
      const std::string text = i < calls->size() ? ToText((*calls)[i]) : "";
      if (i < calls->size()) wanted += text + "\n";
      if (i >= stage.calls().size()) continue;
      const api::Invocation& call = stage.calls()[i];
      found += call.operation;
      if (const size_t part = text.find(" ~"); part != std::string::npos) {
        const std::string input = json::Serialize(json::Value(call.input));
        const bool there = input.find(text.substr(part + 2)) != std::string::npos;
        found += there ? text.substr(part) : " " + input;
      } else if (text.find(' ') != std::string::npos)
        found += " " + json::Serialize(call.input);
      found += "\n";
    }
    EXPECT_EQ(found, wanted) << one.name;
  }
  if (const json::Array* payloads = json::GetArray(one.head, "payloads")) {
    ASSERT_EQ(stage.scripts().size(), payloads->size()) << one.name;
    for (size_t i = 0; i < payloads->size(); ++i) {
      EXPECT_EQ(json::Serialize(stage.scripts()[i].payload), json::Serialize((*payloads)[i]))
          << one.name;
    }
  }
  if (json::Find(one.head, "failure")) {
    EXPECT_NE(json::GetString(shown, "FailureMessage").find(json::GetString(one.head, "failure")),
              std::string_view::npos)
        << one.name << ": " << json::GetString(shown, "FailureMessage");
  }
  for (const std::string& part : json::GetStrings(one.head, "shown")) {
    EXPECT_NE(json::Serialize(shown).find(part), std::string::npos)
        << one.name << ": " << part << " in " << json::Serialize(shown);
  }
}

TEST(DocumentsTest, EveryDocumentComesOutAsItsHeadSays) {
  const std::vector<Case> cases = AllCases();
  EXPECT_GE(cases.size(), kLeastDocuments);
  for (const Case& one : cases) {
    ASSERT_FALSE(one.head.empty()) << one.name << ": the head is not YAML";
    ASSERT_FALSE(one.text.empty()) << one.name << ": there is no document";
    Stage stage(one);
    const std::string refusal = stage.Start();
    const std::string_view wanted = json::GetString(one.head, "refused");
    if (!wanted.empty() || !refusal.empty()) {
      const size_t colon = wanted.find(": ");
      const std::string_view part = colon == std::string_view::npos ? "" : wanted.substr(colon + 2);
      EXPECT_EQ(refusal.substr(0, refusal.find(':')), wanted.substr(0, colon))
          << one.name << ": " << refusal;
      EXPECT_NE(refusal.find(part), std::string::npos) << one.name << ": " << refusal;
      continue;
    }
    if (const json::Array* deeds = json::GetArray(one.head, "do")) {
      for (const json::Value& deed : *deeds) stage.Do(deed.as_object());
    }
    CheckOutcome(one, stage);
  }
}

/// The page that the folder makes.
std::string MakePage(const std::vector<Case>& cases) {
  std::string page =
      "# Runbooks: what of the language is there\n\n"
      "Each row is a document in `src/workflow/automation/testing/documents`, written from the "
      "service's\ndocumentation, that the tests run on the real workflow core (or see refused) "
      "with what stands at its\nhead. The table is made from those heads:\n"
      "`RIPOSTE_WRITE_DOCS=1 build/src/workflow_automation_test "
      "--gtest_filter=DocumentsTest.*`; the same test\nfails while page and folder differ.\n\n" +
      std::to_string(cases.size()) + " documents.\n";
  std::string group;
  for (const Case& one : cases) {
    const std::string folder = one.name.substr(0, one.name.find('/'));
    if (folder != group) {
      group = folder;
      page += "\n## " + group + "\n\n| feature | document | comes to |\n|---|---|---|\n";
    }
    const std::string refused(json::GetString(one.head, "refused"));
    const std::string outcome = refused.empty()
                                    ? std::string(json::GetString(one.head, "status"))
                                    : "refused: " + refused.substr(0, refused.find(':'));
    std::string feature(json::GetString(one.head, "feature"));
    for (size_t at = 0; (at = feature.find('|', at)) != std::string::npos; at += 2) {
      feature.insert(at, "\\");
    }
    page += "| " + feature + " | `" + one.name + "` | " + outcome + " |\n";
  }
  return page;
}

TEST(DocumentsTest, ThePageAndTheFolderAgree) {
  const std::vector<Case> cases = AllCases();
  for (const Case& one : cases) {
    EXPECT_FALSE(json::GetString(one.head, "feature").empty()) << one.name << " names no feature";
  }
  const std::string page = MakePage(cases);
  if (std::getenv("RIPOSTE_WRITE_DOCS")) std::ofstream(kPage) << page;
  EXPECT_TRUE(ReadText(kPage) == page)
      << kPage << " is not what the documents say; make it again as it says itself";
}

}  // namespace
}  // namespace riposte::automation
