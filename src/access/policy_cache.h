// Compiled policy documents by their text: a queue's policy is the same at every message.
//
// Thread safety: any thread. Cost: a lookup hashes the text, about 0.2 µs a KB, where parsing takes
// some 20. Bounded by kMaxBytes of text; beyond it all are forgotten, which is simple and fine for
// what is small, few and asked for again and again.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/policy.h"

namespace riposte::access {

class PolicyCache {
 public:
  static constexpr size_t kMaxBytes = 4u << 20;
  /// What an entry costs beside its text, compiled form included; so that short ones count too.
  static constexpr size_t kEntryBytes = 1024;

  /// Null when the text does not parse; that is remembered too.
  [[nodiscard]] std::shared_ptr<const PolicyDocument> Get(std::string_view text, PolicyKind kind);
  [[nodiscard]] size_t bytes() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Documents =
      std::unordered_map<std::string, std::shared_ptr<const PolicyDocument>, Hash, std::equal_to<>>;

  mutable std::mutex mutex_;
  Documents documents_[3];  // By kind: the same text means another thing.
  size_t bytes_ = 0;
};

}  // namespace riposte::access
