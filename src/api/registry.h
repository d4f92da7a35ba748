// Everything is an API operation: the one table from (service, operation) to a handler.
//
// A service façade owns its rows:
//
//   void EventsService::Register(api::Registry& registry) {
//     registry.Add("events", *this, {
//         {"PutRule",      api::Write(&EventsService::PutRule)},
//         {"DescribeRule", api::Read(&EventsService::DescribeRule)},
//         {"PutEvents",    api::Async(&EventsService::PutEvents)},
//     });
//   }
//
// Three kinds of handler:
//   Read   json::Value (const Call&, store::Transaction&)   over a snapshot, on the caller's thread
//   Write  json::Value (const Call&, store::Transaction&)   inside the write transaction, on the
//          writer thread, atomically with its audit record; so services need no locks. It must
//          not block, and it runs alone: keep it to its SQL and its arithmetic.
//   Async  void (api::SharedCall, api::Reply)                on the caller's thread; replies later
//          (or api::Call: a copy)
// All may throw api::Error. A handler is called only after authentication, validation and
// authorisation. REQUIRES: every operation is in the service's model; checked at start.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/call.h"
#include "store/store.h"

namespace riposte::api {

using SyncHandler = std::function<json::Value(const Call&, store::Transaction&)>;
using AsyncHandler = std::function<void(SharedCall, Reply)>;
/// nullopt: this call cannot be answered inside a transaction.
using WithinHandler = std::function<std::optional<json::Value>(const Call&, store::Transaction&)>;

enum class Mode { kRead, kWrite, kAsync };

struct Operation {
  Mode mode = Mode::kRead;
  SyncHandler sync;    ///< For kRead and kWrite.
  AsyncHandler async;  ///< For kAsync.
  /// For kRead and kAsync whose work may also be done inside the write transaction of another part
  /// of the engine (Invoker::InvokeWithin); null otherwise. kWrite can be by its nature.
  WithinHandler within;
};

/// A row before it is bound to its service object.
template <class Service>
struct Row {
  std::string_view name;
  std::function<Operation(Service&)> bind;
};

template <class Service>
using SyncMethod = json::Value (Service::*)(const Call&, store::Transaction&);
template <class Service>
using AsyncMethod = void (Service::*)(Call, Reply);
template <class Service>
using SharedMethod = void (Service::*)(SharedCall, Reply);
template <class Service>
using WithinMethod = std::optional<json::Value> (Service::*)(const Call&, store::Transaction&);

template <class Service>
std::function<Operation(Service&)> Read(SyncMethod<Service> method) {
  return [method](Service& service) {
    return Operation{Mode::kRead,
                     [&service, method](const Call& call, store::Transaction& tx) {
                       return (service.*method)(call, tx);
                     },
                     {},
                     {}};
  };
}
template <class Service>
std::function<Operation(Service&)> Write(SyncMethod<Service> method) {
  return [method](Service& service) {
    return Operation{Mode::kWrite,
                     [&service, method](const Call& call, store::Transaction& tx) {
                       return (service.*method)(call, tx);
                     },
                     {},
                     {}};
  };
}
template <class Service>
std::function<Operation(Service&)> Async(AsyncMethod<Service> method) {
  return [method](Service& service) {
    return Operation{Mode::kAsync,
                     {},
                     [&service, method](const SharedCall& call, Reply reply) {
                       (service.*method)(*call, std::move(reply));
                     },
                     {}};
  };
}
template <class Service>
std::function<Operation(Service&)> Async(SharedMethod<Service> method) {
  return [method](Service& service) {
    return Operation{Mode::kAsync,
                     {},
                     [&service, method](SharedCall call, Reply reply) {
                       (service.*method)(std::move(call), std::move(reply));
                     },
                     {}};
  };
}
/// With a second way in, for calls from inside a transaction.
template <class Service>
std::function<Operation(Service&)> Async(SharedMethod<Service> method,
                                         WithinMethod<Service> within) {
  return [method, within](Service& service) {
    Operation operation = Async(method)(service);
    operation.within = [&service, within](const Call& call, store::Transaction& tx) {
      return (service.*within)(call, tx);
    };
    return operation;
  };
}

/// The policy document attached to a resource ("" when there is none), for authorisation.
using ResourcePolicy =
    std::function<std::string(const std::string& resource_arn, store::Transaction&)>;

class Registry {
 public:
  template <class Service>
  void Add(std::string_view service_name, Service& service, std::vector<Row<Service>> rows) {
    for (const Row<Service>& row : rows) AddOperation(service_name, row.name, row.bind(service));
  }
  void AddOperation(std::string_view service_name, std::string_view operation, Operation handler);
  void SetResourcePolicy(std::string_view service_name, ResourcePolicy policy);

  /// nullptr when there is no such row. Good for the registry's life.
  [[nodiscard]] const Operation* Find(std::string_view service, std::string_view operation) const;
  [[nodiscard]] const ResourcePolicy* FindResourcePolicy(std::string_view service) const;
  /// (service, operation), sorted: the coverage page, and the check against the models.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> List() const;

 private:
  struct Service {
    std::map<std::string, Operation, std::less<>> operations;
    ResourcePolicy resource_policy;
  };
  std::map<std::string, Service, std::less<>> services_;
};

}  // namespace riposte::api
