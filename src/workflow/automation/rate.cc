#include "workflow/automation/rate.h"

#include "base/number.h"

namespace riposte::automation {

std::optional<int64_t> RateLimit(std::string_view text, int64_t total) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  const auto number = ParseNumber(text);
  if (!number || *number < 0 || (percent && *number > 100)) return std::nullopt;
  return percent ? total * *number / 100 : *number;
}

}  // namespace riposte::automation
