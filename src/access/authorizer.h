// May this principal do this? IAM policy evaluation, with the evidence.
//
// Order: explicit deny anywhere; resource policy; identity policies; permissions boundary; session
// policies. Same account: identity or resource policy suffices; across accounts both must allow;
// services act only by a resource policy; an error denies.
//
// What a resource policy alone can grant within the account depends on how it names the caller:
// a user, session or service by name: nothing else is asked; a role, or everyone: the permissions
// boundary and the session policies still count; the account: identity policies must allow too.
// Source: "Policy evaluation logic", IAM user guide. Pure given its inputs; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "access/policy_cache.h"
#include "access/principal.h"
#include "base/time.h"

namespace riposte::access {

class Directory;

struct AccessRequest {
  const Principal* principal = nullptr;
  std::string action;                  ///< "sns:Publish"
  std::vector<std::string> resources;  ///< All must be allowed. {"*"} when unknown.
  AccountId resource_account;
  std::string resource_policy;  ///< Document of the one resource, or "".
  /// aws:SourceIp, aws:RequestedRegion …; keys in lower case. What follows from the principal
  /// (aws:PrincipalArn, aws:SourceArn …) is added here, and replaces what stands there.
  Context context;
  /// Adds more of it; asked only when some policy looks at the context. May be empty.
  std::function<void(Context&)> add_context;
};

struct Decision {
  bool allowed = false;
  /// Which statement decided: "root", "identity policy <arn> statement <sid>", "implicit deny", …
  std::string evidence;
  bool explicit_deny = false;
};

class Authorizer {
 public:
  explicit Authorizer(const Directory& directory) : directory_(directory) {}
  [[nodiscard]] Decision Decide(const AccessRequest& request) const;
  /// May the caller pass this role to `service` ("lambda.amazonaws.com")? iam:PassRole, and the
  /// role's trust policy must name the service.
  [[nodiscard]] Decision DecidePassRole(const Principal& principal, const std::string& role_arn,
                                        const std::string& service) const;
  /// May the caller assume this role? The trust policy must allow in every case; where it names
  /// only the account, or the caller is of another one, the caller's own policies must allow too.
  [[nodiscard]] Decision DecideAssumeRole(const Principal& principal, const std::string& role_arn,
                                          Context context) const;

 private:
  struct Evaluation;
  [[nodiscard]] Decision DecideOne(const Evaluation& evaluation, const std::string& resource) const;

  const Directory& directory_;
  mutable PolicyCache texts_;  ///< Of resources and sessions; the directory compiles its own.
};

}  // namespace riposte::access
