// Calls a service's operations by name, as the pipeline does between authorisation and audit.
#pragma once

#include <string>

#include "api/registry.h"
#include "observe/testing/fixture.h"
#include "wire/catalog.h"

namespace riposte::observe::testing {

class ServiceFixture : public Fixture {
 protected:
  /// Validates `input` against the model and runs the handler; runs the loop for async ones.
  api::Outcome Try(std::string_view service, std::string_view operation, json::Object input = {}) {
    const wire::ServiceModel* model = catalog.Find(service);
    if (!model) throw std::runtime_error("no model of " + std::string(service));
    const auto at = model->operations.find(operation);
    if (at == model->operations.end()) {
      throw std::runtime_error("not in the model: " + std::string(operation));
    }
    if (const Status valid = wire::Validate(*model, at->second, input); !valid) {
      return {{}, api::Error(valid.error().detail, valid.error().message)};
    }
    const api::Operation* row = registry.Find(service, operation);
    if (!row) throw std::runtime_error("no handler of " + std::string(operation));
    api::Call call;
    call.service = service;
    call.operation = operation;
    call.input = std::move(input);
    call.caller = access::Principal::Root(scope.account);
    call.scope = scope;
    call.request_id = random.Uuid();
    call.now = clock.Now();
    api::Outcome outcome;
    try {
      switch (row->mode) {
        case api::Mode::kRead:
          store->Read([&](store::Transaction& tx) { outcome.output = row->sync(call, tx); });
          break;
        case api::Mode::kWrite:
          store->WriteAndWait(
              [&](store::Transaction& tx) { outcome.output = row->sync(call, tx); });
          break;
        case api::Mode::kAsync:
          row->async(std::make_shared<const api::Call>(std::move(call)),
                     [&](api::Outcome out) { outcome = std::move(out); });
          break;
      }
    } catch (const api::Error& error) {
      outcome.error = error;
    }
    loop.RunUntilIdle();
    return outcome;
  }
  json::Object Call(std::string_view service, std::string_view operation, json::Object input = {}) {
    const api::Outcome outcome = Try(service, operation, std::move(input));
    if (!outcome.ok()) {
      ADD_FAILURE() << operation << ": " << outcome.error->code() << ": "
                    << outcome.error->message();
      return {};
    }
    return outcome.output.is_object() ? outcome.output.get_object() : json::Object();
  }
  /// The error's code, or "" when there is none.
  std::string ErrorOf(std::string_view service, std::string_view operation,
                      json::Object input = {}) {
    const api::Outcome outcome = Try(service, operation, std::move(input));
    return outcome.ok() ? "" : outcome.error->code();
  }
  /// Operations of the model without a handler, or the other way round; empty when all is well.
  std::string Unmatched(std::string_view service) {
    std::string out;
    const wire::ServiceModel* model = catalog.Find(service);
    for (const auto& [name, operation] : model->operations) {
      if (!registry.Find(service, name)) out += "no handler: " + name + "\n";
    }
    for (const auto& [of, name] : registry.List()) {
      if (of == service && !model->operations.contains(name)) out += "no model: " + name + "\n";
    }
    return out;
  }

  wire::Catalog catalog;
  api::Registry registry;
};

}  // namespace riposte::observe::testing
