#include "access/policy_cache.h"

namespace riposte::access {

std::shared_ptr<const PolicyDocument> PolicyCache::Get(std::string_view text, PolicyKind kind) {
  Documents& documents = documents_[static_cast<size_t>(kind)];
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = documents.find(text); found != documents.end()) return found->second;
  }
  // Outside the lock: two threads may parse the same text once each, and agree.
  auto parsed = PolicyDocument::Parse(text, kind);
  std::shared_ptr<const PolicyDocument> document = parsed ? *parsed : nullptr;
  const size_t cost = text.size() + kEntryBytes;
  const std::lock_guard lock(mutex_);
  if (bytes_ + cost > kMaxBytes) {
    for (Documents& kept : documents_) kept.clear();
    bytes_ = 0;
  }
  const auto [entry, added] = documents.emplace(text, std::move(document));
  if (added) bytes_ += cost;
  return entry->second;
}

size_t PolicyCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace riposte::access
