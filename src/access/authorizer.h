// May this principal do this? IAM policy evaluation, with the evidence.
//
// Order: explicit deny anywhere; resource policy; identity policies; permissions boundary; session
// policies. Same account: identity or resource policy suffices; across accounts both must allow;
// services act only by a resource policy; an error denies.
// Source: "Policy evaluation logic", IAM user guide. Pure given its inputs; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "access/principal.h"

namespace riposte::access {

class Directory;

struct AccessRequest {
  const Principal* principal = nullptr;
  std::string action;                  ///< "sns:Publish"
  std::vector<std::string> resources;  ///< All must be allowed. {"*"} when unknown.
  AccountId resource_account;
  std::string resource_policy;  ///< Document of the one resource, or "".
  std::map<std::string, std::vector<std::string>>
      context;  ///< aws:SourceArn, …; keys in lower case.
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

 private:
  const Directory& directory_;
};

}  // namespace riposte::access
