// A bounded map that forgets what was not used for longest. Not thread safe.
//
// Every entry has a weight of the caller's (bytes, say); their sum stays within the budget.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace riposte::workflow {

template <class Key, class Value>
class Lru {
 public:
  explicit Lru(size_t budget) : budget_(budget) {}

  /// A copy, which is now the youngest.
  [[nodiscard]] std::optional<Value> Find(const Key& key) {
    const auto at = by_key_.find(key);
    if (at == by_key_.end()) return std::nullopt;
    order_.splice(order_.begin(), order_, at->second);
    return at->second->value;
  }
  /// The value itself, which is no longer here.
  [[nodiscard]] std::optional<Value> Take(const Key& key) {
    const auto at = by_key_.find(key);
    if (at == by_key_.end()) return std::nullopt;
    std::optional<Value> value(std::move(at->second->value));
    weight_ -= at->second->weight;
    order_.erase(at->second);
    by_key_.erase(at);
    return value;
  }
  /// In place of what had this key. Heavier than the whole budget: kept no longer than the next.
  void Put(const Key& key, Value value, size_t weight) {
    if (const auto at = by_key_.find(key); at != by_key_.end()) {
      weight_ -= at->second->weight;
      order_.erase(at->second);
      by_key_.erase(at);
    }
    order_.push_front({key, std::move(value), weight});
    by_key_[key] = order_.begin();
    weight_ += weight;
    while (weight_ > budget_ && order_.size() > 1) {
      weight_ -= order_.back().weight;
      by_key_.erase(order_.back().key);
      order_.pop_back();
    }
  }
  void Clear() {
    order_.clear();
    by_key_.clear();
    weight_ = 0;
  }
  [[nodiscard]] size_t size() const { return order_.size(); }

 private:
  struct Entry {
    Key key;
    Value value;
    size_t weight = 0;
  };
  const size_t budget_;
  size_t weight_ = 0;
  std::list<Entry> order_;  // youngest first
  std::unordered_map<Key, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace riposte::workflow
