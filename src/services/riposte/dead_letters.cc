#include <charconv>

#include "api/error.h"
#include "services/riposte/service.h"

namespace riposte::native {
namespace {

/// Redriven in one commit, when all are.
constexpr int kBatch = 200;

delivery::DeadLetters::Filter FilterOf(const json::Object& input) {
  return {std::string(json::GetString(input, "Kind")),
          std::string(json::GetString(input, "SourceArn")),
          std::string(json::GetString(input, "QueueArn")),
          {}};
}

json::Object Show(const delivery::DeadLetterRecord& letter) {
  json::Object out{{"Id", letter.id},
                   {"Kind", letter.kind},
                   {"SourceArn", letter.source_arn},
                   {"TargetArn", letter.target_arn},
                   {"Attempts", letter.attempts},
                   {"CreatedAt", ToSeconds(letter.created)},
                   {"DeadAt", ToSeconds(letter.dead)}};
  json::SetIfNotEmpty(out, "QueueArn", letter.queue_arn);
  json::SetIfNotEmpty(out, "MessageId", letter.message_id);
  json::SetIfNotEmpty(out, "ErrorCode", letter.error_code);
  json::SetIfNotEmpty(out, "ErrorMessage", letter.error_message);
  json::SetIfNotEmpty(out, "ExhaustedRetryCondition", letter.exhausted);
  return out;
}

/// "<work>/<message>/<position>": all pages of one redrive stop at the moment when it began, so
/// that what dies again is not redriven in circles.
std::pair<delivery::DeadLetters::Mark, std::string> ReadToken(std::string_view token) {
  const char* at = token.data();
  const char* const end = at + token.size();
  const auto number = [&] {
    int64_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || next == end || *next != '/') {
      throw api::Error("ValidationException", "Invalid NextToken.");
    }
    at = next + 1;
    return value;
  };
  delivery::DeadLetters::Mark mark;
  mark.work = number();
  mark.message = number();
  return {mark, std::string(at, end)};
}

}  // namespace

json::Value RiposteService::ListDeadLetters(const Call& call, Tx& tx) {
  const auto page = dead_letters_.List(
      tx, call.scope, FilterOf(call.input), std::string(json::GetString(call.input, "NextToken")),
      static_cast<int>(json::GetInt(call.input, "MaxResults", 100)));
  json::Array letters;
  for (const auto& letter : page.letters) letters.push_back(Show(letter));
  json::Object out{{"DeadLetters", std::move(letters)}};
  json::SetIfNotEmpty(out, "NextToken", page.next);
  return out;
}

json::Value RiposteService::DescribeDeadLetter(const Call& call, Tx& tx) {
  const std::string id(json::GetString(call.input, "Id"));
  const auto letter = dead_letters_.Describe(tx, call.scope, id);
  if (!letter) throw api::Error("ResourceNotFoundException", "There is no dead letter " + id, 404);
  return json::Object{{"DeadLetter", Show(letter->record)}, {"Body", letter->body}};
}

json::Value RiposteService::RedriveDeadLetters(const Call& call, Tx& tx) {
  std::vector<std::string> ids = json::GetStrings(call.input, "Ids");
  const bool all = json::GetBool(call.input, "All");
  if (all == !ids.empty()) {
    throw api::Error("ValidationException", "Name dead letters in Ids, or set All.");
  }
  json::Object out;
  if (all) {
    const std::string_view token = json::GetString(call.input, "NextToken");
    const auto [began, after] =
        token.empty() ? std::pair{dead_letters_.Now(tx), std::string()} : ReadToken(token);
    auto filter = FilterOf(call.input);
    filter.until = began;
    const auto page = dead_letters_.List(tx, call.scope, filter, after, kBatch);
    for (const auto& letter : page.letters) ids.push_back(letter.id);
    if (!page.next.empty()) {
      out["NextToken"] =
          std::to_string(began.work) + "/" + std::to_string(began.message) + "/" + page.next;
    }
  }
  int64_t redriven = 0;
  json::Array failed;
  for (const std::string& id : ids) {
    const std::string reason = dead_letters_.Redrive(tx, call.scope, id, call.now);
    if (reason.empty()) {
      ++redriven;
    } else {
      failed.push_back(json::Object{{"Id", id}, {"Reason", reason}});
    }
  }
  out["Redriven"] = redriven;
  out["Failed"] = std::move(failed);
  return out;
}

}  // namespace riposte::native
