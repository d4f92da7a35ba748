#include "http/retry_after.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/number.h"

namespace riposte::http {
namespace {

/// A century: far beyond any retry policy, and no overflow when added to a time.
constexpr int64_t kMostSeconds = 100LL * 366 * 86'400;

}  // namespace

std::optional<Millis> RetryAfter(const Headers& headers, TimePoint now) {
  const std::string text(headers.Get("Retry-After"));
  if (text.empty()) return std::nullopt;
  if (const auto seconds = ParseNumber<int64_t>(text)) {
    return std::chrono::seconds(std::clamp<int64_t>(*seconds, -1, kMostSeconds));
  }
  const bool digits_only = text.find_first_not_of("0123456789") == std::string::npos;
  if (digits_only) return std::chrono::seconds(kMostSeconds);  // More than fits.
  const time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const int64_t at_ms = std::min<int64_t>(date, kMostSeconds * 2) * 1000;
  return Millis(std::max<int64_t>(at_ms - ToMillis(now), 0));
}

}  // namespace riposte::http
