// Random passwords by rule. Source: "GetRandomPassword", AWS Secrets Manager API reference.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace riposte::secretsmanager {

struct PasswordRules {
  int64_t length = 32;
  std::string exclude_characters;
  bool lowercase = true;
  bool uppercase = true;
  bool numbers = true;
  bool punctuation = true;
  bool space = false;
  bool require_each_type = true;
};

/// Errors: kInvalidArgument when no character is left, or fewer characters are asked for than
/// types are required.
[[nodiscard]] Result<std::string> MakePassword(const PasswordRules& rules, Random& random);

}  // namespace riposte::secretsmanager
