#include "services/riposte/service.h"

#include "response/why.h"
#include "services/riposte/apply.h"
#include "services/riposte/undo.h"

namespace riposte::native {
namespace {

response::PackFiles FilesOf(const json::Object& input) {
  response::PackFiles files;
  for (const auto& member : input.at("Files").as_object()) {
    files[member.key()] = json::View(member.value());
  }
  return files;
}

}  // namespace

void RiposteService::ApplyPack(Call call, api::Reply reply) {
  const auto pack = response::ParsePack(FilesOf(call.input));
  if (!pack) throw api::Error("ValidationException", pack.error().message);
  std::vector<response::Step> steps = response::Compile(*pack, call.scope);
  json::Object result{{"Name", pack->name}, {"Version", pack->version}};
  if (json::GetBool(call.input, "DryRun")) {
    json::Array planned;
    for (const response::Step& step : steps) {
      json::Object entry{
          {"Service", step.service}, {"Operation", step.operation}, {"Result", "would run"}};
      json::SetIfNotEmpty(entry, "Name", NameOf(step));
      planned.push_back(std::move(entry));
    }
    result["Steps"] = std::move(planned);
    return reply({std::move(result), std::nullopt});
  }
  std::make_shared<PackApplication>(*invoker_, std::move(call), std::move(steps), std::move(result),
                                    std::move(reply))
      ->Next();
}

json::Value RiposteService::IngestEvents(const Call& call, Tx& tx) {
  json::Array ids;
  for (const json::Value& item : call.input.at("Entries").as_array()) {
    const json::Object& entry = item.as_object();
    if (!entry.at("Detail").is_object()) {
      throw api::Error("ValidationException", "Detail must be a JSON object.");
    }
    api::Event event;
    event.scope = call.scope;
    event.source = json::GetString(entry, "Source");
    event.detail_type = json::GetString(entry, "DetailType");
    event.time = call.now;
    if (json::Find(entry, "Time")) {
      event.time = FromMillis(static_cast<int64_t>(json::GetDouble(entry, "Time") * 1000));
    }
    event.resources = json::GetStrings(entry, "Resources");
    event.detail = entry.at("Detail");
    event.id = json::GetString(entry, "Id");
    if (event.id.empty()) event.id = random_.Uuid();
    event.trace = {"evt-" + random_.Uuid(), call.trace.hops};
    ids.emplace_back(event.id);
    events_.Emit(tx, std::move(event));
  }
  return json::Object{{"EventIds", std::move(ids)}};
}

json::Value RiposteService::ListIncidents(const Call& call, Tx& tx) {
  auto page = incidents_.List(tx, call.scope, std::string(json::GetString(call.input, "Status")),
                              json::GetInt(call.input, "MaxResults", 100),
                              std::string(json::GetString(call.input, "NextToken")));
  json::Object out{{"Incidents", std::move(page.incidents)}};
  json::SetIfNotEmpty(out, "NextToken", page.next_token);
  return out;
}

json::Value RiposteService::DescribeIncident(const Call& call, Tx& tx) {
  const std::string id(json::GetString(call.input, "IncidentId"));
  auto incident = incidents_.Describe(tx, call.scope, id);
  if (!incident) throw api::Error("ResourceNotFoundException", "There is no incident " + id, 404);
  return json::Object{{"Incident", std::move(*incident)}};
}

json::Value RiposteService::ExplainIncident(const Call& call, Tx& tx) {
  const std::string id(json::GetString(call.input, "IncidentId"));
  auto why = response::ExplainRules(tx, call.scope,
                                    {id, std::string(json::GetString(call.input, "RuleNamePrefix")),
                                     json::GetInt(call.input, "MaxResults", 50),
                                     std::string(json::GetString(call.input, "NextToken"))});
  if (!why)
    throw api::Error("ResourceNotFoundException", "There is no event of incident " + id, 404);
  return std::move(*why);
}

json::Value RiposteService::LoadEstate(const Call& call, Tx& tx) {
  return seed_.Load(tx, call.scope, json::GetString(call.input, "Document"), call.now);
}

void RiposteService::UndoAutomationExecution(Call call, api::Reply reply) {
  std::make_shared<Undo>(*invoker_, std::move(call), std::move(reply))->Begin();
}

void RiposteService::Register(api::Registry& registry) {
  using S = RiposteService;
  registry.Add<S>("riposte", *this,
                  {
                      {"ApplyPack", api::Async(&S::ApplyPack)},
                      {"IngestEvents", api::Write(&S::IngestEvents)},
                      {"DescribeDeadLetter", api::Read(&S::DescribeDeadLetter)},
                      {"ListDeadLetters", api::Read(&S::ListDeadLetters)},
                      {"RedriveDeadLetters", api::Write(&S::RedriveDeadLetters)},
                      {"ListIncidents", api::Read(&S::ListIncidents)},
                      {"DescribeIncident", api::Read(&S::DescribeIncident)},
                      {"ExplainIncident", api::Read(&S::ExplainIncident)},
                      {"LoadEstate", api::Write(&S::LoadEstate)},
                      {"UndoAutomationExecution", api::Async(&S::UndoAutomationExecution)},
                  });
}

}  // namespace riposte::native
