#include "services/pipes/pipes_service.h"

#include <array>

#include "base/arn.h"
#include "base/encoding.h"
#include "services/pipes/checks.h"

namespace riposte::pipes {
namespace {

constexpr int64_t kPage = 100;
constexpr std::string_view kTokenMark = "after:";

/// What an update sets anew; "" takes it away.
constexpr auto kReplaced = std::to_array<std::string_view>(
    {"Description", "Enrichment", "Target", "RoleArn", "LogConfiguration", "KmsKeyIdentifier"});
/// What an update changes member by member.
constexpr auto kMerged = std::to_array<std::string_view>(
    {"SourceParameters", "EnrichmentParameters", "TargetParameters"});

PipeKey KeyOf(const api::Call& call) {
  return {call.scope, std::string(json::GetString(call.input, "Name"))};
}

Pipe RequirePipe(const api::Call& call, store::Transaction& tx) {
  auto pipe = tables::Find(tx, KeyOf(call));
  if (!pipe) {
    throw api::Error(
        "NotFoundException",
        "Pipe " + std::string(json::GetString(call.input, "Name")) + " does not exist.");
  }
  return std::move(*pipe);
}

void RequireSettled(const Pipe& pipe) {
  if (!pipe.transitional()) return;
  throw api::Error("ConflictException",
                   "Pipe " + pipe.key.name + " is in the state " + pipe.state + ".");
}

json::Object Summary(const Pipe& pipe) {
  return {{"Arn", pipe.key.Arn()},
          {"Name", pipe.key.name},
          {"DesiredState", pipe.state == "DELETING" ? std::string("DELETED") : pipe.desired},
          {"CurrentState", pipe.state},
          {"CreationTime", ToSeconds(pipe.created)},
          {"LastModifiedTime", ToSeconds(pipe.modified)}};
}

bool IsEmptyText(const json::Value& value) {
  return value.is_string() && value.get_string().empty();
}

/// The parameters of one service are replaced as a whole, those of others stay; an empty template
/// takes the template away. What belongs to another kind of target than `update` chose goes.
void Merge(const json::Object& update, json::Object& document) {
  if (json::Find(update, "Target")) {
    if (auto* before = document.if_contains("TargetParameters")) {
      json::Object kept;
      if (const json::Value* text = json::Find(before->as_object(), "InputTemplate")) {
        kept["InputTemplate"] = *text;
      }
      *before = std::move(kept);
    }
  }
  for (const std::string_view name : kReplaced) {
    const json::Value* value = json::Find(update, name);
    if (!value) continue;
    if (IsEmptyText(*value)) {
      document.erase(name);
    } else {
      document[name] = *value;
    }
  }
  for (const std::string_view name : kMerged) {
    const auto* changes = json::GetObject(update, name);
    if (!changes) continue;
    if (!document.contains(name)) document[name] = json::Object();
    json::Object& parameters = document[name].as_object();
    for (const auto& [member, value] : *changes) {
      if (IsEmptyText(value)) {
        parameters.erase(member);
      } else {
        parameters[member] = value;
      }
    }
  }
}

std::string TaggedArn(const api::Call& call, store::Transaction& tx) {
  const std::string text(json::GetString(call.input, "resourceArn"));
  const auto arn = Arn::Parse(text);
  const PipeKey key{call.scope, arn ? std::string(arn->ResourceName()) : ""};
  if (key.Arn() != text || !tables::Find(tx, key)) {
    throw api::Error("NotFoundException", "Resource " + text + " does not exist.");
  }
  return text;
}

bool StartsWith(std::string_view text, const json::Object& input, std::string_view member) {
  return text.starts_with(json::GetString(input, member));
}

}  // namespace

void PipesService::Check(const Call& call, const Pipe& pipe) const {
  CheckPipe(pipe, parts_.catalog);
  if (options_.authorize) CheckRole(call, pipe.Text("RoleArn"), parts_.authorizer);
}

json::Value PipesService::Save(Tx& tx, const Pipe& pipe) {
  tables::Put(tx, pipe);
  parts_.runner.Changed(tx);
  return Summary(pipe);
}

void PipesService::AddTags(Tx& tx, const std::string& arn, const json::Object& tags) const {
  for (const auto& [key, value] : tags) {
    if (key.starts_with("aws:")) throw Invalid("Tag keys must not begin with aws:.");
    tables::PutTag(tx, arn, std::string(key), std::string(json::View(value)));
  }
  if (static_cast<int64_t>(tables::ListTags(tx, arn).size()) > options_.max_tags) {
    throw Invalid("A resource has at most " + std::to_string(options_.max_tags) + " tags.");
  }
}

json::Value PipesService::CreatePipe(const Call& call, Tx& tx) {
  Pipe pipe;
  pipe.key = KeyOf(call);
  if (tables::Find(tx, pipe.key)) {
    throw api::Error("ConflictException", "Pipe " + pipe.key.name + " already exists.");
  }
  if (tables::Count(tx, call.scope) >= options_.max_pipes) {
    throw api::Error("ServiceQuotaExceededException", "The number of pipes is at its limit.");
  }
  for (const auto& [name, value] : call.input) {
    if (name != "Name" && name != "DesiredState" && name != "Tags") pipe.document[name] = value;
  }
  Check(call, pipe);
  pipe.desired = json::GetString(call.input, "DesiredState", "RUNNING");
  pipe.created = pipe.modified = call.now;
  if (const auto* tags = json::GetObject(call.input, "Tags")) AddTags(tx, pipe.key.Arn(), *tags);
  return Save(tx, pipe);
}

json::Value PipesService::DescribePipe(const Call& call, Tx& tx) {
  const Pipe pipe = RequirePipe(call, tx);
  json::Object out = Summary(pipe);
  for (const auto& [name, value] : pipe.document) out[name] = value;
  json::Object tags;
  for (const auto& [key, value] : tables::ListTags(tx, pipe.key.Arn())) tags[key] = value;
  out["Tags"] = std::move(tags);
  return out;
}

json::Value PipesService::UpdatePipe(const Call& call, Tx& tx) {
  Pipe pipe = RequirePipe(call, tx);
  RequireSettled(pipe);
  Merge(call.input, pipe.document);
  Check(call, pipe);
  pipe.desired = json::GetString(call.input, "DesiredState", pipe.desired);
  pipe.state = "UPDATING";
  pipe.modified = call.now;
  return Save(tx, pipe);
}

json::Value PipesService::DeletePipe(const Call& call, Tx& tx) {
  Pipe pipe = RequirePipe(call, tx);
  pipe.state = "DELETING";
  pipe.modified = call.now;
  return Save(tx, pipe);
}

json::Value PipesService::SetState(const Call& call, Tx& tx, const char* desired,
                                   const char* state) {
  Pipe pipe = RequirePipe(call, tx);
  RequireSettled(pipe);
  if (pipe.state == desired) return Summary(pipe);
  pipe.desired = desired;
  pipe.state = state;
  pipe.modified = call.now;
  return Save(tx, pipe);
}

json::Value PipesService::StartPipe(const Call& call, Tx& tx) {
  return SetState(call, tx, "RUNNING", "STARTING");
}

json::Value PipesService::StopPipe(const Call& call, Tx& tx) {
  return SetState(call, tx, "STOPPED", "STOPPING");
}

json::Value PipesService::ListPipes(const Call& call, Tx& tx) {
  const auto limit = static_cast<size_t>(json::GetInt(call.input, "Limit", kPage));
  std::string after;
  if (const auto token = json::GetString(call.input, "NextToken"); !token.empty()) {
    const auto text = Base64Decode(token);
    if (!text || !text->starts_with(kTokenMark)) throw Invalid("Invalid NextToken.");
    after = text->substr(kTokenMark.size());
  }
  json::Array list;
  std::string last;
  json::Object out;
  for (const Pipe& pipe : tables::List(tx, call.scope, after, options_.max_pipes)) {
    const std::string desired(json::GetString(call.input, "DesiredState", pipe.desired));
    const std::string current(json::GetString(call.input, "CurrentState", pipe.state));
    if (pipe.desired != desired || pipe.state != current ||
        !StartsWith(pipe.key.name, call.input, "NamePrefix") ||
        !StartsWith(pipe.Text("Source"), call.input, "SourcePrefix") ||
        !StartsWith(pipe.Text("Target"), call.input, "TargetPrefix")) {
      continue;
    }
    if (list.size() == limit) {
      out["NextToken"] = Base64Encode(std::string(kTokenMark) + last);
      break;
    }
    json::Object item = Summary(pipe);
    for (const char* name : {"Source", "Target", "Enrichment"}) {
      json::SetIfNotEmpty(item, name, pipe.Text(name));
    }
    last = pipe.key.name;
    list.push_back(std::move(item));
  }
  out["Pipes"] = std::move(list);
  return out;
}

json::Value PipesService::TagResource(const Call& call, Tx& tx) {
  AddTags(tx, TaggedArn(call, tx), *json::GetObject(call.input, "tags"));
  return json::Object();
}

json::Value PipesService::UntagResource(const Call& call, Tx& tx) {
  const std::string arn = TaggedArn(call, tx);
  for (const std::string& key : json::GetStrings(call.input, "tagKeys")) {
    tables::DeleteTag(tx, arn, key);
  }
  return json::Object();
}

json::Value PipesService::ListTagsForResource(const Call& call, Tx& tx) {
  json::Object tags;
  for (const auto& [key, value] : tables::ListTags(tx, TaggedArn(call, tx))) tags[key] = value;
  return json::Object{{"tags", std::move(tags)}};
}

void PipesService::Register(api::Registry& registry) {
  using S = PipesService;
  registry.Add<S>("pipes", *this,
                  {
                      {"CreatePipe", api::Write(&S::CreatePipe)},
                      {"DeletePipe", api::Write(&S::DeletePipe)},
                      {"DescribePipe", api::Read(&S::DescribePipe)},
                      {"ListPipes", api::Read(&S::ListPipes)},
                      {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
                      {"StartPipe", api::Write(&S::StartPipe)},
                      {"StopPipe", api::Write(&S::StopPipe)},
                      {"TagResource", api::Write(&S::TagResource)},
                      {"UntagResource", api::Write(&S::UntagResource)},
                      {"UpdatePipe", api::Write(&S::UpdatePipe)},
                  });
}

}  // namespace riposte::pipes
