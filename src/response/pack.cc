#include "response/pack.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/number.h"

namespace riposte::response {
namespace {

constexpr size_t kMaxPackBytes = 1 << 20;
constexpr int kMaxDepth = 32;
constexpr size_t kMaxNodes = 20'000;
constexpr std::array<std::string_view, 5> kSeverities = {"INFORMATIONAL", "LOW", "MEDIUM", "HIGH",
                                                         "CRITICAL"};

/// Thrown while reading; turned into an Error at the top.
struct Refused {
  std::string message;
};

[[noreturn]] void Refuse(const YAML::Node& where, const std::string& message) {
  throw Refused{"pack.yaml:" + std::to_string(where.Mark().line + 1) + ": " + message};
}

std::string Text(const YAML::Node& node, const char* what) {
  if (!node.IsDefined() || !node.IsScalar()) Refuse(node, std::string(what) + " must be text");
  return node.Scalar();
}

std::string Name(const YAML::Node& node, const char* what) {
  std::string name = Text(node, what);
  if (name.empty() || name.size() > 40 ||
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    Refuse(node, std::string(what) + " must be 1 to 40 of a-z, 0-9 and -");
  }
  return name;
}

std::vector<std::string> TextList(const YAML::Node& node, const char* what) {
  if (!node.IsSequence()) Refuse(node, std::string(what) + " must be a list");
  std::vector<std::string> out;
  for (const YAML::Node& item : node) out.push_back(Text(item, what));
  return out;
}

/// Plain scalars of YAML's core schema become JSON booleans, null and numbers; quoted stay text.
json::Value Scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return json::Value(text);
  if (text == "true" || text == "false") return json::Value(text == "true");
  if (text == "null" || text == "~" || text.empty()) return json::Value(nullptr);
  if (const auto integer = ParseNumber(text)) return json::Value(*integer);
  if (const auto real = ParseNumber<double>(text)) return json::Value(*real);
  return json::Value(text);
}

json::Value ToJson(const YAML::Node& node, int depth, size_t& budget) {
  if (depth > kMaxDepth || budget == 0) Refuse(node, "nested too deeply or too large");
  --budget;
  if (node.IsMap()) {
    json::Object out;
    for (const auto& entry : node) {
      out[entry.first.Scalar()] = ToJson(entry.second, depth + 1, budget);
    }
    return out;
  }
  if (node.IsSequence()) {
    json::Array out;
    for (const YAML::Node& item : node) out.push_back(ToJson(item, depth + 1, budget));
    return out;
  }
  return node.IsScalar() ? Scalar(node) : json::Value(nullptr);
}

void CheckKeys(const YAML::Node& node, std::initializer_list<std::string_view> known,
               const char* what) {
  if (!node.IsMap()) Refuse(node, std::string(what) + " must be a mapping");
  for (const auto& entry : node) {
    const std::string& key = entry.first.Scalar();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      Refuse(entry.first, "unknown key '" + key + "' in " + what);
    }
  }
}

std::string Runbook(const YAML::Node& node, const Pack& pack) {
  std::string name = Text(node, "runbook");
  if (!pack.runbooks.contains(name) && !name.starts_with("AWS")) {
    Refuse(node, "runbook " + name + " is neither in runbooks/ nor one that ships with the engine");
  }
  return name;
}

Import ReadImport(const YAML::Node& node, const Pack& pack) {
  CheckKeys(node, {"name", "event", "runbook"}, "imports");
  Import import;
  import.name = Name(node["name"], "name");
  if (!node["event"].IsDefined() || !node["event"].IsMap()) {
    Refuse(node, "event must be an event pattern");
  }
  size_t budget = kMaxNodes;
  import.event = ToJson(node["event"], 0, budget).as_object();
  import.runbook = Runbook(node["runbook"], pack);
  return import;
}

Response ReadResponse(const YAML::Node& node, const Pack& pack) {
  CheckKeys(node, {"name", "severity", "type", "runbook"}, "responses");
  Response response;
  response.name = Name(node["name"], "name");
  if (node["severity"].IsDefined()) {
    response.severity = TextList(node["severity"], "severity");
    for (const std::string& label : response.severity) {
      if (std::find(kSeverities.begin(), kSeverities.end(), label) == kSeverities.end()) {
        Refuse(node["severity"],
               "no severity " + label + ": one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL");
      }
    }
  }
  if (node["type"].IsDefined()) response.type = Text(node["type"], "type");
  if (node["runbook"].IsDefined()) response.runbook = Runbook(node["runbook"], pack);
  return response;
}

Pack Read(const PackFiles& files) {
  Pack pack;
  size_t total = 0;
  for (const auto& [path, text] : files) {
    total += text.size();
    if (total > kMaxPackBytes) throw Refused{"the pack is larger than 1 MiB"};
    constexpr std::string_view kFolder = "runbooks/";
    if (path.starts_with(kFolder) && path.ends_with(".yaml")) {
      pack.runbooks[path.substr(kFolder.size(), path.size() - kFolder.size() - 5)] = text;
    }
  }
  const auto page = files.find("pack.yaml");
  if (page == files.end()) throw Refused{"there is no pack.yaml"};

  const YAML::Node root = YAML::Load(page->second);
  CheckKeys(root,
            {"pack", "version", "description", "topic", "imports", "responses", "permissions"},
            "the pack");
  pack.name = Name(root["pack"], "pack");
  pack.version = Text(root["version"], "version");
  if (root["description"].IsDefined()) pack.description = Text(root["description"], "description");
  pack.topic = Name(root["topic"], "topic");
  for (const YAML::Node& node : root["imports"]) pack.imports.push_back(ReadImport(node, pack));
  for (const YAML::Node& node : root["responses"]) {
    pack.responses.push_back(ReadResponse(node, pack));
  }
  if (pack.responses.empty()) Refuse(root, "responses must name at least one response");
  if (root["permissions"].IsDefined()) {
    pack.permissions = TextList(root["permissions"], "permissions");
  }
  return pack;
}

}  // namespace

Result<Pack> ParsePack(const PackFiles& files) {
  try {
    return Read(files);
  } catch (const Refused& refused) {
    return Fail(Code::kInvalidArgument, refused.message);
  } catch (const YAML::Exception& error) {
    return Fail(Code::kInvalidArgument, std::string("pack.yaml: ") + error.what());
  }
}

}  // namespace riposte::response
