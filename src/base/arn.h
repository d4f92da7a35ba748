// Amazon resource names: arn:partition:service:region:account:resource.
//
// Source: "Amazon Resource Names (ARNs)", IAM user guide. Plain values, no allocation beyond the
// strings held. The resource part keeps its own colons and slashes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/scope.h"

namespace riposte {

struct Arn {
  std::string partition = "aws";
  std::string service;
  Region region;      ///< Empty for global services (iam, s3).
  AccountId account;  ///< Empty for s3 buckets.
  std::string resource;

  /// Errors: kInvalidArgument when there are not six parts or the first is not "arn".
  [[nodiscard]] static Result<Arn> Parse(std::string_view text);
  [[nodiscard]] std::string str() const;
  [[nodiscard]] Scope scope() const { return {account, region}; }
  /// The resource without its type: "rule/a/b" -> "a/b", "function:f" -> "f", "topic" -> "topic".
  [[nodiscard]] std::string_view ResourceName() const;
};

/// "arn:aws:<service>:<region>:<account>:<resource>".
[[nodiscard]] std::string MakeArn(std::string_view service, const Scope& scope,
                                  std::string_view resource);
/// For services without regions: "arn:aws:iam::<account>:<resource>".
[[nodiscard]] std::string MakeGlobalArn(std::string_view service, const AccountId& account,
                                        std::string_view resource);

}  // namespace riposte
