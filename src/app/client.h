// How the command line speaks to a running engine: signed calls over HTTP, one at a time.
#pragma once

#include <memory>
#include <string>

#include "access/authenticator.h"
#include "base/time.h"
#include "http/client.h"
#include "json/json.h"

namespace riposte::app {

/// Empty fields are filled by FillFromEnvironment, except the profile.
struct ClientOptions {
  std::string endpoint;
  std::string region;
  std::string profile;   ///< Of the shared credentials file; "": see app/credentials.h.
  std::string data_dir;  ///< Where root-credentials.json lies, for when nothing names other keys.
};

/// Fills what is empty from AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, RIPOSTE_DATA_DIR.
void FillFromEnvironment(ClientOptions& options);

class EngineClient {
 public:
  /// Errors: kNotFound with what to do, when there are no keys.
  [[nodiscard]] static Result<std::unique_ptr<EngineClient>> Connect(const ClientOptions& options,
                                                                     const Clock& clock);

  /// One operation of the native service. Blocks. Errors: the engine's code in `detail`.
  [[nodiscard]] Result<json::Object> Native(const std::string& operation,
                                            const json::Object& input);
  /// One request of any JSON service. `target` is the X-Amz-Target, or "" for REST.
  [[nodiscard]] Result<json::Object> Send(const std::string& service, const std::string& target,
                                          const std::string& path, const json::Object& input);

 private:
  EngineClient(ClientOptions options, access::SigningKey key, const Clock& clock,
               std::unique_ptr<http::Client> http);

  ClientOptions options_;
  access::SigningKey key_;
  const Clock& clock_;
  std::unique_ptr<http::Client> http_;
};

}  // namespace riposte::app
