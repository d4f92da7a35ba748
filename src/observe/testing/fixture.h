// What tests of observe/ stand on: an in-memory store, virtual time, and sinks that remember.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/sinks.h"
#include "base/testing/fakes.h"
#include "delivery/delivery.h"
#include "observe/tables.h"
#include "store/store.h"
#include "telemetry/log.h"

namespace riposte::observe::testing {

class RecordedEvents final : public api::EventSink {
 public:
  void Emit(store::Transaction&, api::Event event) override { events.push_back(std::move(event)); }
  std::vector<api::Event> events;
};

class Fixture : public ::testing::Test {
 protected:
  Fixture() {
    std::vector<store::Migration> migrations;
    for (const store::Migration& one : Migrations()) migrations.push_back(one);
    for (const store::Migration& one : delivery::Dispatcher::Migrations()) {
      migrations.push_back(one);
    }
    store::Store::Options options;
    options.threaded = false;
    auto opened = store::Store::Open(options, migrations);
    if (!opened) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
  }

  /// Runs `closure` in a write transaction and what it makes due.
  void Write(store::Store::Closure closure) {
    store->WriteAndWait(std::move(closure));
    loop.RunUntilIdle();
  }
  void Read(const std::function<void(store::Transaction&)>& closure) { store->Read(closure); }
  [[nodiscard]] int64_t Count(const char* sql) {
    int64_t count = 0;
    Read([&](store::Transaction& tx) { count = tx.QueryInt(sql).value_or(0); });
    return count;
  }

  const Scope scope{AccountId("123456789012"), Region("eu-west-1")};
  riposte::testing::FakeClock clock;
  riposte::testing::FakeRandom random;
  riposte::testing::FakeExecutor loop{clock};
  telemetry::Log log{{.silent = true}};
  std::unique_ptr<store::Store> store;
};

}  // namespace riposte::observe::testing
