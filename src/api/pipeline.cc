#include "api/pipeline.h"

#include <charconv>

#include "api/resource.h"
#include "store/guard.h"
#include "store/trouble.h"
#include "wire/error_codes.h"

namespace riposte::api {
namespace {

/// Only a plain host name or address with a port may come back in URLs.
bool IsPlainHost(std::string_view host) {
  return !host.empty() && host.size() <= 255 &&
         host.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:"
             "[]") == std::string_view::npos;
}

bool IsJson(wire::Protocol protocol) {
  return protocol == wire::Protocol::kAwsJson10 || protocol == wire::Protocol::kAwsJson11 ||
         protocol == wire::Protocol::kRestJson1 || protocol == wire::Protocol::kRpcV2Cbor;
}

/// In whose words a refused signature is reported.
access::ErrorFamily FamilyOf(wire::Protocol protocol) {
  switch (protocol) {
    case wire::Protocol::kAwsJson10:
    case wire::Protocol::kAwsJson11:
    case wire::Protocol::kRpcV2Cbor:
      return access::ErrorFamily::kJson;
    case wire::Protocol::kRestJson1:
      return access::ErrorFamily::kRestJson;
    case wire::Protocol::kAwsQuery:
      return access::ErrorFamily::kQuery;
    case wire::Protocol::kEc2Query:
      return access::ErrorFamily::kEc2;
    case wire::Protocol::kRestXml:
      return access::ErrorFamily::kS3;
  }
  return access::ErrorFamily::kJson;
}

/// In the words of the service's own protocol, whoever called: a runbook that tests the code meets
/// what a client of that service would.
Error NotStored() {
  return Error("ServiceUnavailable", "The request could not be stored. Try again later.", 503);
}

Error AccessDenied(const Call& call, const wire::OperationModel& model,
                   const std::vector<std::string>& resources, const access::Decision& decision,
                   wire::Protocol protocol) {
  std::string message = protocol == wire::Protocol::kEc2Query
                            ? "You are not authorized to perform this operation. "
                            : "";
  message += "User: " + call.caller.arn + " is not authorized to perform: " + model.iam_action;
  if (!resources.empty() && resources.front() != "*") {
    message += " on resource: " + resources.front();
  }
  message += decision.explicit_deny
                 ? " with an explicit deny"
                 : " because no identity-based policy allows the " + model.iam_action + " action";
  return Error(std::string(wire::GenericCode("AccessDenied", protocol)), message,
               IsJson(protocol) ? 400 : 403);
}

/// The global condition keys of a call.
void AddContext(const Call& call, access::Context& context) {
  context["aws:principalarn"] = {call.caller.arn};
  context["aws:principalaccount"] = {call.caller.account.str()};
  context["aws:requestedregion"] = {call.scope.region.str()};
  context["aws:currenttime"] = {FormatIso8601(call.now)};
  context["aws:epochtime"] = {std::to_string(ToMillis(call.now) / 1000)};
  context["aws:sourceip"] = {call.source_ip};
  context["aws:useragent"] = {call.user_agent};
  context["aws:userid"] = {call.caller.id};
  if (!call.caller.source_arn.empty()) {
    context["aws:sourcearn"] = {call.caller.source_arn};
    context["aws:sourceaccount"] = {call.caller.account.str()};
  }
}

}  // namespace

Pipeline::Pipeline(Options options, const Parts& parts)
    : options_(std::move(options)), parts_(parts), codec_(parts.catalog) {
  for (const auto& [service, name] : parts_.registry.List()) {
    const std::string labels = "service=\"" + service + "\",operation=\"" + name + "\"";
    meters_[parts_.registry.Find(service, name)] = {
        &parts_.metrics.GetCounter("riposte_api_calls_total", "Calls of API operations.", labels),
        &parts_.metrics.GetCounter("riposte_api_errors_total", "Calls that failed.", labels),
        &parts_.metrics.GetHistogram("riposte_api_call_seconds", "From admission to outcome.",
                                     "service=\"" + service + "\"")};
  }
}

std::optional<Error> Pipeline::Authenticate(http::Request& request, const wire::Route& route,
                                            Call& call) const {
  const access::ErrorFamily family = FamilyOf(route.protocol);
  auto who = parts_.authenticator.Authenticate(request, call.now, family);
  if (who && route.service) {
    if (Status fits = parts_.authenticator.CheckService(*who, route.service->signing_name, family);
        !fits) {
      who = std::unexpected(fits.error());
    }
  }
  if (!who) {
    const std::string& code = who.error().detail;
    return Error(code, who.error().message, access::Authenticator::ErrorStatus(family, code));
  }
  if (who->decoded_body) request.body = std::move(*who->decoded_body);
  call.caller = std::move(who->principal);
  call.scope = {call.caller.account, who->region};
  return std::nullopt;
}

void Pipeline::Handle(http::Request request, http::Responder responder) {
  const auto job = std::make_shared<Job>();
  Call& call = job->call;
  call.now = parts_.clock.Now();
  call.request_id = parts_.random.Uuid();
  wire::Codec::Found found = codec_.FindRoute(request, access::PeekSigningName(request));
  const wire::Route& route = found.route;
  const auto refuse = [&](const wire::WireError& error) {
    responder.Send(codec_.EncodeError(route, error, call.request_id));
  };

  if (const auto error = Authenticate(request, route, call)) {
    return refuse({error->code(), error->message(), error->http_status(), false, {}});
  }
  if (found.error) return refuse(*found.error);
  job->operation = parts_.registry.Find(route.service->name, route.operation->name);
  if (!job->operation) {
    return refuse({IsJson(route.protocol) ? "UnknownOperationException" : "InvalidAction",
                   "The action " + route.operation->name + " is not valid for this endpoint.",
                   400,
                   false,
                   {}});
  }
  if (call.caller.kind == access::Principal::Kind::kAnonymous && options_.authorize &&
      !route.operation->optional_auth) {
    return refuse({IsJson(route.protocol) ? "MissingAuthenticationTokenException"
                                          : "MissingAuthenticationToken",
                   "Missing Authentication Token",
                   403,
                   false,
                   {}});
  }
  auto input = codec_.DecodeInput(route, request);
  if (!input) return refuse(input.error());

  job->model = route.operation;
  call.service = route.service->name;
  call.operation = route.operation->name;
  call.input = std::move(*input);
  call.trace = ParseTrace(request.headers.Get("X-Amzn-Trace-Id"));
  call.source_ip = std::move(request.peer);
  call.user_agent = std::string(request.headers.Get("User-Agent").substr(0, 512));
  const std::string_view host = request.headers.Get("Host");
  call.endpoint = IsPlainHost(host) ? "http://" + std::string(host) : options_.endpoint;
  job->reply = [this, route = std::move(found.route), request_id = call.request_id,
                responder = std::move(responder)](Outcome outcome) mutable {
    if (outcome.ok()) {
      responder.Send(codec_.EncodeOutput(route, outcome.output, request_id));
      return;
    }
    const Error& error = *outcome.error;
    const bool ours = error.http_status() >= 500;
    responder.Send(codec_.EncodeError(
        route, {error.code(), error.message(), error.http_status(), ours, error.fields()},
        request_id));
  };
  Run(job);
}

std::optional<Error> Pipeline::Prepare(Invocation&& invocation, Job& job) const {
  const wire::ServiceModel* service = parts_.catalog.FindByAnyName(invocation.service);
  job.model = service ? wire::Catalog::FindOperation(*service, invocation.operation) : nullptr;
  job.operation = job.model ? parts_.registry.Find(service->name, job.model->name) : nullptr;
  if (!job.operation) {
    return Error("UnknownOperationException", "No operation " + invocation.operation +
                                                  " of a service " + invocation.service +
                                                  " is offered here.");
  }
  if (const Status valid = wire::Validate(*service, *job.model, invocation.input); !valid) {
    return Error(valid.error().detail.empty() ? "ValidationException" : valid.error().detail,
                 valid.error().message);
  }
  Call& call = job.call;
  call.service = service->name;
  call.operation = job.model->name;
  call.input = std::move(invocation.input);
  call.caller = std::move(invocation.principal);
  call.scope = std::move(invocation.scope);
  call.request_id = parts_.random.Uuid();
  call.now = parts_.clock.Now();
  call.trace = std::move(invocation.trace);
  call.source_ip = call.caller.kind == access::Principal::Kind::kService
                       ? call.caller.service
                       : std::string("riposte.internal");
  call.user_agent = std::move(invocation.user_agent);
  call.endpoint = options_.endpoint;
  call.internal = invocation.internal;
  return std::nullopt;
}

void Pipeline::Invoke(Invocation invocation, Reply reply) {
  const auto job = std::make_shared<Job>();
  job->reply = [this, reply = std::move(reply)](Outcome outcome) mutable {
    parts_.loop.Post([reply = std::move(reply), outcome = std::move(outcome)]() mutable {
      reply(std::move(outcome));
    });
  };
  if (auto error = Prepare(std::move(invocation), *job)) {
    return job->reply({{}, std::move(error)});
  }
  Run(job);
}

std::optional<Outcome> Pipeline::InvokeWithin(store::Transaction& tx, Invocation invocation) {
  const auto job = std::make_shared<Job>();
  if (auto error = Prepare(std::move(invocation), *job)) return Outcome{{}, std::move(error)};
  const Operation& operation = *job->operation;
  if (operation.mode != Mode::kWrite && !operation.within) return std::nullopt;
  if (IsElsewhere(job->call)) return std::nullopt;
  job->call.wants_output = false;
  job->verdict = Authorize(*job->model, job->call, &tx);
  if (!job->verdict.decision.allowed) return Outcome{{}, Refusal(*job)};
  const int64_t changes = tx.TotalChanges();
  store::KeepGuarded(tx);  // What the handler promises, it promises for itself alone.
  Outcome outcome;
  try {
    if (operation.mode == Mode::kWrite) {
      outcome.output = operation.sync(job->call, tx);
    } else {
      auto output = operation.within(job->call, tx);
      if (!output) return std::nullopt;
      outcome.output = std::move(*output);
    }
  } catch (...) {
    if (tx.TotalChanges() != changes) throw;  // Half done: only the whole can be taken back.
    return Outcome{{}, CurrentError(job->call)};
  }
  meters_.at(&operation).calls->Add();
  if (job->model->data_plane) {
    tx.OnCommit([this, job] { AuditLater(*job, std::nullopt); });
  } else if (job->model->readonly) {
    AuditLater(*job, std::nullopt);  // What was read stays read, whatever becomes of `tx`.
  } else {
    AuditNow(tx, *job, outcome.output);
  }
  return outcome;
}

Pipeline::Verdict Pipeline::Authorize(const wire::OperationModel& operation, const Call& call,
                                      store::Transaction* tx) const {
  Verdict verdict;
  verdict.resources = ExpandResources(operation.iam_resources, call.input, call.scope);
  if (!options_.authorize) {
    verdict.decision = {true, "open", false};
    return verdict;
  }
  access::AccessRequest request;
  request.principal = &call.caller;
  request.action = operation.iam_action;
  // Each resource is judged by its own account and its own policy; all must be allowed.
  for (const std::string& resource : verdict.resources) {
    verdict.decision = AuthorizeOne(call, resource, request, tx);
    if (!verdict.decision.allowed) break;
  }
  return verdict;
}

access::Decision Pipeline::AuthorizeOne(const Call& call, const std::string& resource,
                                        access::AccessRequest& request,
                                        store::Transaction* tx) const {
  request.resource_account = call.scope.account;
  if (const auto arn = Arn::Parse(resource); arn && !arn->account.empty()) {
    request.resource_account = arn->account;
  }
  if (call.caller.kind == access::Principal::Kind::kRoot &&
      call.caller.account == request.resource_account) {
    return {true, "root", false};  // Nothing an account says binds its own root.
  }
  request.resources = {resource};
  request.resource_policy.clear();
  if (const ResourcePolicy* policy = parts_.registry.FindResourcePolicy(call.service)) {
    const auto read = [&](store::Transaction& in) {
      request.resource_policy = (*policy)(resource, in);
    };
    tx ? read(*tx) : parts_.store.Read(read);
  }
  request.add_context = [&call](access::Context& context) { AddContext(call, context); };
  return parts_.authorizer.Decide(request);
}

Error Pipeline::Refusal(const Job& job) const {
  const wire::ServiceModel* service = parts_.catalog.Find(job.call.service);
  return AccessDenied(job.call, *job.model, job.verdict.resources, job.verdict.decision,
                      service->protocols.front());
}

void Pipeline::Run(const std::shared_ptr<Job>& job) {
  job->meter = &meters_.at(job->operation);
  job->meter->calls->Add();
  job->started = parts_.clock.Monotonic();
  std::optional<Error> refused;
  try {
    job->verdict = Authorize(*job->model, job->call, nullptr);
    if (!job->verdict.decision.allowed) refused = Refusal(*job);
  } catch (...) {
    refused = CurrentError(job->call);
  }
  if (refused) {
    job->meter->errors->Add();
    AuditLater(*job, refused);
    return job->reply({{}, std::move(refused)});
  }
  if (IsElsewhere(job->call)) return RunElsewhere(job);
  switch (job->operation->mode) {
    case Mode::kRead:
      return RunRead(*job);
    case Mode::kWrite:
      return RunWrite(job);
    case Mode::kAsync:
      return RunAsync(job);
  }
}

void Pipeline::Finish(Job& job, Outcome outcome) {
  if (!outcome.ok()) job.meter->errors->Add();
  job.meter->seconds->Observe(
      std::chrono::duration<double>(parts_.clock.Monotonic() - job.started).count());
  job.reply(std::move(outcome));
}

void Pipeline::RunRead(Job& job) {
  Outcome outcome;
  try {
    parts_.store.Read(
        [&](store::Transaction& tx) { outcome.output = job.operation->sync(job.call, tx); });
  } catch (...) {
    outcome.error = CurrentError(job.call);
  }
  AuditLater(job, outcome.error);
  Finish(job, std::move(outcome));
}

void Pipeline::RunWrite(const std::shared_ptr<Job>& job) {
  parts_.store.Write(
      [this, job](store::Transaction& tx) {
        job->output = job->operation->sync(job->call, tx);
        if (!job->model->data_plane) AuditNow(tx, *job, job->output);
      },
      [this, job](std::exception_ptr failure) {
        Outcome outcome{std::move(job->output), std::nullopt};
        if (failure) {
          outcome = {};
          try {
            std::rethrow_exception(failure);
          } catch (...) {
            outcome.error = CurrentError(job->call);
          }
        }
        if (failure || job->model->data_plane) AuditLater(*job, outcome.error);
        Finish(*job, std::move(outcome));
      });
}

void Pipeline::Replied(Job& job, Outcome outcome) {
  AuditLater(job, outcome.error);
  Finish(job, std::move(outcome));
}

void Pipeline::RunAsync(const std::shared_ptr<Job>& job) {
  try {
    job->operation->async(SharedCall(job, &job->call),
                          [this, job](Outcome outcome) { Replied(*job, std::move(outcome)); });
  } catch (...) {
    // A handler that throws has not replied, and will not.
    Replied(*job, {{}, CurrentError(job->call)});
  }
}

void Pipeline::RunElsewhere(const std::shared_ptr<Job>& job) {
  parts_.elsewhere->Send(SharedCall(job, &job->call), *job->model,
                         [this, job](Outcome outcome) { Replied(*job, std::move(outcome)); });
}

void Pipeline::AuditNow(store::Transaction& tx, const Job& job, const json::Value& output) const {
  parts_.audit.Record(tx, {.call = &job.call,
                           .iam_action = job.model->iam_action,
                           .resources = job.verdict.resources,
                           .evidence = job.verdict.decision.evidence,
                           .output = &output});
}

void Pipeline::AuditLater(const Job& job, const std::optional<Error>& error) const {
  parts_.audit.RecordLater({.call = &job.call,
                            .readonly = job.model->readonly,
                            .data_plane = job.model->data_plane,
                            .iam_action = job.model->iam_action,
                            .resources = job.verdict.resources,
                            .evidence = job.verdict.decision.evidence,
                            .error_code = error ? error->code() : std::string_view(),
                            .error_message = error ? error->message() : std::string_view()});
}

Error Pipeline::CurrentError(const Call& call) const {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const store::Unavailable&) {
    return NotStored();  // The store has told the log, once.
  } catch (const store::Overloaded&) {
    return NotStored();
  } catch (const std::exception& error) {
    parts_.log.Error("call failed", {{"service", call.service},
                                     {"operation", call.operation},
                                     {"request_id", call.request_id},
                                     {"error", error.what()}});
  } catch (...) {
    parts_.log.Error("call failed", {{"service", call.service},
                                     {"operation", call.operation},
                                     {"request_id", call.request_id}});
  }
  return Error("InternalFailure", "The request processing has failed because of an unknown error.",
               500);
}

}  // namespace riposte::api
