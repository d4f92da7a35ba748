// The one way in: every call, from the network or from inside, passes here.
//
// Data path:     http::Server -> Pipeline::Handle -> wire (route) -> access (who) -> wire (decode)
//                -> access (may they) -> Registry row -> store -> wire (encode) -> Responder
//                                     -> Elsewhere, for an account that lives elsewhere
//                runbook, rule, function target -> Pipeline::Invoke -> the same from "may they" on
// Thread safety: Handle and Invoke may be called from any thread.
// Cost:          without the handler about 15 µs, most of it the signature.
//
// Also the one place that turns whatever went wrong into an error of the caller's protocol, that
// writes the audit record, and that counts.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "access/authenticator.h"
#include "access/authorizer.h"
#include "api/elsewhere.h"
#include "api/invoker.h"
#include "api/registry.h"
#include "api/sinks.h"
#include "http/server.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::api {

class Pipeline final : public Invoker {
 public:
  struct Options {
    bool authorize = true;                           ///< false: serve --open.
    std::string endpoint = "http://127.0.0.1:4566";  ///< When a call names no usable Host.
  };
  /// Everything it stands on; all outlive it.
  struct Parts {
    const wire::Catalog& catalog;
    const Registry& registry;
    const access::Authenticator& authenticator;
    const access::Authorizer& authorizer;
    store::Store& store;
    Executor& loop;
    const Clock& clock;
    Random& random;
    AuditSink& audit;
    telemetry::Registry& metrics;
    const telemetry::Log& log;
    Elsewhere* elsewhere = nullptr;  ///< Of accounts that live elsewhere, when there are any.
  };
  Pipeline(Options options, const Parts& parts);

  /// One call from the network. Never throws.
  void Handle(http::Request request, http::Responder responder);
  /// One call from inside. `reply` runs on the loop.
  void Invoke(Invocation invocation, Reply reply) override;
  std::optional<Outcome> InvokeWithin(store::Transaction& tx, Invocation invocation) override;

 private:
  struct Meter {
    telemetry::Counter* calls;
    telemetry::Counter* errors;
    telemetry::Histogram* seconds;
  };
  struct Verdict {
    std::vector<std::string> resources;
    access::Decision decision;
  };
  /// A call and all that is known of it, in one piece of memory until its reply has left.
  struct Job {
    Call call;
    const wire::OperationModel* model = nullptr;
    const Operation* operation = nullptr;
    const Meter* meter = nullptr;
    Verdict verdict;
    json::Value output;  ///< Of a write, until its commit.
    std::chrono::nanoseconds started{0};
    Reply reply;
  };

  /// Fills in caller and scope; puts the decoded body in place when it came in signed chunks.
  [[nodiscard]] std::optional<Error> Authenticate(http::Request& request, const wire::Route& route,
                                                  Call& call) const;
  /// Finds and validates what a call from inside asks for.
  [[nodiscard]] std::optional<Error> Prepare(Invocation&& invocation, Job& job) const;
  /// `tx` is the transaction to read policies in, or null for a snapshot.
  [[nodiscard]] Verdict Authorize(const wire::OperationModel& operation, const Call& call,
                                  store::Transaction* tx) const;
  [[nodiscard]] access::Decision AuthorizeOne(const Call& call, const std::string& resource,
                                              access::AccessRequest& request,
                                              store::Transaction* tx) const;
  [[nodiscard]] Error Refusal(const Job& job) const;
  /// Authorises and runs; the reply may come on any thread.
  void Run(const std::shared_ptr<Job>& job);
  void RunRead(Job& job);
  void RunWrite(const std::shared_ptr<Job>& job);
  void RunAsync(const std::shared_ptr<Job>& job);
  /// Sends it to where its account lives.
  void RunElsewhere(const std::shared_ptr<Job>& job);
  [[nodiscard]] bool IsElsewhere(const Call& call) const {
    return parts_.elsewhere != nullptr && parts_.elsewhere->Serves(call);
  }
  /// When the reply has come, by whatever way.
  void Replied(Job& job, Outcome outcome);
  void Finish(Job& job, Outcome outcome);
  void AuditNow(store::Transaction& tx, const Job& job, const json::Value& output) const;
  void AuditLater(const Job& job, const std::optional<Error>& error) const;
  /// The error that the exception under way means; unknown ones are logged and become internal.
  [[nodiscard]] Error CurrentError(const Call& call) const;

  Options options_;
  Parts parts_;
  wire::Codec codec_;
  std::unordered_map<const Operation*, Meter> meters_;
};

}  // namespace riposte::api
