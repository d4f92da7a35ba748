#include "services/sns/webhook.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/arn.h"
#include "services/sns/sns.h"

namespace riposte::sns {
namespace {

constexpr size_t kMaxTemplate = 16'384;
constexpr size_t kMaxDepth = 16;
/// Of one placeholder that gives no bound of its own.
constexpr size_t kMaxCharacters = 65'536;
constexpr size_t kTitleCharacters = 150;

constexpr std::string_view kSlack = R"({
  "text": "${Title}",
  "blocks": [
    {"type": "header", "text": {"type": "plain_text", "text": "${Title|150}"}},
    {"type": "section", "text": {"type": "mrkdwn", "verbatim": true, "text": "${Message|2900}"}},
    {"type": "context", "elements": [
      {"type": "mrkdwn", "verbatim": true, "text": "${TopicName}  ${Timestamp}"}]}
  ]
})";
constexpr std::string_view kTeams = R"({
  "type": "message",
  "attachments": [{
    "contentType": "application/vnd.microsoft.card.adaptive",
    "content": {
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
      "type": "AdaptiveCard",
      "version": "1.4",
      "body": [
        {"type": "RichTextBlock", "inlines": [
          {"type": "TextRun", "text": "${Title|150}", "weight": "Bolder", "size": "Medium"}]},
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "${Message|20000}"}]},
        {"type": "RichTextBlock", "inlines": [
          {"type": "TextRun", "text": "${TopicName}  ${Timestamp}", "isSubtle": true}]}
      ]
    }
  }]
})";
constexpr std::string_view kPagerDuty = R"({
  "routing_key": "${RoutingKey}",
  "event_action": "trigger",
  "dedup_key": "${MessageId}",
  "payload": {
    "summary": "${Title|1024}",
    "source": "${TopicArn}",
    "severity": "${Severity}",
    "timestamp": "${Timestamp}",
    "custom_details": {"message": "${Body}", "attributes": "${Attributes}"}
  }
})";
constexpr std::string_view kGeneric = R"({
  "subject": "${Subject}",
  "message": "${Body}",
  "topic": "${TopicArn}",
  "message_id": "${MessageId}",
  "timestamp": "${Timestamp}",
  "attributes": "${Attributes}"
})";

struct Protocol {
  std::string_view name;
  std::string_view own_template;
};
constexpr Protocol kProtocols[] = {
    {"slack", kSlack}, {"teams", kTeams}, {"pagerduty", kPagerDuty}, {"webhook", kGeneric}};

/// The first `most` characters of UTF-8 text.
std::string_view Head(std::string_view text, size_t most) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && characters++ == most) return text.substr(0, i);
  }
  return text;
}

std::string AsText(const json::Value& value) {
  return value.is_string() ? std::string(json::View(value)) : json::Serialize(value);
}

/// "a.0.b" inside `value`; nullptr when it leads nowhere.
const json::Value* Walk(const json::Value* value, std::string_view path) {
  while (value != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    const std::string_view step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (const json::Object* object = value->if_object()) {
      value = json::Find(*object, step);
    } else if (const json::Array* array = value->if_array()) {
      size_t index = 0;
      const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool found =
          error == std::errc() && end == step.data() + step.size() && index < array->size();
      value = found ? &(*array)[index] : nullptr;
    } else {
      value = nullptr;
    }
  }
  return value;
}

class Renderer {
 public:
  explicit Renderer(const Notice& notice) : notice_(notice), body_(notice.message) {
    if (auto parsed = json::Parse(notice.message);
        parsed && (parsed->is_object() || parsed->is_array())) {
      body_ = std::move(*parsed);
    }
  }

  [[nodiscard]] json::Value Render(const json::Value& value) const {
    if (value.is_string()) return RenderText(json::View(value));
    if (const json::Array* array = value.if_array()) {
      json::Array out;
      for (const json::Value& element : *array) out.push_back(Render(element));
      return out;
    }
    if (const json::Object* object = value.if_object()) {
      json::Object out;
      for (const auto& [name, member] : *object) out[name] = Render(member);
      return out;
    }
    return value;
  }

 private:
  [[nodiscard]] json::Value RenderText(std::string_view text) const {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      const size_t begin = text.find("${", at);
      const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
      if (end == std::string_view::npos) {
        out += text.substr(at);
        break;
      }
      out += text.substr(at, begin - at);
      std::string_view name = text.substr(begin + 2, end - begin - 2);
      size_t most = kMaxCharacters;
      const size_t bar = name.find('|');
      if (bar != std::string_view::npos) {
        std::from_chars(name.data() + bar + 1, name.data() + name.size(), most);
        name = name.substr(0, bar);
      }
      json::Value found = Lookup(name);
      const bool alone = begin == 0 && end + 1 == text.size() && bar == std::string_view::npos;
      if (alone && !found.is_string()) return Escape(std::move(found));
      out += Escaped(Head(AsText(found), most));
      at = end + 1;
    }
    return json::Value(out);
  }

  [[nodiscard]] json::Value Lookup(std::string_view name) const {
    const auto under = [&](std::string_view prefix) -> std::optional<std::string_view> {
      if (!name.starts_with(prefix)) return std::nullopt;
      const std::string_view rest = name.substr(prefix.size());
      if (rest.empty()) return rest;
      return rest.front() == '.' ? std::optional(rest.substr(1)) : std::nullopt;
    };
    if (const auto path = under("Body")) {
      const json::Value* found = Walk(&body_, *path);
      return found == nullptr ? json::Value("") : *found;
    }
    if (const auto path = under("Attributes")) {
      return path->empty() ? json::Value(Attributes()) : json::Value(Attribute(*path));
    }
    if (name == "Title") return json::Value(Title());
    if (name == "Subject") return json::Value(notice_.subject);
    if (name == "Message") return json::Value(notice_.message);
    if (name == "MessageId") return json::Value(notice_.message_id);
    if (name == "Timestamp") return json::Value(FormatIso8601(notice_.time, true));
    if (name == "TopicArn") return json::Value(notice_.topic_arn);
    if (name == "TopicName") {
      const auto arn = Arn::Parse(notice_.topic_arn);
      return json::Value(arn ? arn->resource : notice_.topic_arn);
    }
    if (name == "SubscriptionArn") return json::Value(notice_.subscription_arn);
    if (name == "Severity") return json::Value(Severity());
    if (name == "RoutingKey") return json::Value(notice_.routing_key);
    return json::Value("");
  }

  [[nodiscard]] std::string Title() const {
    if (!notice_.subject.empty()) return notice_.subject;
    std::string_view message = notice_.message;
    const size_t begin = message.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return "Notification";
    message.remove_prefix(begin);
    return std::string(Head(message.substr(0, message.find_first_of("\r\n")), kTitleCharacters));
  }

  [[nodiscard]] std::string Attribute(std::string_view name) const {
    const json::Object* attribute = json::GetObject(notice_.attributes, name);
    if (attribute == nullptr) return {};
    return std::string(
        json::GetString(*attribute, "StringValue", json::GetString(*attribute, "BinaryValue")));
  }

  [[nodiscard]] json::Object Attributes() const {
    json::Object out;
    for (const auto& [name, value] : notice_.attributes) {
      out[name] = Attribute(std::string_view(name.data(), name.size()));
    }
    return out;
  }

  /// One of the four that PagerDuty knows.
  [[nodiscard]] std::string Severity() const {
    std::string word = Attribute("severity");
    for (const char* path : {"detail.findings.0.Severity.Label", "detail.severity", "severity",
                             "NewStateValue", "detail.state.value"}) {
      if (!word.empty()) break;
      const json::Value* found = Walk(&body_, path);
      if (found != nullptr) word = AsText(*found);
    }
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kWords{
        {{"critical", "critical"},
         {"high", "error"},
         {"error", "error"},
         {"alarm", "error"},
         {"medium", "warning"},
         {"warning", "warning"},
         {"low", "info"},
         {"informational", "info"},
         {"info", "info"},
         {"ok", "info"},
         {"insufficient_data", "info"},
         {"untriaged", "info"},
         {"none", "info"}}};
    for (const auto& [said, meant] : kWords) {
      if (word == said) return std::string(meant);
    }
    // Detectors that count: GuardDuty's 0 to 10.
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc() && end == word.data() + word.size()) {
      return number >= 9 ? "critical" : number >= 7 ? "error" : number >= 4 ? "warning" : "info";
    }
    return "error";
  }

  [[nodiscard]] std::string Escaped(std::string_view text) const {
    if (notice_.protocol != "slack") return std::string(text);
    std::string out;
    for (const char c : text) {
      if (c == '&') {
        out += "&amp;";
      } else if (c == '<') {
        out += "&lt;";
      } else if (c == '>') {
        out += "&gt;";
      } else {
        out += c;
      }
    }
    return out;
  }

  /// The same for every string inside a value.
  [[nodiscard]] json::Value Escape(json::Value value) const {
    if (value.is_string()) return json::Value(Escaped(json::View(value)));
    if (json::Array* array = value.if_array()) {
      for (json::Value& element : *array) element = Escape(std::move(element));
    } else if (json::Object* object = value.if_object()) {
      for (auto&& member : *object) member.value() = Escape(std::move(member.value()));
    }
    return value;
  }

  const Notice& notice_;
  json::Value body_;
};

}  // namespace

bool IsWebhook(std::string_view protocol) {
  return std::ranges::find(kProtocols, protocol, &Protocol::name) != std::end(kProtocols);
}

bool IsWeb(std::string_view protocol) {
  return protocol == "http" || protocol == "https" || IsWebhook(protocol);
}

void CheckTemplate(std::string_view text) {
  if (text.size() > kMaxTemplate) RefuseParameter("Template: must be at most 16384 bytes");
  const auto parsed = json::Parse(text, kMaxDepth);
  if (!parsed || !parsed->is_object()) RefuseParameter("Template: must be a JSON object");
}

std::string RenderWebhook(const Notice& notice) {
  std::string_view text = notice.body_template;
  if (text.empty()) {
    const auto at = std::ranges::find(kProtocols, notice.protocol, &Protocol::name);
    text = at == std::end(kProtocols) ? kGeneric : at->own_template;
  }
  const auto parsed = json::Parse(text, kMaxDepth);
  return parsed ? json::Serialize(Renderer(notice).Render(*parsed)) : std::string("{}");
}

}  // namespace riposte::sns
