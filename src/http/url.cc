#include "http/url.h"

#include <curl/curl.h>

#include <memory>

#include "base/number.h"

namespace riposte::http {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

Result<Url> ParseUrl(const std::string& text) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (text.find('\0') != std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return Fail(Code::kInvalidArgument, "not a URL");
  }
  Url out;
  out.scheme = Part(url.get(), CURLUPART_SCHEME);
  if (out.scheme != "http" && out.scheme != "https") {
    return Fail(Code::kInvalidArgument, "only http and https URLs can be called");
  }
  out.host = Part(url.get(), CURLUPART_HOST);
  if (out.host.size() > 2 && out.host.front() == '[') {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  out.port = ParseNumber<int>(Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)).value_or(0);
  out.has_user =
      !Part(url.get(), CURLUPART_USER).empty() || !Part(url.get(), CURLUPART_PASSWORD).empty();
  out.has_fragment = !Part(url.get(), CURLUPART_FRAGMENT).empty();
  return out;
}

}  // namespace riposte::http
