// The Systems Manager service: documents, Automation, parameters, tags (awsJson1_1).
//
// Data path:     api::Pipeline -> handler -> store; StartAutomationExecution -> workflow::Engine
// Thread safety: as api/registry.h says: reads over a snapshot, writes on the writer thread.
// Source of errors and limits: AWS Systems Manager API reference, 2014-11-06.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "access/authorizer.h"
#include "access/directory.h"
#include "api/registry.h"
#include "base/time_zone.h"
#include "services/ssm/attachments.h"
#include "services/ssm/compliance.h"
#include "services/ssm/secure_strings.h"
#include "services/ssm/service_settings.h"
#include "services/ssm/tables.h"
#include "wire/catalog.h"
#include "workflow/automation/document.h"
#include "workflow/engine.h"

namespace riposte::ssm {

class SsmService {
 public:
  struct Options {
    bool authorize = true;       ///< false: serve --open; iam:PassRole is then not asked.
    TimeZones* zones = nullptr;  ///< For change calendars; nullptr: UTC alone.
  };
  /// All outlive the service.
  struct Parts {
    workflow::Engine& engine;
    const access::Directory& directory;
    const access::Authorizer& authorizer;
    api::Invoker& invoker;  ///< For objects of S3 that calls name.
    const wire::Catalog& catalog;
    Random& random;
  };
  /// `sealing_key` of access::Sealer::kKeyBytes bytes encrypts secure strings and addresses of
  /// attachments; the same at each start.
  SsmService(const Options& options, const Parts& parts, const std::string& sealing_key);

  void Register(api::Registry& registry);
  [[nodiscard]] static std::span<const store::Migration> Migrations();
  /// At start: seals what releases before sealing stored. See SecureStrings::SealStored.
  void SealStored(store::Store& store) { secure_strings_.SealStored(store); }

  /// A document by name or ARN: a shipped one, the account's own, or one shared with it.
  /// `version` as the API gives it: "", "$DEFAULT", "$LATEST" or a number. Throws InvalidDocument
  /// or InvalidDocumentVersion.
  [[nodiscard]] StoredDocument Find(const api::Call& call, store::Transaction& tx,
                                    std::string_view name, std::string_view version,
                                    std::string_view version_name = {}) const;

  [[nodiscard]] const workflow::Engine& engine() const { return engine_; }

  /// Whom an execution acts as: the role that `document` names, itself or by a parameter, or the
  /// caller. `partly`: `parameters` are those that many executions have in common, so one may be
  /// missing. Throws InvalidAutomationExecutionParametersException, AccessDeniedException
  /// (iam:PassRole).
  [[nodiscard]] access::Principal ActorOf(const api::Call& call, store::Transaction& tx,
                                          const automation::Document& document,
                                          const json::Object& parameters, bool partly,
                                          const std::string& execution_id) const;

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // documents.cc
  json::Value CreateDocument(const Call& call, Tx& tx);
  json::Value UpdateDocument(const Call& call, Tx& tx);
  json::Value UpdateDocumentDefaultVersion(const Call& call, Tx& tx);
  json::Value GetDocument(const Call& call, Tx& tx);
  json::Value DescribeDocument(const Call& call, Tx& tx);
  json::Value DeleteDocument(const Call& call, Tx& tx);
  /// The files of a new version, whose content is set. Throws as Attachments::Collect.
  [[nodiscard]] std::vector<StoredAttachment> TakeAttachments(const Call& call, Tx& tx,
                                                              const StoredDocument& document) const;
  [[nodiscard]] json::Object Describe(const Call& call, Tx& tx,
                                      const StoredDocument& document) const;

  // document_lists.cc
  json::Value ListDocuments(const Call& call, Tx& tx);
  json::Value ListDocumentVersions(const Call& call, Tx& tx);
  json::Value DescribeDocumentPermission(const Call& call, Tx& tx);
  json::Value ModifyDocumentPermission(const Call& call, Tx& tx);

  // automation.cc
  json::Value StartAutomationExecution(const Call& call, Tx& tx);
  json::Value GetAutomationExecution(const Call& call, Tx& tx);
  json::Value DescribeAutomationExecutions(const Call& call, Tx& tx);
  json::Value DescribeAutomationStepExecutions(const Call& call, Tx& tx);
  json::Value StopAutomationExecution(const Call& call, Tx& tx);
  json::Value SendAutomationSignal(const Call& call, Tx& tx);
  [[nodiscard]] access::Principal PrincipalFor(const Call& call, const std::string& role,
                                               const std::string& session) const;
  [[nodiscard]] std::optional<json::Value> DefaultReference(const Call& call, Tx& tx,
                                                            const std::string& execution_id,
                                                            std::string_view reference) const;

  // commands.cc
  json::Value SendCommand(const Call& call, Tx& tx);
  json::Value ListCommands(const Call& call, Tx& tx);
  json::Value ListCommandInvocations(const Call& call, Tx& tx);
  json::Value DescribeInstanceInformation(const Call& call, Tx& tx);
  json::Value GetCalendarState(const Call& call, Tx& tx);

  // parameter_versions.cc
  json::Value GetParameterHistory(const Call& call, Tx& tx);
  json::Value LabelParameterVersion(const Call& call, Tx& tx);
  json::Value UnlabelParameterVersion(const Call& call, Tx& tx);

  // parameters.cc
  json::Value PutParameter(const Call& call, Tx& tx);
  json::Value GetParameter(const Call& call, Tx& tx);
  json::Value GetParameters(const Call& call, Tx& tx);
  json::Value GetParametersByPath(const Call& call, Tx& tx);
  json::Value DescribeParameters(const Call& call, Tx& tx);
  json::Value DeleteParameter(const Call& call, Tx& tx);
  json::Value DeleteParameters(const Call& call, Tx& tx);

  // tags.cc
  json::Value AddTagsToResource(const Call& call, Tx& tx);
  json::Value RemoveTagsFromResource(const Call& call, Tx& tx);
  json::Value ListTagsForResource(const Call& call, Tx& tx);

  /// One that the account may change. Throws InvalidDocument.
  [[nodiscard]] StoredDocument FindOwn(const Call& call, Tx& tx, std::string_view name,
                                       int64_t version) const;

  Options options_;
  workflow::Engine& engine_;
  const access::Directory& directory_;
  const access::Authorizer& authorizer_;
  api::Invoker& invoker_;
  const wire::Catalog& catalog_;
  Random& random_;
  SecureStrings secure_strings_;
  Attachments attachments_;
  Compliance compliance_;
  ServiceSettings settings_;
  const std::map<std::string, StoredDocument, std::less<>>& shipped_;
};

}  // namespace riposte::ssm
