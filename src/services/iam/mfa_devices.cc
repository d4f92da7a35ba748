// Virtual MFA devices: made, assigned to a user by two codes in a row (RFC 6238), taken away. The
// seed is kept until the device is assigned; nobody signs in with it here.
#include "access/crypto.h"
#include "base/arn.h"
#include "base/encoding.h"
#include "services/iam/common.h"

namespace riposte::iam {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t kSeedCharacters = 64;
constexpr int64_t kStepSeconds = 30;
constexpr int64_t kTolerance = 10;  ///< Steps that the device's clock may be off, either way.
constexpr int64_t kMaxDevices = 8;  ///< Of one user.

/// REQUIRES: all characters are of the alphabet.
std::string Base32Decode(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    bits = (bits << 5) | static_cast<uint32_t>(kBase32.find(c));
    held += 5;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFF);
  }
  return out;
}

/// The six digits for one step of time (RFC 4226).
std::string CodeAt(const std::string& key, int64_t step) {
  std::string counter(8, '\0');
  for (size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<char>((step >> (8 * i)) & 0xFF);
  const std::string mac = access::HmacSha1(key, counter);
  const auto byte = [&mac](size_t i) { return static_cast<uint32_t>(mac[i]) & 0xFF; };
  const size_t at = byte(19) & 0xF;
  const uint32_t number =
      ((byte(at) & 0x7F) << 24) | (byte(at + 1) << 16) | (byte(at + 2) << 8) | byte(at + 3);
  std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

bool FollowEachOther(const std::string& seed, TimePoint now, std::string_view first,
                     std::string_view second) {
  const std::string key = Base32Decode(seed);
  const int64_t step = ToMillis(now) / 1000 / kStepSeconds;
  for (int64_t at = step - kTolerance; at <= step + kTolerance; ++at) {
    if (CodeAt(key, at) == first && CodeAt(key, at + 1) == second) return true;
  }
  return false;
}

std::string SerialOf(const api::Call& call) {
  return std::string(json::GetString(call.input, "SerialNumber"));
}

api::Error NoDevice(const std::string& serial) {
  return NoSuchEntity("VirtualMFADevice with serial number " + serial + " doesn't exist.");
}

struct Device {
  std::string seed, user;
};
Device RequireDevice(const api::Call& call, store::Transaction& tx) {
  Device device;
  const std::string serial = SerialOf(call);
  if (!tx.QueryOne(
          "SELECT seed, user_name FROM access_mfa_devices WHERE serial = ? AND account = ?",
          {serial, call.scope.account.str()},
          [&](const store::Row& row) { device = {row.Str(0), row.Str(1)}; })) {
    throw NoDevice(serial);
  }
  return device;
}

}  // namespace

json::Value IamService::CreateVirtualMFADevice(const Call& call, Tx& tx) {
  const std::string name(json::GetString(call.input, "VirtualMFADeviceName"));
  const std::string path = PathOf(call.input);
  const std::string serial = MakeGlobalArn("iam", call.scope.account, "mfa" + path + name);
  if (tx.QueryInt("SELECT 1 FROM access_mfa_devices WHERE serial = ?", {serial})) {
    throw AlreadyExists("MFADevice entity at the same path and name already exists.");
  }
  const json::Array tags = MergeTags({}, call.input);
  const std::string seed = random_.Pick(kSeedCharacters, kBase32);
  tx.Execute("INSERT INTO access_mfa_devices (serial, account, seed, tags) VALUES (?, ?, ?, ?)",
             {serial, call.scope.account.str(), seed, json::Serialize(tags)});
  json::Object device{{"SerialNumber", serial}, {"Base32StringSeed", Base64Encode(seed)}};
  if (!tags.empty()) device["Tags"] = tags;
  return json::Object{{"VirtualMFADevice", std::move(device)}};
}

json::Value IamService::DeleteVirtualMFADevice(const Call& call, Tx& tx) {
  if (!RequireDevice(call, tx).user.empty()) {
    throw DeleteConflict("MFA VirtualDevice in use. Must deactivate first.");
  }
  tx.Execute("DELETE FROM access_mfa_devices WHERE serial = ?", {SerialOf(call)});
  return json::Object();
}

json::Value IamService::ListVirtualMFADevices(const Call& call, Tx& tx) {
  const std::string_view status = json::GetString(call.input, "AssignmentStatus", "Any");
  Page page(call.input);
  tx.Query(
      "SELECT d.serial, d.user_name, d.enabled_ms, u.path, u.id, u.arn, u.created_ms"
      " FROM access_mfa_devices d LEFT JOIN access_users u"
      " ON u.account = d.account AND u.name = d.user_name WHERE d.account = ? ORDER BY d.serial",
      {call.scope.account.str()}, [&](const store::Row& row) {
        const bool assigned = !row.Text(1).empty();
        if ((status == "Assigned" && !assigned) || (status == "Unassigned" && assigned)) {
          return true;
        }
        json::Object device{{"SerialNumber", row.Text(0)}};
        if (assigned) {
          device["EnableDate"] = ToSeconds(row.Time(2));
          device["User"] = json::Object{{"UserName", row.Text(1)},
                                        {"Path", row.Text(3)},
                                        {"UserId", row.Text(4)},
                                        {"Arn", row.Text(5)},
                                        {"CreateDate", ToSeconds(row.Time(6))}};
        }
        page.Add(row.Text(0), std::move(device));
        return true;
      });
  return page.Finish("VirtualMFADevices");
}

json::Value IamService::EnableMFADevice(const Call& call, Tx& tx) {
  const std::string user = RequireOwner(Owner::kUser, call, tx);
  const Device device = RequireDevice(call, tx);
  if (!device.user.empty()) {
    throw AlreadyExists("MFA Device is already in use: " + SerialOf(call));
  }
  const int64_t count =
      tx.QueryInt("SELECT COUNT(*) FROM access_mfa_devices WHERE account = ? AND user_name = ?",
                  {call.scope.account.str(), user})
          .value_or(0);
  if (count >= kMaxDevices) {
    throw LimitExceeded("Cannot exceed quota for MFADevicesPerUser: " +
                        std::to_string(kMaxDevices));
  }
  if (!FollowEachOther(device.seed, call.now, json::GetString(call.input, "AuthenticationCode1"),
                       json::GetString(call.input, "AuthenticationCode2"))) {
    throw api::Error("InvalidAuthenticationCode", "Authentication code for device is not valid.",
                     403);
  }
  tx.Execute(
      "UPDATE access_mfa_devices SET user_name = ?, enabled_ms = ?, seed = '' WHERE serial = ?",
      {user, call.now, SerialOf(call)});
  return json::Object();
}

json::Value IamService::DeactivateMFADevice(const Call& call, Tx& tx) {
  const std::string user = RequireOwner(Owner::kUser, call, tx);
  const std::string serial = SerialOf(call);
  if (tx.Execute("UPDATE access_mfa_devices SET user_name = '', enabled_ms = 0"
                 " WHERE serial = ? AND account = ? AND user_name = ?",
                 {serial, call.scope.account.str(), user}) == 0) {
    throw NoSuchEntity("The MFA Device with serial number " + serial +
                       " is not enabled for the user " + user + ".");
  }
  return json::Object();
}

json::Value IamService::ListMFADevices(const Call& call, Tx& tx) {
  const std::string user = json::GetString(call.input, "UserName").empty()
                               ? CallingUser(call)
                               : RequireOwner(Owner::kUser, call, tx);
  Page page(call.input);
  if (user.empty()) return page.Finish("MFADevices");  // A root has none here.
  tx.Query(
      "SELECT serial, enabled_ms FROM access_mfa_devices WHERE account = ? AND user_name = ?"
      " ORDER BY serial",
      {call.scope.account.str(), user}, [&](const store::Row& row) {
        page.Add(row.Text(0), json::Object{{"UserName", user},
                                           {"SerialNumber", row.Text(0)},
                                           {"EnableDate", ToSeconds(row.Time(1))}});
        return true;
      });
  return page.Finish("MFADevices");
}

}  // namespace riposte::iam
