#include "app/runbook_parts.h"

#include "workflow/idempotency.h"

namespace riposte::app {

void ScriptSteps::Run(workflow::ScriptRequest request, Done done) {
  functions::ScriptJob job;
  job.scope = std::move(request.scope);
  job.runtime = std::move(request.runtime);
  job.script = std::move(request.script);
  job.package = std::move(request.package);
  job.handler = std::move(request.handler);
  job.input = std::move(request.payload);
  // The token lets a script that runs again after a restart be told from a new run.
  job.context = json::Object{
      {"automation",
       {{"EXECUTION_ID", request.execution_id}, {"IDEMPOTENCY_TOKEN", request.token}}}};
  job.principal = std::move(request.principal);
  job.timeout = request.timeout;
  job.trace = std::move(request.trace);
  job.execution_id = std::move(request.execution_id);
  scripts_.Run(std::move(job), [done = std::move(done)](functions::ScriptResult result) mutable {
    workflow::ScriptResult out;
    out.payload = std::move(result.payload);
    out.log = std::move(result.log);
    if (!result.ok) out.failure = {std::move(result.failure_type), std::move(result.failure)};
    done(std::move(out));
  });
}

automation::FindApi FindApiIn(const wire::Catalog& catalog) {
  return [&catalog](std::string_view service,
                    std::string_view api) -> std::optional<automation::ApiOperation> {
    const wire::ServiceModel* model = catalog.FindByAnyName(service);
    const wire::OperationModel* operation =
        model ? wire::Catalog::FindOperation(*model, api) : nullptr;
    if (!operation) return std::nullopt;
    return automation::ApiOperation{model->name, operation};
  };
}

std::function<void(const std::string&, const std::string&, json::Object&, const std::string&)>
FillTokenFrom(const wire::Catalog& catalog) {
  return [&catalog](const std::string& service, const std::string& operation, json::Object& input,
                    const std::string& token) {
    const wire::ServiceModel* model = catalog.FindByAnyName(service);
    const wire::OperationModel* found =
        model ? wire::Catalog::FindOperation(*model, operation) : nullptr;
    if (found) workflow::FillIdempotencyToken(*found, token, input);
  };
}

std::function<Result<access::Principal>(const access::Principal&, const std::string&,
                                        const std::string&)>
AssumeFrom(const access::Directory& directory, const access::Authorizer& authorizer) {
  return [&directory, &authorizer](const access::Principal& principal, const std::string& role_arn,
                                   const std::string& session) -> Result<access::Principal> {
    const auto role = directory.FindRole(role_arn);
    if (!role || !authorizer.DecideAssumeRole(principal, role_arn, {}).allowed) {
      return Fail(Code::kPermissionDenied, "User: " + principal.arn +
                                               " is not authorized to perform: sts:AssumeRole on "
                                               "resource: " +
                                               role_arn);
    }
    return access::Directory::SessionOf(*role, session);
  };
}

}  // namespace riposte::app
