#include "services/pipes/checks.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/arn.h"
#include "bus/http_parameters.h"
#include "delivery/target_call.h"
#include "pattern/pattern.h"
#include "services/pipes/target_steps.h"
#include "services/pipes/template.h"

namespace riposte::pipes {
namespace {

constexpr size_t kMaxFilters = 5;
constexpr int64_t kDefaultBatch = 10;
constexpr int64_t kMaxFifoBatch = 10;
constexpr int64_t kMaxEntries = 10;  ///< Of the batch calls of queues, topics and buses.

constexpr auto kSourceMembers =
    std::to_array<std::string_view>({"FilterCriteria", "SqsQueueParameters"});
constexpr auto kTargetMembers = std::to_array<std::string_view>(
    {"InputTemplate", "LambdaFunctionParameters", "StepFunctionStateMachineParameters",
     "SqsQueueParameters", "EventBridgeEventBusParameters", "CloudWatchLogsParameters",
     "HttpParameters"});

Arn ParseArn(const Pipe& pipe, const char* member) {
  const auto arn = Arn::Parse(pipe.Text(member));
  if (!arn || arn->resource.empty()) {
    throw Invalid(std::string("The ") + member + " is not a valid ARN.");
  }
  return *arn;
}

void CheckMembers(const json::Object& parameters, std::span<const std::string_view> known) {
  for (const auto& [name, value] : parameters) {
    if (std::ranges::find(known, std::string_view(name)) == known.end()) {
      throw Invalid(std::string(name) + " are not supported here.");
    }
  }
}

void CheckSource(const Pipe& pipe) {
  const Arn source = ParseArn(pipe, "Source");
  if (source.service != "sqs" || source.scope() != pipe.key.scope) {
    throw Invalid("The Source must be a queue of the pipe's account and region here.");
  }
  const auto* parameters = json::GetObject(pipe.document, "SourceParameters");
  if (!parameters) return;
  CheckMembers(*parameters, kSourceMembers);
  if (const auto* queue = json::GetObject(*parameters, "SqsQueueParameters")) {
    const int64_t batch = BatchSizeOf(pipe);
    if (batch > kMaxFifoBatch && source.resource.ends_with(".fifo")) {
      throw Invalid("BatchSize must be between 1 and 10 for FIFO queues.");
    }
    if (batch > 10 && json::GetInt(*queue, "MaximumBatchingWindowInSeconds") == 0) {
      throw Invalid(
          "MaximumBatchingWindowInSeconds must be greater than 0 when BatchSize is greater than "
          "10.");
    }
  }
  const auto* criteria = json::GetObject(*parameters, "FilterCriteria");
  const auto* filters = criteria ? json::GetArray(*criteria, "Filters") : nullptr;
  if (!filters) return;
  if (filters->size() > kMaxFilters) throw Invalid("A pipe has at most 5 filters.");
  for (const json::Value& filter : *filters) {
    const auto parsed = pattern::Pattern::Parse(json::GetString(filter.as_object(), "Pattern"));
    if (!parsed) throw Invalid(parsed.error().message);
  }
}

/// What targets and enrichments have in common.
void CheckParameters(const Pipe& pipe, const json::Object* parameters) {
  if (!parameters) return;
  if (const auto text = json::GetString(*parameters, "InputTemplate"); !text.empty()) {
    const auto parsed = InputTemplate::Parse(text);
    if (!parsed) throw Invalid(parsed.error().message);
  }
  if (const auto* http = json::GetObject(*parameters, "HttpParameters")) {
    const auto parsed = bus::HttpParameters::Parse(*http, pipe.key.name);
    if (!parsed) throw Invalid(parsed.error().message);
  }
}

void RequireUnbatched(const Pipe& pipe, const char* what) {
  if (BatchSizeOf(pipe) == 1) return;
  throw Invalid(std::string("BatchSize must be 1: API destinations as ") + what +
                " do not take batches.");
}

void CheckEnrichment(const Pipe& pipe) {
  CheckParameters(pipe, json::GetObject(pipe.document, "EnrichmentParameters"));
  if (pipe.Text("Enrichment").empty()) return;
  const Arn enrichment = ParseArn(pipe, "Enrichment");
  if (IsApiDestination(enrichment)) return RequireUnbatched(pipe, "an enrichment");
  if (enrichment.service != "lambda" || !enrichment.resource.starts_with("function:")) {
    throw Invalid("The Enrichment must be a Lambda function or an API destination here.");
  }
}

void CheckTargetKind(const Pipe& pipe, const Arn& target, const wire::Catalog& catalog) {
  const bool bus = target.service == "events" && target.resource.starts_with("event-bus/");
  const bool log_group = target.service == "logs" && target.resource.starts_with("log-group:");
  const bool known = bus || log_group || IsApiDestination(target) ||
                     (delivery::CallOf(target, {}) && catalog.FindByAnyName(target.service));
  if (!known) throw Invalid("The Target " + target.str() + " is of a kind not supported here.");
  if (bus && target.scope() != pipe.key.scope) {
    throw Invalid("The Target must be an event bus of the pipe's account and region.");
  }
  if (target.service == "sns" && target.resource.ends_with(".fifo")) {
    throw Invalid("The Target " + target.str() + " is a FIFO topic: those are not supported.");
  }
}

void CheckTarget(const Pipe& pipe, const wire::Catalog& catalog) {
  const Arn target = ParseArn(pipe, "Target");
  CheckTargetKind(pipe, target, catalog);
  if (IsApiDestination(target)) RequireUnbatched(pipe, "a target");
  const bool by_entries =
      target.service == "sqs" || target.service == "sns" || target.service == "events";
  if (by_entries && BatchSizeOf(pipe) > kMaxEntries) {
    throw Invalid("BatchSize must be between 1 and 10 for this target.");
  }
  const auto* parameters = json::GetObject(pipe.document, "TargetParameters");
  if (parameters) CheckMembers(*parameters, kTargetMembers);
  CheckParameters(pipe, parameters);
  const auto* queue = parameters ? json::GetObject(*parameters, "SqsQueueParameters") : nullptr;
  if (target.service == "sqs" && target.resource.ends_with(".fifo") &&
      (!queue || json::GetString(*queue, "MessageGroupId").empty())) {
    throw Invalid("MessageGroupId must be specified for a FIFO queue.");
  }
  const auto* bus =
      parameters ? json::GetObject(*parameters, "EventBridgeEventBusParameters") : nullptr;
  if (bus && bus->contains("EndpointId")) throw Invalid("EndpointId is not supported here.");
}

}  // namespace

int64_t BatchSizeOf(const Pipe& pipe) {
  const auto* parameters = json::GetObject(pipe.document, "SourceParameters");
  const auto* queue = parameters ? json::GetObject(*parameters, "SqsQueueParameters") : nullptr;
  const int64_t given = queue ? json::GetInt(*queue, "BatchSize") : 0;
  if (given > 0) return given;
  const auto takes_one = [&pipe](const char* member) {
    const auto arn = Arn::Parse(pipe.Text(member));
    return arn && IsApiDestination(*arn);
  };
  return takes_one("Enrichment") || takes_one("Target") ? 1 : kDefaultBatch;
}

void CheckPipe(const Pipe& pipe, const wire::Catalog& catalog) {
  CheckSource(pipe);
  CheckEnrichment(pipe);
  CheckTarget(pipe, catalog);
}

void CheckRole(const api::Call& call, const std::string& role_arn,
               const access::Authorizer& authorizer) {
  const auto decision = authorizer.DecidePassRole(call.caller, role_arn, std::string(kPrincipal));
  if (decision.allowed) return;
  if (decision.evidence.find("trust policy") != std::string::npos ||
      decision.evidence.find("there is no role") != std::string::npos) {
    throw Invalid("Role " + role_arn + " cannot be assumed by principal '" +
                  std::string(kPrincipal) + "'.");
  }
  throw api::Error("AccessDeniedException",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: iam:PassRole on resource: " + role_arn,
                   403);
}

}  // namespace riposte::pipes
