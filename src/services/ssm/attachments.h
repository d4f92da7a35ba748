// Files attached to a version of a document: taken in, checked, shown.
//
// Data path:     CreateDocument, UpdateDocument -> s3:GetObject in the same transaction, as the
//                caller -> ssm_attachments; StartAutomationExecution takes along what its steps
//                run; GetDocument -> Url -> attachments:GetDocumentAttachment
// Thread safety: as api/registry.h says.
// Bounds:        20 files of 1 MiB, 4 MiB together: they are read and written by one transaction.
// The real service takes files in after its reply and tells of a failure by the status Failed; here
// a document whose files cannot be had is refused. Source: AttachmentsSource, AttachmentContent,
// AWS Systems Manager API reference.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/sealer.h"
#include "api/invoker.h"
#include "api/registry.h"
#include "services/ssm/tables.h"
#include "workflow/automation/document.h"

namespace riposte::ssm {

class Attachments {
 public:
  static constexpr size_t kMaxFiles = 20;
  static constexpr size_t kMaxFileBytes = 1u << 20;
  static constexpr size_t kMaxBytes = 4u << 20;

  /// Name -> SHA-256 in hex, "" for any: `files` of a document.
  using Files = std::map<std::string, std::string, std::less<>>;
  /// The document that an AttachmentReference means, if the caller may use it. Throws api::Error.
  using FindDocument =
      std::function<StoredDocument(const std::string& name, const std::string& version)>;

  /// `sealing_key` of access::Sealer::kKeyBytes bytes makes the addresses that GetDocument gives.
  Attachments(api::Invoker& invoker, std::string sealing_key, Random& random)
      : invoker_(invoker), sealer_(std::move(sealing_key)), random_(random) {}
  void Register(api::Registry& registry);

  /// The files that the call's `Attachments` name, in that order, with their bodies. Throws
  /// InvalidParameterValueException (a source that makes no sense), InvalidDocumentContent (a file
  /// that cannot be had, is too long, or is another than `files` says).
  [[nodiscard]] std::vector<StoredAttachment> Collect(const api::Call& call, store::Transaction& tx,
                                                      const Files& files,
                                                      const FindDocument& find) const;
  /// AttachmentsInformation: the names.
  [[nodiscard]] static json::Array Names(store::Transaction& tx, const Scope& region,
                                         const StoredDocument& document);
  /// AttachmentsContent; each Url is good for an hour, for whoever has it.
  [[nodiscard]] json::Array Contents(const api::Call& call, store::Transaction& tx,
                                     const StoredDocument& document) const;
  /// What the steps of `runbook` run, for Document::kAttachments.
  [[nodiscard]] static json::Object ForExecution(store::Transaction& tx, const Scope& region,
                                                 const StoredDocument& document,
                                                 const automation::Document& runbook);

 private:
  class Collector;

  json::Value GetDocumentAttachment(const api::Call& call, store::Transaction& tx);

  api::Invoker& invoker_;
  access::Sealer sealer_;
  Random& random_;
};

}  // namespace riposte::ssm
