#include "services/sns/delivery_policy.h"

#include <algorithm>
#include <cmath>

#include "api/error.h"
#include "services/sns/webhook.h"

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

/// What may be announced as the type of a body; the first two also for envelopes.
constexpr std::string_view kContentTypes[] = {"text/plain",
                                              "application/json",
                                              "text/css",
                                              "text/csv",
                                              "text/html",
                                              "text/xml",
                                              "application/atom+xml",
                                              "application/octet-stream",
                                              "application/soap+xml",
                                              "application/x-www-form-urlencoded",
                                              "application/xhtml+xml",
                                              "application/xml"};
constexpr size_t kEnvelopeTypes = 2;

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

/// `path` is where in the policy, with its dot: "http.defaultHealthyRetryPolicy."
void CheckRetry(const json::Object& retry, const std::string& path) {
  static constexpr std::string_view kCounts[] = {"minDelayTarget",     "maxDelayTarget",
                                                 "numRetries",         "numNoDelayRetries",
                                                 "numMinDelayRetries", "numMaxDelayRetries"};
  for (const auto& [key, value] : retry) {
    const std::string name(key);
    if (name == "backoffFunction") {
      if (!value.is_string()) Refuse(path + name + " must be a string");
    } else if (std::ranges::find(kCounts, name) == std::end(kCounts)) {
      Refuse("Unexpected JSON member: " + path + name);
    } else if (!value.is_int64() || value.as_int64() < 0) {
      Refuse(path + name + " must be a whole number");
    }
  }
  const HttpPolicy policy = Read(retry);
  if (policy.retries > 100) Refuse(path + "numRetries must be less than or equal to 100");
  if (policy.min_delay < 1) Refuse(path + "minDelayTarget must be greater than or equal to 1");
  if (policy.max_delay > kMaxPolicySeconds) {
    Refuse(path + "maxDelayTarget must be less than or equal to 3600");
  }
  if (policy.max_delay < policy.min_delay) {
    Refuse(path + "maxDelayTarget must be greater than or equal to minDelayTarget");
  }
  if (policy.no_delay + policy.least_delay + policy.most_delay > policy.retries) {
    Refuse(path + "numRetries must be greater than or equal to the retries of its phases");
  }
  static constexpr std::string_view kFunctions[] = {"linear", "arithmetic", "geometric",
                                                    "exponential"};
  if (std::ranges::find(kFunctions, policy.backoff) == std::end(kFunctions)) {
    Refuse(path + "backoffFunction must be one of linear, arithmetic, geometric, exponential");
  }
  Millis total(0);
  for (const Millis step : StepsOf(policy)) total += step;
  if (total > seconds(kMaxPolicySeconds)) {
    Refuse(path.substr(0, path.size() - 1) +
           ": Total policy retry time cannot be greater than 3600 seconds");
  }
}

void CheckThrottle(const json::Object& throttle, const std::string& path) {
  for (const auto& [key, value] : throttle) {
    if (key != "maxReceivesPerSecond") Refuse("Unexpected JSON member: " + path + std::string(key));
    if (!value.is_null() && (!value.is_int64() || value.as_int64() < 1)) {
      Refuse(path + "maxReceivesPerSecond must be greater than or equal to 1");
    }
  }
}

std::string_view TypeOnly(std::string_view content_type) {
  return content_type.substr(0, content_type.find_first_of("; "));
}

void CheckRequest(const json::Object& request, const std::string& path) {
  for (const auto& [key, value] : request) {
    if (key != "headerContentType") Refuse("Unexpected JSON member: " + path + std::string(key));
    const std::string_view type = value.is_string() ? json::View(value) : std::string_view();
    const bool plain = type.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+-.;= "
                           "\"") == std::string_view::npos;
    if (!plain || std::ranges::find(kContentTypes, TypeOnly(type)) == std::end(kContentTypes)) {
      Refuse(path + "headerContentType is not a supported content type");
    }
  }
}

/// Checks one part of a policy when `name` is one of its parts.
bool CheckPart(std::string_view name, const json::Value& value, const std::string& path) {
  const bool retry = name.ends_with("ealthyRetryPolicy");
  const bool throttle = name.ends_with("hrottlePolicy");
  const bool request = name.ends_with("equestPolicy");
  if (!retry && !throttle && !request) return false;
  if (value.is_null()) return true;
  if (!value.is_object()) Refuse(path + std::string(name) + " must be a JSON object");
  const std::string inside = path + std::string(name) + ".";
  if (retry) CheckRetry(value.as_object(), inside);
  if (throttle) CheckThrottle(value.as_object(), inside);
  if (request) CheckRequest(value.as_object(), inside);
  return true;
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
  static constexpr std::pair<std::string_view, std::string_view> kBare[] = {
      {"healthyRetryPolicy", "defaultHealthyRetryPolicy"},
      {"throttlePolicy", "defaultThrottlePolicy"},
      {"requestPolicy", "defaultRequestPolicy"}};
  for (const auto& [bare, name] : kBare) {
    if (const json::Object* part = json::GetObject(topic_policy, bare)) http[name] = *part;
  }
  return http;
}

json::Object ShowRetry(const HttpPolicy& policy) {
  return {{"minDelayTarget", policy.min_delay},   {"maxDelayTarget", policy.max_delay},
          {"numRetries", policy.retries},         {"numMaxDelayRetries", policy.most_delay},
          {"numNoDelayRetries", policy.no_delay}, {"numMinDelayRetries", policy.least_delay},
          {"backoffFunction", policy.backoff}};
}

/// The part of the policy that holds for a subscription: its own, unless the topic forbids that or
/// it has none; then the topic's default. Empty when neither says anything.
json::Object Effective(std::string_view own_name, std::string_view default_name,
                       std::string_view subscription_policy, std::string_view topic_policy) {
  const json::Object http = HttpOf(Parse(topic_policy));
  const json::Object own = Parse(subscription_policy);
  const json::Object* wish = json::GetObject(own, own_name);
  if (wish != nullptr && !json::GetBool(http, "disableSubscriptionOverrides")) return *wish;
  const json::Object* fallback = json::GetObject(http, default_name);
  return fallback == nullptr ? json::Object() : *fallback;
}

json::Object EffectiveThrottle(std::string_view subscription_policy,
                               std::string_view topic_policy) {
  return Effective("throttlePolicy", "defaultThrottlePolicy", subscription_policy, topic_policy);
}

json::Object EffectiveRequest(std::string_view subscription_policy, std::string_view topic_policy) {
  json::Object request =
      Effective("requestPolicy", "defaultRequestPolicy", subscription_policy, topic_policy);
  if (!request.contains("headerContentType")) {
    request["headerContentType"] = "text/plain; charset=UTF-8";
  }
  return request;
}

/// What holds for an HTTP subscription, after the topic's default and its own wish.
HttpPolicy EffectiveHttp(std::string_view subscription_policy, std::string_view topic_policy) {
  return Read(Effective("healthyRetryPolicy", "defaultHealthyRetryPolicy", subscription_policy,
                        topic_policy));
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
  for (const auto& [key, value] : policy) {
    const std::string name(key);
    if (for_topic && name == "http" && value.is_object()) {
      for (const auto& [inner, part] : value.as_object()) {
        const std::string_view member(inner.data(), inner.size());
        const bool flag = member == "disableSubscriptionOverrides";
        if (flag && !part.is_bool()) Refuse("http.disableSubscriptionOverrides must be a boolean");
        if (!flag && (!member.starts_with("default") || !CheckPart(member, part, "http."))) {
          Refuse("Unexpected JSON member: http." + std::string(member));
        }
      }
    } else if (name != "sicklyRetryPolicy" && name != "guaranteed" &&
               (name.starts_with("default") || !CheckPart(name, value, ""))) {
      Refuse("Unexpected JSON member: " + name);
    }
  }
}

int64_t MaxReceivesPerSecond(std::string_view subscription_policy, std::string_view topic_policy) {
  return json::GetInt(EffectiveThrottle(subscription_policy, topic_policy), "maxReceivesPerSecond");
}

std::string ContentTypeFor(std::string_view subscription_policy, std::string_view topic_policy,
                           bool raw) {
  const json::Object request = EffectiveRequest(subscription_policy, topic_policy);
  const std::string type(json::GetString(request, "headerContentType"));
  const auto at = std::ranges::find(kContentTypes, TypeOnly(type));
  if (!raw && at - std::begin(kContentTypes) >= static_cast<std::ptrdiff_t>(kEnvelopeTypes)) {
    return "text/plain; charset=UTF-8";
  }
  return type;
}

delivery::RetryPolicy RetryPolicyFor(std::string_view protocol,
                                     std::string_view subscription_policy,
                                     std::string_view topic_policy) {
  delivery::RetryPolicy retry;
  retry.jitter = false;
  if (IsWeb(protocol)) {
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
      {"disableSubscriptionOverrides", json::GetBool(http, "disableSubscriptionOverrides")},
      {"defaultRequestPolicy", EffectiveRequest("", topic_policy)}};
  if (const json::Object throttle = EffectiveThrottle("", topic_policy); !throttle.empty()) {
    out["defaultThrottlePolicy"] = throttle;
  }
  return json::Serialize(json::Object{{"http", std::move(out)}});
}

std::string EffectiveSubscriptionPolicy(std::string_view subscription_policy,
                                        std::string_view topic_policy) {
  json::Object out{
      {"healthyRetryPolicy", ShowRetry(EffectiveHttp(subscription_policy, topic_policy))},
      {"sicklyRetryPolicy", nullptr},
      {"throttlePolicy", nullptr},
      {"requestPolicy", EffectiveRequest(subscription_policy, topic_policy)},
      {"guaranteed", false}};
  const json::Object throttle = EffectiveThrottle(subscription_policy, topic_policy);
  if (!throttle.empty()) out["throttlePolicy"] = throttle;
  return json::Serialize(out);
}

}  // namespace riposte::sns
