// Compiled policy documents by their text: a queue's policy is the same at every message.
//
// Thread safety: any thread.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "access/policy.h"
#include "base/text_cache.h"

namespace riposte::access {

class PolicyCache {
 public:
  /// Of each kind.
  static constexpr size_t kMaxBytes = 4u << 20;
  static constexpr size_t kEntryBytes = 1024;

  /// Null when the text does not parse.
  [[nodiscard]] std::shared_ptr<const PolicyDocument> Get(std::string_view text, PolicyKind kind) {
    return Of(kind).Get(text, [kind](std::string_view own) {
      auto parsed = PolicyDocument::Parse(own, kind);
      return parsed ? *parsed : nullptr;
    });
  }
  [[nodiscard]] size_t bytes(PolicyKind kind) const { return Of(kind).bytes(); }

 private:
  using Documents = TextCache<PolicyDocument>;
  [[nodiscard]] Documents& Of(PolicyKind kind) { return documents_[static_cast<size_t>(kind)]; }
  [[nodiscard]] const Documents& Of(PolicyKind kind) const {
    return documents_[static_cast<size_t>(kind)];
  }

  // The same text means another thing in another kind.
  std::array<Documents, 3> documents_{Documents(kMaxBytes, kEntryBytes),
                                      Documents(kMaxBytes, kEntryBytes),
                                      Documents(kMaxBytes, kEntryBytes)};
};

}  // namespace riposte::access
