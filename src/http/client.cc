#include "http/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "http/address.h"
#include "http/url.h"

namespace riposte::http {

namespace {

constexpr size_t kMaxReplyHeaderBytes = 64 * 1024;
constexpr long kConnectTimeoutMs = 10'000;

bool HasLineBreak(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// One request on its way. Owned by the client's thread once started; curl holds pointers to it.
struct Transfer {
  OutgoingRequest request;
  Client::Completion completion;
  const AddressPolicy* policy = nullptr;
  std::string host;
  int port = 0;

  CURL* easy = nullptr;
  curl_slist* fields = nullptr;
  char error[CURL_ERROR_SIZE] = {};
  Response response;
  size_t header_bytes = 0;
  bool denied = false;
  bool too_large = false;
  bool cut = false;

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(fields);
  }

  Status Check();
  void Prepare();
  [[nodiscard]] Result<Response> Outcome(CURLcode code);

  static curl_socket_t OpenSocket(void* self, curlsocktype, curl_sockaddr* address);
  static size_t OnHeader(char* data, size_t, size_t size, void* self);
  static size_t OnBody(char* data, size_t, size_t size, void* self);
};

Status Transfer::Check() {
  auto url = ParseUrl(request.url);
  if (!url) return std::unexpected(url.error());
  host = std::move(url->host);
  port = url->port;
  if (request.method.empty() || HasLineBreak(request.method) ||
      request.method.find(' ') != std::string::npos) {
    return Fail(Code::kInvalidArgument, "not a method");
  }
  for (const auto& [name, value] : request.headers.list()) {
    if (name.empty() || HasLineBreak(name) || HasLineBreak(value) ||
        name.find_first_of(": ") != std::string::npos) {
      return Fail(Code::kInvalidArgument, "a header has a line break or no proper name");
    }
  }
  return {};
}

void Transfer::Prepare() {
  easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(1, request.timeout_ms)));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(kConnectTimeoutMs, static_cast<long>(request.timeout_ms)));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  bool has_type = false;
  for (const auto& [name, value] : request.headers.list()) {
    has_type = has_type || EqualsIgnoreCase(name, "content-type");
    // "Name;" is how curl is told to send a header without a value.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    fields = curl_slist_append(fields, line.c_str());
  }
  // Without these curl would wait for a 100 and call every body a form.
  fields = curl_slist_append(fields, "Expect:");
  if (!has_type) fields = curl_slist_append(fields, "Content-Type:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
}

curl_socket_t Transfer::OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(self);
  if (!transfer->policy->Allows(transfer->host, transfer->port, IpAddress::From(&address->addr))) {
    transfer->denied = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t Transfer::OnHeader(char* data, size_t, size_t size, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  std::string_view line(data, size);
  transfer->header_bytes += size;
  if (transfer->header_bytes > kMaxReplyHeaderBytes) {
    transfer->too_large = true;
    return 0;
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    transfer->response.headers = {};  // After a 100 comes the real one.
  } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) {
      value.remove_prefix(1);
    }
    transfer->response.headers.Add(line.substr(0, colon), value);
  }
  return size;
}

size_t Transfer::OnBody(char* data, size_t, size_t size, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  const size_t room = transfer->request.max_reply_bytes - transfer->response.body.size();
  if (size > room) {
    transfer->cut = transfer->request.cut_reply;
    transfer->too_large = !transfer->cut;
    if (transfer->cut) transfer->response.body.append(data, room);
    return 0;
  }
  transfer->response.body.append(data, size);
  return size;
}

Result<Response> Transfer::Outcome(CURLcode code) {
  if (code == CURLE_OK || cut) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return std::move(response);
  }
  const std::string detail = error[0] != '\0' ? error : curl_easy_strerror(code);
  if (too_large) {
    return Fail(Code::kLimitExceeded, "the reply is larger than allowed", detail);
  }
  if (code == CURLE_OPERATION_TIMEDOUT) return Fail(Code::kTimeout, "no reply in time", detail);
  if (denied) {
    return Fail(Code::kPermissionDenied, host + " is not on the public internet", detail);
  }
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return Fail(Code::kInvalidArgument, "not a URL that can be called", detail);
  }
  return Fail(Code::kUnavailable, "cannot reach " + host, detail);
}

class CurlClient final : public Client {
 public:
  CurlClient(const CurlClientOptions& options, AddressPolicy policy)
      : options_(options), policy_(std::move(policy)), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.max_connections);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, options.max_connections_per_host);
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "http-client");
      Loop();
    });
  }

  ~CurlClient() override {
    stopping_ = true;
    curl_multi_wakeup(multi_);
    thread_.join();
    for (auto& transfer : arriving_) Cancel(*transfer);
    curl_multi_cleanup(multi_);
  }

  void Send(OutgoingRequest request, Completion completion) override {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    transfer->completion = std::move(completion);
    transfer->policy = &policy_;
    const bool fits = pending_.fetch_add(1) < options_.max_pending;
    transfer->denied = !fits;
    {
      const std::scoped_lock lock(mutex_);
      arriving_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void Loop() {
    while (!stopping_) {
      StartArrived();
      int running = 0;
      curl_multi_perform(multi_, &running);
      FinishDone();
      // Wakes for sockets, curl's own timers, Send and the destructor.
      curl_multi_poll(multi_, nullptr, 0, 60'000, nullptr);
    }
    for (Transfer* transfer : running_) {
      curl_multi_remove_handle(multi_, transfer->easy);
      Cancel(*transfer);
      delete transfer;
    }
  }

  void StartArrived() {
    std::deque<std::unique_ptr<Transfer>> arrived;
    {
      const std::scoped_lock lock(mutex_);
      arrived.swap(arriving_);
    }
    for (auto& transfer : arrived) {
      if (std::exchange(transfer->denied, false)) {
        Complete(*transfer, Fail(Code::kThrottled, "too many outgoing requests wait"));
        continue;
      }
      if (auto checked = transfer->Check(); !checked) {
        Complete(*transfer, std::unexpected(checked.error()));
        continue;
      }
      transfer->Prepare();
      if (!options_.ca_file.empty()) {
        curl_easy_setopt(transfer->easy, CURLOPT_CAINFO, options_.ca_file.c_str());
      }
      curl_multi_add_handle(multi_, transfer->easy);
      running_.insert(transfer.release());
    }
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* found = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
      const CURLcode code = message->data.result;
      const std::unique_ptr<Transfer> transfer(found);
      curl_multi_remove_handle(multi_, transfer->easy);
      running_.erase(found);
      Complete(*transfer, transfer->Outcome(code));
    }
  }

  void Complete(Transfer& transfer, Result<Response> outcome) {
    --pending_;
    transfer.completion(std::move(outcome));
  }
  void Cancel(Transfer& transfer) {
    Complete(transfer, Fail(Code::kCancelled, "the client is stopping"));
  }

  const CurlClientOptions options_;
  const AddressPolicy policy_;
  CURLM* multi_;
  std::atomic<bool> stopping_ = false;
  std::atomic<size_t> pending_ = 0;
  std::mutex mutex_;
  std::deque<std::unique_ptr<Transfer>> arriving_;
  std::unordered_set<Transfer*> running_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Client>> MakeCurlClient(const CurlClientOptions& options) {
  auto policy = AddressPolicy::Parse(options.allowed_private);
  if (!policy) return std::unexpected(policy.error());
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kInitialised != CURLE_OK) return Fail(Code::kUnavailable, curl_easy_strerror(kInitialised));
  return std::make_unique<CurlClient>(options, *std::move(policy));
}

}  // namespace riposte::http
