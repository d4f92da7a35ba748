// IAM policy documents: parsing with IAM's own complaints, and what one document says about one
// request. How the verdicts of several documents combine is authorizer.h.
//
// Source: "IAM JSON policy reference", IAM user guide.
// Immutable after Parse; any thread. Cost: parse some 20 µs a KB, once a document; evaluation
// about 0.2 µs a statement.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/condition.h"
#include "access/policy_pattern.h"
#include "access/principal.h"
#include "base/result.h"

namespace riposte::access {

enum class PolicyKind {
  kIdentity,  ///< Of users, groups, roles, boundaries and sessions: no principal.
  kResource,  ///< Of topics, queues, functions …: names principals.
  kTrust,     ///< Of roles: names principals, has no resource.
};

/// How exactly a statement names the caller; decides what else must allow (authorizer.h).
enum class NamedBy {
  kNobody,
  kAccount,    ///< The account or its root: the account decides by its own policies.
  kAnyone,     ///< "*"
  kRole,       ///< The role of this session.
  kPrincipal,  ///< This user, session or service.
};

struct PolicyRequest {
  std::string_view action;
  std::string_view resource;
  const Context* context = nullptr;
  const Principal* principal = nullptr;  ///< For kResource and kTrust.
};

struct PolicyVerdict {
  enum class Effect { kNone, kAllow, kDeny };
  Effect effect = Effect::kNone;
  /// Its Sid, else its place counted from 1 ("#2").
  std::string statement;
  NamedBy named_by = NamedBy::kNobody;
};

class PolicyDocument {
 public:
  /// Errors: kInvalidArgument with the text of MalformedPolicyDocument.
  [[nodiscard]] static Result<std::shared_ptr<const PolicyDocument>> Parse(std::string_view text,
                                                                           PolicyKind kind);

  /// A deny, if any statement denies; else the allow that names the caller most exactly; else none.
  [[nodiscard]] PolicyVerdict Evaluate(const PolicyRequest& request) const;

  /// Some statement has conditions or policy variables; else Evaluate never looks at the context.
  [[nodiscard]] bool needs_context() const { return needs_context_; }

 private:
  struct PrincipalSet {
    bool anyone = false;
    std::vector<std::string> accounts;  // Twelve digits.
    std::vector<std::string> arns;
    std::vector<std::string> services;
  };
  struct Statement {
    std::string name;
    bool allow = false;
    bool not_principal = false;
    PrincipalSet principals;
    bool not_action = false;
    std::vector<PolicyPattern> actions;
    bool any_resource = false;
    bool not_resource = false;
    std::vector<PolicyPattern> resources;
    Conditions conditions;
  };
  static Status ParsePrincipals(const json::Value& value, PolicyKind kind, PrincipalSet& out);
  static Result<Statement> ParseStatement(const json::Value& value, PolicyKind kind,
                                          bool variables);
  static NamedBy NameOf(const Statement& statement, const Principal& principal);

  PolicyKind kind_ = PolicyKind::kIdentity;
  std::vector<Statement> statements_;
  bool needs_context_ = false;
};

/// The facts that follow from the principal itself: aws:PrincipalArn, aws:username, aws:SourceArn …
/// They replace what stands in `context` under those names.
void AddPrincipalContext(const Principal& principal, Context& context);

}  // namespace riposte::access
