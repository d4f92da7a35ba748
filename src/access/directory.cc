#include "access/directory.h"

#include <mutex>
#include <unordered_map>

#include "access/managed_policies.h"
#include "access/principal_json.h"
#include "base/arn.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kSecretAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kSecretLength = 40;
constexpr size_t kTokenBytes = 96;
constexpr Millis kUseNoteInterval{60'000};
/// An expired key is kept for a while, so that its owner hears "expired" and not "unknown".
constexpr Millis kExpiredKept{std::chrono::hours(1)};
constexpr Millis kPurgeInterval{std::chrono::minutes(10)};

struct Owner {
  std::string id;
  std::string name;
  Directory::Policies policies;
  std::vector<std::pair<std::string, std::string>> tags;
};

std::vector<std::pair<std::string, std::string>> ReadTags(const json::Value& value) {
  std::vector<std::pair<std::string, std::string>> tags;
  if (!value.is_array()) return tags;
  for (const json::Value& item : value.get_array()) {
    if (!item.is_object()) continue;
    tags.emplace_back(json::GetString(item.get_object(), "Key"),
                      json::GetString(item.get_object(), "Value"));
  }
  return tags;
}

std::string OwnerKey(std::string_view account, std::string_view kind, std::string_view name) {
  std::string key(account);
  key += '/';
  key += kind;
  key += '/';
  key += name;
  return key;
}

/// Session names are narrow: [\w+=,.@-]{2,64}.
std::string CleanSession(std::string_view session) {
  std::string out;
  for (const char c : session.substr(0, 64)) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       std::string_view("_+=,.@-").find(c) != std::string_view::npos;
    out += plain ? c : '-';
  }
  while (out.size() < 2) out += '-';
  return out;
}

}  // namespace

struct Directory::Snapshot {
  using Documents = std::unordered_map<std::string, std::shared_ptr<const PolicyDocument>>;

  std::unordered_map<std::string, std::shared_ptr<const AccessKey>> keys;
  std::unordered_map<std::string, Owner> users;  // By ARN.
  std::unordered_map<std::string, Owner> roles;  // By ARN.
  std::unordered_map<std::string, Role> role_facts;
  Documents documents;  // By text, so that the next snapshot need not parse them again.
  Documents trusts;
};

struct Directory::Impl {
  Impl(store::Store& s, Random& r, const Clock& c) : store(s), random(r), clock(c) {
    for (const ManagedPolicy& policy : ManagedPolicies()) {
      auto document = PolicyDocument::Parse(policy.document, PolicyKind::kIdentity);
      managed.emplace(policy.arn(), document ? *document : nullptr);
    }
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> Current() const {
    const std::lock_guard lock(mutex);
    return snapshot;
  }

  std::shared_ptr<const Snapshot> Build(store::Transaction& tx, const Snapshot& old) const;
  void AddTemporary(const AccessKey& key);
  void Insert(store::Transaction& tx, const AccessKey& key) const;

  store::Store& store;
  Random& random;
  const Clock& clock;
  Snapshot::Documents managed;

  std::mutex reload_mutex;  // One rebuild at a time, or an older one could be published last.
  mutable std::mutex mutex;
  std::shared_ptr<const Snapshot> snapshot = std::make_shared<Snapshot>();
  std::unordered_map<std::string, std::shared_ptr<const AccessKey>> temporary;
  std::unordered_map<std::string, AccessKey> roots;  // By account.
  std::unordered_map<std::string, TimePoint> noted;  // Last use that was written, by key id.
  TimePoint last_purge;
};

namespace {

/// The parsed form of `text`, from `old` when it is there. nullptr when it does not parse.
template <class Documents>
std::shared_ptr<const PolicyDocument> Parsed(const std::string& text, PolicyKind kind,
                                             const Documents& old, Documents& kept) {
  if (const auto it = kept.find(text); it != kept.end()) return it->second;
  std::shared_ptr<const PolicyDocument> document;
  if (const auto it = old.find(text); it != old.end()) {
    document = it->second;
  } else if (auto parsed = PolicyDocument::Parse(text, kind)) {
    document = std::move(*parsed);
  }
  kept.emplace(text, document);
  return document;
}

}  // namespace

std::shared_ptr<const Directory::Snapshot> Directory::Impl::Build(store::Transaction& tx,
                                                                  const Snapshot& old) const {
  auto next = std::make_shared<Snapshot>();
  // Customer-managed policies: the default version of each.
  Snapshot::Documents by_arn;
  tx.Query(
      "SELECT p.arn, v.document FROM access_policies p JOIN access_policy_versions v"
      " ON v.arn = p.arn AND v.version = p.default_version",
      {}, [&](const store::Row& row) {
        by_arn.emplace(row.Str(0),
                       Parsed(row.Str(1), PolicyKind::kIdentity, old.documents, next->documents));
        return true;
      });
  const auto managed_policy = [&](const std::string& arn) -> AppliedPolicy {
    if (const auto it = by_arn.find(arn); it != by_arn.end()) return {arn, it->second};
    if (const auto it = managed.find(arn); it != managed.end()) return {arn, it->second};
    return {arn, nullptr};
  };
  // What each owner has, inline first.
  std::unordered_map<std::string, std::vector<AppliedPolicy>> owned;
  tx.Query(
      "SELECT account, kind, name, policy_name, document FROM access_inline_policies"
      " ORDER BY account, kind, name, policy_name",
      {}, [&](const store::Row& row) {
        owned[OwnerKey(row.Text(0), row.Text(1), row.Text(2))].push_back(
            {row.Str(3),
             Parsed(row.Str(4), PolicyKind::kIdentity, old.documents, next->documents)});
        return true;
      });
  tx.Query(
      "SELECT account, kind, name, policy_arn FROM access_attachments"
      " ORDER BY account, kind, name, policy_arn",
      {}, [&](const store::Row& row) {
        owned[OwnerKey(row.Text(0), row.Text(1), row.Text(2))].push_back(
            managed_policy(row.Str(3)));
        return true;
      });
  std::unordered_map<std::string, std::string> user_arns;  // By owner key.
  tx.Query("SELECT account, name, id, arn, boundary_arn, tags FROM access_users", {},
           [&](const store::Row& row) {
             const std::string key = OwnerKey(row.Text(0), "user", row.Text(1));
             Owner& user = next->users[row.Str(3)];
             user.id = row.Str(2);
             user.name = row.Str(1);
             user.policies.identity = owned[key];
             if (!row.Text(4).empty()) user.policies.boundary = managed_policy(row.Str(4));
             user.tags = ReadTags(row.Json(5));
             user_arns[key] = row.Str(3);
             return true;
           });
  tx.Query("SELECT account, group_name, user_name FROM access_group_members", {},
           [&](const store::Row& row) {
             const auto user = user_arns.find(OwnerKey(row.Text(0), "user", row.Text(2)));
             const auto of_group = owned.find(OwnerKey(row.Text(0), "group", row.Text(1)));
             if (user == user_arns.end() || of_group == owned.end()) return true;
             auto& list = next->users[user->second].policies.identity;
             list.insert(list.end(), of_group->second.begin(), of_group->second.end());
             return true;
           });
  tx.Query(
      "SELECT account, name, id, arn, boundary_arn, tags, trust, max_session_s FROM access_roles",
      {}, [&](const store::Row& row) {
        Owner& owner = next->roles[row.Str(3)];
        owner.id = row.Str(2);
        owner.name = row.Str(1);
        owner.policies.identity = owned[OwnerKey(row.Text(0), "role", row.Text(1))];
        if (!row.Text(4).empty()) owner.policies.boundary = managed_policy(row.Str(4));
        owner.tags = ReadTags(row.Json(5));
        Role& role = next->role_facts[row.Str(3)];
        role.arn = row.Str(3);
        role.name = row.Str(1);
        role.id = row.Str(2);
        role.account = AccountId(row.Str(0));
        role.trust_text = row.Str(6);
        role.trust = Parsed(role.trust_text, PolicyKind::kTrust, old.trusts, next->trusts);
        role.max_session = std::chrono::seconds(row.Int(7));
        return true;
      });
  tx.Query("SELECT id, secret, account, user_name, active FROM access_keys", {},
           [&](const store::Row& row) {
             AccessKey key;
             key.id = row.Str(0);
             key.secret = row.Str(1);
             key.active = row.Int(4) != 0;
             const AccountId account(row.Str(2));
             if (row.Text(3).empty()) {
               key.principal = Principal::Root(account);
             } else {
               const auto arn = user_arns.find(OwnerKey(row.Text(2), "user", row.Text(3)));
               if (arn == user_arns.end()) return true;
               key.principal = {Principal::Kind::kUser, account, arn->second,
                                next->users[arn->second].id};
             }
             key.principal.access_key_id = key.id;
             const std::string id = key.id;
             next->keys.emplace(id, std::make_shared<const AccessKey>(std::move(key)));
             return true;
           });
  return next;
}

void Directory::Impl::AddTemporary(const AccessKey& key) {
  const std::lock_guard lock(mutex);
  const TimePoint now = clock.Now();
  if (now - last_purge > kPurgeInterval) {
    last_purge = now;
    std::erase_if(temporary,
                  [&](const auto& entry) { return entry.second->expires + kExpiredKept < now; });
  }
  temporary[key.id] = std::make_shared<const AccessKey>(key);
}

void Directory::Impl::Insert(store::Transaction& tx, const AccessKey& key) const {
  tx.Execute("DELETE FROM access_temporary_keys WHERE expires_ms < ?",
             {clock.Now() - kExpiredKept});
  tx.Execute(
      "INSERT INTO access_temporary_keys (id, secret, token, expires_ms, principal)"
      " VALUES (?, ?, ?, ?, ?)",
      {key.id, key.secret, key.session_token, key.expires,
       json::Serialize(PrincipalToJson(key.principal))});
}

Directory::Directory(store::Store& store, Random& random, const Clock& clock)
    : impl_(std::make_unique<Impl>(store, random, clock)) {
  Reload();
  store.Read([&](store::Transaction& tx) {
    tx.Query("SELECT id, secret, token, expires_ms, principal FROM access_temporary_keys", {},
             [&](const store::Row& row) {
               AccessKey key;
               key.id = row.Str(0);
               key.secret = row.Str(1);
               key.session_token = row.Str(2);
               key.expires = row.Time(3);
               const json::Value principal = row.Json(4);
               if (!principal.is_object()) return true;
               key.principal = PrincipalFromJson(principal.get_object());
               const std::string id = key.id;
               impl_->temporary.emplace(id, std::make_shared<const AccessKey>(std::move(key)));
               return true;
             });
  });
}
Directory::~Directory() = default;

void Directory::Reload() {
  const std::lock_guard reload(impl_->reload_mutex);
  const std::shared_ptr<const Snapshot> old = impl_->Current();
  std::shared_ptr<const Snapshot> next;
  impl_->store.Read([&](store::Transaction& tx) { next = impl_->Build(tx, *old); });
  const std::lock_guard lock(impl_->mutex);
  impl_->snapshot = std::move(next);
}

void Directory::Reset() {
  std::vector<AccessKey> roots;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->temporary.clear();
    impl_->noted.clear();
    for (const auto& [account, key] : impl_->roots) roots.push_back(key);
  }
  impl_->store.WriteAndWait([&](store::Transaction& tx) {
    for (const AccessKey& key : roots) {
      tx.Execute(
          "INSERT OR IGNORE INTO access_keys (id, secret, account, user_name, active, created_ms)"
          " VALUES (?, ?, ?, '', 1, ?)",
          {key.id, key.secret, key.principal.account.str(), impl_->clock.Now()});
    }
  });
  Reload();
}

std::shared_ptr<const AccessKey> Directory::FindKey(const std::string& access_key_id) const {
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::lock_guard lock(impl_->mutex);
    if (const auto it = impl_->temporary.find(access_key_id); it != impl_->temporary.end()) {
      return it->second;
    }
    snapshot = impl_->snapshot;
  }
  const auto it = snapshot->keys.find(access_key_id);
  return it == snapshot->keys.end() ? nullptr : it->second;
}

void Directory::NoteKeyUse(const AccessKey& key, TimePoint now, const std::string& region,
                           const std::string& service) const {
  if (key.principal.kind != Principal::Kind::kUser || !key.session_token.empty()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    TimePoint& last = impl_->noted[key.id];
    if (now - last < kUseNoteInterval) return;
    last = now;
  }
  impl_->store.Write(
      [id = key.id, now, region, service](store::Transaction& tx) {
        tx.Execute(
            "UPDATE access_keys SET last_used_ms = ?, last_used_region = ?, last_used_service = ?"
            " WHERE id = ?",
            {now, region, service, id});
      },
      [](std::exception_ptr) {});  // A note that is lost is written again a minute later.
}

Directory::Policies Directory::PoliciesOf(const Principal& principal) const {
  const auto snapshot = impl_->Current();
  const bool user = principal.kind == Principal::Kind::kUser;
  if (!user && principal.kind != Principal::Kind::kAssumedRole) return {};
  const auto& owners = user ? snapshot->users : snapshot->roles;
  const auto it = owners.find(user ? principal.arn : principal.role_arn);
  return it == owners.end() ? Policies{} : it->second.policies;
}

void Directory::AddTags(const Principal& principal, Context& context) const {
  const auto snapshot = impl_->Current();
  const bool user = principal.kind == Principal::Kind::kUser;
  if (!user && principal.kind != Principal::Kind::kAssumedRole) return;
  const auto& owners = user ? snapshot->users : snapshot->roles;
  const auto it = owners.find(user ? principal.arn : principal.role_arn);
  if (it == owners.end()) return;
  for (const auto& [key, value] : it->second.tags) {
    context["aws:principaltag/" + ToLower(key)] = {value};
  }
}

std::optional<Role> Directory::FindRole(const std::string& role_arn) const {
  const auto snapshot = impl_->Current();
  const auto it = snapshot->role_facts.find(role_arn);
  if (it == snapshot->role_facts.end()) return std::nullopt;
  return it->second;
}

std::optional<std::string> Directory::TrustPolicyOf(const std::string& role_arn) const {
  std::optional<Role> role = FindRole(role_arn);
  if (!role) return std::nullopt;
  return std::move(role->trust_text);
}

std::optional<Principal> Directory::FindPrincipal(const std::string& arn) const {
  const auto snapshot = impl_->Current();
  if (const auto it = snapshot->users.find(arn); it != snapshot->users.end()) {
    const Result<Arn> parsed = Arn::Parse(arn);
    if (!parsed) return std::nullopt;
    return Principal{Principal::Kind::kUser, parsed->account, arn, it->second.id};
  }
  if (const auto it = snapshot->role_facts.find(arn); it != snapshot->role_facts.end()) {
    return SessionOf(it->second, "simulation");
  }
  return std::nullopt;
}

Principal Directory::SessionOf(const Role& role, std::string_view session) {
  const std::string name = CleanSession(session);
  Principal principal;
  principal.kind = Principal::Kind::kAssumedRole;
  principal.account = role.account;
  principal.arn = "arn:aws:sts::" + role.account.str() + ":assumed-role/" + role.name + "/" + name;
  principal.id = role.id + ":" + name;
  principal.role_arn = role.arn;
  return principal;
}

Result<Principal> Directory::AssumeForService(const std::string& role_arn,
                                              const std::string& service,
                                              const std::string& session) const {
  const std::optional<Role> role = FindRole(role_arn);
  if (!role) return Fail(Code::kNotFound, "The role " + role_arn + " does not exist.");
  const Principal caller = Principal::Service(role->account, service, "");
  Context context;
  AddPrincipalContext(caller, context);
  const PolicyRequest request{"sts:AssumeRole", role_arn, &context, &caller};
  if (!role->trust || role->trust->Evaluate(request).effect != PolicyVerdict::Effect::kAllow) {
    return Fail(Code::kPermissionDenied,
                "The role " + role_arn + " does not let " + service + " assume it.");
  }
  return SessionOf(*role, session);
}

AccessKey Directory::MakeTemporaryKey(const Principal& principal, Millis lifetime) const {
  AccessKey key;
  key.id = "ASIA" + impl_->random.Pick(16, kIdAlphabet);
  key.secret = impl_->random.Pick(kSecretLength, kSecretAlphabet);
  key.session_token = Base64Encode(impl_->random.Bytes(kTokenBytes));
  key.expires = impl_->clock.Now() + lifetime;
  key.principal = principal;
  key.principal.access_key_id = key.id;
  return key;
}

AccessKey Directory::IssueTemporaryKey(const Principal& principal, Millis lifetime) {
  AccessKey key = MakeTemporaryKey(principal, lifetime);
  impl_->AddTemporary(key);
  // Lost with the process, it would only have to be issued again.
  impl_->store.Write([impl = impl_.get(), key](store::Transaction& tx) { impl->Insert(tx, key); },
                     [](std::exception_ptr) {});
  return key;
}

AccessKey Directory::IssueTemporaryKey(store::Transaction& tx, const Principal& principal,
                                       Millis lifetime) {
  AccessKey key = MakeTemporaryKey(principal, lifetime);
  impl_->Insert(tx, key);
  tx.OnCommit([impl = impl_.get(), key] { impl->AddTemporary(key); });
  return key;
}

AccessKey Directory::CreateKey(store::Transaction& tx, const AccountId& account,
                               const std::string& user_name) {
  AccessKey key;
  key.id = "AKIA" + impl_->random.Pick(16, kIdAlphabet);
  key.secret = impl_->random.Pick(kSecretLength, kSecretAlphabet);
  tx.Execute(
      "INSERT INTO access_keys (id, secret, account, user_name, active, created_ms)"
      " VALUES (?, ?, ?, ?, 1, ?)",
      {key.id, key.secret, account.str(), user_name, impl_->clock.Now()});
  return key;
}

AccessKey Directory::EnsureRootKey(const AccountId& account) {
  AccessKey key;
  bool created = false;
  impl_->store.WriteAndWait([&](store::Transaction& tx) {
    const bool found = tx.QueryOne(
        "SELECT id, secret FROM access_keys WHERE account = ? AND user_name = ''"
        " ORDER BY created_ms, id",
        {account.str()}, [&](const store::Row& row) {
          key.id = row.Str(0);
          key.secret = row.Str(1);
        });
    if (found) return;
    key = CreateKey(tx, account, "");
    created = true;
  });
  key.principal = Principal::Root(account);
  key.principal.access_key_id = key.id;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->roots[account.str()] = key;
  }
  if (created) Reload();
  return key;
}

}  // namespace riposte::access
