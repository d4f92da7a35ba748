// The runbooks that come with the engine: packs/runbooks, put into the binary by the build.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "services/ssm/tables.h"

namespace riposte::ssm {

struct EmbeddedRunbook {
  std::string_view name;  ///< File name without its ending.
  std::string_view text;
};

/// Sorted by name; static storage. Defined in a generated source (cmake/embed_runbooks.cmake).
[[nodiscard]] std::span<const EmbeddedRunbook> EmbeddedRunbooks();

using ShippedDocumentMap = std::map<std::string, StoredDocument, std::less<>>;
/// The same as documents with the owner Amazon, by name; read once in a process. Throws
/// std::logic_error when a shipped runbook is not valid, which a test excludes.
[[nodiscard]] const ShippedDocumentMap& ShippedDocuments();

}  // namespace riposte::ssm
