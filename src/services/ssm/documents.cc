// Documents and their versions.
#include "services/ssm/documents.h"

#include <algorithm>

#include "access/crypto.h"
#include "services/ssm/calendar.h"
#include "services/ssm/common.h"
#include "services/ssm/ssm.h"
#include "workflow/automation/expression.h"
#include "workflow/automation/yaml.h"

namespace riposte::ssm {
namespace {

constexpr size_t kMaxDocumentBytes = 64 * 1024;
constexpr int64_t kMaxDocuments = 500;
constexpr int64_t kMaxVersions = 1000;

[[noreturn]] void ThrowInvalidDocument() {
  throw api::Error("InvalidDocument", "The specified SSM document doesn't exist.");
}

[[noreturn]] void ThrowInvalidVersion() {
  throw api::Error("InvalidDocumentVersion", "The document version isn't valid or doesn't exist.");
}

std::string ToLower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

bool HasReservedPrefix(const std::string& given) {
  const std::string name = ToLower(given);
  return name.starts_with("aws-") || name.starts_with("amazon") || name.starts_with("amzn") ||
         name.starts_with("awsconfigremediation-") || name.starts_with("awssupport-");
}

/// Sets everything of `document` that follows from its content; refuses bad content.
void SetContent(StoredDocument& document, const api::Call& call, TimeZones* zones) {
  document.content = json::GetString(call.input, "Content");
  if (document.content.size() > kMaxDocumentBytes) {
    throw api::Error("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
  }
  document.hash = access::Sha256Hex(document.content);
  document.version_created = call.now;
  if (document.type == "ChangeCalendar") {
    if (document.format != "TEXT") {
      throw api::Error("InvalidDocumentContent", "A change calendar must be in the format TEXT.");
    }
    if (const auto calendar = ChangeCalendar::Parse(document.content, zones); !calendar) {
      throw api::Error("InvalidDocumentContent", calendar.error().message);
    }
    return;
  }
  if (document.format == "TEXT") {
    if (document.type == "Automation") {
      throw api::Error("InvalidDocumentContent", "An Automation document must be in JSON or YAML.");
    }
    return;
  }
  const auto refuse = [](const Error& error) {
    throw api::Error(error.detail.empty() ? "InvalidDocumentContent" : error.detail, error.message);
  };
  const auto content = automation::ParseDocumentText(
      document.content,
      document.format == "YAML" ? automation::Format::kYaml : automation::Format::kJson);
  if (!content) refuse(content.error());
  if (document.type == "Automation") {
    if (const auto runbook = automation::Document::Load(*content); !runbook) {
      refuse(runbook.error());
    }
  } else if (!content->is_object()) {
    throw api::Error("InvalidDocumentContent", "The document must be a map.");
  }
  const json::Object& root = content->get_object();
  const json::Value* schema = json::Find(root, "schemaVersion");
  document.schema_version = schema ? automation::ToText(*schema) : "";
  document.description = json::GetString(root, "description");
  document.parameters = DocumentParameters(root);
}

/// `files` of a document's content, which Automation documents and packages have.
Attachments::Files FilesOf(const StoredDocument& document) {
  Attachments::Files files;
  if (document.format == "TEXT") return files;
  const auto content = automation::ParseDocumentText(
      document.content,
      document.format == "YAML" ? automation::Format::kYaml : automation::Format::kJson);
  if (!content || !content->is_object()) return files;
  if (document.type == "Automation") {
    auto runbook = automation::Document::Load(*content);
    return runbook ? std::move(runbook->files) : files;
  }
  const json::Object* listed = json::GetObject(content->get_object(), "files");
  for (const auto& [name, file] : listed ? *listed : json::Object()) {
    const json::Object* checksums =
        file.is_object() ? json::GetObject(file.get_object(), "checksums") : nullptr;
    files[std::string(name)] =
        checksums ? ToLower(std::string(json::GetString(*checksums, "sha256"))) : "";
  }
  return files;
}

int64_t ParseVersion(std::string_view version) {
  if (version.empty() || version == "$DEFAULT") return 0;
  if (version == "$LATEST") return -1;
  const auto number = ParseNumber(version);
  if (!number || *number < 1) ThrowInvalidVersion();
  return *number;
}

}  // namespace

json::Array DocumentParameters(const json::Object& content) {
  json::Array list;
  const json::Object* parameters = json::GetObject(content, "parameters");
  for (const auto& member : parameters ? *parameters : json::Object()) {
    const json::Object* spec = member.value().if_object();
    if (!spec) continue;
    const std::string_view type = json::GetString(*spec, "type", "String");
    json::Object parameter{{"Name", member.key()}, {"Type", type}};
    json::SetIfNotEmpty(parameter, "Description", json::GetString(*spec, "description"));
    if (const json::Value* value = json::Find(*spec, "default")) {
      parameter["DefaultValue"] = automation::ToText(*value);
    }
    list.push_back(std::move(parameter));
  }
  return list;
}

json::Object DescribeVersion(const StoredDocument& document, const Tags& tags) {
  json::Object out{{"Name", document.name},
                   {"Owner", document.owner},
                   {"CreatedDate", ToSeconds(document.version_created)},
                   {"Status", "Active"},
                   {"DocumentVersion", std::to_string(document.version)},
                   {"DocumentType", document.type},
                   {"DocumentFormat", document.format},
                   {"LatestVersion", std::to_string(document.latest_version)},
                   {"DefaultVersion", std::to_string(document.default_version)},
                   {"Hash", document.hash},
                   {"HashType", "Sha256"},
                   {"PlatformTypes", json::Array{"Windows", "Linux", "MacOS"}},
                   {"Tags", TagList(tags)}};
  json::SetIfNotEmpty(out, "DisplayName", document.display_name);
  json::SetIfNotEmpty(out, "VersionName", document.version_name);
  json::SetIfNotEmpty(out, "Description", document.description);
  json::SetIfNotEmpty(out, "SchemaVersion", document.schema_version);
  json::SetIfNotEmpty(out, "TargetType", document.target_type);
  if (!document.parameters.empty()) out["Parameters"] = document.parameters;
  return out;
}

StoredDocument SsmService::Find(const Call& call, Tx& tx, std::string_view name,
                                std::string_view version, std::string_view version_name) const {
  Scope scope = call.scope;
  std::string plain(name);
  bool foreign = false;
  if (name.starts_with("arn:")) {
    const auto arn = Arn::Parse(name);
    if (!arn || arn->service != "ssm") ThrowInvalidDocument();
    if (!arn->region.empty() && arn->region != call.scope.region) ThrowInvalidDocument();
    plain = arn->ResourceName();
    foreign = !arn->account.empty() && arn->account != call.scope.account;
    if (foreign) scope.account = arn->account;
  }
  if (!foreign) {
    if (const auto found = shipped_.find(plain); found != shipped_.end()) {
      const int64_t number = ParseVersion(version);
      if (number > 1 || !version_name.empty()) ThrowInvalidVersion();
      return found->second;
    }
  }
  std::string allowed;
  if (foreign) {
    // A document of another account, when it is shared: in the version that is shared.
    for (const auto& [account, shared] : tables::Shares(tx, scope, plain)) {
      if (account == call.scope.account.str() || account == "all") allowed = shared;
    }
    if (allowed.empty()) ThrowInvalidDocument();
  }
  int64_t number = ParseVersion(version);
  if (foreign && allowed != "$ALL" && number == 0) number = ParseVersion(allowed);
  if (!version_name.empty()) {
    const auto named = tables::FindVersionName(tx, scope, plain, std::string(version_name));
    if (!named || (number > 0 && number != *named)) ThrowInvalidVersion();
    number = *named;
  }
  auto document = tables::FindDocument(tx, scope, plain, number);
  if (!document) {
    if (tables::FindDocument(tx, scope, plain, 0)) ThrowInvalidVersion();
    ThrowInvalidDocument();
  }
  if (foreign && allowed != "$ALL") {
    const auto shared = tables::FindDocument(tx, scope, plain, ParseVersion(allowed));
    if (!shared || shared->version != document->version) ThrowInvalidVersion();
  }
  return std::move(*document);
}

StoredDocument SsmService::FindOwn(const Call& call, Tx& tx, std::string_view name,
                                   int64_t version) const {
  auto document = tables::FindDocument(tx, call.scope, std::string(name), version);
  if (!document) {
    if (version != 0 && tables::FindDocument(tx, call.scope, std::string(name), 0)) {
      ThrowInvalidVersion();
    }
    ThrowInvalidDocument();
  }
  return std::move(*document);
}

std::vector<StoredAttachment> SsmService::TakeAttachments(const Call& call, Tx& tx,
                                                          const StoredDocument& document) const {
  const auto find = [&](const std::string& name, const std::string& version) {
    StoredDocument other = Find(call, tx, name, version);
    if (options_.authorize) {
      access::AccessRequest request;
      request.principal = &call.caller;
      request.action = "ssm:GetDocument";
      request.resources = {"arn:aws:ssm:" + call.scope.region.str() + ":" + other.owner +
                           ":document/" + other.name};
      request.resource_account = call.scope.account;  // A share is no policy: their own decides.
      if (!authorizer_.Decide(request).allowed) {
        throw api::Error("AccessDeniedException", "User: " + call.caller.arn +
                                                      " is not authorized to perform: "
                                                      "ssm:GetDocument on resource: " +
                                                      request.resources.front());
      }
    }
    return other;
  };
  std::vector<StoredAttachment> files = attachments_.Collect(call, tx, FilesOf(document), find);
  for (const StoredAttachment& file : files) {
    const bool script = file.name.ends_with(".py") || file.name.ends_with(".ps1");
    if (document.type == "Automation" && script && !IsUtf8(file.body)) {
      throw api::Error("InvalidDocumentContent", "The script " + file.name + " is not UTF-8.");
    }
  }
  return files;
}

json::Object SsmService::Describe(const Call& call, Tx& tx, const StoredDocument& document) const {
  json::Object out =
      DescribeVersion(document, tables::TagsOf(tx, call.scope, "Document", document.name));
  if (json::Array names = Attachments::Names(tx, call.scope, document); !names.empty()) {
    out["AttachmentsInformation"] = std::move(names);
  }
  return out;
}

json::Value SsmService::CreateDocument(const Call& call, Tx& tx) {
  StoredDocument document;
  document.name = json::GetString(call.input, "Name");
  document.owner = call.scope.account.str();
  if (HasReservedPrefix(document.name)) {
    throw api::Error("ValidationException",
                     "Document names can't begin with aws-, amazon or amzn: these prefixes are "
                     "reserved.");
  }
  document.type = json::GetString(call.input, "DocumentType", "Command");
  document.format = json::GetString(call.input, "DocumentFormat", "JSON");
  document.target_type = json::GetString(call.input, "TargetType");
  document.display_name = json::GetString(call.input, "DisplayName");
  document.version_name = json::GetString(call.input, "VersionName");
  document.created = call.now;
  SetContent(document, call, options_.zones);
  if (tables::FindDocument(tx, call.scope, document.name, 0)) {
    throw api::Error("DocumentAlreadyExists",
                     "Document with same name " + document.name + " already exists");
  }
  if (tables::CountDocuments(tx, call.scope) >= kMaxDocuments) {
    throw api::Error("DocumentLimitExceeded", "You can have at most 500 active SSM documents.");
  }
  const std::vector<StoredAttachment> files = TakeAttachments(call, tx, document);
  tables::InsertDocument(tx, call.scope, document);
  for (const StoredAttachment& file : files) {
    tables::PutAttachment(tx, call.scope, document.name, document.version, file);
  }
  ApplyTags(call, tx, "Document", document.name);
  json::Object description = Describe(call, tx, document);
  description["Status"] = "Creating";
  return json::Object{{"DocumentDescription", std::move(description)}};
}

json::Value SsmService::UpdateDocument(const Call& call, Tx& tx) {
  const std::string_view name = json::GetString(call.input, "Name");
  StoredDocument document = FindOwn(call, tx, name, -1);
  const std::string_view version = json::GetString(call.input, "DocumentVersion");
  if (!version.empty() && version != "$LATEST" &&
      ParseNumber(version) != std::optional<int64_t>(document.latest_version)) {
    throw api::Error("InvalidDocumentVersion",
                     "The document version isn't valid: only $LATEST or the latest version can be "
                     "updated.");
  }
  const std::string old_hash = document.hash;
  document.format = json::GetString(call.input, "DocumentFormat", "JSON");
  document.version_name = json::GetString(call.input, "VersionName");
  if (json::Find(call.input, "TargetType")) {
    document.target_type = json::GetString(call.input, "TargetType");
  }
  if (json::Find(call.input, "DisplayName")) {
    document.display_name = json::GetString(call.input, "DisplayName");
  }
  SetContent(document, call, options_.zones);
  if (document.hash == old_hash) {
    throw api::Error("DuplicateDocumentContent",
                     "The content of the association document matches another document. Change "
                     "the content of the document and try again.");
  }
  if (!document.version_name.empty() &&
      tables::FindVersionName(tx, call.scope, document.name, document.version_name)) {
    throw api::Error("DuplicateDocumentVersionName",
                     "The version name has already been used in this document. Specify a "
                     "different version name, and then try again.");
  }
  if (document.latest_version >= kMaxVersions) {
    throw api::Error("DocumentVersionLimitExceeded",
                     "The document has too many versions. Delete one or more document versions "
                     "and try again.");
  }
  const std::vector<StoredAttachment> files = TakeAttachments(call, tx, document);
  document.version = document.latest_version + 1;
  document.latest_version = document.version;
  tables::InsertVersion(tx, call.scope, document);
  for (const StoredAttachment& file : files) {
    tables::PutAttachment(tx, call.scope, document.name, document.version, file);
  }
  json::Object description = Describe(call, tx, document);
  description["Status"] = "Updating";
  return json::Object{{"DocumentDescription", std::move(description)}};
}

json::Value SsmService::UpdateDocumentDefaultVersion(const Call& call, Tx& tx) {
  const std::string_view name = json::GetString(call.input, "Name");
  const auto number = ParseNumber(json::GetString(call.input, "DocumentVersion"));
  if (!number || *number < 1) ThrowInvalidVersion();
  const StoredDocument document = FindOwn(call, tx, name, *number);
  tables::SetDefaultVersion(tx, call.scope, document.name, document.version);
  json::Object description{{"Name", document.name},
                           {"DefaultVersion", std::to_string(document.version)}};
  json::SetIfNotEmpty(description, "DefaultVersionName", document.version_name);
  return json::Object{{"Description", std::move(description)}};
}

json::Value SsmService::GetDocument(const Call& call, Tx& tx) {
  const StoredDocument document = Find(call, tx, json::GetString(call.input, "Name"),
                                       json::GetString(call.input, "DocumentVersion"),
                                       json::GetString(call.input, "VersionName"));
  const std::string format(json::GetString(call.input, "DocumentFormat", document.format));
  std::string content = document.content;
  if (format != document.format && document.format != "TEXT" && format != "TEXT") {
    const auto value = automation::ParseDocumentText(
        document.content,
        document.format == "YAML" ? automation::Format::kYaml : automation::Format::kJson);
    if (value) {
      content = format == "YAML" ? automation::EmitYaml(*value) : json::SerializePretty(*value);
    }
  }
  json::Object out{{"Name", document.name},
                   {"CreatedDate", ToSeconds(document.version_created)},
                   {"DocumentVersion", std::to_string(document.version)},
                   {"Status", "Active"},
                   {"Content", content},
                   {"DocumentType", document.type},
                   {"DocumentFormat", format},
                   {"AttachmentsContent", attachments_.Contents(call, tx, document)}};
  json::SetIfNotEmpty(out, "DisplayName", document.display_name);
  json::SetIfNotEmpty(out, "VersionName", document.version_name);
  return out;
}

json::Value SsmService::DescribeDocument(const Call& call, Tx& tx) {
  const StoredDocument document = Find(call, tx, json::GetString(call.input, "Name"),
                                       json::GetString(call.input, "DocumentVersion"),
                                       json::GetString(call.input, "VersionName"));
  return json::Object{{"Document", Describe(call, tx, document)}};
}

json::Value SsmService::DeleteDocument(const Call& call, Tx& tx) {
  const std::string_view name = json::GetString(call.input, "Name");
  const std::string_view version = json::GetString(call.input, "DocumentVersion");
  const std::string version_name(json::GetString(call.input, "VersionName"));
  const StoredDocument document = FindOwn(call, tx, name, 0);
  if (version.empty() && version_name.empty()) {
    if (!tables::Shares(tx, call.scope, document.name).empty()) {
      throw api::Error("InvalidDocumentOperation",
                       "You attempted to delete a document while it is still shared. You must stop "
                       "sharing the document before you can delete it.");
    }
    tables::DeleteDocument(tx, call.scope, document.name);
    tables::DeleteTags(tx, call.scope, "Document", document.name);
    return json::Object();
  }
  int64_t number = version.empty() ? 0 : ParseVersion(version);
  if (!version_name.empty()) {
    const auto named = tables::FindVersionName(tx, call.scope, document.name, version_name);
    if (!named) ThrowInvalidVersion();
    number = *named;
  }
  const StoredDocument doomed = FindOwn(call, tx, name, number);
  if (doomed.version == document.default_version) {
    throw api::Error("InvalidDocumentOperation",
                     "The default version of a document can't be deleted on its own.");
  }
  tables::DeleteVersion(tx, call.scope, document.name, doomed.version);
  return json::Object();
}

}  // namespace riposte::ssm
