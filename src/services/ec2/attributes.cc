#include <algorithm>

#include "services/ec2/ec2.h"
#include "services/ec2/input.h"

namespace riposte::ec2 {
namespace {

using estate::Compute;
using estate::Resource;

constexpr std::pair<std::string_view, std::string_view> kAssociationFilters[] = {
    {"instance-id", "InstanceId"},
    {"state", "State"},
};

/// Changed by ModifyInstanceAttribute as {"Value": …}; kept in the document or in its own part.
struct Attribute {
  std::string_view member;  ///< In requests and replies.
  std::string_view name;    ///< In the Attribute parameter.
  bool internal;
  bool boolean;
  bool needs_stop;
};
constexpr Attribute kAttributes[] = {
    {"DisableApiTermination", "disableApiTermination", true, true, false},
    {"DisableApiStop", "disableApiStop", true, true, false},
    {"EbsOptimized", "ebsOptimized", false, true, true},
    {"EnaSupport", "enaSupport", false, true, true},
    {"InstanceInitiatedShutdownBehavior", "instanceInitiatedShutdownBehavior", true, false, false},
    {"InstanceType", "instanceType", false, false, true},
    {"SourceDestCheck", "sourceDestCheck", false, true, false},
    {"UserData", "userData", true, false, true},
};

void RequireStopped(const Resource& instance) {
  if (Compute::StateOf(instance) != "stopped") {
    throw api::Error("IncorrectInstanceState",
                     "The instance '" + instance.id + "' is not in the 'stopped' state.");
  }
}

void SetAttribute(Resource& instance, const Attribute& attribute, json::Value value) {
  if (attribute.needs_stop) RequireStopped(instance);
  json::Object& target = attribute.internal ? instance.internal() : instance.document;
  target[attribute.member] = std::move(value);
}

std::string ProfileArn(const Scope& scope, const json::Object& profile) {
  std::string arn = Text(profile, "Arn");
  if (arn.empty()) {
    arn = MakeGlobalArn("iam", scope.account, "instance-profile/" + RequireText(profile, "Name"));
  }
  return arn;
}

}  // namespace

json::Value Ec2Service::ModifyInstanceAttribute(const Call& call, Tx& tx) {
  const json::Object& input = call.input;
  estate::Act act = ActOf(call, tx);
  Resource instance = Compute::Require(tx, call.scope, Text(input, "InstanceId"));
  bool changed = false;
  if (const auto groups = json::GetStrings(input, "Groups"); !groups.empty()) {
    estate_.compute().SetGroups(act, instance, groups);
    changed = true;
  }
  for (const Attribute& attribute : kAttributes) {
    const json::Object* given = json::GetObject(input, attribute.member);
    if (given == nullptr) continue;
    const json::Value* value = json::Find(*given, "Value");
    if (value == nullptr) continue;
    SetAttribute(instance, attribute, *value);
    changed = true;
  }
  // The older form: --attribute instanceType --value t3.micro.
  if (const std::string name = Text(input, "Attribute"); !name.empty()) {
    const auto attribute = std::ranges::find(kAttributes, name, &Attribute::name);
    const json::Value* value = json::Find(input, "Value");
    if (attribute != std::end(kAttributes) && value != nullptr) {
      json::Value converted = *value;
      if (attribute->boolean) converted = json::View(*value) == "true";
      SetAttribute(instance, *attribute, std::move(converted));
      changed = true;
    } else if (name != "blockDeviceMapping" && name != "groupSet") {
      throw api::Error("InvalidParameterValue",
                       "Value (" + name + ") for parameter attribute is invalid.");
    }
  }
  if (const json::Array* mappings = json::GetArray(input, "BlockDeviceMappings")) {
    for (const json::Value& mapping : *mappings) {
      const std::string device = Text(mapping.as_object(), "DeviceName");
      const json::Object* ebs = json::GetObject(mapping.as_object(), "Ebs");
      if (ebs == nullptr) continue;
      const bool remove = json::GetBool(*ebs, "DeleteOnTermination");
      for (json::Value& kept : instance.document["BlockDeviceMappings"].as_array()) {
        json::Object& own = kept.as_object();
        if (json::GetString(own, "DeviceName") != device) continue;
        json::Object& disk = own["Ebs"].as_object();
        disk["DeleteOnTermination"] = remove;
        Resource volume = estate::Blocks::RequireVolume(tx, call.scope, Text(disk, "VolumeId"));
        json::Array& attachments = volume.document["Attachments"].as_array();
        if (!attachments.empty()) attachments[0].as_object()["DeleteOnTermination"] = remove;
        estate_.core().Put(act, volume);
        changed = true;
      }
    }
  }
  if (!changed) {
    throw api::Error("InvalidParameterCombination", "No attributes specified.");
  }
  estate_.core().Put(act, instance);
  return json::Object();
}

json::Value Ec2Service::DescribeInstanceAttribute(const Call& call, Tx& tx) {
  const Resource instance = Compute::Require(tx, call.scope, Text(call.input, "InstanceId"));
  const std::string name = RequireText(call.input, "Attribute");
  json::Object out{{"InstanceId", instance.id}};
  if (name == "groupSet") {
    out["Groups"] = *json::Find(instance.document, "SecurityGroups");
    return out;
  }
  if (name == "blockDeviceMapping") {
    out["BlockDeviceMappings"] = *json::Find(instance.document, "BlockDeviceMappings");
    return out;
  }
  if (name == "rootDeviceName") {
    out["RootDeviceName"] = json::Object{{"Value", instance.Get("RootDeviceName")}};
    return out;
  }
  const auto attribute = std::ranges::find(kAttributes, name, &Attribute::name);
  if (attribute == std::end(kAttributes)) {
    throw api::Error("InvalidParameterValue",
                     "Value (" + name + ") for parameter attribute is invalid.");
  }
  const json::Value* value =
      json::Find(attribute->internal ? *instance.internal() : instance.document, attribute->member);
  json::Object wrapped;
  if (value != nullptr) {
    wrapped["Value"] = *value;
  } else if (attribute->boolean) {
    wrapped["Value"] = false;
  } else if (name == "instanceInitiatedShutdownBehavior") {
    wrapped["Value"] = "stop";
  }
  out[attribute->member] = std::move(wrapped);
  return out;
}

json::Value Ec2Service::ModifyInstanceMetadataOptions(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource instance = Compute::Require(tx, call.scope, Text(call.input, "InstanceId"));
  json::Value& options = instance.document["MetadataOptions"];
  if (!options.is_object()) options = json::Object();
  for (const std::string_view name : {"HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint",
                                      "HttpProtocolIpv6", "InstanceMetadataTags"}) {
    if (const json::Value* value = json::Find(call.input, name)) {
      options.as_object()[name] = *value;
    }
  }
  options.as_object()["State"] = "applied";
  json::Object shown = options.as_object();
  estate_.core().Put(act, instance);
  shown["State"] = "pending";  // As the service answers; the next describe says applied.
  return json::Object{{"InstanceId", instance.id}, {"InstanceMetadataOptions", std::move(shown)}};
}

json::Value Ec2Service::AssociateIamInstanceProfile(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  Resource instance = Compute::Require(tx, call.scope, Text(call.input, "InstanceId"));
  if (instance.document.contains("IamInstanceProfile")) {
    throw api::Error("IncorrectState",
                     "There is an existing association for instance " + instance.id);
  }
  const json::Object* given = json::GetObject(call.input, "IamInstanceProfile");
  Resource association = estate_.compute().AssociateProfile(
      act, instance, ProfileArn(call.scope, given == nullptr ? json::Object() : *given));
  json::Object shown = association.document;
  shown["State"] = "associating";
  return json::Object{{"IamInstanceProfileAssociation", std::move(shown)}};
}

json::Value Ec2Service::DisassociateIamInstanceProfile(const Call& call, Tx& tx) {
  estate::Act act = ActOf(call, tx);
  const std::string id = RequireText(call.input, "AssociationId");
  const auto association = estate::Find(tx, call.scope, estate::kind::kProfileAssociation, id);
  json::Object shown;
  if (association) {
    shown = association->document;
    estate::Erase(tx, *association);
  } else {
    throw api::Error("InvalidAssociationID.NotFound",
                     "An invalid association-id of '" + id + "' was given");
  }
  if (auto instance =
          estate::Find(tx, call.scope, estate::kind::kInstance, Text(shown, "InstanceId"))) {
    instance->document.erase("IamInstanceProfile");
    estate_.core().Put(act, *instance);
  }
  shown["State"] = "disassociating";
  return json::Object{{"IamInstanceProfileAssociation", std::move(shown)}};
}

json::Value Ec2Service::DescribeIamInstanceProfileAssociations(const Call& call, Tx& tx) {
  auto listed = Select(
      call, tx, estate::kind::kProfileAssociation, json::GetStrings(call.input, "AssociationIds"),
      [&](const std::string& id) {
        auto found = estate::Find(tx, call.scope, estate::kind::kProfileAssociation, id);
        if (!found) {
          throw api::Error("InvalidAssociationID.NotFound",
                           "An invalid association-id of '" + id + "' was given");
        }
        return std::move(*found);
      },
      kAssociationFilters, [](const Resource& association) { return association.Public(); });
  return Page(call.input, "IamInstanceProfileAssociations", std::move(listed));
}

}  // namespace riposte::ec2
