#include "services/sns/delivery_policy.h"

#include <algorithm>
#include <cmath>

#include "api/error.h"

namespace riposte::sns {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct HttpPolicy {
  int64_t min_delay = 20;  // Seconds.
  int64_t max_delay = 20;
  int64_t retries = 3;
  int64_t no_delay = 0;
  int64_t least_delay = 0;
  int64_t most_delay = 0;
  std::string backoff = "linear";
};

constexpr int64_t kMaxPolicySeconds = 3600;

[[noreturn]] void Refuse(const std::string& why) {
  throw api::Error("InvalidParameterException", "Invalid parameter: DeliveryPolicy: " + why);
}

HttpPolicy Read(const json::Object& retry) {
  HttpPolicy policy;
  policy.min_delay = json::GetInt(retry, "minDelayTarget", policy.min_delay);
  policy.max_delay =
      json::GetInt(retry, "maxDelayTarget", std::max(policy.max_delay, policy.min_delay));
  policy.retries = json::GetInt(retry, "numRetries", policy.retries);
  policy.no_delay = json::GetInt(retry, "numNoDelayRetries");
  policy.least_delay = json::GetInt(retry, "numMinDelayRetries");
  policy.most_delay = json::GetInt(retry, "numMaxDelayRetries");
  policy.backoff = json::GetString(retry, "backoffFunction", "linear");
  return policy;
}

/// The wait of step `index` out of `count` growing ones.
double Growing(const HttpPolicy& policy, int64_t index, int64_t count) {
  const auto low = static_cast<double>(policy.min_delay);
  const auto high = static_cast<double>(policy.max_delay);
  if (count <= 1) return low;
  const double part = static_cast<double>(index) / static_cast<double>(count - 1);
  if (policy.backoff == "linear") return low + (high - low) * part;
  if (policy.backoff == "arithmetic") return low + (high - low) * part * (part + 1) / 2;
  if (policy.backoff == "geometric") return low + (high - low) * part * part;
  return low * std::pow(high / std::max(low, 1.0), part);  // exponential
}

std::vector<Millis> StepsOf(const HttpPolicy& policy) {
  std::vector<Millis> steps;
  const auto add = [&](int64_t count, double wait_seconds) {
    for (int64_t i = 0; i < count; ++i) {
      steps.emplace_back(static_cast<int64_t>(wait_seconds * 1000.0));
    }
  };
  add(policy.no_delay, 0);
  add(policy.least_delay, static_cast<double>(policy.min_delay));
  const int64_t growing = policy.retries - policy.no_delay - policy.least_delay - policy.most_delay;
  for (int64_t i = 0; i < growing; ++i) add(1, Growing(policy, i, growing));
  add(policy.most_delay, static_cast<double>(policy.max_delay));
  return steps;
}

void CheckRetry(const json::Object& retry) {
  for (const auto& [name, value] : retry) {
    if (name == "backoffFunction") {
      if (!value.is_string()) Refuse("backoffFunction must be a string");
    } else if (!value.is_int64() || value.as_int64() < 0) {
      Refuse(std::string(name) + " must be a whole number");
    }
  }
  const HttpPolicy policy = Read(retry);
  if (policy.retries > 100) Refuse("numRetries must be at most 100");
  if (policy.min_delay < 1) Refuse("minDelayTarget must be at least 1");
  if (policy.max_delay < policy.min_delay || policy.max_delay > kMaxPolicySeconds) {
    Refuse("maxDelayTarget must be from minDelayTarget to 3600");
  }
  if (policy.no_delay + policy.least_delay + policy.most_delay > policy.retries) {
    Refuse("the retries of the phases must not exceed numRetries");
  }
  static constexpr std::string_view kFunctions[] = {"linear", "arithmetic", "geometric",
                                                    "exponential"};
  if (std::ranges::find(kFunctions, policy.backoff) == std::end(kFunctions)) {
    Refuse("backoffFunction must be one of linear, arithmetic, geometric and exponential");
  }
  Millis total(0);
  for (const Millis step : StepsOf(policy)) total += step;
  if (total > seconds(kMaxPolicySeconds)) Refuse("total time must be at most 3600 seconds");
}

json::Object Parse(std::string_view text) {
  if (text.empty()) return {};
  auto parsed = json::Parse(text);
  if (!parsed || !parsed->is_object()) Refuse("failed to parse JSON");
  return std::move(parsed->as_object());
}

/// The http part of a topic's policy.
json::Object HttpOf(const json::Object& topic_policy) {
  json::Object http;
  if (const json::Object* given = json::GetObject(topic_policy, "http")) http = *given;
  if (const json::Object* bare = json::GetObject(topic_policy, "healthyRetryPolicy")) {
    http["defaultHealthyRetryPolicy"] = *bare;
  }
  return http;
}

json::Object ShowRetry(const HttpPolicy& policy) {
  return {{"minDelayTarget", policy.min_delay},   {"maxDelayTarget", policy.max_delay},
          {"numRetries", policy.retries},         {"numMaxDelayRetries", policy.most_delay},
          {"numNoDelayRetries", policy.no_delay}, {"numMinDelayRetries", policy.least_delay},
          {"backoffFunction", policy.backoff}};
}

/// What holds for an HTTP subscription, after the topic's default and its own wish.
HttpPolicy EffectiveHttp(std::string_view subscription_policy, std::string_view topic_policy) {
  const json::Object http = HttpOf(Parse(topic_policy));
  const json::Object own = Parse(subscription_policy);
  const json::Object* wish = json::GetObject(own, "healthyRetryPolicy");
  if (wish != nullptr && !json::GetBool(http, "disableSubscriptionOverrides")) return Read(*wish);
  const json::Object* fallback = json::GetObject(http, "defaultHealthyRetryPolicy");
  return fallback == nullptr ? HttpPolicy() : Read(*fallback);
}

std::vector<Millis> Exponential(int count, double from, double to) {
  std::vector<Millis> out;
  for (int i = 0; i < count; ++i) {
    out.emplace_back(static_cast<int64_t>(
        from * std::pow(to / from, static_cast<double>(i) / (count - 1)) * 1000.0));
  }
  return out;
}

}  // namespace

void CheckDeliveryPolicy(std::string_view text, bool for_topic) {
  const json::Object policy = Parse(text);
  for (const auto& [name, value] : policy) {
    if (name == "healthyRetryPolicy" && value.is_object()) {
      CheckRetry(value.as_object());
    } else if (for_topic && name == "http" && value.is_object()) {
      for (const auto& [inner, part] : value.as_object()) {
        if (inner == "defaultHealthyRetryPolicy" && part.is_object()) {
          CheckRetry(part.as_object());
        } else if (inner != "disableSubscriptionOverrides" && inner != "defaultThrottlePolicy" &&
                   inner != "defaultRequestPolicy") {
          Refuse("Unexpected JSON member: " + std::string(inner));
        }
      }
    } else if (name != "throttlePolicy" && name != "requestPolicy" && name != "sicklyRetryPolicy" &&
               name != "guaranteed") {
      Refuse("Unexpected JSON member: " + std::string(name));
    }
  }
}

delivery::RetryPolicy RetryPolicyFor(std::string_view protocol,
                                     std::string_view subscription_policy,
                                     std::string_view topic_policy) {
  delivery::RetryPolicy retry;
  retry.jitter = false;
  if (protocol == "http" || protocol == "https") {
    const HttpPolicy policy = EffectiveHttp(subscription_policy, topic_policy);
    retry.steps = StepsOf(policy);
    retry.max_attempts = static_cast<int>(policy.retries);
    if (retry.steps.empty()) retry.steps.emplace_back(0);
  } else if (protocol.starts_with("email")) {
    retry.steps = {seconds(10), seconds(10)};
    for (const Millis step : Exponential(10, 10, 600)) retry.steps.push_back(step);
    retry.steps.push_back(seconds(600));
    retry.max_attempts = 50;
  } else {
    retry.steps = {Millis(0), Millis(0), Millis(0), seconds(1), seconds(1)};
    for (const Millis step : Exponential(10, 1, 20)) retry.steps.push_back(step);
    retry.steps.push_back(seconds(20));
    retry.max_attempts = 100'015;
    retry.max_age = hours(24 * 24);  // 100 015 steps take a little over 23 days.
  }
  return retry;
}

std::string EffectiveTopicPolicy(std::string_view topic_policy) {
  const json::Object http = HttpOf(Parse(topic_policy));
  json::Object out{
      {"defaultHealthyRetryPolicy", ShowRetry(EffectiveHttp("", topic_policy))},
      {"disableSubscriptionOverrides", json::GetBool(http, "disableSubscriptionOverrides")}};
  return json::Serialize(json::Object{{"http", std::move(out)}});
}

std::string EffectiveSubscriptionPolicy(std::string_view subscription_policy,
                                        std::string_view topic_policy) {
  return json::Serialize(json::Object{
      {"healthyRetryPolicy", ShowRetry(EffectiveHttp(subscription_policy, topic_policy))}});
}

}  // namespace riposte::sns
