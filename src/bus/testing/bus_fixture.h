// A bus with its store, loop and dispatcher, and fakes for what lies beyond. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/testing/fakes.h"
#include "bus/archive.h"
#include "bus/ingest.h"
#include "bus/rule_delivery.h"
#include "bus/rule_targets.h"
#include "bus/schedule_tables.h"
#include "observe/tables.h"
#include "observe/timeline.h"

namespace riposte::bus::testing {

/// Records calls; replies with what was scripted for the operation, else with an empty document.
class FakeInvoker final : public api::Invoker {
 public:
  explicit FakeInvoker(Executor& loop) : loop_(loop) {}
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    api::Outcome outcome{json::Object(), std::nullopt};
    auto& script = scripts[invocation.operation];
    if (!script.empty()) {
      outcome = script.front();
      script.erase(script.begin());
    }
    calls.push_back(std::move(invocation));
    loop_.Post([reply = std::move(reply), outcome = std::move(outcome)]() mutable {
      reply(std::move(outcome));
    });
  }
  std::optional<api::Outcome> InvokeWithin(store::Transaction& /*tx*/,
                                           api::Invocation invocation) override {
    const auto script = within.find(invocation.operation);
    if (script == within.end()) return std::nullopt;
    calls_within.push_back(std::move(invocation));
    return script->second;
  }
  void FailNext(const std::string& operation, const std::string& code, int times = 1) {
    for (int i = 0; i < times; ++i) {
      scripts[operation].push_back({{}, api::Error(code, "scripted " + code)});
    }
  }

  std::vector<api::Invocation> calls;
  std::map<std::string, std::vector<api::Outcome>> scripts;
  std::vector<api::Invocation> calls_within;
  std::map<std::string, api::Outcome> within;  ///< Operations that run inside a transaction.

 private:
  Executor& loop_;
};

class FakeMetrics final : public api::MetricSink {
 public:
  void Put(const Scope&, std::string_view, std::string_view name, const Dimensions& dimensions,
           double value, std::string_view) override {
    if (dimensions.size() == 1) sums[std::string(name) + " " + dimensions[0].second] += value;
  }
  std::map<std::string, double> sums;  ///< "Invocations my-rule" -> 1
};

class BusTest : public ::testing::Test {
 protected:
  BusTest() {
    dispatcher.AddTarget(std::string(kRuleTargetKind), targets);
    dispatcher.AddTarget(std::string(kArchiveKind), archive_target);
    dispatcher.SetDeadLetterSender([this](const delivery::Work&,
                                          delivery::Target::DeadLetter letter,
                                          std::move_only_function<void(bool)> done) {
      letters.push_back(std::move(letter));
      done(true);
    });
    dispatcher.Start();
    loop.RunUntilIdle();
  }

  static std::unique_ptr<store::Store> OpenStore() {
    std::vector<store::Migration> migrations;
    for (const auto part :
         {tables::Migrations(), archive_tables::Migrations(), schedule_tables::Migrations(),
          delivery::Dispatcher::Migrations(), observe::Migrations()}) {
      migrations.insert(migrations.end(), part.begin(), part.end());
    }
    store::Store::Options options;
    options.threaded = false;
    auto store = store::Store::Open(options, migrations);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }

  /// `targets_json` is a list of targets as in PutTargets.
  void PutRule(const std::string& name, const std::string& pattern, const std::string& targets_json,
               const std::string& bus = "default") {
    store->WriteAndWait([&](store::Transaction& tx) {
      RuleRow rule;
      rule.key = {scope, bus, name};
      rule.pattern = pattern;
      rule.state = "ENABLED";
      tables::PutRule(tx, rule);
      const auto list = json::Parse(targets_json);
      for (const json::Value& target : list->as_array()) {
        const json::Object& document = target.as_object();
        tables::PutTarget(tx, rule.key,
                          {std::string(json::GetString(document, "Id")),
                           std::string(json::GetString(document, "Arn")), document});
      }
      rules.Refresh(tx, scope, bus);
    });
  }

  api::Event MakeEvent(const std::string& source, const std::string& detail = "{}",
                       const std::string& detail_type = "Test") {
    api::Event event;
    event.scope = scope;
    event.source = source;
    event.detail_type = detail_type;
    event.time = clock.Now();
    event.detail = *json::Parse(detail);
    return event;
  }

  /// Emits, and runs what becomes of it.
  void Emit(api::Event event) {
    store->WriteAndWait([&](store::Transaction& tx) { ingest.Emit(tx, std::move(event)); });
    loop.RunUntilIdle();
  }

  int64_t Owed() {
    int64_t count = 0;
    store->Read([&](store::Transaction& tx) {
      count = tx.QueryInt("SELECT COUNT(*) FROM delivery_work").value_or(-1);
    });
    return count;
  }

  const Scope scope{AccountId("111122223333"), Region("eu-west-1")};
  riposte::testing::FakeClock clock;
  riposte::testing::FakeExecutor loop{clock};
  riposte::testing::FakeRandom random;
  telemetry::Log log{{telemetry::Level::kError, false, true}};
  std::unique_ptr<store::Store> store = OpenStore();
  delivery::Dispatcher dispatcher{{}, *store, loop, clock, random, log};
  FakeMetrics metrics;
  FakeInvoker invoker{loop};
  RuleBook rules{log};
  Ingest ingest{rules, dispatcher, clock, random, metrics};
  std::string refuse_role;  ///< A role that may not be assumed.
  RuleTargets targets{
      {invoker,
       [this](const std::string& role, const std::string& session) -> Result<access::Principal> {
         if (role == refuse_role) {
           return Fail(Code::kPermissionDenied, "trust policy says no");
         }
         access::Principal principal;
         principal.kind = access::Principal::Kind::kAssumedRole;
         principal.account = scope.account;
         principal.role_arn = role;
         principal.arn = role + "/" + session;
         return principal;
       },
       ingest, metrics, clock}};
  ArchiveTarget archive_target{*store, clock, metrics};
  std::vector<delivery::Target::DeadLetter> letters;
};

}  // namespace riposte::bus::testing
