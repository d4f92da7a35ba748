#include "base/trace.h"

#include <algorithm>
#include <charconv>

namespace riposte {
namespace {

bool IsCorrelation(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

}  // namespace

std::string FormatTrace(const Trace& trace) {
  if (trace.correlation.empty()) return "";
  return "Root=" + trace.correlation + ";Hops=" + std::to_string(trace.hops);
}

Trace ParseTrace(std::string_view header) {
  Trace trace;
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with("Root=") && IsCorrelation(part.substr(5))) {
      trace.correlation = part.substr(5);
    } else if (part.starts_with("Hops=")) {
      int hops = 0;
      const auto number = part.substr(5);
      const auto [rest, error] =
          std::from_chars(number.data(), number.data() + number.size(), hops);
      if (error == std::errc() && hops >= 0 && hops <= 1000) trace.hops = hops;
    }
  }
  // X-Ray's own ids ("1-5759e988-…") come from tracers, not from us.
  if (trace.correlation.starts_with("1-")) trace = {};
  return trace;
}

}  // namespace riposte
