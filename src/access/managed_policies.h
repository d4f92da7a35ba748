// The AWS-managed policies that exist here (arn:aws:iam::aws:policy/…): the names that people's
// scripts attach, with documents of our own that allow what those names stand for.
//
// They are code, not rows: no account can change them. Source of what each allows: "AWS managed
// policy reference guide". Where the original lists single calls, whole families stand here when
// no service of ours tells them apart.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace riposte::access {

struct ManagedPolicy {
  std::string_view path;  ///< "/" or "/service-role/"
  std::string_view name;
  std::string_view id;  ///< "ANPA…"
  std::string_view description;
  std::string_view document;
  [[nodiscard]] std::string arn() const;
};

/// In no order that means anything.
[[nodiscard]] std::span<const ManagedPolicy> ManagedPolicies();
/// nullptr when there is none.
[[nodiscard]] const ManagedPolicy* FindManagedPolicy(std::string_view arn);

}  // namespace riposte::access
