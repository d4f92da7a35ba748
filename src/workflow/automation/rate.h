// How many of a number of targets may run, and may fail, at a time. Source: spec 2.7. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace riposte::automation {

/// What the API takes: "10" or "10%".
inline constexpr std::string_view kMaxConcurrencyPattern =
    R"(^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$)";
inline constexpr std::string_view kMaxErrorsPattern =
    R"(^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$)";

/// "10" as it stands, "10%" of `total` rounded down; nullopt when `text` is neither.
[[nodiscard]] std::optional<int64_t> RateLimit(std::string_view text, int64_t total);

}  // namespace riposte::automation
