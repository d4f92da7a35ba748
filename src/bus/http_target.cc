#include "bus/http_target.h"

#include <algorithm>

#include "http/retry_after.h"

namespace riposte::bus {
namespace {

using Outcome = delivery::Result;

/// Calls that wait here for their destination's rate hold a place among those under way: over all
/// destinations, so that they leave most places to others.
constexpr int kMostWaiting = 64;
constexpr int64_t kMostRate = 1'000'000;  ///< More is no limit.
constexpr char kClientError[] = "SDK_CLIENT_ERROR";
constexpr char kRefused[] =
    "Unable to invoke ApiDestination endpoint: The request failed because the credentials included "
    "for the connection are not authorized for the API destination.";

std::string NoDestination(const std::string& arn) {
  return "API destination " + arn + " does not exist.";
}

std::string NotAllowed(const access::Principal& role, const std::string& arn) {
  return role.arn +
         " is not authorized to perform: events:InvokeApiDestination on resource: " + arn;
}

std::string Unable(const std::string& why) {
  return "Unable to invoke ApiDestination endpoint: " + why;
}

/// The call without what its connection adds.
Result<HttpCall> MakeCall(const ApiDestinationRow& destination, const std::string& input,
                          const json::Object& parameters) {
  HttpCall call;
  call.method = destination.method;
  call.body = input;
  static const json::Array kNoValues;
  const auto* values = json::GetArray(parameters, "PathParameterValues");
  auto url = FillPath(destination.endpoint, values ? *values : kNoValues);
  if (!url) return std::unexpected(url.error());
  call.url = std::move(*url);
  if (const auto* headers = json::GetObject(parameters, "HeaderParameters")) {
    for (const auto& [name, value] : *headers) {
      if (IsReservedHeader(name)) continue;
      Status valid = CheckHeader(name, json::View(value));
      if (valid) valid = CheckValue(name, json::View(value));
      if (!valid) return std::unexpected(valid.error());
      call.headers.Set(name, json::View(value));
    }
  }
  if (const auto* query = json::GetObject(parameters, "QueryStringParameters")) {
    for (const auto& [name, value] : *query) {
      if (Status valid = CheckValue(name, json::View(value)); !valid) {
        return std::unexpected(valid.error());
      }
      call.query.emplace_back(name, json::View(value));
    }
  }
  return call;
}

}  // namespace

Millis CallPace::Take(const std::string& arn, int64_t per_second, TimePoint now, Millis patience) {
  using std::chrono::microseconds;
  constexpr size_t kSweepAbove = 1024;
  const microseconds interval(1'000'000 / std::max<int64_t>(per_second, 1));
  const microseconds burst = std::max(microseconds(100'000), interval);
  const Micros at = now;
  if (next_.size() > kSweepAbove) {
    std::erase_if(next_, [at](const auto& entry) { return entry.second <= at; });
  }
  Micros& drained = next_[arn];
  // No further ahead than was ever promised, though the clock may have gone back.
  drained = std::clamp(drained, at, at + burst + interval + kMostPatience);
  const Micros after = drained + interval;
  const Millis wait =
      after > at + burst ? std::chrono::ceil<Millis>(after - (at + burst)) : Millis(0);
  if (wait <= patience) drained = after;
  return wait;
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

std::optional<ApiDestinationRow> HttpTarget::Find(const std::string& arn) const {
  std::optional<ApiDestinationRow> row;
  parts_.store.Read(
      [&](store::Transaction& tx) { row = tables::FindApiDestinationByArn(tx, arn); });
  return row;
}

void HttpTarget::Send(const ApiDestinationRow& row, HttpCall call,
                      std::move_only_function<void(Result<http::Response>, Millis)> completion) {
  const Millis patience = waiting_ < kMostWaiting ? CallPace::kMostPatience : Millis(0);
  const TimePoint now = parts_.clock.Now();
  const Millis wait = pace_.Take(ApiDestinationArn(row), row.rate, now, patience);
  if (wait > patience) {
    return completion(Fail(Code::kThrottled, "The API destination takes " +
                                                 std::to_string(row.rate) + " calls a second."),
                      wait);
  }
  auto send = [this, arn = row.connection_arn, call = std::move(call),
               completion = std::move(completion)]() mutable {
    parts_.connections.Send(
        arn, std::move(call),
        [completion = std::move(completion)](Result<http::Response> reply) mutable {
          completion(std::move(reply), Millis(0));
        });
  };
  if (wait.count() == 0) return send();
  ++waiting_;
  parts_.loop.PostAt(now + wait, [this, send = std::move(send)]() mutable {
    --waiting_;
    send();
  });
}

int HttpTarget::RateOf(store::Transaction& tx, const std::string& arn) {
  const auto row = tables::FindApiDestinationByArn(tx, arn);
  return row ? static_cast<int>(std::clamp<int64_t>(row->rate, 1, kMostRate)) : 0;
}

void HttpTarget::Deliver(const delivery::Work& work, const RuleDelivery& delivery,
                         const access::Principal& role, delivery::Target::Completion completion) {
  const auto row = Find(work.target_arn);
  if (!row) return completion(Outcome::Dead("NO_RESOURCE", NoDestination(work.target_arn)));
  if (!parts_.may_invoke(role, work.target_arn)) {
    return completion(Outcome::Dead("NO_PERMISSIONS", NotAllowed(role, work.target_arn)));
  }
  static const json::Object kNone;
  const auto* parameters = json::GetObject(delivery.parameters, "HttpParameters");
  const TimePoint expires = work.created + work.policy.max_age;
  auto call = MakeCall(*row, delivery.input, parameters ? *parameters : kNone);
  if (!call) return completion(ResultOf(std::unexpected(call.error()), work.created, expires));
  Send(*row, std::move(*call),
       [this, expires, completion = std::move(completion)](Result<http::Response> reply,
                                                           Millis wait) mutable {
         if (wait.count() > 0) {
           return completion(Outcome::HeldBack("THROTTLING", reply.error().message, wait));
         }
         completion(ResultOf(reply, parts_.clock.Now(), expires));
       });
}

void HttpTarget::Call(const std::string& arn, const access::Principal& role,
                      const std::string& input, const json::Object& parameters,
                      HttpConnections::Completion completion) {
  const auto row = Find(arn);
  if (!row) return completion(Fail(Code::kNotFound, NoDestination(arn)));
  if (!parts_.may_invoke(role, arn)) {
    return completion(Fail(Code::kPermissionDenied, NotAllowed(role, arn)));
  }
  auto call = MakeCall(*row, input, parameters);
  if (!call) return completion(std::unexpected(call.error()));
  Send(*row, std::move(*call),
       [completion = std::move(completion)](Result<http::Response> reply, Millis) mutable {
         completion(std::move(reply));
       });
}

}  // namespace riposte::bus
