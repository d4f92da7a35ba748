#include "http/smtp.h"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace riposte::http {
namespace {

bool IsAddress(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c > 0x20 && c < 0x7F && c != '<' && c != '>';
  });
}

struct Reader {
  std::string_view rest;
  static size_t Read(char* buffer, size_t size, size_t count, void* self) {
    auto& rest = static_cast<Reader*>(self)->rest;
    const size_t taken = std::min(rest.size(), size * count);
    std::memcpy(buffer, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
  }
};

size_t Ignore(char*, size_t size, size_t count, void*) {
  return size * count;
}

Status Deliver(const std::string& url, const SmtpMessage& message) {
  if (!IsAddress(message.from) || !IsAddress(message.to)) {
    return Fail(Code::kInvalidArgument, "not a mail address: " + message.to);
  }
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 curl_easy_cleanup);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(
      curl_slist_append(nullptr, ("<" + message.to + ">").c_str()), curl_slist_free_all);
  Reader reader{message.text};
  const std::string from = "<" + message.from + ">";
  char error[CURL_ERROR_SIZE] = {};
  CURL* curl = easy.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, SmtpClient::kTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, Reader::Read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Ignore);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  const std::string detail = error[0] != '\0' ? error : curl_easy_strerror(code);
  // RFC 5321, 4.2.1: a reply of the five hundreds is final. Not so a wrong password: that is the
  // operator's to mend, and the mail waits for it.
  if (reply >= 550 && reply <= 559) {
    return Fail(Code::kInvalidArgument, "the mail server refuses " + message.to, detail);
  }
  return Fail(Code::kUnavailable, "mail could not be handed over", detail);
}

}  // namespace

struct SmtpClient::Impl {
  explicit Impl(std::string url_in) : url(std::move(url_in)) {
    thread = std::thread([this] {
      pthread_setname_np(pthread_self(), "smtp-client");
      Loop();
    });
  }

  void Loop() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (stopping) break;
      auto [message, completion] = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      completion(Deliver(url, message));
      lock.lock();
    }
    for (auto& [message, completion] : waiting) {
      completion(Fail(Code::kCancelled, "the mail client stops"));
    }
  }

  const std::string url;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::pair<SmtpMessage, Completion>> waiting;
  bool stopping = false;
  std::thread thread;
};

SmtpClient::SmtpClient(std::string url) : impl_(std::make_unique<Impl>(std::move(url))) {}

SmtpClient::~SmtpClient() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_one();
  impl_->thread.join();
}

void SmtpClient::Send(SmtpMessage message, Completion completion) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->waiting.size() < kMaxWaiting) {
      impl_->waiting.emplace_back(std::move(message), std::move(completion));
      impl_->changed.notify_one();
      return;
    }
  }
  completion(Fail(Code::kThrottled, "too much mail is waiting"));
}

}  // namespace riposte::http
