#include "app/client.h"

#include <future>

#include "app/credentials.h"

namespace riposte::app {
namespace {

std::string HostOf(const std::string& url) {
  const size_t start = url.find("://");
  const size_t from = start == std::string::npos ? 0 : start + 3;
  return url.substr(from, url.find('/', from) - from);
}

}  // namespace

void FillFromEnvironment(ClientOptions& options) {
  const auto fill = [](std::string& field, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (field.empty()) field = SystemEnvironment(name);
    }
  };
  fill(options.endpoint, {"AWS_ENDPOINT_URL"});
  if (options.endpoint.empty()) options.endpoint = "http://127.0.0.1:4566";
  fill(options.region, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (options.region.empty()) options.region = "us-east-1";
  fill(options.data_dir, {"RIPOSTE_DATA_DIR"});
  if (options.data_dir.empty()) options.data_dir = "riposte-data";
}

EngineClient::EngineClient(ClientOptions options, access::SigningKey key, const Clock& clock,
                           std::unique_ptr<http::Client> http)
    : options_(std::move(options)), key_(std::move(key)), clock_(clock), http_(std::move(http)) {}

Result<std::unique_ptr<EngineClient>> EngineClient::Connect(const ClientOptions& options,
                                                            const Clock& clock) {
  auto key = FindKey(options, SystemEnvironment);
  if (!key) return std::unexpected(key.error());
  // The operator named this address; it may well be a private one.
  const std::string host = HostOf(options.endpoint);
  http::CurlClientOptions http_options;
  http_options.allowed_private = {host, host.substr(0, host.rfind(':'))};
  auto http = http::MakeCurlClient(http_options);
  if (!http) return std::unexpected(http.error());
  return std::unique_ptr<EngineClient>(
      new EngineClient(options, std::move(*key), clock, std::move(*http)));
}

Result<json::Object> EngineClient::Native(const std::string& operation, const json::Object& input) {
  return Send("riposte", "Riposte." + operation, "/", input);
}

Result<json::Object> EngineClient::Send(const std::string& service, const std::string& target,
                                        const std::string& path, const json::Object& input) {
  http::Request request;
  request.method = "POST";
  request.target = path;
  request.body = json::Serialize(input);
  request.headers.Set("Content-Type",
                      target.empty() ? "application/json" : "application/x-amz-json-1.0");
  if (!target.empty()) request.headers.Set("X-Amz-Target", target);
  access::SignRequest(request, HostOf(options_.endpoint), key_, options_.region, service,
                      clock_.Now());
  http::OutgoingRequest outgoing;
  outgoing.method = request.method;
  outgoing.url = options_.endpoint + path;
  outgoing.headers = request.headers;
  outgoing.body = std::move(request.body);
  outgoing.timeout_ms = 60'000;
  outgoing.max_reply_bytes = 64u << 20;

  std::promise<Result<http::Response>> promise;
  auto future = promise.get_future();
  http_->Send(std::move(outgoing),
              [&promise](Result<http::Response> reply) { promise.set_value(std::move(reply)); });
  Result<http::Response> reply = future.get();
  if (!reply) {
    return Fail(Code::kUnavailable, "no engine answers at " + options_.endpoint + ": " +
                                        reply.error().message + ". Start one with: riposte serve");
  }
  auto document =
      reply->body.empty() ? Result<json::Value>(json::Object()) : json::Parse(reply->body);
  if (!document || !document->is_object()) {
    return Fail(Code::kInternal, "the engine's reply is not JSON");
  }
  json::Object& object = document->as_object();
  if (reply->status >= 300) {
    std::string code(json::GetString(object, "__type", "Error"));
    code = code.substr(code.find('#') == std::string::npos ? 0 : code.find('#') + 1);
    std::string message(json::GetString(object, "message", json::GetString(object, "Message")));
    return Fail(Code::kInvalidArgument, code + ": " + message, code);
  }
  return std::move(object);
}

}  // namespace riposte::app
