#include "bus/http_target.h"

#include <algorithm>

#include "http/retry_after.h"

namespace riposte::bus {
namespace {

using Outcome = delivery::Result;

constexpr char kClientError[] = "SDK_CLIENT_ERROR";
constexpr char kRefused[] =
    "Unable to invoke ApiDestination endpoint: The request failed because the credentials included "
    "for the connection are not authorized for the API destination.";

std::string Unable(const std::string& why) {
  return "Unable to invoke ApiDestination endpoint: " + why;
}

/// The call without what its connection adds.
Result<HttpCall> MakeCall(const ApiDestinationRow& destination, const RuleDelivery& delivery) {
  HttpCall call;
  call.method = destination.method;
  call.body = delivery.input;
  static const json::Object kNone;
  const auto* found = json::GetObject(delivery.parameters, "HttpParameters");
  const json::Object& parameters = found ? *found : kNone;
  static const json::Array kNoValues;
  const auto* values = json::GetArray(parameters, "PathParameterValues");
  auto url = FillPath(destination.endpoint, values ? *values : kNoValues);
  if (!url) return std::unexpected(url.error());
  call.url = std::move(*url);
  if (const auto* headers = json::GetObject(parameters, "HeaderParameters")) {
    for (const auto& [name, value] : *headers) {
      if (IsReservedHeader(name)) continue;
      if (Status valid = CheckHeader(name, json::View(value)); !valid) {
        return std::unexpected(valid.error());
      }
      call.headers.Set(name, json::View(value));
    }
  }
  if (const auto* query = json::GetObject(parameters, "QueryStringParameters")) {
    for (const auto& [name, value] : *query) call.query.emplace_back(name, json::View(value));
  }
  return call;
}

}  // namespace

Millis CallPace::Take(const std::string& arn, int64_t per_second, TimePoint now) {
  using std::chrono::microseconds;
  constexpr size_t kSweepAbove = 1024;
  const microseconds interval(1'000'000 / std::max<int64_t>(per_second, 1));
  const microseconds burst = std::max(microseconds(100'000), interval);
  const Micros at = now;
  if (next_.size() > kSweepAbove) {
    std::erase_if(next_, [at](const auto& entry) { return entry.second <= at; });
  }
  Micros& drained = next_[arn];
  drained = std::clamp(drained, at, at + burst);  // The clock may have gone back.
  const Micros after = drained + interval;
  if (after > at + burst) {
    return std::chrono::ceil<Millis>(after - (at + burst));
  }
  drained = after;
  return Millis(0);
}

Outcome ResultOf(const Result<http::Response>& reply, TimePoint now, TimePoint expires) {
  if (!reply) {
    const std::string text = Unable(reply.error().message);
    switch (reply.error().code) {
      case Code::kNotFound:
        return Outcome::Dead("NO_RESOURCE", text);
      case Code::kInvalidArgument:
        return Outcome::Dead("INVALID_PARAMETER", text);
      case Code::kPermissionDenied:
        return Outcome::Dead(kClientError, text);
      case Code::kUnauthenticated:
        return Outcome::Retry(kClientError, kRefused);
      case Code::kTimeout:
        return Outcome::Retry("TIMEOUT", text);
      case Code::kThrottled:
        return Outcome::Retry("THROTTLING", text);
      default:
        return Outcome::Retry("CONNECTION_FAILURE", text);
    }
  }
  const int status = reply->status;
  if (status >= 200 && status < 300) return Outcome::Done();
  const std::string text = Unable("The endpoint answered with status " + std::to_string(status));
  const bool again = status == 429 || status >= 500;
  if (status == 401 || status == 407) return Outcome::Dead(kClientError, kRefused);
  if (!again) return Outcome::Dead(kClientError, text);
  const std::string code = status == 429 ? "THROTTLING" : "ERROR_FROM_TARGET";
  const auto wait = http::RetryAfter(reply->headers, now);
  if (wait && wait->count() < 0) {
    return Outcome::Dead(code, text + ", and with a Retry-After that asks not to try again");
  }
  // Longer than the event may live means: once more, at the end.
  const Millis left = std::max(expires - now, Millis(0));
  return Outcome::Retry(code, text, std::min(wait.value_or(Millis(0)), left));
}

void HttpTarget::Deliver(const delivery::Work& work, const RuleDelivery& delivery,
                         const access::Principal& role, delivery::Target::Completion completion) {
  std::optional<ApiDestinationRow> row;
  parts_.store.Read(
      [&](store::Transaction& tx) { row = tables::FindApiDestinationByArn(tx, work.target_arn); });
  if (!row) {
    return completion(
        Outcome::Dead("NO_RESOURCE", "API destination " + work.target_arn + " does not exist."));
  }
  if (!parts_.may_invoke(role, work.target_arn)) {
    return completion(Outcome::Dead(
        "NO_PERMISSIONS", role.arn +
                              " is not authorized to perform: events:InvokeApiDestination "
                              "on resource: " +
                              work.target_arn));
  }
  const TimePoint expires = work.created + work.policy.max_age;
  auto call = MakeCall(*row, delivery);
  if (!call) return completion(ResultOf(std::unexpected(call.error()), work.created, expires));
  const int64_t rate = row->rate > 0 ? row->rate : kDefaultRate;
  if (const Millis wait = pace_.Take(work.target_arn, rate, parts_.clock.Now()); wait.count() > 0) {
    return completion(Outcome::Retry(
        "THROTTLING", "the destination takes " + std::to_string(rate) + " calls a second", wait));
  }
  parts_.connections.Send(
      row->connection_arn, std::move(*call),
      [this, expires, completion = std::move(completion)](Result<http::Response> reply) mutable {
        completion(ResultOf(reply, parts_.clock.Now(), expires));
      });
}

}  // namespace riposte::bus
