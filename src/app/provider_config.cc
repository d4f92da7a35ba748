#include "app/provider_config.h"

#include "app/credentials.h"
#include "base/arn.h"
#include "os/files.h"

namespace riposte::app {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

std::unexpected<Error> Refuse(const Config::Provider& provider, const std::string& why) {
  return Fail(Code::kInvalidArgument, "provider of account " + provider.account.str() + ": " + why);
}

bool IsUrl(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Result<access::SigningKey> ReadKey(const Config::Provider& provider) {
  if (provider.credentials_file.empty()) return Refuse(provider, "credentials_file is missing");
  const auto text = os::ReadFile(provider.credentials_file, kMaxFileBytes);
  if (!text) return std::unexpected(text.error());
  auto key = ReadProfile(*text, provider.profile);
  if (!key) {
    return Refuse(provider,
                  "no key of profile " + provider.profile + " in " + provider.credentials_file);
  }
  return std::move(*key);
}

}  // namespace

Result<std::vector<Provider>> LoadProviders(const Config& config, const wire::Catalog& catalog) {
  std::vector<Provider> out;
  for (const Config::Provider& given : config.providers) {
    if (!IsAccountId(given.account.str())) return Refuse(given, "account must be twelve digits");
    if (given.endpoint != "aws" && !IsUrl(given.endpoint)) {
      return Refuse(given, "endpoint must be aws or begin with http:// or https://");
    }
    if (given.endpoint.ends_with('/')) return Refuse(given, "endpoint must not end with a slash");
    if (given.services.empty()) return Refuse(given, "services names none");
    Provider provider;
    for (const std::string& name : given.services) {
      const wire::ServiceModel* service = catalog.FindByAnyName(name);
      if (service == nullptr) return Refuse(given, "there is no service " + name);
      provider.services.push_back(service->name);
    }
    auto key = ReadKey(given);
    if (!key) return std::unexpected(key.error());
    provider.account = given.account;
    provider.endpoint = given.endpoint;
    provider.key = std::move(*key);
    provider.assume_roles = given.assume_roles;
    out.push_back(std::move(provider));
  }
  return out;
}

std::vector<std::string> ProviderHosts(const Config& config) {
  std::vector<std::string> out;
  for (const Config::Provider& provider : config.providers) {
    const size_t scheme = provider.endpoint.find("://");
    if (scheme == std::string::npos || provider.endpoint.find('{') != std::string::npos) continue;
    std::string host = provider.endpoint.substr(scheme + 3);
    host.resize(std::min(host.size(), host.find('/')));
    out.push_back(std::move(host));
  }
  return out;
}

}  // namespace riposte::app
