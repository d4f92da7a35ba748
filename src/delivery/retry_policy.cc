#include <algorithm>

#include "delivery/delivery.h"
#include "delivery/retry.h"

namespace riposte::delivery {

json::Value RetryPolicy::ToJson() const {
  json::Object out;
  out["max_attempts"] = max_attempts;
  out["max_age_ms"] = max_age.count();
  out["base_ms"] = base.count();
  out["cap_ms"] = cap.count();
  out["jitter"] = jitter;
  if (!steps.empty()) {
    json::Array list;
    for (const Millis step : steps) list.push_back(step.count());
    out["steps_ms"] = std::move(list);
  }
  return out;
}

RetryPolicy RetryPolicy::FromJson(const json::Value& value) {
  RetryPolicy policy;
  const json::Object& object = value.as_object();
  policy.max_attempts = static_cast<int>(json::GetInt(object, "max_attempts", policy.max_attempts));
  policy.max_age = Millis(json::GetInt(object, "max_age_ms", policy.max_age.count()));
  policy.base = Millis(json::GetInt(object, "base_ms", policy.base.count()));
  policy.cap = Millis(json::GetInt(object, "cap_ms", policy.cap.count()));
  policy.jitter = json::GetBool(object, "jitter", policy.jitter);
  if (const json::Array* steps = json::GetArray(object, "steps_ms")) {
    for (const json::Value& step : *steps) policy.steps.emplace_back(step.to_number<int64_t>());
  }
  return policy;
}

Millis BackOff(const RetryPolicy& policy, int failed_attempts, Random& random) {
  if (!policy.steps.empty()) {
    const size_t index = std::min<size_t>(static_cast<size_t>(std::max(failed_attempts, 1)) - 1,
                                          policy.steps.size() - 1);
    return policy.steps[index];
  }
  Millis wait = policy.base;
  for (int i = 1; i < failed_attempts && wait < policy.cap; ++i) wait *= 2;
  wait = std::min(wait, policy.cap);
  if (!policy.jitter || wait.count() <= 0) return wait;
  return Millis(static_cast<int64_t>(random.Below(static_cast<uint64_t>(wait.count()) + 1)));
}

}  // namespace riposte::delivery
