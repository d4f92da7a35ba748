#include "app/providers.h"

#include <algorithm>

#include "wire/client.h"

namespace riposte::app {
namespace {

using api::Call;
using ApiError = api::Error;
using api::Outcome;
using api::Reply;

constexpr int kTimeoutMs = 25'000;
constexpr size_t kMaxReplyBytes = 8u << 20;
/// A session is not used for longer: clocks differ.
constexpr auto kSpare = std::chrono::minutes(5);
constexpr int kSessionSeconds = 3600;
constexpr size_t kMostSessions = 1000;

void ReplaceAll(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// AWS has one of these for the whole partition.
bool IsGlobal(std::string_view service) {
  return service == "iam";
}

struct Place {
  std::string url;
  std::string region;  ///< That the call is signed for.
};

Place PlaceOf(const Provider& provider, const wire::ServiceModel& service,
              const std::string& region) {
  if (provider.endpoint != "aws") {
    std::string url = provider.endpoint;
    ReplaceAll(url, "{service}", service.endpoint_prefix);
    ReplaceAll(url, "{region}", region);
    return {std::move(url), region};
  }
  if (IsGlobal(service.name)) {
    return {"https://" + service.endpoint_prefix + ".amazonaws.com", "us-east-1"};
  }
  const std::string account = service.name == "s3control" ? provider.account.str() + "." : "";
  return {"https://" + account + service.endpoint_prefix + "." + region + ".amazonaws.com", region};
}

std::string HostOf(const std::string& url) {
  const size_t begin = url.find("://") + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

ApiError Unreachable(const Provider& provider, const Error& error) {
  const std::string who = "The provider of account " + provider.account.str();
  if (error.code == Code::kTimeout) {
    return ApiError("RequestTimeout", who + " did not answer: " + error.message, 504);
  }
  return ApiError("ServiceUnavailable", who + " cannot be reached: " + error.message, 503);
}

/// Of arn:aws:sts::A:assumed-role/R/S.
std::string SessionName(const access::Principal& principal) {
  return principal.arn.substr(principal.arn.rfind('/') + 1);
}

}  // namespace

Providers::Providers(std::vector<Provider> providers, const Parts& parts)
    : providers_(std::move(providers)), parts_(parts) {}

const Provider* Providers::Find(const Call& call) const {
  const auto found = std::ranges::find_if(providers_, [&](const Provider& provider) {
    return provider.account == call.scope.account &&
           std::ranges::find(provider.services, call.service) != provider.services.end();
  });
  return found == providers_.end() ? nullptr : &*found;
}

void Providers::Send(api::SharedCall call, const wire::OperationModel& operation, Reply reply) {
  const Provider& provider = *Find(*call);
  WithKey(provider, *call,
          [this, &provider, &operation, call,
           reply = std::move(reply)](std::expected<access::SigningKey, ApiError> key) mutable {
            if (!key) return reply({{}, std::move(key.error())});
            const Exchange exchange{parts_.catalog.Find(call->service), &operation,
                                    call->scope.region.str(), call->trace};
            Perform(provider, exchange, *key, call->input, std::move(reply));
          });
}

void Providers::WithKey(const Provider& provider, const Call& call, Signed ready) {
  const access::Principal& caller = call.caller;
  if (!provider.assume_roles || caller.kind != access::Principal::Kind::kAssumedRole ||
      caller.account != provider.account) {
    return ready(provider.key);
  }
  const std::string name = SessionName(caller);
  std::string id = caller.role_arn + " " + name;
  std::optional<access::SigningKey> kept;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found != sessions_.end() && parts_.clock.Now() < found->second.expires - kSpare) {
      kept = found->second.key;
    }
  }
  if (kept) return ready(std::move(*kept));
  const wire::ServiceModel* sts = parts_.catalog.Find("sts");
  const Exchange exchange{sts, wire::Catalog::FindOperation(*sts, "AssumeRole"),
                          call.scope.region.str(), call.trace};
  const json::Object input{{"RoleArn", caller.role_arn},
                           {"RoleSessionName", name},
                           {"DurationSeconds", kSessionSeconds}};
  Perform(provider, exchange, provider.key, input,
          [this, id = std::move(id), ready = std::move(ready)](Outcome outcome) mutable {
            if (!outcome.ok()) return ready(std::unexpected(std::move(*outcome.error)));
            const json::Object* got = json::GetObject(outcome.output.as_object(), "Credentials");
            if (got == nullptr) {
              return ready(std::unexpected(ApiError(
                  "ServiceUnavailable", "The provider gave no credentials for the role.", 503)));
            }
            Session session{
                {std::string(json::GetString(*got, "AccessKeyId")),
                 std::string(json::GetString(*got, "SecretAccessKey")),
                 std::string(json::GetString(*got, "SessionToken"))},
                FromMillis(static_cast<int64_t>(json::GetDouble(*got, "Expiration") * 1000))};
            {
              const std::lock_guard lock(mutex_);
              std::erase_if(sessions_, [now = parts_.clock.Now()](const auto& entry) {
                return entry.second.expires < now;
              });
              if (sessions_.size() < kMostSessions) sessions_[id] = session;
            }
            ready(std::move(session.key));
          });
}

void Providers::Perform(const Provider& provider, const Exchange& exchange,
                        const access::SigningKey& key, const json::Object& input, Reply reply) {
  auto request = wire::EncodeRequest(*exchange.service, *exchange.operation, input);
  if (!request) {
    return reply({{}, ApiError(request.error().code, request.error().message)});
  }
  const Place place = PlaceOf(provider, *exchange.service, exchange.region);
  request->headers.Set("User-Agent", "Riposte");
  if (const std::string trace = FormatTrace(exchange.trace); !trace.empty()) {
    request->headers.Set("X-Amzn-Trace-Id", trace);
  }
  access::SignRequest(*request, HostOf(place.url), key, place.region,
                      exchange.service->signing_name, parts_.clock.Now());
  http::OutgoingRequest out;
  out.method = request->method;
  out.url = place.url + request->target;
  out.headers = std::move(request->headers);
  out.body = std::move(request->body);
  out.timeout_ms = kTimeoutMs;
  out.max_reply_bytes = kMaxReplyBytes;
  parts_.http.Send(std::move(out), [&provider, exchange, reply = std::move(reply)](
                                       Result<http::Response> response) mutable {
    if (!response) return reply({{}, Unreachable(provider, response.error())});
    auto document = wire::DecodeReply(*exchange.service, *exchange.operation, *response);
    if (document) return reply({std::move(*document), std::nullopt});
    wire::WireError& error = document.error();
    // What came with a good status and made no sense is the provider's failure, not a success.
    const int status = error.http_status >= 400 ? error.http_status : 502;
    reply({{},
           ApiError(std::move(error.code), std::move(error.message), status,
                    std::move(error.fields))});
  });
}

}  // namespace riposte::app
