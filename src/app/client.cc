#include "app/client.h"

#include <cstdlib>
#include <future>

#include "os/files.h"

namespace riposte::app {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string HostOf(const std::string& url) {
  const size_t start = url.find("://");
  const size_t from = start == std::string::npos ? 0 : start + 3;
  return url.substr(from, url.find('/', from) - from);
}

Result<access::SigningKey> FindKey(const ClientOptions& options) {
  access::SigningKey key{Environment("AWS_ACCESS_KEY_ID"), Environment("AWS_SECRET_ACCESS_KEY"),
                         Environment("AWS_SESSION_TOKEN")};
  if (!key.access_key_id.empty()) return key;
  const std::string path = options.data_dir + "/root-credentials.json";
  const auto text = os::ReadFile(path, 64 * 1024);
  if (!text) {
    return Fail(Code::kNotFound,
                "no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name the engine's "
                "data folder with --data (tried " +
                    path + ")");
  }
  const auto document = json::Parse(*text);
  if (!document || !document->is_object()) return Fail(Code::kCorrupt, path + " is not JSON");
  key.access_key_id = json::GetString(document->as_object(), "AccessKeyId");
  key.secret = json::GetString(document->as_object(), "SecretAccessKey");
  return key;
}

}  // namespace

void FillFromEnvironment(ClientOptions& options) {
  const auto fill = [](std::string& field, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (field.empty()) field = Environment(name);
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
  auto key = FindKey(options);
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
