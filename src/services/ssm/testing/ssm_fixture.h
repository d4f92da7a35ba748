// The service over a store in memory, with real executions whose calls are answered from a table.
#pragma once

#include <memory>
#include <string>

#include "access/schema.h"
#include "api/testing/service_fixture.h"
#include "services/ssm/previews.h"
#include "services/ssm/ssm.h"
#include "wire/catalog.h"
#include "workflow/automation/language.h"
#include "workflow/idempotency.h"
#include "workflow/testing/fakes.h"

namespace riposte::ssm {

using json::Array;
using json::Object;
using workflow::testing::Fails;
using workflow::testing::Ok;

inline constexpr const char* kRunbook = R"({
  "schemaVersion": "0.3",
  "description": "Says something",
  "assumeRole": "{{ AutomationAssumeRole }}",
  "parameters": {
    "Word": {"type": "String", "description": "What to say", "allowedPattern": "^[a-z]+$"},
    "AutomationAssumeRole": {"type": "String", "default": ""}
  },
  "mainSteps": [
    {"name": "say", "action": "aws:executeAwsApi",
     "inputs": {"Service": "sns", "Api": "Publish", "Message": "{{ Word }}"}}
  ]
})";

class SsmTest : public api::testing::ServiceFixture {
 protected:
  SsmTest()
      : ServiceFixture("ssm", {workflow::Engine::Migrations(), SsmService::Migrations(),
                               access::Migrations()}) {
    workflow::Engine::Options options;
    options.fill_token = [this](const std::string& service, const std::string& operation,
                                json::Object& input, const std::string& token) {
      const wire::ServiceModel* model = catalog_.FindByAnyName(service);
      const wire::OperationModel* found =
          model ? wire::Catalog::FindOperation(*model, operation) : nullptr;
      if (found) workflow::FillIdempotencyToken(*found, token, input);
    };
    options.assume = [this](const access::Principal&, const std::string& role,
                            const std::string& session) -> Result<access::Principal> {
      const auto found = directory_.FindRole(role);
      if (!found) return Fail(Code::kPermissionDenied, "no role " + role);
      return access::Directory::SessionOf(*found, session);
    };
    engine_ = std::make_unique<workflow::Engine>(options, *store_, invoker_, loop_, clock_, random_,
                                                 log_);
    engine_->AddLanguage(language_);
    engine_->SetEventSink(events_);
    engine_->Start();
    service_object_ = std::make_unique<SsmService>(
        SsmService::Options{},
        SsmService::Parts{*engine_, directory_, authorizer_, invoker_, catalog_, random_},
        std::string(32, 'k'));
    service_object_->Register(registry_);
    previews_ = std::make_unique<Previews>(Previews::Parts{
        *store_, invoker_, random_, automation::FindApi(), catalog_, *service_object_});
    previews_->Register(registry_);
    invoker_.answer = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      if (call.service == "ssm") {  // children come through the API, as anybody's calls do
        const Scope home = std::exchange(scope_, call.scope);
        const auto caller = std::exchange(caller_, call.principal);
        const auto outcome = Begin(call.operation, call.input);
        scope_ = home;
        caller_ = caller;
        return **outcome;
      }
      if (answer) return answer(call);
      return Ok({{"MessageId", "m-1"}});
    };
    loop_.RunUntilIdle();
  }

  void Create(const std::string& name, const std::string& content = kRunbook,
              const std::string& format = "JSON") {
    Run("CreateDocument", {{"Name", name},
                           {"Content", content},
                           {"DocumentType", "Automation"},
                           {"DocumentFormat", format}});
  }
  std::string Start(Object input) {
    const std::string id =
        At(Run("StartAutomationExecution", std::move(input)), "AutomationExecutionId");
    loop_.RunUntilIdle();
    return id;
  }
  Object Execution(const std::string& id) {
    return Run("GetAutomationExecution", {{"AutomationExecutionId", id}})
        .at("AutomationExecution")
        .as_object();
  }
  std::string Status(const std::string& id) {
    return At(Execution(id), "AutomationExecutionStatus");
  }
  void AddRole(const std::string& name, const std::string& service) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute(
          "INSERT INTO access_roles (account, name, path, id, arn, created_ms, trust,"
          " max_session_s) VALUES (?, ?, '/', ?, ?, 0, ?, 3600)",
          {scope_.account.str(), name, "AROA" + name, RoleArn(name),
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")" +
               service + R"("},"Action":"sts:AssumeRole"}]})"});
    });
    directory_.Reload();
  }
  std::string RoleArn(const std::string& name) {
    return "arn:aws:iam::" + scope_.account.str() + ":role/" + name;
  }

  /// For calls of other services.
  std::function<std::optional<api::Outcome>(const api::Invocation&)> answer;
  telemetry::Log log_{{.silent = true}};
  wire::Catalog catalog_;
  access::Directory directory_{*store_, random_, clock_};
  access::Authorizer authorizer_{directory_};
  automation::AutomationLanguage language_{automation::FindApi()};
  workflow::testing::FakeInvoker invoker_{loop_};
  std::unique_ptr<workflow::Engine> engine_;
  std::unique_ptr<SsmService> service_object_;
  std::unique_ptr<Previews> previews_;
};

}  // namespace riposte::ssm
