#include "http/reply.h"

#include <algorithm>
#include <array>
#include <utility>

namespace riposte::http {

namespace {

constexpr auto kPhrases = std::to_array<std::pair<int, std::string_view>>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});

void AppendClean(std::string& out, std::string_view text) {
  const size_t start = out.size();
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

bool IsFraming(std::string_view name) {
  return EqualsIgnoreCase(name, "content-length") || EqualsIgnoreCase(name, "transfer-encoding") ||
         EqualsIgnoreCase(name, "connection") || EqualsIgnoreCase(name, "keep-alive");
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto* found = std::ranges::find(kPhrases, status, &std::pair<int, std::string_view>::first);
  return found == kPhrases.end() ? "Unknown" : found->second;
}

bool HasBody(int status, const ReplyContext& context) {
  return !context.to_head && status >= 200 && status != 204 && status != 304;
}

std::string WriteHead(const Response& response, const ReplyContext& context) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += ReasonPhrase(response.status);
  out += "\r\n";
  bool has_date = false;
  for (const auto& [name, value] : response.headers.list()) {
    if (IsFraming(name)) continue;
    has_date = has_date || EqualsIgnoreCase(name, "date");
    AppendClean(out, name);
    out += ": ";
    AppendClean(out, value);
    out += "\r\n";
  }
  if (!has_date && !context.date.empty()) {
    out += "Date: ";
    out += context.date;
    out += "\r\n";
  }
  if (response.status >= 200 && response.status != 204 && response.status != 304) {
    const std::string_view own = response.headers.Get("content-length");
    const bool use_own = context.to_head && response.body.empty() && !own.empty() &&
                         own.find_first_not_of("0123456789") == std::string_view::npos;
    out += "Content-Length: ";
    out += use_own ? std::string(own) : std::to_string(response.body.size());
    out += "\r\n";
  }
  if (!context.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  return out;
}

}  // namespace riposte::http
