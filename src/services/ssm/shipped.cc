#include "services/ssm/shipped.h"

#include <stdexcept>

#include "access/crypto.h"
#include "workflow/automation/document.h"

namespace riposte::ssm {
namespace {

ShippedDocumentMap Load() {
  ShippedDocumentMap documents;
  for (const EmbeddedRunbook& runbook : EmbeddedRunbooks()) {
    const auto content = automation::ParseDocumentText(runbook.text, automation::Format::kYaml);
    const auto document = content ? automation::Document::Load(*content)
                                  : Result<automation::Document>(std::unexpected(content.error()));
    if (!document) {
      throw std::logic_error("shipped runbook " + std::string(runbook.name) + ": " +
                             document.error().message);
    }
    StoredDocument stored;
    stored.name = runbook.name;
    stored.owner = "Amazon";
    stored.type = "Automation";
    stored.default_version = stored.latest_version = stored.version = 1;
    stored.format = "YAML";
    stored.content = runbook.text;
    stored.hash = access::Sha256Hex(runbook.text);
    stored.schema_version = "0.3";
    stored.description = document->description;
    stored.parameters = DocumentParameters(content->as_object());
    stored.created = stored.version_created = FromMillis(1'735'689'600'000);  // 2025-01-01
    documents.emplace(stored.name, std::move(stored));
  }
  return documents;
}

}  // namespace

const ShippedDocumentMap& ShippedDocuments() {
  static const ShippedDocumentMap documents = Load();
  return documents;
}

}  // namespace riposte::ssm
