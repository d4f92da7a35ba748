#include "functions/runtime_server.h"

#include <charconv>

#include "base/encoding.h"
#include "functions/spec.h"

namespace riposte::functions {
namespace {

http::Response Json(int status, std::string body) {
  http::Response response{.status = status, .body = std::move(body)};
  response.headers.Add("Content-Type", "application/json");
  return response;
}

int ToMegabytes(std::string_view kilobytes) {
  int64_t value = 0;
  std::from_chars(kilobytes.data(), kilobytes.data() + kilobytes.size(), value);
  return static_cast<int>(std::clamp<int64_t>(value / 1024, 0, 1 << 20));
}

}  // namespace

RuntimeServer::~RuntimeServer() {
  Stop();
}

Status RuntimeServer::Listen(const std::string& socket_path) {
  http::Server::Options options;
  options.unix_path = socket_path;
  options.threads = 1;
  options.max_body_bytes = 16u << 20;
  // A process waits for its next invocation as long as it is kept warm.
  options.idle_timeout_ms = 24 * 3600 * 1000;
  auto server =
      http::Server::Start(options, [this](http::Request request, http::Responder responder) {
        Handle(std::move(request), std::move(responder));
      });
  if (!server) return std::unexpected(server.error());
  server_ = std::move(*server);
  socket_path_ = socket_path;
  return {};
}

void RuntimeServer::Stop() {
  if (server_) server_->Stop(0);
  server_.reset();
}

std::string RuntimeServer::Attach(std::weak_ptr<RuntimeClient> client) {
  std::string prefix = "/" + HexEncode(random_.Bytes(16));
  const std::lock_guard lock(mutex_);
  clients_[prefix] = std::move(client);
  return prefix;
}

void RuntimeServer::Detach(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  clients_.erase(prefix);
}

void RuntimeServer::Handle(http::Request request, http::Responder responder) {
  constexpr std::string_view kVersion = "/2018-06-01/runtime/";
  const std::string_view path = request.path();
  const size_t slash = std::min(path.find('/', 1), path.size());
  std::shared_ptr<RuntimeClient> client;
  {
    const std::lock_guard lock(mutex_);
    const auto found = clients_.find(path.substr(0, slash));
    if (found != clients_.end()) client = found->second.lock();
  }
  std::string_view rest = path.substr(slash);
  if (!client || !rest.starts_with(kVersion)) {
    return responder.Send(Json(403, ErrorPayload("Forbidden", "unknown runtime")));
  }
  rest.remove_prefix(kVersion.size());
  if (request.method == "GET" && rest == "invocation/next") {
    return client->OnNext(std::move(responder));
  }
  RuntimeClient::Answer answer;
  answer.peak_memory_mb = ToMegabytes(request.headers.Get("Riposte-Max-Memory-Kb"));
  const bool is_error = rest.ends_with("/error");
  if (is_error) {
    answer.error_type = request.headers.Get("Lambda-Runtime-Function-Error-Type").substr(0, 200);
    if (answer.error_type.empty()) answer.error_type = "Runtime.Unknown";
  }
  answer.body = std::move(request.body);
  if (request.method == "POST" && rest == "init/error") {
    client->OnInitError(std::move(answer));
    return responder.Send(Json(202, R"({"status":"OK"})"));
  }
  constexpr std::string_view kInvocation = "invocation/";
  const std::string_view last = is_error ? "/error" : "/response";
  if (request.method == "POST" && rest.starts_with(kInvocation) && rest.ends_with(last) &&
      rest.size() > kInvocation.size() + last.size()) {
    answer.request_id =
        rest.substr(kInvocation.size(), rest.size() - kInvocation.size() - last.size());
    if (client->OnAnswer(std::move(answer))) {
      return responder.Send(Json(202, R"({"status":"OK"})"));
    }
    return responder.Send(Json(400, ErrorPayload("InvalidRequestID", "Invalid request ID")));
  }
  responder.Send(Json(404, ErrorPayload("NotFound", "no such runtime operation")));
}

}  // namespace riposte::functions
