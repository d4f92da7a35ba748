#include "services/ec2/ec2.h"

namespace riposte::ec2 {
namespace {

void RefuseDryRun(const api::Call& call) {
  if (json::GetBool(call.input, "DryRun")) {
    throw api::Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
                     412);
  }
}

/// The row's handler, behind the check for DryRun.
template <class Bind>
auto Checked(Bind bind) {
  return [bind](Ec2Service& service) {
    api::Operation operation = bind(service);
    operation.sync = [inner = std::move(operation.sync)](const api::Call& call,
                                                         store::Transaction& tx) {
      RefuseDryRun(call);
      return inner(call, tx);
    };
    return operation;
  };
}

}  // namespace

void Ec2Service::Register(api::Registry& registry) {
  using S = Ec2Service;
  const auto read = [](api::SyncMethod<S> method) { return Checked(api::Read(method)); };
  const auto write = [](api::SyncMethod<S> method) { return Checked(api::Write(method)); };
  registry.Add<S>(
      "ec2", *this,
      {
          {"AssociateIamInstanceProfile", write(&S::AssociateIamInstanceProfile)},
          {"AttachVolume", write(&S::AttachVolume)},
          {"AuthorizeSecurityGroupEgress", write(&S::AuthorizeSecurityGroupEgress)},
          {"AuthorizeSecurityGroupIngress", write(&S::AuthorizeSecurityGroupIngress)},
          {"CopySnapshot", write(&S::CopySnapshot)},
          {"CopyImage", write(&S::CopyImage)},
          {"CreateImage", write(&S::CreateImage)},
          {"CreateSecurityGroup", write(&S::CreateSecurityGroup)},
          {"CreateSnapshot", write(&S::CreateSnapshot)},
          {"CreateSnapshots", write(&S::CreateSnapshots)},
          {"CreateTags", write(&S::CreateTags)},
          {"CreateVolume", write(&S::CreateVolume)},
          {"DeleteSecurityGroup", write(&S::DeleteSecurityGroup)},
          {"DeleteSnapshot", write(&S::DeleteSnapshot)},
          {"DeleteTags", write(&S::DeleteTags)},
          {"DeleteVolume", write(&S::DeleteVolume)},
          {"DeregisterImage", write(&S::DeregisterImage)},
          {"DescribeAvailabilityZones", read(&S::DescribeAvailabilityZones)},
          {"DescribeIamInstanceProfileAssociations",
           read(&S::DescribeIamInstanceProfileAssociations)},
          {"DescribeImages", read(&S::DescribeImages)},
          {"DescribeInstanceAttribute", read(&S::DescribeInstanceAttribute)},
          {"DescribeInstanceStatus", read(&S::DescribeInstanceStatus)},
          {"DescribeInstances", read(&S::DescribeInstances)},
          {"DescribeNetworkInterfaces", read(&S::DescribeNetworkInterfaces)},
          {"DescribeRegions", read(&S::DescribeRegions)},
          {"DescribeSecurityGroupRules", read(&S::DescribeSecurityGroupRules)},
          {"DescribeSecurityGroups", read(&S::DescribeSecurityGroups)},
          {"DescribeSnapshotAttribute", read(&S::DescribeSnapshotAttribute)},
          {"DescribeSnapshots", read(&S::DescribeSnapshots)},
          {"DescribeSubnets", read(&S::DescribeSubnets)},
          {"DescribeTags", read(&S::DescribeTags)},
          {"DescribeVolumes", read(&S::DescribeVolumes)},
          {"DescribeVpcs", read(&S::DescribeVpcs)},
          {"DetachVolume", write(&S::DetachVolume)},
          {"DisableEbsEncryptionByDefault", write(&S::DisableEbsEncryptionByDefault)},
          {"DisassociateIamInstanceProfile", write(&S::DisassociateIamInstanceProfile)},
          {"EnableEbsEncryptionByDefault", write(&S::EnableEbsEncryptionByDefault)},
          {"GetEbsDefaultKmsKeyId", read(&S::GetEbsDefaultKmsKeyId)},
          {"GetEbsEncryptionByDefault", read(&S::GetEbsEncryptionByDefault)},
          {"ModifyInstanceAttribute", write(&S::ModifyInstanceAttribute)},
          {"ModifyInstanceMetadataOptions", write(&S::ModifyInstanceMetadataOptions)},
          {"ModifyNetworkInterfaceAttribute", write(&S::ModifyNetworkInterfaceAttribute)},
          {"ModifySnapshotAttribute", write(&S::ModifySnapshotAttribute)},
          {"ModifyVolume", write(&S::ModifyVolume)},
          {"RebootInstances", write(&S::RebootInstances)},
          {"RevokeSecurityGroupEgress", write(&S::RevokeSecurityGroupEgress)},
          {"RevokeSecurityGroupIngress", write(&S::RevokeSecurityGroupIngress)},
          {"RunInstances", write(&S::RunInstances)},
          {"StartInstances", write(&S::StartInstances)},
          {"StopInstances", write(&S::StopInstances)},
          {"TerminateInstances", write(&S::TerminateInstances)},
      });
}

}  // namespace riposte::ec2
