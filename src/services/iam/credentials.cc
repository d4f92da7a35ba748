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

constexpr std::string_view kUpperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::array<std::string_view, 3> kServices = {
    "codecommit.amazonaws.com", "cassandra.amazonaws.com", "bedrock.amazonaws.com"};

struct Words {
  std::string_view kind;      ///< In the table.
  std::string_view id_field;  ///< In the input.
  std::string_view title;
  std::string_view date;   ///< What its creation is called.
  std::string_view quota;  ///< And how many it allows one user; of services, for one service.
  int64_t most;
};
const Words& WordsOf(Credential kind) {
  static constexpr Words kCertificate{"certificate", "CertificateId",       "Certificate",
                                      "UploadDate",  "CertificatesPerUser", 2};
  static constexpr Words kSsh{"ssh",        "SSHPublicKeyId",       "Public Key",
                              "UploadDate", "SSHPublicKeysPerUser", 5};
  static constexpr Words kService{
      "service",    "ServiceSpecificCredentialId",       "Service Specific Credential",
      "CreateDate", "ServiceSpecificCredentialsPerUser", 2};
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
  std::string user = UserOrCaller(call, tx);
  if (user.empty()) throw MustNameUser();
  return user;
}

struct About {
  std::string_view user;
  std::string_view id;
  bool active = true;
  TimePoint created;
};
/// The document of one as clients see it.
json::Object Shown(Credential kind, const About& about, json::Object document) {
  const Words& words = WordsOf(kind);
  document["UserName"] = about.user;
  document[words.id_field] = about.id;
  document["Status"] = about.active ? "Active" : "Inactive";
  document[words.date] = ToSeconds(about.created);
  return document;
}

/// Keeps a new one; returns it as clients see it.
json::Object Keep(const api::Call& call, store::Transaction& tx, std::string_view user,
                  Credential kind, std::string_view id, json::Object document) {
  tx.Execute(
      "INSERT INTO access_user_credentials"
      " (account, user_name, kind, id, active, created_ms, document) VALUES (?, ?, ?, ?, 1, ?, ?)",
      {call.scope.account.str(), user, WordsOf(kind).kind, id, call.now,
       json::Serialize(document)});
  return Shown(kind, {.user = user, .id = id, .created = call.now}, std::move(document));
}

#define RIPOSTE_CREDENTIAL_COLUMNS "id, active, created_ms, document, user_name"
/// Hands them to `each` as clients see them, by id.
template <class Each>
auto Showing(Credential kind, Each& each) {
  return [kind, &each](const store::Row& row) {
    each(row.Str(0), Shown(kind, {row.Text(4), row.Text(0), row.Int(1) != 0, row.Time(2)},
                           std::move(row.Json(3).as_object())));
    return true;
  };
}
template <class Each>
void ForEach(const api::Call& call, store::Transaction& tx, const std::string& user,
             Credential kind, Each each) {
  tx.Query("SELECT " RIPOSTE_CREDENTIAL_COLUMNS
           " FROM access_user_credentials"
           " WHERE account = ? AND user_name = ? AND kind = ? ORDER BY id",
           {call.scope.account.str(), user, WordsOf(kind).kind}, Showing(kind, each));
}
template <class Each>
void ForEachOfAllUsers(const api::Call& call, store::Transaction& tx, Credential kind, Each each) {
  tx.Query("SELECT " RIPOSTE_CREDENTIAL_COLUMNS
           " FROM access_user_credentials WHERE account = ? AND kind = ? ORDER BY id",
           {call.scope.account.str(), WordsOf(kind).kind}, Showing(kind, each));
}

void RequireRoom(Credential kind, int64_t count) {
  const Words& words = WordsOf(kind);
  if (count < words.most) return;
  throw LimitExceeded("Cannot exceed quota for " + std::string(words.quota) + ": " +
                      std::to_string(words.most));
}

/// Throws `duplicate` when the user has one whose `member` is `body`; LimitExceeded.
void RequireNew(const api::Call& call, store::Transaction& tx, const std::string& user,
                Credential kind, std::string_view member, std::string_view body,
                const api::Error& duplicate) {
  int64_t count = 0;
  ForEach(call, tx, user, kind, [&](const std::string&, const json::Object& other) {
    ++count;
    if (json::GetString(other, member) == body) throw duplicate;
  });
  RequireRoom(kind, count);
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
  RequireNew(call, tx, user, Credential::kSigningCertificate, "CertificateBody", body,
             {"DuplicateCertificate", "The certificate has already been uploaded.", 409});
  return json::Object{
      {"Certificate", Keep(call, tx, user, Credential::kSigningCertificate,
                           random_.Pick(32, kUpperAlphanumeric), {{"CertificateBody", body}})}};
}

json::Value IamService::ListSigningCertificates(const Call& call, Tx& tx) {
  Page page(call.input);
  ForEach(call, tx, OwnerOf(call, tx), Credential::kSigningCertificate,
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
  RequireNew(call, tx, user, Credential::kSshPublicKey, "SSHPublicKeyBody", body,
             {"DuplicateSSHPublicKey",
              "The SSH public key is already associated with the specified IAM user.", 400});
  return json::Object{
      {"SSHPublicKey", Keep(call, tx, user, Credential::kSshPublicKey, NewId("APKA"),
                            {{"SSHPublicKeyBody", body}, {"Fingerprint", Fingerprint(*bytes)}})}};
}

json::Value IamService::ListSSHPublicKeys(const Call& call, Tx& tx) {
  Page page(call.input);
  ForEach(call, tx, OwnerOf(call, tx), Credential::kSshPublicKey,
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
  ForEach(call, tx, user, Credential::kServiceSpecific,
          [&](const std::string&, const json::Object& other) {
            if (json::GetString(other, "ServiceName") == service) ++count;
          });
  RequireRoom(Credential::kServiceSpecific, count);
  json::Object out{{"ServiceName", service},
                   {"ServiceUserName", user + (count == 0 ? "" : "+" + std::to_string(count)) +
                                           "-at-" + call.scope.account.str()}};
  if (const int64_t days = json::GetInt(call.input, "CredentialAgeDays"); days > 0) {
    out["ExpirationDate"] = ToSeconds(call.now + std::chrono::hours(24 * days));
  }
  out = Keep(call, tx, user, Credential::kServiceSpecific, NewId("ACCA"), std::move(out));
  out["ServicePassword"] = random_.Pick(44, kAlphanumeric);
  return json::Object{{"ServiceSpecificCredential", std::move(out)}};
}

json::Value IamService::ListServiceSpecificCredentials(const Call& call, Tx& tx) {
  const std::string_view service = json::GetString(call.input, "ServiceName");
  Page page(call.input);
  const auto add = [&](const std::string& id, json::Object item) {
    if (!service.empty() && json::GetString(item, "ServiceName") != service) return;
    page.Add(id, std::move(item));
  };
  if (json::GetBool(call.input, "AllUsers")) {
    ForEachOfAllUsers(call, tx, Credential::kServiceSpecific, add);
  } else {
    ForEach(call, tx, OwnerOf(call, tx), Credential::kServiceSpecific, add);
  }
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
