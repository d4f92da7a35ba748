// Text encodings that every protocol needs. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte {

[[nodiscard]] std::string HexEncode(std::string_view bytes);  ///< Lower case.
/// Errors: kInvalidArgument on odd length or another character.
[[nodiscard]] Result<std::string> HexDecode(std::string_view text);

[[nodiscard]] std::string Base64Encode(std::string_view bytes);  ///< RFC 4648, with padding.
/// Accepts missing padding and line breaks. Errors: kInvalidArgument on another character.
[[nodiscard]] Result<std::string> Base64Decode(std::string_view text);

/// RFC 3986: every byte but A-Z a-z 0-9 - _ . ~ becomes %XX; '/' stays when `keep_slash`.
[[nodiscard]] std::string PercentEncode(std::string_view text, bool keep_slash = false);
/// Malformed escapes stay as they are. '+' becomes a space when `plus_is_space`.
[[nodiscard]] std::string PercentDecode(std::string_view text, bool plus_is_space = false);

/// True when `text` is well-formed UTF-8 without surrogates or overlong forms.
[[nodiscard]] bool IsUtf8(std::string_view text);

/// CRC-32C (Castagnoli), for rows that carry their own checksum.
[[nodiscard]] uint32_t Crc32c(std::string_view bytes);

}  // namespace riposte
