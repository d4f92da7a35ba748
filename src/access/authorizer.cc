#include "access/authorizer.h"

#include <algorithm>

#include "access/directory.h"

namespace riposte::access {

using Effect = PolicyVerdict::Effect;

/// What is the same for every resource of one request.
struct Authorizer::Evaluation {
  const Principal* principal = nullptr;
  std::string_view action;
  AccountId resource_account;
  Context context;
  Directory::Policies policies;
  std::vector<AppliedPolicy> session;
  std::optional<AppliedPolicy> resource;
  bool resource_must_allow = false;

  [[nodiscard]] bool NeedsContext() const {
    const auto needs = [](const AppliedPolicy& policy) {
      return policy.document && policy.document->needs_context();
    };
    return std::ranges::any_of(policies.identity, needs) ||
           (policies.boundary && needs(*policies.boundary)) ||
           std::ranges::any_of(session, needs) || (resource && needs(*resource));
  }
};

namespace {

std::string Evidence(std::string_view kind, const std::string& name, const std::string& statement) {
  std::string text(kind);
  if (!name.empty()) text += " " + name;
  return text + " statement " + statement;
}

struct Combined {
  Effect effect = Effect::kNone;
  std::string evidence;
  NamedBy named_by = NamedBy::kNobody;
};

/// A deny of any, else an allow of any. A document that does not parse denies.
Combined Combine(std::string_view kind, std::span<const AppliedPolicy> policies,
                 const PolicyRequest& request) {
  Combined combined;
  for (const AppliedPolicy& policy : policies) {
    if (!policy.document) {
      return {Effect::kDeny, std::string(kind) + " " + policy.name + " cannot be read"};
    }
    const PolicyVerdict verdict = policy.document->Evaluate(request);
    if (verdict.effect == Effect::kNone) continue;
    Combined found{verdict.effect, Evidence(kind, policy.name, verdict.statement),
                   verdict.named_by};
    if (verdict.effect == Effect::kDeny) return found;
    if (combined.effect == Effect::kNone) combined = std::move(found);
  }
  return combined;
}

/// Boundary and session policies: where there are any, one of them must allow.
Combined CombineLimits(std::string_view kind, std::span<const AppliedPolicy> policies,
                       const PolicyRequest& request) {
  if (policies.empty()) return {Effect::kAllow, {}};
  Combined combined = Combine(kind, policies, request);
  if (combined.effect == Effect::kNone) {
    combined.evidence = "implicit deny: " + std::string(kind) + " does not allow";
  }
  return combined;
}

/// "No permissions are required to perform this operation": who has a key may ask who he is.
bool NeedsNoPermission(std::string_view action) {
  return action == "sts:GetCallerIdentity" || action == "sts:GetSessionToken";
}

Decision Denied(const Combined& by) {
  return {false, "explicit deny: " + by.evidence, true};
}

}  // namespace

Decision Authorizer::DecideOne(const Evaluation& evaluation, const std::string& resource) const {
  const Principal& principal = *evaluation.principal;
  const PolicyRequest request{evaluation.action, resource, &evaluation.context, &principal};

  Combined by_resource;
  if (evaluation.resource) {
    by_resource = Combine("resource policy", {&*evaluation.resource, 1}, request);
  }
  if (by_resource.effect == Effect::kDeny) return Denied(by_resource);
  const Combined by_identity = Combine("identity policy", evaluation.policies.identity, request);
  if (by_identity.effect == Effect::kDeny) return Denied(by_identity);
  Combined by_boundary{Effect::kAllow, {}};
  if (evaluation.policies.boundary) {
    by_boundary =
        CombineLimits("permissions boundary", {&*evaluation.policies.boundary, 1}, request);
    if (by_boundary.effect == Effect::kDeny) return Denied(by_boundary);
  }
  const Combined by_session = CombineLimits("session policy", evaluation.session, request);
  if (by_session.effect == Effect::kDeny) return Denied(by_session);

  const bool named = by_resource.effect == Effect::kAllow;
  if (evaluation.resource_must_allow && !named) {
    return {false, "implicit deny: the resource policy does not allow", false};
  }
  if (principal.kind == Principal::Kind::kService ||
      principal.kind == Principal::Kind::kAnonymous) {
    if (named) return {true, by_resource.evidence, false};
    return {false, "implicit deny: no resource policy allows", false};
  }
  const bool same_account = principal.account == evaluation.resource_account;
  if (!same_account && !named) {
    return {false, "implicit deny: no resource policy allows another account", false};
  }
  if (principal.kind == Principal::Kind::kRoot) {
    return {true, named && !same_account ? by_resource.evidence : "root", false};
  }
  if (named && same_account && by_resource.named_by == NamedBy::kPrincipal) {
    return {true, by_resource.evidence, false};
  }
  if (by_boundary.effect != Effect::kAllow) return {false, by_boundary.evidence, false};
  if (by_session.effect != Effect::kAllow) return {false, by_session.evidence, false};
  if (by_identity.effect == Effect::kAllow) {
    return {
        true,
        same_account ? by_identity.evidence : by_identity.evidence + " and " + by_resource.evidence,
        false};
  }
  if (named && same_account && by_resource.named_by != NamedBy::kAccount) {
    return {true, by_resource.evidence, false};
  }
  return {false, "implicit deny: no identity policy allows", false};
}

Decision Authorizer::Decide(const AccessRequest& request) const {
  if (!request.principal || request.resources.empty()) {
    return {false, "implicit deny: nothing was asked", false};
  }
  if (NeedsNoPermission(request.action) && request.principal->kind != Principal::Kind::kAnonymous) {
    return {true, "needs no permission", false};
  }
  Evaluation evaluation;
  evaluation.principal = request.principal;
  evaluation.action = request.action;
  evaluation.resource_account = request.resource_account;
  evaluation.policies = directory_.PoliciesOf(*request.principal);
  for (const std::string& text : request.principal->session_policies) {
    evaluation.session.push_back({"", texts_.Get(text, PolicyKind::kIdentity)});
  }
  if (!request.resource_policy.empty()) {
    evaluation.resource =
        AppliedPolicy{"", texts_.Get(request.resource_policy, PolicyKind::kResource)};
  }
  if (evaluation.NeedsContext()) {
    evaluation.context = request.context;
    if (request.add_context) request.add_context(evaluation.context);
    AddPrincipalContext(*request.principal, evaluation.context);
    directory_.AddTags(*request.principal, evaluation.context);
  }
  Decision decision;
  for (const std::string& resource : request.resources) {
    decision = DecideOne(evaluation, resource);
    if (!decision.allowed) break;
  }
  return decision;
}

Decision Authorizer::DecidePassRole(const Principal& principal, const std::string& role_arn,
                                    const std::string& service) const {
  const std::optional<Role> role = directory_.FindRole(role_arn);
  if (!role) return {false, "implicit deny: there is no role " + role_arn, false};
  // A role is passed within its account, never across.
  if (role->account != principal.account) {
    return {false, "implicit deny: the role belongs to another account", false};
  }
  AccessRequest request;
  request.principal = &principal;
  request.action = "iam:PassRole";
  request.resources = {role_arn};
  request.resource_account = role->account;
  request.context["iam:passedtoservice"] = {service};
  Decision decision = Decide(request);
  if (!decision.allowed) return decision;
  if (Result<Principal> session = directory_.AssumeForService(role_arn, service, "check");
      !session) {
    return {false, "implicit deny: the trust policy does not allow " + service, false};
  }
  return decision;
}

Decision Authorizer::DecideAssumeRole(const Principal& principal, const std::string& role_arn,
                                      Context context) const {
  const std::optional<Role> role = directory_.FindRole(role_arn);
  if (!role) return {false, "implicit deny: there is no role " + role_arn, false};
  Evaluation evaluation;
  evaluation.principal = &principal;
  evaluation.action = "sts:AssumeRole";
  evaluation.resource_account = role->account;
  evaluation.context = std::move(context);
  AddPrincipalContext(principal, evaluation.context);
  directory_.AddTags(principal, evaluation.context);
  evaluation.policies = directory_.PoliciesOf(principal);
  for (const std::string& text : principal.session_policies) {
    evaluation.session.push_back({"", texts_.Get(text, PolicyKind::kIdentity)});
  }
  evaluation.resource = AppliedPolicy{role_arn, role->trust};
  evaluation.resource_must_allow = true;
  return DecideOne(evaluation, role_arn);
}

}  // namespace riposte::access
