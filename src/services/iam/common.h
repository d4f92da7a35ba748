// What the parts of the IAM service share: owners, errors, tags, pages.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "access/policy.h"
#include "api/call.h"
#include "api/error.h"
#include "services/iam/iam_service.h"
#include "store/store.h"

namespace riposte::iam {

/// The words that differ between users, roles and groups.
struct OwnerWords {
  std::string_view kind;        ///< In the tables: "role".
  std::string_view name_field;  ///< In the input: "RoleName".
  std::string_view title;       ///< "Role"
  int64_t max_inline_bytes;     ///< Of all inline policies together, white space not counted.
};
[[nodiscard]] const OwnerWords& WordsOf(Owner owner);
/// Throws NoSuchEntity unless the owner exists; returns its name.
std::string RequireOwner(Owner owner, const api::Call& call, store::Transaction& tx);

/// The caller's name when it is a user, else "".
[[nodiscard]] std::string CallingUser(const api::Call& call);
/// The user that the call names, else the caller; "" is the account's root. Throws NoSuchEntity,
/// MustNameUser (the caller is neither).
[[nodiscard]] std::string UserOrCaller(const api::Call& call, store::Transaction& tx);
[[nodiscard]] api::Error MustNameUser();

[[nodiscard]] api::Error NoSuchEntity(std::string message);
[[nodiscard]] api::Error AlreadyExists(std::string message);
[[nodiscard]] api::Error DeleteConflict(std::string message);
[[nodiscard]] api::Error LimitExceeded(std::string message);
[[nodiscard]] api::Error InvalidInput(std::string message);
/// "The role with name X cannot be found."
[[nodiscard]] api::Error NoSuchNamed(std::string_view noun, std::string_view name);

/// Throws MalformedPolicyDocument.
void CheckDocument(std::string_view document, access::PolicyKind kind);
/// Bytes that count against the quotas.
[[nodiscard]] int64_t SizeWithoutSpace(std::string_view document);
/// Documents are percent-encoded in replies.
[[nodiscard]] std::string EncodeDocument(std::string_view document);

/// True when the ARN names a policy that `account` may attach: its own, or an AWS-managed one.
[[nodiscard]] bool PolicyExists(const std::string& arn, const AccountId& account,
                                store::Transaction& tx);

/// The input's Path, else "/".
[[nodiscard]] std::string PathOf(const json::Object& input);

/// Tags are stored as the list that clients send. Throws InvalidInput and LimitExceeded.
[[nodiscard]] json::Array MergeTags(const json::Array& old, const json::Object& input);
[[nodiscard]] json::Array WithoutTags(const json::Array& old, const json::Object& input);

/// One page of a list that is gathered whole (identities are few): Marker, MaxItems, IsTruncated.
class Page {
 public:
  /// Throws InvalidInput when the marker is none of ours.
  explicit Page(const json::Object& input);
  /// Items in order of a unique key; those before the page and after it are dropped.
  void Add(std::string_view key, json::Value item);
  /// `{member: items, IsTruncated, Marker}`.
  [[nodiscard]] json::Object Finish(std::string_view member);

 private:
  std::string after_;
  size_t max_items_;
  std::string last_key_;
  bool truncated_ = false;
  json::Array items_;
};

}  // namespace riposte::iam
