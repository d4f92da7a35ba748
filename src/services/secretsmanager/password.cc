#include "services/secretsmanager/password.h"

#include <vector>

namespace riposte::secretsmanager {

Result<std::string> MakePassword(const PasswordRules& rules, Random& random) {
  std::vector<std::string> types;
  std::string all;
  const auto add = [&](bool wanted, std::string_view alphabet) {
    if (!wanted) return;
    std::string left;
    for (const char c : alphabet) {
      if (rules.exclude_characters.find(c) == std::string::npos) left += c;
    }
    if (left.empty()) return;
    all += left;
    types.push_back(std::move(left));
  };
  add(rules.lowercase, "abcdefghijklmnopqrstuvwxyz");
  add(rules.uppercase, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  add(rules.numbers, "0123456789");
  add(rules.punctuation, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
  add(rules.space, " ");
  if (types.empty()) {
    return Fail(Code::kInvalidArgument,
                "Every character type is excluded: there is nothing to make a password of.");
  }
  const auto length = static_cast<size_t>(rules.length);
  if (rules.require_each_type && length < types.size()) {
    return Fail(Code::kInvalidArgument,
                "The password length is less than the number of required character types.");
  }
  std::string password;
  if (rules.require_each_type) {
    for (const std::string& type : types) password += type[random.Below(type.size())];
  }
  while (password.size() < length) password += all[random.Below(all.size())];
  // Or each required type would always stand in its place.
  for (size_t i = password.size() - 1; i > 0; --i) {
    std::swap(password[i], password[random.Below(i + 1)]);
  }
  return password;
}

}  // namespace riposte::secretsmanager
