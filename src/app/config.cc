#include "app/config.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>

namespace riposte::app {
namespace {

/// One of the list `providers`. Throws YAML::Exception: a key that is unknown, or of another type.
Config::Provider ReadProvider(const YAML::Node& node) {
  Config::Provider provider;
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    const YAML::Node& value = entry.second;
    if (key == "account") {
      provider.account = AccountId(value.as<std::string>());
    } else if (key == "services") {
      provider.services = value.as<std::vector<std::string>>();
    } else if (key == "endpoint") {
      provider.endpoint = value.as<std::string>();
    } else if (key == "credentials_file") {
      provider.credentials_file = value.as<std::string>();
    } else if (key == "profile") {
      provider.profile = value.as<std::string>();
    } else if (key == "assume_roles") {
      provider.assume_roles = value.as<bool>();
    } else {
      throw YAML::Exception(entry.first.Mark(), "unknown key " + key);
    }
  }
  return provider;
}

using Setter = std::function<void(Config&, const YAML::Node&)>;

const std::map<std::string, Setter>& Setters() {
  static const std::map<std::string, Setter> setters = {
      {"data_dir", [](Config& c, const YAML::Node& n) { c.data_dir = n.as<std::string>(); }},
      {"address", [](Config& c, const YAML::Node& n) { c.address = n.as<std::string>(); }},
      {"port", [](Config& c, const YAML::Node& n) { c.port = n.as<int>(); }},
      {"threads", [](Config& c, const YAML::Node& n) { c.threads = n.as<int>(); }},
      {"account",
       [](Config& c, const YAML::Node& n) { c.account = AccountId(n.as<std::string>()); }},
      {"region", [](Config& c, const YAML::Node& n) { c.region = Region(n.as<std::string>()); }},
      {"open", [](Config& c, const YAML::Node& n) { c.open = n.as<bool>(); }},
      {"log_level", [](Config& c, const YAML::Node& n) { c.log_level = n.as<std::string>(); }},
      {"log_json", [](Config& c, const YAML::Node& n) { c.log_json = n.as<bool>(); }},
      {"python", [](Config& c, const YAML::Node& n) { c.python = n.as<std::string>(); }},
      {"mail_spool", [](Config& c, const YAML::Node& n) { c.mail_spool = n.as<std::string>(); }},
      {"smtp_url", [](Config& c, const YAML::Node& n) { c.smtp_url = n.as<std::string>(); }},
      {"allowed_private",
       [](Config& c, const YAML::Node& n) {
         c.allowed_private = n.as<std::vector<std::string>>();
       }},
      {"open_network",
       [](Config& c, const YAML::Node& n) { c.open_network = n.as<std::vector<std::string>>(); }},
      {"providers",
       [](Config& c, const YAML::Node& n) {
         c.providers.clear();
         for (const YAML::Node& provider : n) c.providers.push_back(ReadProvider(provider));
       }},
      {"ca_file", [](Config& c, const YAML::Node& n) { c.ca_file = n.as<std::string>(); }},
      {"public_url", [](Config& c, const YAML::Node& n) { c.public_url = n.as<std::string>(); }},
      {"max_owed", [](Config& c, const YAML::Node& n) { c.max_owed = n.as<int64_t>(); }},
      {"max_owed_mb", [](Config& c, const YAML::Node& n) { c.max_owed_mb = n.as<int64_t>(); }},
      {"estate_delay_ms",
       [](Config& c, const YAML::Node& n) { c.estate_delay = Millis(n.as<int64_t>()); }},
  };
  return setters;
}

}  // namespace

Status ReadConfigFile(const std::string& path, Config& config) {
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (root.IsNull()) return {};
    if (!root.IsMap()) return Fail(Code::kInvalidArgument, path + ": not a mapping of keys");
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      const auto where = path + ":" + std::to_string(entry.first.Mark().line + 1) + ": ";
      const auto setter = Setters().find(key);
      if (setter == Setters().end()) {
        return Fail(Code::kInvalidArgument, where + "unknown key " + key);
      }
      try {
        setter->second(config, entry.second);
      } catch (const YAML::Exception&) {
        return Fail(Code::kInvalidArgument, where + "bad value for " + key);
      }
    }
  } catch (const YAML::Exception& error) {
    return Fail(Code::kInvalidArgument, path + ": " + error.what());
  }
  return {};
}

Status CheckConfig(const Config& config) {
  const auto refuse = [](std::string message) {
    return Fail(Code::kInvalidArgument, std::move(message));
  };
  if (!IsAccountId(config.account.str())) return refuse("account must be twelve digits");
  if (config.port < 0 || config.port > 65535) return refuse("port must be between 0 and 65535");
  if (config.threads < 1 || config.threads > 256) return refuse("threads must be 1 to 256");
  if (config.max_owed < 0) return refuse("max_owed must not be negative");
  if (config.max_owed_mb < 0 || config.max_owed_mb > (int64_t{1} << 40)) {
    return refuse("max_owed_mb must be between 0 and 2^40");
  }
  if (!config.public_url.empty() && !config.public_url.starts_with("http://") &&
      !config.public_url.starts_with("https://")) {
    return refuse("public_url must begin with http:// or https://");
  }
  if (config.public_url.ends_with('/')) return refuse("public_url must not end with a slash");
  const bool loopback =
      config.address == "127.0.0.1" || config.address == "::1" || config.address == "localhost";
  if (config.open && !loopback) {
    return refuse("--open serves without authentication, so only on loopback: not on " +
                  config.address);
  }
  for (const char* level : {"debug", "info", "warning", "error"}) {
    if (config.log_level == level) return {};
  }
  return refuse("log_level must be debug, info, warning or error");
}

}  // namespace riposte::app
