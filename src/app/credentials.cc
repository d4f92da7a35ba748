#include "app/credentials.h"

#include <cstdlib>

#include "app/client.h"
#include "json/json.h"
#include "os/files.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 1u << 20;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

Result<access::SigningKey> KeyOfProfile(const std::string& file, const std::string& profile) {
  if (file.empty()) {
    return Fail(Code::kNotFound,
                "profile " + profile + ": set AWS_SHARED_CREDENTIALS_FILE (there is no HOME)");
  }
  const auto text = os::ReadFile(file, kMaxFileBytes);
  if (!text) return Fail(Code::kNotFound, "profile " + profile + ": " + text.error().message);
  auto key = ReadProfile(*text, profile);
  if (!key) return Fail(Code::kNotFound, "profile " + profile + ": no keys for it in " + file);
  return *key;
}

/// nullopt when there is no such file.
Result<std::optional<access::SigningKey>> RootKey(const std::string& file) {
  const auto text = os::ReadFile(file, kMaxFileBytes);
  if (!text && text.error().code == Code::kNotFound) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  const auto document = json::Parse(*text);
  if (!document || !document->is_object()) return Fail(Code::kCorrupt, file + " is not JSON");
  return access::SigningKey{std::string(json::GetString(document->as_object(), "AccessKeyId")),
                            std::string(json::GetString(document->as_object(), "SecretAccessKey")),
                            ""};
}

}  // namespace

std::string SystemEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<access::SigningKey> ReadProfile(std::string_view text, std::string_view profile) {
  access::SigningKey key;
  bool inside = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = line.back() == ']' && Trim(line.substr(1, line.size() - 2)) == profile;
      continue;
    }
    const size_t equals = line.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    const std::string_view name = Trim(line.substr(0, equals));
    const std::string_view value = Trim(line.substr(equals + 1));
    if (name == "aws_access_key_id") key.access_key_id = value;
    if (name == "aws_secret_access_key") key.secret = value;
    if (name == "aws_session_token") key.session_token = value;
  }
  if (key.access_key_id.empty() || key.secret.empty()) return std::nullopt;
  return key;
}

Result<access::SigningKey> FindKey(const ClientOptions& options, const Environment& environment) {
  const std::string home = environment("HOME");
  const std::string usual = home.empty() ? "" : home + "/.aws/credentials";
  const std::string named = environment("AWS_SHARED_CREDENTIALS_FILE");
  const std::string& file = named.empty() ? usual : named;
  if (!options.profile.empty()) return KeyOfProfile(file, options.profile);

  access::SigningKey key{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                         environment("AWS_SESSION_TOKEN")};
  if (key.access_key_id.empty() != key.secret.empty()) {
    return Fail(Code::kInvalidArgument,
                "half a key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together");
  }
  if (!key.access_key_id.empty()) return key;
  if (const std::string profile = environment("AWS_PROFILE"); !profile.empty()) {
    return KeyOfProfile(file, profile);
  }
  if (!named.empty()) {
    if (auto found = KeyOfProfile(named, "default")) return found;
  }
  const std::string root_file = options.data_dir + "/root-credentials.json";
  const auto root = RootKey(root_file);
  if (!root) return std::unexpected(root.error());
  if (*root) return **root;
  if (named.empty() && !usual.empty()) {
    if (auto found = KeyOfProfile(usual, "default")) return found;
  }
  return Fail(Code::kNotFound,
              "no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or "
              "AWS_SHARED_CREDENTIALS_FILE, or name the engine's data folder with --data (tried " +
                  root_file + (file.empty() ? "" : " and " + file) + ")");
}

}  // namespace riposte::app
