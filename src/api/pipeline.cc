#include "api/pipeline.h"

#include <charconv>

#include "api/resource.h"
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

bool IsCorrelation(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

/// "Root=<correlation>;Hops=<n>": what function processes send on (X-Amzn-Trace-Id). Anything
/// else in the header is ignored.
Trace ParseTrace(std::string_view header) {
  Trace trace;
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with("Root=") && IsCorrelation(part.substr(5))) {
      trace.correlation = part.substr(5);
    } else if (part.starts_with("Hops=")) {
      int hops = 0;
      const auto number = part.substr(5);
      const auto [rest, error] =
          std::from_chars(number.data(), number.data() + number.size(), hops);
      if (error == std::errc() && hops >= 0 && hops <= 1000) trace.hops = hops;
    }
  }
  // X-Ray's own ids ("1-5759e988-…") come from tracers, not from us.
  if (trace.correlation.starts_with("1-")) trace = {};
  return trace;
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
std::map<std::string, std::vector<std::string>> ContextOf(const Call& call) {
  std::map<std::string, std::vector<std::string>> context;
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
  return context;
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
  Call call;
  call.now = parts_.clock.Now();
  call.request_id = parts_.random.Uuid();
  const auto peeked = access::PeekCredentialScope(request);
  wire::Codec::Found found = codec_.FindRoute(request, peeked ? peeked->signing_name : "");
  const wire::Route route = found.route;
  const std::string request_id = call.request_id;
  const auto refuse = [&](const wire::WireError& error) {
    responder.Send(codec_.EncodeError(route, error, request_id));
  };

  if (const auto error = Authenticate(request, route, call)) {
    return refuse({error->code(), error->message(), error->http_status(), false, {}});
  }
  if (found.error) return refuse(*found.error);
  const Operation* operation = parts_.registry.Find(route.service->name, route.operation->name);
  if (!operation) {
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

  call.service = route.service->name;
  call.operation = route.operation->name;
  call.input = std::move(*input);
  call.trace = ParseTrace(request.headers.Get("X-Amzn-Trace-Id"));
  call.source_ip = request.peer;
  call.user_agent = std::string(request.headers.Get("User-Agent").substr(0, 512));
  const std::string_view host = request.headers.Get("Host");
  call.endpoint = IsPlainHost(host) ? "http://" + std::string(host) : options_.endpoint;
  Run(*route.operation, *operation, std::move(call),
      [this, route, request_id, responder = std::move(responder)](Outcome outcome) mutable {
        if (outcome.ok()) {
          responder.Send(codec_.EncodeOutput(route, outcome.output, request_id));
          return;
        }
        const Error& error = *outcome.error;
        const bool ours = error.http_status() >= 500;
        responder.Send(codec_.EncodeError(
            route, {error.code(), error.message(), error.http_status(), ours, error.fields()},
            request_id));
      });
}

void Pipeline::Invoke(Invocation invocation, Reply reply) {
  auto on_loop = [this, reply = std::move(reply)](Outcome outcome) mutable {
    parts_.loop.Post([reply = std::move(reply), outcome = std::move(outcome)]() mutable {
      reply(std::move(outcome));
    });
  };
  const wire::ServiceModel* service = parts_.catalog.FindByAnyName(invocation.service);
  const wire::OperationModel* model =
      service ? wire::Catalog::FindOperation(*service, invocation.operation) : nullptr;
  const Operation* operation = model ? parts_.registry.Find(service->name, model->name) : nullptr;
  if (!operation) {
    on_loop({{},
             Error("UnknownOperationException", "No operation " + invocation.operation +
                                                    " of a service " + invocation.service +
                                                    " is offered here.")});
    return;
  }
  if (const Status valid = wire::Validate(*service, *model, invocation.input); !valid) {
    on_loop({{},
             Error(valid.error().detail.empty() ? "ValidationException" : valid.error().detail,
                   valid.error().message)});
    return;
  }
  Call call;
  call.service = service->name;
  call.operation = model->name;
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
  Run(*model, *operation, std::move(call), std::move(on_loop));
}

Pipeline::Verdict Pipeline::Authorize(const wire::OperationModel& operation,
                                      const Call& call) const {
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
    verdict.decision = AuthorizeOne(call, resource, request);
    if (!verdict.decision.allowed) break;
  }
  return verdict;
}

access::Decision Pipeline::AuthorizeOne(const Call& call, const std::string& resource,
                                        access::AccessRequest& request) const {
  request.resources = {resource};
  request.resource_account = call.scope.account;
  if (const auto arn = Arn::Parse(resource); arn && !arn->account.empty()) {
    request.resource_account = arn->account;
  }
  if (call.caller.kind == access::Principal::Kind::kRoot &&
      call.caller.account == request.resource_account) {
    return {true, "root", false};  // Nothing an account says binds its own root.
  }
  request.resource_policy.clear();
  if (const ResourcePolicy* policy = parts_.registry.FindResourcePolicy(call.service)) {
    parts_.store.Read(
        [&](store::Transaction& tx) { request.resource_policy = (*policy)(resource, tx); });
  }
  if (request.context.empty()) request.context = ContextOf(call);
  return parts_.authorizer.Decide(request);
}

void Pipeline::Run(const wire::OperationModel& model, const Operation& operation, Call call,
                   Reply reply) {
  const Meter& meter = meters_.at(&operation);
  meter.calls->Add();
  Verdict verdict;
  std::optional<Error> refused;
  try {
    verdict = Authorize(model, call);
    if (!verdict.decision.allowed) {
      const wire::ServiceModel* service = parts_.catalog.Find(call.service);
      refused = AccessDenied(call, model, verdict.resources, verdict.decision,
                             service->protocols.front());
    }
  } catch (...) {
    refused = CurrentError(call);
  }
  if (refused) {
    meter.errors->Add();
    Audit(model, call, verdict, refused);
    return reply({{}, std::move(refused)});
  }
  auto counted = [&meter, this, started = parts_.clock.Monotonic(),
                  reply = std::move(reply)](Outcome outcome) mutable {
    if (!outcome.ok()) meter.errors->Add();
    meter.seconds->Observe(
        std::chrono::duration<double>(parts_.clock.Monotonic() - started).count());
    reply(std::move(outcome));
  };
  switch (operation.mode) {
    case Mode::kRead:
      return RunRead(model, operation, call, verdict, std::move(counted));
    case Mode::kWrite:
      return RunWrite(model, operation, std::move(call), std::move(verdict), std::move(counted));
    case Mode::kAsync:
      return RunAsync(model, operation, std::move(call), std::move(verdict), std::move(counted));
  }
}

void Pipeline::RunRead(const wire::OperationModel& model, const Operation& operation,
                       const Call& call, const Verdict& verdict, Reply reply) {
  Outcome outcome;
  try {
    parts_.store.Read([&](store::Transaction& tx) { outcome.output = operation.sync(call, tx); });
  } catch (...) {
    outcome.error = CurrentError(call);
  }
  Audit(model, call, verdict, outcome.error);
  reply(std::move(outcome));
}

void Pipeline::RunWrite(const wire::OperationModel& model, const Operation& operation, Call call,
                        Verdict verdict, Reply reply) {
  struct State {
    Call call;
    Verdict verdict;
    json::Value output;
  };
  auto state = std::make_shared<State>(State{std::move(call), std::move(verdict), {}});
  parts_.store.Write(
      [this, state, &model, &operation](store::Transaction& tx) {
        state->output = operation.sync(state->call, tx);
        parts_.audit.Record(tx, {&state->call, false, model.iam_action, state->verdict.resources,
                                 state->verdict.decision.evidence, "", "", &state->output});
      },
      [this, state, &model, reply = std::move(reply)](std::exception_ptr failure) mutable {
        if (!failure) return reply({std::move(state->output), std::nullopt});
        Outcome outcome;
        try {
          std::rethrow_exception(failure);
        } catch (...) {
          outcome.error = CurrentError(state->call);
        }
        Audit(model, state->call, state->verdict, outcome.error);
        reply(std::move(outcome));
      });
}

void Pipeline::RunAsync(const wire::OperationModel& model, const Operation& operation, Call call,
                        Verdict verdict, Reply reply) {
  // What the audit needs once the call itself has moved on. Data-plane records hold no input.
  struct Kept {
    Call call;
    Verdict verdict;
  };
  auto kept = std::make_shared<Kept>();
  if (model.data_plane) {
    json::Object input = std::move(call.input);
    call.input = json::Object();
    kept->call = call;
    call.input = std::move(input);
  } else {
    kept->call = call;
  }
  kept->verdict = std::move(verdict);
  auto audited = [this, &model, kept, reply = std::move(reply)](Outcome outcome) mutable {
    Audit(model, kept->call, kept->verdict, outcome.error);
    reply(std::move(outcome));
  };
  // A handler that throws has not taken the reply: it is shared so that it can still be used.
  auto shared = std::make_shared<Reply>(std::move(audited));
  try {
    operation.async(std::move(call), [shared](Outcome outcome) { (*shared)(std::move(outcome)); });
  } catch (...) {
    (*shared)({{}, CurrentError(kept->call)});
  }
}

void Pipeline::Audit(const wire::OperationModel& model, const Call& call, const Verdict& verdict,
                     const std::optional<Error>& error) {
  parts_.audit.RecordLater({&call, model.readonly, model.iam_action, verdict.resources,
                            verdict.decision.evidence, error ? error->code() : "",
                            error ? error->message() : "", nullptr});
}

Error Pipeline::CurrentError(const Call& call) const {
  try {
    throw;
  } catch (const Error& error) {
    return error;
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
