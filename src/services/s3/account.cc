// s3control: the public access block of an account. It is one for all regions.
#include "estate/resource.h"
#include "services/s3/s3.h"

namespace riposte::s3 {
namespace {

constexpr std::string_view kSetting = "s3.public-access-block";

Scope GlobalScope(const AccountId& account) {
  return {account, Region("aws-global")};
}

void CheckAccount(const api::Call& call) {
  if (json::GetString(call.input, "AccountId") != call.scope.account.str()) {
    throw api::Error("AccessDenied", "Access Denied", 403);
  }
}

}  // namespace

std::optional<json::Object> AccountAccessBlock(store::Transaction& tx, const AccountId& account) {
  const std::string text = estate::GetSetting(tx, GlobalScope(account), kSetting, "");
  if (text.empty()) return std::nullopt;
  auto value = json::Parse(text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->as_object());
}

json::Value S3Service::PutAccountAccessBlock(const Call& call, Tx& tx) {
  CheckAccount(call);
  estate::PutSetting(tx, GlobalScope(call.scope.account), kSetting,
                     json::Serialize(AccessBlockOf(call)));
  return json::Object();
}

json::Value S3Service::GetAccountAccessBlock(const Call& call, Tx& tx) {
  CheckAccount(call);
  auto block = AccountAccessBlock(tx, call.scope.account);
  if (!block) throw NoAccessBlock();
  return json::Object{{"PublicAccessBlockConfiguration", std::move(*block)}};
}

json::Value S3Service::DeleteAccountAccessBlock(const Call& call, Tx& tx) {
  CheckAccount(call);
  estate::PutSetting(tx, GlobalScope(call.scope.account), kSetting, "");
  return json::Object();
}

}  // namespace riposte::s3
