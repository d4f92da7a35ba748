// The providers of config.h with their keys read and their services found.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "app/providers.h"
#include "base/result.h"
#include "wire/catalog.h"

namespace riposte::app {

/// Errors: kInvalidArgument in words for the operator; those of reading a credentials file.
[[nodiscard]] Result<std::vector<Provider>> LoadProviders(const Config& config,
                                                          const wire::Catalog& catalog);
/// "host:port" of each provider's endpoint that names one: what the operator has allowed by it.
[[nodiscard]] std::vector<std::string> ProviderHosts(const Config& config);

}  // namespace riposte::app
