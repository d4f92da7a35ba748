// What the handlers of this service read from a call, and the errors they share.
#pragma once

#include <functional>
#include <string>

#include "api/call.h"
#include "bus/tables.h"

namespace riposte::events {

[[nodiscard]] inline api::Error Invalid(std::string message) {
  return {"ValidationException", std::move(message)};
}
[[nodiscard]] api::Error NoSuchBus(const std::string& bus);
[[nodiscard]] api::Error NoSuchRule(const bus::RuleKey& key);
[[nodiscard]] api::Error LimitExceeded();
/// Throws when a service manages the rule; `force` is the caller's word for "all the same".
void CheckNotManaged(const bus::RuleRow& rule, bool force = false);

/// The member as a string, "" when absent.
[[nodiscard]] std::string Text(const api::Call& call, std::string_view member);

/// The name of the bus in `member`, which may hold an ARN of this account; "default" when absent.
/// Throws when it is a bus of another account or region: only PutEvents reaches there.
[[nodiscard]] std::string BusName(const api::Call& call, std::string_view member = "EventBusName");
/// The rule that `member` and EventBusName name.
[[nodiscard]] bus::RuleKey RuleOf(const api::Call& call, std::string_view member);
/// The same; throws when there is no such bus or rule.
[[nodiscard]] bus::RuleRow ExistingRule(const api::Call& call, store::Transaction& tx,
                                        std::string_view member);

/// Pages by name: what follows `after`, at most `limit`.
struct Page {
  std::string after;
  int64_t limit = 100;
};
[[nodiscard]] Page PageOf(const api::Call& call);
/// Lists of archives and replays take one filter at a time. Throws.
void CheckOneFilter(const api::Call& call);
[[nodiscard]] std::string TokenAfter(const std::string& name);
/// Of rows that were listed one beyond the page, that one goes, and NextToken leads to it.
/// `name` is what the rows are in order of.
template <class Rows, class Name>
void EndPage(const Page& page, Rows& rows, Name name, json::Object& out) {
  if (static_cast<int64_t>(rows.size()) <= page.limit) return;
  rows.resize(static_cast<size_t>(page.limit));
  out["NextToken"] = TokenAfter(std::invoke(name, rows.back()));
}

}  // namespace riposte::events
