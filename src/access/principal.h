// Who is calling: the result of authentication, and what authorisation judges.
//
// Also built inside the engine when it acts for someone: a rule's role, an execution's role, or a
// service ("events.amazonaws.com"). Plain value, copied freely.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/scope.h"

namespace riposte::access {

struct Principal {
  enum class Kind {
    kRoot,         ///< The account's root, or an operator on the local console.
    kUser,         ///< An IAM user.
    kAssumedRole,  ///< A role session.
    kService,      ///< An AWS-style service principal; needs a resource policy to act.
    kAnonymous,    ///< Unsigned.
  };
  Kind kind = Kind::kAnonymous;
  AccountId account;
  /// Root: arn:aws:iam::A:root; user: arn:aws:iam::A:user/N; session:
  /// arn:aws:sts::A:assumed-role/R/S.
  std::string arn;
  std::string id;             ///< Account id, AIDA…, or AROA…:session.
  std::string role_arn;       ///< For kAssumedRole: arn:aws:iam::A:role/path/R.
  std::string service;        ///< For kService: "events.amazonaws.com".
  std::string source_arn;     ///< For kService: the resource on whose behalf (aws:SourceArn).
  std::string access_key_id;  ///< What signed the call; empty inside the engine.
  std::vector<std::string> session_policies;  ///< Policy documents that narrow the session.

  [[nodiscard]] static Principal Root(const AccountId& account) {
    return {Kind::kRoot, account, "arn:aws:iam::" + account.str() + ":root", account.str()};
  }
  /// `service`, e.g. "events.amazonaws.com", acting for `source_arn` in `account`.
  [[nodiscard]] static Principal Service(const AccountId& account, std::string service,
                                         std::string source_arn) {
    Principal p{Kind::kService, account, service, service};
    p.service = std::move(service);
    p.source_arn = std::move(source_arn);
    return p;
  }
};

}  // namespace riposte::access
