#include "pattern/testing/compare.h"

#include <algorithm>

#include "pattern/testing/evaluate.h"

namespace riposte::pattern::testing {

bool Comparison::Add(const std::string& text) {
  auto pattern = Pattern::Parse(text);
  if (!pattern) return false;
  auto id = matcher_.Add(text, *pattern);
  if (!id) return false;
  rules_.push_back({text, std::move(*pattern), *id});
  return true;
}

void Comparison::RemoveEvery(size_t n) {
  std::vector<Rule> kept;
  std::vector<Matcher::RuleId> removed;
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (i % n == 0) {
      removed.push_back(rules_[i].id);
    } else {
      kept.push_back(std::move(rules_[i]));
    }
  }
  rules_ = std::move(kept);
  (void)matcher_.Change(removed, {});
}

std::string Comparison::Difference(std::string_view event) {
  const auto document = json::Parse(event);
  const bool is_object = document && document->is_object();
  const auto found = matcher_.Match(event, scratch_);
  if (found.has_value() != is_object) {
    return std::string(found ? "the matcher reads" : "only the oracle reads") + " " +
           std::string(event);
  }
  if (!found) return {};
  std::vector<Matcher::RuleId> ids(found->begin(), found->end());
  std::ranges::sort(ids);
  for (const Rule& rule : rules_) {
    bool expected = Matches(rule.pattern, *document);
    if (!lie_about_.empty() && rule.text.find(lie_about_) != std::string::npos) {
      expected = !expected;
    }
    const auto [first, last] = std::ranges::equal_range(ids, rule.id);
    const auto count = last - first;
    if (count == (expected ? 1 : 0)) {
      ids.erase(first, last);
      continue;
    }
    return "the oracle says " + std::string(expected ? "yes" : "no") + ", the matcher " +
           std::to_string(count) + " times yes: " + rule.text + " on " + std::string(event);
  }
  return ids.empty() ? "" : "the matcher found a rule that is gone, on " + std::string(event);
}

}  // namespace riposte::pattern::testing
