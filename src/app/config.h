// What the operator can set. Read once at start by `riposte serve`; plain values.
//
// Precedence: command line, then RIPOSTE_… environment, then the YAML file of --config, then the
// defaults here. docs/configuration.md lists every key.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/scope.h"
#include "base/time.h"

namespace riposte::app {

struct Config {
  std::string data_dir;  ///< "" keeps everything in memory.
  std::string address = "127.0.0.1";
  int port = 4566;                    ///< 0: any free port.
  int threads = 2;                    ///< io threads
  AccountId account{"000000000000"};  ///< The account of the root key, and of --open.
  Region region{"us-east-1"};         ///< Where unsigned calls land.
  bool open = false;                  ///< No authentication or authorisation; loopback only.
  std::string log_level = "info";     ///< debug, info, warning, error
  bool log_json = false;
  std::string python = "/usr/bin/python3";
  std::string mail_spool;                    ///< Folder for e-mail; "" is <data_dir>/mail.
  std::string smtp_url;                      ///< "smtp://host:25"; "" spools instead.
  std::vector<std::string> allowed_private;  ///< Webhook destinations that are not public.
  /// Names of functions (with wildcards) that have the host's network and not the engine alone.
  std::vector<std::string> open_network;
  /// Certificates (PEM) to trust for outgoing calls instead of the system's; "" trusts the
  /// system's.
  std::string ca_file;
  /// "https://riposte.example.org": where subscribers reach us, for the links in notifications and
  /// the address of the signing certificate; "" is the address that we listen on.
  std::string public_url;
  /// Where accounts live whose resources are not this engine's: app/providers.h, with its key still
  /// in a file.
  struct Provider {
    AccountId account;
    std::vector<std::string> services;
    std::string endpoint;
    std::string credentials_file;  ///< Shared credentials, as AWS clients have them.
    std::string profile = "default";
    bool assume_roles = true;
  };
  std::vector<Provider> providers;
  /// Nothing is synced: a power cut loses what was acknowledged. A control for tests, not offered.
  bool unsafe_no_sync = false;
  /// Beyond so many deliveries owed, or so much of their data, calls that would owe more are
  /// throttled; 0 is no limit.
  int64_t max_owed = 10'000'000;
  int64_t max_owed_mb = 8192;
  Millis estate_delay{1500};  ///< How long simulated instances take to change state.
};

/// Reads a YAML mapping of the keys above over `config`. Errors: kInvalidArgument naming the key
/// and line; unknown keys are refused.
[[nodiscard]] Status ReadConfigFile(const std::string& path, Config& config);

/// Checks what does not go together, in words for the operator.
[[nodiscard]] Status CheckConfig(const Config& config);

}  // namespace riposte::app
