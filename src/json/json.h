// JSON documents: the form of every request and reply between decoding and encoding.
//
// A thin layer over Boost.JSON: one parser configuration with bounds for hostile input, and
// accessors that say what they expect. Documents without fault are read by simdjson; what it
// refuses goes to Boost's parser, whose verdict and message count (numbers beyond 64 bits, too).
//
// Conventions of documents that follow a service model (wire/):
//   timestamps are numbers: seconds since the epoch, with a fraction;
//   blobs are base64 strings; maps and structures are objects, lists are arrays;
//   an absent member is absent, never null.
// Thread safety: as std containers. Cost: parse 0.5 to 2 GB/s (long strings are fastest),
// serialise about 800 MB/s.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace riposte::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using boost::json::string;

/// Deep enough for any document of the services, shallow enough for any stack.
inline constexpr size_t kMaxDepth = 64;

/// Parses one document. Duplicate keys: the last one counts. Errors: kInvalidArgument with the
/// offset; input deeper than `max_depth`, or not UTF-8, is refused.
[[nodiscard]] Result<Value> Parse(std::string_view text, size_t max_depth = kMaxDepth);
/// The same into memory of `storage`, e.g. an arena for a whole request.
[[nodiscard]] Result<Value> Parse(std::string_view text, boost::json::storage_ptr storage,
                                  size_t max_depth = kMaxDepth);
[[nodiscard]] std::string Serialize(const Value& value);
/// Appends `text` as a JSON string, in quotes. REQUIRES: UTF-8.
void AppendString(std::string& out, std::string_view text);
/// Appends a document without the white space between its tokens. REQUIRES: valid JSON.
void AppendMinified(std::string& out, std::string_view text);
[[nodiscard]] std::string SerializePretty(const Value& value);  ///< Two-space indent.

/// The member, or nullptr when it is absent or null.
[[nodiscard]] const Value* Find(const Object& object, std::string_view name);

/// The member when it has that type, else the fallback.
[[nodiscard]] std::string_view GetString(const Object& object, std::string_view name,
                                         std::string_view fallback = {});
[[nodiscard]] int64_t GetInt(const Object& object, std::string_view name, int64_t fallback = 0);
[[nodiscard]] double GetDouble(const Object& object, std::string_view name, double fallback = 0);
[[nodiscard]] bool GetBool(const Object& object, std::string_view name, bool fallback = false);
/// nullptr when absent or of another type.
[[nodiscard]] const Object* GetObject(const Object& object, std::string_view name);
[[nodiscard]] const Array* GetArray(const Object& object, std::string_view name);

/// A list of strings member; empty when absent. Elements of other types are skipped.
[[nodiscard]] std::vector<std::string> GetStrings(const Object& object, std::string_view name);

/// Sets `object[name] = value` only when the text is not empty: absent members stay absent.
void SetIfNotEmpty(Object& object, std::string_view name, std::string_view value);

/// The string inside, as std types want it.
[[nodiscard]] inline std::string_view View(const Value& value) {
  const auto& text = value.as_string();
  return {text.data(), text.size()};
}

}  // namespace riposte::json
