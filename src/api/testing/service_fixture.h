// One service over a store in memory, without protocol, signature or policy: for the tests of a
// service's own folder. Tests of the whole path use the harness of app/testing.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/error.h"
#include "api/registry.h"
#include "api/sinks.h"
#include "base/testing/fakes.h"
#include "store/store.h"

namespace riposte::api::testing {

class RecordingEventSink final : public EventSink {
 public:
  void Emit(store::Transaction& /*tx*/, Event event) override {
    events.push_back(std::move(event));
  }
  std::vector<Event> events;
};

class ServiceFixture : public ::testing::Test {
 protected:
  ServiceFixture(std::string service, std::vector<std::span<const store::Migration>> migrations,
                 std::string path = "")
      : service_(std::move(service)), path_(std::move(path)) {
    for (const auto& part : migrations) {
      migrations_.insert(migrations_.end(), part.begin(), part.end());
    }
    OpenStore();
  }

  void OpenStore() {
    store_.reset();
    auto opened = store::Store::Open({.path = path_, .threaded = false}, migrations_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = *std::move(opened);
  }

  Call MakeCall(std::string_view operation, json::Object input) {
    Call call;
    call.service = service_;
    call.operation = operation;
    call.input = std::move(input);
    call.scope = scope_;
    call.caller = caller_ ? *caller_ : access::Principal::Root(scope_.account);
    call.request_id = random_.Uuid();
    call.now = clock_.Now();
    call.trace = trace_;
    call.endpoint = "http://127.0.0.1:4566";
    return call;
  }

  /// Starts a call; the outcome is there at once unless the handler is asynchronous.
  std::shared_ptr<std::optional<Outcome>> Begin(std::string_view operation, json::Object input) {
    auto outcome = std::make_shared<std::optional<Outcome>>();
    const Operation* row = registry_.Find(service_, operation);
    if (row == nullptr) throw std::runtime_error("no operation " + std::string(operation));
    Call call = MakeCall(operation, std::move(input));
    try {
      if (row->mode == Mode::kAsync) {
        row->async(std::make_shared<const Call>(std::move(call)),
                   [outcome](Outcome result) { *outcome = std::move(result); });
      } else {
        json::Value output;
        const auto run = [&](store::Transaction& tx) { output = row->sync(call, tx); };
        if (row->mode == Mode::kWrite) {
          store_->WriteAndWait(run);
        } else {
          store_->Read(run);
        }
        *outcome = Outcome{std::move(output), {}};
      }
    } catch (const Error& error) {
      *outcome = Outcome{{}, error};
    }
    return outcome;
  }

  /// The output, or a failed test and an empty object.
  json::Object Run(std::string_view operation, json::Object input = {}) {
    const auto outcome = Begin(operation, std::move(input));
    loop_.RunUntilIdle();
    if (!outcome->has_value()) {
      ADD_FAILURE() << operation << " has not replied";
      return {};
    }
    if (!(*outcome)->ok()) {
      ADD_FAILURE() << operation << ": " << (*outcome)->error->code() << ": "
                    << (*outcome)->error->message();
      return {};
    }
    return (*outcome)->output.is_object() ? (*outcome)->output.as_object() : json::Object();
  }

  /// "Code: message" of the error, or "" when the call succeeded.
  std::string ErrorOf(std::string_view operation, json::Object input = {}) {
    const auto outcome = Begin(operation, std::move(input));
    loop_.RunUntilIdle();
    if (!outcome->has_value() || (*outcome)->ok()) return "";
    return (*outcome)->error->code() + ": " + (*outcome)->error->message();
  }

  /// The value at a path like "Reservations.0.Instances.0.State.Name", as text; "" when absent.
  static std::string At(const json::Value& value, std::string_view path) {
    if (path.empty())
      return value.is_string() ? std::string(json::View(value)) : json::Serialize(value);
    const size_t dot = path.find('.');
    const std::string_view step = path.substr(0, dot);
    const std::string_view rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
    if (value.is_object()) {
      const json::Value* member = json::Find(value.as_object(), step);
      return member == nullptr ? "" : At(*member, rest);
    }
    if (value.is_array()) {
      const size_t index = std::stoul(std::string(step));
      return index < value.as_array().size() ? At(value.as_array()[index], rest) : "";
    }
    return "";
  }

  std::string service_;
  std::string path_;
  std::vector<store::Migration> migrations_;
  riposte::testing::FakeClock clock_;
  riposte::testing::FakeRandom random_;
  riposte::testing::FakeExecutor loop_{clock_};
  std::unique_ptr<store::Store> store_;
  Registry registry_;
  RecordingEventSink events_;
  Scope scope_{AccountId("123456789012"), Region("us-east-1")};
  Trace trace_;
  std::optional<access::Principal> caller_;  ///< Empty: the root of the scope's account.
};

}  // namespace riposte::api::testing
