// A response pack: one readable page that says which findings lead to which runbook.
//
// Format: docs/packs.md. Parsing is strict: an unknown key, a runbook that is not in the pack, or a
// severity that does not exist is refused with the place. Pure functions, any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/json.h"

namespace riposte::response {

/// An event pattern whose events become findings through a runbook.
struct Import {
  std::string name;
  json::Object event;  ///< Event pattern.
  std::string runbook;
};

/// One line of the triage. Conditions that are empty hold for every finding.
struct Response {
  std::string name;
  std::vector<std::string> severity;  ///< Labels; empty: any.
  std::string type;                   ///< Part of one of the finding's types; empty: any.
  std::string runbook;                ///< Empty: people are told, nothing else happens.
};

struct Pack {
  std::string name;
  std::string version;
  std::string description;
  std::string topic;
  std::vector<Import> imports;
  std::vector<Response> responses;
  std::vector<std::string> permissions;         ///< IAM actions of the runbooks' role.
  std::map<std::string, std::string> runbooks;  ///< Name to document text (YAML).
};

/// A pack's files by their path within it: "pack.yaml", "runbooks/NAME.yaml".
using PackFiles = std::map<std::string, std::string>;

/// Errors: kInvalidArgument with file, line and what was expected.
[[nodiscard]] Result<Pack> ParsePack(const PackFiles& files);

}  // namespace riposte::response
