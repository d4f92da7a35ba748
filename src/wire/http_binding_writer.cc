#include <algorithm>

#include "base/encoding.h"
#include "wire/http_binding.h"
#include "wire/text_value.h"

namespace riposte::wire {
namespace {

/// Header values hold no control characters: nothing can end the line.
std::string HeaderText(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return text;
}

void WriteHeaders(const Shape& shape, const json::Object& object, http::Headers& headers) {
  for (const Member& member : shape.members) {
    const json::Value* value = json::Find(object, member.name);
    if (!value) continue;
    if (!member.http_header.empty()) {
      std::string text;
      if (const json::Array* array = value->if_array()) {
        for (const json::Value& item : *array) {
          if (!text.empty()) text += ", ";
          text += FormatText(item, member.target->members[0], TimestampFormat::kHttpDate);
        }
      } else {
        text = FormatText(*value, member, TimestampFormat::kHttpDate);
      }
      headers.Set(member.http_header, HeaderText(std::move(text)));
    } else if (!member.http_prefix_headers.empty() && value->is_object()) {
      for (const auto& [key, item] : value->get_object()) {
        if (!item.is_string()) continue;
        headers.Set(HeaderText(member.http_prefix_headers + std::string(key.data(), key.size())),
                    HeaderText(std::string(json::View(item))));
      }
    }
  }
}

std::unexpected<WireError> NoLabel(const std::string& name, std::string_view why) {
  return std::unexpected(
      WireError{"SerializationException",
                "The parameter " + name + " " + std::string(why) + " and cannot be part of a path.",
                400,
                false,
                {}});
}

std::expected<std::string, WireError> LabelText(const OperationModel& operation,
                                                const UriSegment& segment,
                                                const json::Object& input) {
  const Member* member = operation.input->FindMember(segment.text);
  const json::Value* value = member ? json::Find(input, member->name) : nullptr;
  if (!value) return NoLabel(segment.text, "has no value");
  const std::string text = FormatText(*value, *member, TimestampFormat::kDateTime);
  if (text.empty()) return NoLabel(segment.text, "is empty");
  // It would name another path wherever paths are normalised, signatures included.
  if (!segment.greedy && (text == "." || text == "..")) return NoLabel(segment.text, "is a dot");
  return PercentEncode(text, segment.greedy);
}

class QueryString {
 public:
  void Add(std::string_view key, std::string_view value) {
    AddBare(key);
    text_ += '=';
    text_ += PercentEncode(value);
  }
  void AddBare(std::string_view key) {
    text_ += text_.empty() ? '?' : '&';
    text_ += PercentEncode(key);
  }
  /// A text, or several under one key.
  void AddValue(std::string_view key, const json::Value& value, const Member& member) {
    if (const json::Array* array = value.if_array()) {
      for (const json::Value& item : *array) {
        Add(key, FormatText(item, member.target->members[0], TimestampFormat::kDateTime));
      }
    } else {
      Add(key, FormatText(value, member, TimestampFormat::kDateTime));
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A map's entries, but for the keys that members of their own are bound to.
void AddQueryParams(const Member& member, const Shape& shape, const json::Object& map,
                    QueryString& query) {
  for (const auto& [name, value] : map) {
    const std::string_view key(name.data(), name.size());
    const bool bound = std::any_of(shape.members.begin(), shape.members.end(),
                                   [key](const Member& m) { return m.http_query == key; });
    if (!bound) query.AddValue(key, value, member.target->members[1]);
  }
}

}  // namespace

void WriteBindings(const OperationModel& operation, const json::Object& output,
                   http::Response& response) {
  response.status = operation.http_code;
  for (const Member& member : operation.output->members) {
    const json::Value* value = json::Find(output, member.name);
    if (!value || !member.http_response_code) continue;
    if (const auto status = AsWhole(*value); status && *status >= 200 && *status <= 599) {
      response.status = static_cast<int>(*status);
    }
  }
  WriteHeaders(*operation.output, output, response.headers);
}

std::optional<WireError> WriteRequestBindings(const OperationModel& operation,
                                              const json::Object& input, http::Request& request) {
  request.method = operation.http_method;
  request.target.clear();
  for (const UriSegment& segment : operation.uri_segments) {
    request.target += '/';
    if (!segment.label) {
      request.target += segment.text;
      continue;
    }
    auto text = LabelText(operation, segment, input);
    if (!text) return std::move(text.error());
    request.target += *text;
  }
  if (request.target.empty()) request.target = "/";
  QueryString query;
  for (const auto& [key, value] : operation.uri_query) {
    if (value.empty()) {
      query.AddBare(key);
    } else {
      query.Add(key, value);
    }
  }
  for (const Member& member : operation.input->members) {
    const json::Value* value = json::Find(input, member.name);
    if (!value) continue;
    if (!member.http_query.empty()) query.AddValue(member.http_query, *value, member);
    if (member.http_query_params && value->is_object()) {
      AddQueryParams(member, *operation.input, value->get_object(), query);
    }
  }
  request.target += query.text();
  WriteHeaders(*operation.input, input, request.headers);
  return std::nullopt;
}

}  // namespace riposte::wire
