// Compiled forms of texts that are asked for again and again: policies, filters.
//
// Thread safety: any thread. Cost: a lookup hashes the text, about 0.2 us a KB, where compiling
// takes some 20. Bounded; beyond the bound all are forgotten, which is simple and fine for what is
// small and few.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace riposte {

template <class Compiled>
class TextCache {
 public:
  /// `entry_bytes` is what an entry costs beside its text, so that short ones count too.
  TextCache(size_t max_bytes, size_t entry_bytes)
      : max_bytes_(max_bytes), entry_bytes_(entry_bytes) {}

  /// compile(text) makes a shared_ptr; null, for what does not compile, is remembered too. Several
  /// threads may compile the same text once each.
  template <class Compile>
  [[nodiscard]] std::shared_ptr<const Compiled> Get(std::string_view text, Compile compile) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = entries_.find(text); found != entries_.end()) return found->second;
    }
    std::shared_ptr<const Compiled> compiled = compile(text);
    const size_t cost = text.size() + entry_bytes_;
    const std::lock_guard lock(mutex_);
    if (bytes_ + cost > max_bytes_) {
      entries_.clear();
      bytes_ = 0;
    }
    const auto [entry, added] = entries_.emplace(text, std::move(compiled));
    if (added) bytes_ += cost;
    return entry->second;
  }
  [[nodiscard]] size_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  const size_t max_bytes_;
  const size_t entry_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Compiled>, Hash, std::equal_to<>> entries_;
  size_t bytes_ = 0;
};

}  // namespace riposte
