#include "services/ssm/attachments.h"

#include <algorithm>

#include "access/crypto.h"
#include "base/encoding.h"
#include "services/ssm/s3_object.h"
#include "workflow/automation/expression.h"

namespace riposte::ssm {
namespace {

constexpr Millis kUrlLifetime = std::chrono::hours(1);
constexpr std::string_view kContext = "ssm-attachment-url";

[[noreturn]] void ThrowSource(std::string message) {
  throw api::Error("InvalidParameterValueException", std::move(message));
}

[[noreturn]] void ThrowContent(std::string message) {
  throw api::Error("InvalidDocumentContent", std::move(message));
}

bool IsAttachmentName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 128 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
             std::string_view::npos;
}

/// Where a document's rows are; nullopt for shipped ones, which have no files.
std::optional<Scope> HomeOf(const StoredDocument& document, const Scope& region) {
  if (!IsAccountId(document.owner)) return std::nullopt;
  return Scope{AccountId(document.owner), region.region};
}

bool IsPackage(std::string_view name) {
  return name.ends_with(".zip");
}

void AddNames(const std::vector<automation::Step>& steps, std::vector<std::string>& names) {
  for (const automation::Step& step : steps) {
    if (const json::Value* name = json::Find(step.inputs, "Attachment")) {
      names.push_back(automation::ToText(*name));
    }
    AddNames(step.inner, names);
  }
}

}  // namespace

/// One call's files, as they come together.
class Attachments::Collector {
 public:
  Collector(const Attachments& owner, const api::Call& call, store::Transaction& tx,
            const Files& files, const FindDocument& find)
      : owner_(owner), call_(call), tx_(tx), files_(files), find_(find) {}

  void Add(const json::Object& source) {
    const std::string_view key = json::GetString(source, "Key");
    const std::string name(json::GetString(source, "Name"));
    const std::vector<std::string> values = json::GetStrings(source, "Values");
    if (values.size() != 1) ThrowSource("An attachment source must have one value.");
    if (key == "S3FileUrl") {
      AddFile(values[0], name);
    } else if (key == "SourceUrl") {
      AddFolder(values[0], name);
    } else if (key == "AttachmentReference") {
      AddReference(values[0], name);
    } else {
      ThrowSource(
          "The key of an attachment source must be SourceUrl, S3FileUrl or "
          "AttachmentReference.");
    }
  }

  std::vector<StoredAttachment> Finish() {
    for (const auto& [name, sha256] : files_) {
      if (!Has(name)) ThrowContent("The file " + name + " is not attached to the document.");
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool Has(std::string_view name) const {
    return std::ranges::find(found_, name, &StoredAttachment::name) != found_.end();
  }

  void AddFile(const std::string& url, std::string name) {
    const auto address = ParseS3Address(url);
    if (!address || address->key.empty() || address->key.ends_with('/')) {
      ThrowSource("The attachment source " + url +
                  " is not the address of a file in an S3 bucket.");
    }
    if (name.empty()) name = address->key.substr(address->key.rfind('/') + 1);
    Read(*address, std::move(name));
  }

  void AddFolder(const std::string& url, const std::string& name) {
    auto address = ParseS3Address(url);
    if (!address) {
      ThrowSource("The attachment source " + url +
                  " is not the address of a folder in an S3 "
                  "bucket.");
    }
    std::string folder = address->key;
    if (!folder.empty() && !folder.ends_with('/')) folder += '/';
    std::vector<std::string> names;
    if (!name.empty()) {
      names.push_back(name);
    } else {
      for (const auto& [listed, sha256] : files_) names.push_back(listed);
    }
    if (names.empty()) {
      ThrowSource("A SourceUrl needs a Name, or files in the document's content.");
    }
    for (std::string& one : names) {
      address->key = folder + one;
      Read(*address, std::move(one));
    }
  }

  /// "DocumentName/version/file", where the name may be an ARN, with a slash of its own.
  void AddReference(const std::string& reference, std::string name) {
    const size_t last = reference.rfind('/');
    const size_t middle =
        last == std::string::npos || last == 0 ? std::string::npos : reference.rfind('/', last - 1);
    if (middle == std::string::npos || middle == 0) {
      ThrowSource("The attachment reference " + reference +
                  " is not of the form DocumentName/version/file.");
    }
    const std::string file = reference.substr(last + 1);
    StoredDocument document;
    try {
      document =
          find_(reference.substr(0, middle), reference.substr(middle + 1, last - middle - 1));
    } catch (const api::Error& error) {
      ThrowContent("The attachment " + reference + " can't be used: " + error.message());
    }
    const auto home = HomeOf(document, call_.scope);
    auto attachment =
        home ? tables::FindAttachment(tx_, *home, document.name, document.version, file)
             : std::nullopt;
    if (!attachment) ThrowContent("There is no attachment " + reference + ".");
    Keep(name.empty() ? file : std::move(name), std::move(attachment->body));
  }

  void Read(const S3Address& address, std::string name) {
    auto body = ReadS3Object(owner_.invoker_, call_, tx_, address, kMaxFileBytes);
    if (!body) ThrowContent(body.error().message);
    Keep(std::move(name), std::move(*body));
  }

  void Keep(std::string name, std::string body) {
    if (!IsAttachmentName(name)) ThrowSource("The attachment name " + name + " is not valid.");
    if (Has(name)) ThrowSource("There are two attachments of the name " + name + ".");
    if (found_.size() == kMaxFiles) ThrowSource("A document has at most 20 attachments.");
    bytes_ += body.size();
    if (bytes_ > kMaxBytes) {
      ThrowContent("The attachments of a document are at most " + std::to_string(kMaxBytes) +
                   " bytes together.");
    }
    StoredAttachment attachment;
    attachment.sha256 = access::Sha256Hex(body);
    attachment.size = static_cast<int64_t>(body.size());
    const auto listed = files_.find(name);
    if (listed != files_.end() && !listed->second.empty() && listed->second != attachment.sha256) {
      ThrowContent("The checksum of the attachment " + name +
                   " doesn't match the one in the document: its SHA-256 is " + attachment.sha256 +
                   ".");
    }
    attachment.name = std::move(name);
    attachment.body = std::move(body);
    found_.push_back(std::move(attachment));
  }

  const Attachments& owner_;
  const api::Call& call_;
  store::Transaction& tx_;
  const Files& files_;
  const FindDocument& find_;
  std::vector<StoredAttachment> found_;
  size_t bytes_ = 0;
};

std::vector<StoredAttachment> Attachments::Collect(const api::Call& call, store::Transaction& tx,
                                                   const Files& files,
                                                   const FindDocument& find) const {
  const json::Array* sources = json::GetArray(call.input, "Attachments");
  if (!sources || sources->empty()) {
    if (!files.empty()) ThrowSource("AttachmentsSource not provided in the input request.");
    return {};
  }
  if (sources->size() > kMaxFiles) ThrowSource("A document has at most 20 attachments.");
  Collector collector(*this, call, tx, files, find);
  for (const json::Value& source : *sources) collector.Add(source.as_object());
  return collector.Finish();
}

json::Array Attachments::Names(store::Transaction& tx, const Scope& region,
                               const StoredDocument& document) {
  json::Array names;
  const auto home = HomeOf(document, region);
  if (!home) return names;
  for (const StoredAttachment& file :
       tables::ListAttachments(tx, *home, document.name, document.version)) {
    names.push_back(json::Object{{"Name", file.name}});
  }
  return names;
}

json::Array Attachments::Contents(const api::Call& call, store::Transaction& tx,
                                  const StoredDocument& document) const {
  json::Array contents;
  const auto home = HomeOf(document, call.scope);
  if (!home) return contents;
  for (const StoredAttachment& file :
       tables::ListAttachments(tx, *home, document.name, document.version)) {
    const std::string place = json::Serialize(
        json::Array{home->account.str(), home->region.str(), document.name, document.version,
                    file.name, ToMillis(call.now + kUrlLifetime)});
    const std::string token =
        HexEncode(sealer_.Seal(place, kContext, random_.Bytes(access::Sealer::kNonceBytes)));
    contents.push_back(
        json::Object{{"Name", file.name},
                     {"Size", file.size},
                     {"Hash", file.sha256},
                     {"HashType", "Sha256"},
                     {"Url", call.endpoint + "/riposte-attachments/" + token + "/" + file.name}});
  }
  return contents;
}

json::Value Attachments::GetDocumentAttachment(const api::Call& call, store::Transaction& tx) {
  const auto sealed = HexDecode(json::GetString(call.input, "Token"));
  const auto plain = sealed ? sealer_.Open(*sealed, kContext) : std::nullopt;
  const auto place = plain ? json::Parse(*plain) : Result<json::Value>(json::Value());
  const json::Array* parts = place ? place->if_array() : nullptr;
  const auto text = [&](size_t i) { return std::string(json::View(parts->at(i))); };
  if (!parts || parts->size() != 6 || text(4) != json::GetString(call.input, "Name") ||
      ToMillis(call.now) >= parts->at(5).to_number<int64_t>()) {
    throw api::Error("AccessDeniedException", "The address is not valid, or no longer.");
  }
  const Scope home{AccountId(text(0)), Region(text(1))};
  const auto file =
      tables::FindAttachment(tx, home, text(2), parts->at(3).to_number<int64_t>(), text(4));
  if (!file) throw api::Error("ResourceNotFoundException", "The attachment is no longer there.");
  return json::Object{{"ContentDisposition", "attachment"}, {"Body", Base64Encode(file->body)}};
}

json::Object Attachments::ForExecution(store::Transaction& tx, const Scope& region,
                                       const StoredDocument& document,
                                       const automation::Document& runbook) {
  json::Object files;
  const auto home = HomeOf(document, region);
  if (!home) return files;
  std::vector<std::string> names;
  AddNames(runbook.steps, names);
  for (const std::string& name : names) {
    if (files.contains(name)) continue;
    const auto file = tables::FindAttachment(tx, *home, document.name, document.version, name);
    if (!file) continue;  // The step says so when it is reached.
    files[name] = IsPackage(name) ? Base64Encode(file->body) : file->body;
  }
  return files;
}

void Attachments::Register(api::Registry& registry) {
  using S = Attachments;
  registry.Add<S>("attachments", *this,
                  {{"GetDocumentAttachment", api::Read(&S::GetDocumentAttachment)}});
  // Whoever has the address has what it stands for: its token says which file, and until when.
  registry.SetResourcePolicy("attachments", [](const std::string&, store::Transaction&) {
    return std::string(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
                       R"("Action":"riposte:GetDocumentAttachment","Resource":"*"}]})");
  });
}

}  // namespace riposte::ssm
