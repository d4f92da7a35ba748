// Signing certificates, SSH public keys and service-specific credentials of users. They are kept so
// that they can be found, disabled and deleted; no service here takes them in place of an access
// key. A service password is shown once and not kept.
#include <algorithm>
#include <array>

#include "access/crypto.h"
#include "base/encoding.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr int64_t kMaxCertificates = 2;
constexpr int64_t kMaxSshKeys = 5;
constexpr int64_t kMaxServiceCredentials = 2;  ///< Of one user for one service.
constexpr std::string_view kUpperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::array<std::string_view, 3> kServices = {
    "codecommit.amazonaws.com", "cassandra.amazonaws.com", "bedrock.amazonaws.com"};

struct Words {
  std::string_view kind;      ///< In the table.
  std::string_view id_field;  ///< In the input.
  std::string_view title;
};
const Words& WordsOf(Credential kind) {
  static constexpr Words kCertificate{"certificate", "CertificateId", "Certificate"};
  static constexpr Words kSsh{"ssh", "SSHPublicKeyId", "Public Key"};
  static constexpr Words kService{"service", "ServiceSpecificCredentialId",
                                  "Service Specific Credential"};
  switch (kind) {
    case Credential::kSigningCertificate:
      return kCertificate;
    case Credential::kSshPublicKey:
      return kSsh;
    case Credential::kServiceSpecific:
      return kService;
  }
  return kCertificate;
}

/// The named user, else the caller.
std::string OwnerOf(const api::Call& call, store::Transaction& tx) {
  if (!json::GetString(call.input, "UserName").empty()) {
    return RequireOwner(Owner::kUser, call, tx);
  }
  if (call.caller.kind == access::Principal::Kind::kUser) {
    return call.caller.arn.substr(call.caller.arn.rfind('/') + 1);
  }
  throw api::Error("ValidationError",
                   "Must specify userName when calling with non-User credentials", 400);
}

void Insert(const api::Call& call, store::Transaction& tx, std::string_view user, Credential kind,
            std::string_view id, const json::Object& document) {
  tx.Execute(
      "INSERT INTO access_user_credentials"
      " (account, user_name, kind, id, active, created_ms, document) VALUES (?, ?, ?, ?, 1, ?, ?)",
      {call.scope.account.str(), user, WordsOf(kind).kind, id, call.now,
       json::Serialize(document)});
}

/// Calls `each` with the documents of what `user` has, "Status" and their date filled in.
template <class Each>
void ForEach(const api::Call& call, store::Transaction& tx, const std::string& user,
             Credential kind, std::string_view date, Each each) {
  tx.Query(
      "SELECT id, active, created_ms, document FROM access_user_credentials"
      " WHERE account = ? AND user_name = ? AND kind = ? ORDER BY id",
      {call.scope.account.str(), user, WordsOf(kind).kind}, [&](const store::Row& row) {
        json::Object out = std::move(row.Json(3).as_object());
        out["UserName"] = user;
        out[WordsOf(kind).id_field] = row.Text(0);
        out["Status"] = row.Int(1) != 0 ? "Active" : "Inactive";
        out[date] = ToSeconds(row.Time(2));
        each(row.Str(0), std::move(out));
        return true;
      });
}

int64_t Count(const api::Call& call, store::Transaction& tx, const std::string& user,
              Credential kind) {
  int64_t count = 0;
  ForEach(call, tx, user, kind, "Date", [&](const std::string&, const json::Object&) { ++count; });
  return count;
}

/// "aa:bb:…": the MD5 of the key's bytes, as ssh-keygen shows it.
std::string Fingerprint(std::string_view bytes) {
  const std::string hex = access::Md5Hex(bytes);
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    if (i != 0) out += ':';
    out += hex.substr(i, 2);
  }
  return out;
}

}  // namespace

json::Value IamService::UploadSigningCertificate(const Call& call, Tx& tx) {
  const std::string user = OwnerOf(call, tx);
  const std::string body(json::GetString(call.input, "CertificateBody"));
  if (body.find("-----BEGIN CERTIFICATE-----") == std::string::npos ||
      body.find("-----END CERTIFICATE-----") == std::string::npos) {
    throw api::Error("MalformedCertificate", "Certificate is not in PEM format.", 400);
  }
  bool known = false;
  ForEach(call, tx, user, Credential::kSigningCertificate, "UploadDate",
          [&](const std::string&, const json::Object& other) {
            known = known || json::GetString(other, "CertificateBody") == body;
          });
  if (known) {
    throw api::Error("DuplicateCertificate", "The certificate has already been uploaded.", 409);
  }
  if (Count(call, tx, user, Credential::kSigningCertificate) >= kMaxCertificates) {
    throw LimitExceeded("Cannot exceed quota for CertificatesPerUser: " +
                        std::to_string(kMaxCertificates));
  }
  const std::string id = random_.Pick(32, kUpperAlphanumeric);
  json::Object out{{"CertificateBody", body}};
  Insert(call, tx, user, Credential::kSigningCertificate, id, out);
  out["UserName"] = user;
  out["CertificateId"] = id;
  out["Status"] = "Active";
  out["UploadDate"] = ToSeconds(call.now);
  return json::Object{{"Certificate", std::move(out)}};
}

json::Value IamService::ListSigningCertificates(const Call& call, Tx& tx) {
  Page page(call.input);
  ForEach(call, tx, OwnerOf(call, tx), Credential::kSigningCertificate, "UploadDate",
          [&](const std::string& id, json::Object item) { page.Add(id, std::move(item)); });
  return page.Finish("Certificates");
}

json::Value IamService::UploadSSHPublicKey(const Call& call, Tx& tx) {
  const std::string user = OwnerOf(call, tx);
  const std::string body(json::GetString(call.input, "SSHPublicKeyBody"));
  // "ssh-rsa <base64> [comment]"
  const size_t space = body.find(' ');
  const size_t end = space == std::string::npos ? space : body.find_first_of(" \n", space + 1);
  const Result<std::string> bytes = space == std::string::npos
                                        ? Result<std::string>(std::string())
                                        : Base64Decode(body.substr(space + 1, end - space - 1));
  if (!body.starts_with("ssh-rsa ") || !bytes || bytes->empty()) {
    throw api::Error("UnrecognizedPublicKeyEncoding",
                     "The public key is not in the ssh-rsa format.", 400);
  }
  bool known = false;
  ForEach(call, tx, user, Credential::kSshPublicKey, "UploadDate",
          [&](const std::string&, const json::Object& other) {
            known = known || json::GetString(other, "SSHPublicKeyBody") == body;
          });
  if (known) {
    throw api::Error("DuplicateSSHPublicKey",
                     "The SSH public key is already associated with the specified IAM user.", 400);
  }
  if (Count(call, tx, user, Credential::kSshPublicKey) >= kMaxSshKeys) {
    throw LimitExceeded("Cannot exceed quota for SSHPublicKeysPerUser: " +
                        std::to_string(kMaxSshKeys));
  }
  const std::string id = NewId("APKA");
  json::Object out{{"SSHPublicKeyBody", body}, {"Fingerprint", Fingerprint(*bytes)}};
  Insert(call, tx, user, Credential::kSshPublicKey, id, out);
  out["UserName"] = user;
  out["SSHPublicKeyId"] = id;
  out["Status"] = "Active";
  out["UploadDate"] = ToSeconds(call.now);
  return json::Object{{"SSHPublicKey", std::move(out)}};
}

json::Value IamService::ListSSHPublicKeys(const Call& call, Tx& tx) {
  Page page(call.input);
  ForEach(call, tx, OwnerOf(call, tx), Credential::kSshPublicKey, "UploadDate",
          [&](const std::string& id, json::Object item) {
            item.erase("SSHPublicKeyBody");
            item.erase("Fingerprint");
            page.Add(id, std::move(item));
          });
  return page.Finish("SSHPublicKeys");
}

json::Value IamService::CreateServiceSpecificCredential(const Call& call, Tx& tx) {
  const std::string user = OwnerOf(call, tx);
  const std::string service(json::GetString(call.input, "ServiceName"));
  if (std::ranges::find(kServices, service) == kServices.end()) {
    throw api::Error("NotSupportedService", "No such service " + service + " is supported.", 404);
  }
  int64_t count = 0;
  ForEach(call, tx, user, Credential::kServiceSpecific, "CreateDate",
          [&](const std::string&, const json::Object& other) {
            if (json::GetString(other, "ServiceName") == service) ++count;
          });
  if (count >= kMaxServiceCredentials) {
    throw LimitExceeded("Cannot exceed quota for ServiceSpecificCredentialsPerUser: " +
                        std::to_string(kMaxServiceCredentials));
  }
  const std::string id = NewId("ACCA");
  json::Object out{{"ServiceName", service},
                   {"ServiceUserName", user + (count == 0 ? "" : "+" + std::to_string(count)) +
                                           "-at-" + call.scope.account.str()}};
  if (const int64_t days = json::GetInt(call.input, "CredentialAgeDays"); days > 0) {
    out["ExpirationDate"] = ToSeconds(call.now + std::chrono::hours(24 * days));
  }
  Insert(call, tx, user, Credential::kServiceSpecific, id, out);
  out["ServicePassword"] = random_.Pick(44, kAlphanumeric);
  out["UserName"] = user;
  out["ServiceSpecificCredentialId"] = id;
  out["Status"] = "Active";
  out["CreateDate"] = ToSeconds(call.now);
  return json::Object{{"ServiceSpecificCredential", std::move(out)}};
}

json::Value IamService::ListServiceSpecificCredentials(const Call& call, Tx& tx) {
  const std::string_view service = json::GetString(call.input, "ServiceName");
  Page page(call.input);
  const auto add = [&](const std::string& id, json::Object item) {
    if (!service.empty() && json::GetString(item, "ServiceName") != service) return;
    page.Add(id, std::move(item));
  };
  if (!json::GetBool(call.input, "AllUsers")) {
    ForEach(call, tx, OwnerOf(call, tx), Credential::kServiceSpecific, "CreateDate", add);
    return page.Finish("ServiceSpecificCredentials");
  }
  // In order of id over all users: pages go by id.
  std::vector<std::pair<std::string, json::Object>> all;
  std::vector<std::string> users;
  tx.Query("SELECT name FROM access_users WHERE account = ?", {call.scope.account.str()},
           [&](const store::Row& row) {
             users.push_back(row.Str(0));
             return true;
           });
  for (const std::string& user : users) {
    ForEach(
        call, tx, user, Credential::kServiceSpecific, "CreateDate",
        [&](const std::string& id, json::Object item) { all.emplace_back(id, std::move(item)); });
  }
  std::ranges::sort(all, {}, [](const auto& entry) { return entry.first; });
  for (auto& [id, item] : all) add(id, std::move(item));
  return page.Finish("ServiceSpecificCredentials");
}

json::Value IamService::UpdateCredential(Credential kind, const Call& call, Tx& tx) {
  const std::string user = OwnerOf(call, tx);
  const Words& words = WordsOf(kind);
  const std::string id(json::GetString(call.input, words.id_field));
  if (tx.Execute("UPDATE access_user_credentials SET active = ?"
                 " WHERE account = ? AND user_name = ? AND kind = ? AND id = ?",
                 {json::GetString(call.input, "Status") == "Active", call.scope.account.str(), user,
                  words.kind, id}) == 0) {
    throw NoSuchEntity("The " + std::string(words.title) + " with id " + id + " cannot be found.");
  }
  return json::Object();
}

json::Value IamService::DeleteCredential(Credential kind, const Call& call, Tx& tx) {
  const std::string user = OwnerOf(call, tx);
  const Words& words = WordsOf(kind);
  const std::string id(json::GetString(call.input, words.id_field));
  if (tx.Execute("DELETE FROM access_user_credentials"
                 " WHERE account = ? AND user_name = ? AND kind = ? AND id = ?",
                 {call.scope.account.str(), user, words.kind, id}) == 0) {
    throw NoSuchEntity("The " + std::string(words.title) + " with id " + id + " cannot be found.");
  }
  return json::Object();
}

}  // namespace riposte::iam
