// The EC2 service over the simulated estate (ec2Query protocol).
//
// Data path:     api::Pipeline -> handler -> estate::Compute, Blocks, Network -> store
// Thread safety: as api/registry.h says: reads over a snapshot, writes on the writer thread.
// Every operation honours DryRun: authorised calls answer DryRunOperation before anything is read.
// Source of parameters, shapes and errors: Amazon EC2 API reference, 2016-11-15.
#pragma once

#include "api/registry.h"
#include "estate/estate.h"

namespace riposte::ec2 {

class Ec2Service {
 public:
  explicit Ec2Service(estate::Estate& estate) : estate_(estate) {}
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  // instances.cc
  json::Value RunInstances(const Call& call, Tx& tx);
  json::Value DescribeInstances(const Call& call, Tx& tx);
  json::Value DescribeInstanceStatus(const Call& call, Tx& tx);
  json::Value StartInstances(const Call& call, Tx& tx);
  json::Value StopInstances(const Call& call, Tx& tx);
  json::Value RebootInstances(const Call& call, Tx& tx);
  json::Value TerminateInstances(const Call& call, Tx& tx);

  // attributes.cc
  json::Value ModifyInstanceAttribute(const Call& call, Tx& tx);
  json::Value DescribeInstanceAttribute(const Call& call, Tx& tx);
  json::Value ModifyInstanceMetadataOptions(const Call& call, Tx& tx);
  json::Value AssociateIamInstanceProfile(const Call& call, Tx& tx);
  json::Value DisassociateIamInstanceProfile(const Call& call, Tx& tx);
  json::Value DescribeIamInstanceProfileAssociations(const Call& call, Tx& tx);

  // groups.cc
  json::Value CreateSecurityGroup(const Call& call, Tx& tx);
  json::Value DeleteSecurityGroup(const Call& call, Tx& tx);
  json::Value DescribeSecurityGroups(const Call& call, Tx& tx);
  json::Value DescribeSecurityGroupRules(const Call& call, Tx& tx);
  json::Value AuthorizeSecurityGroupIngress(const Call& call, Tx& tx);
  json::Value AuthorizeSecurityGroupEgress(const Call& call, Tx& tx);
  json::Value RevokeSecurityGroupIngress(const Call& call, Tx& tx);
  json::Value RevokeSecurityGroupEgress(const Call& call, Tx& tx);
  json::Value Authorize(const Call& call, Tx& tx, bool egress);
  json::Value Revoke(const Call& call, Tx& tx, bool egress);

  // network.cc
  json::Value DescribeNetworkInterfaces(const Call& call, Tx& tx);
  json::Value ModifyNetworkInterfaceAttribute(const Call& call, Tx& tx);
  json::Value DescribeVpcs(const Call& call, Tx& tx);
  json::Value DescribeSubnets(const Call& call, Tx& tx);
  json::Value DescribeRegions(const Call& call, Tx& tx);
  json::Value DescribeAvailabilityZones(const Call& call, Tx& tx);

  // volumes.cc
  json::Value CreateVolume(const Call& call, Tx& tx);
  json::Value DeleteVolume(const Call& call, Tx& tx);
  json::Value AttachVolume(const Call& call, Tx& tx);
  json::Value DetachVolume(const Call& call, Tx& tx);
  json::Value ModifyVolume(const Call& call, Tx& tx);
  json::Value DescribeVolumes(const Call& call, Tx& tx);
  json::Value EnableEbsEncryptionByDefault(const Call& call, Tx& tx);
  json::Value DisableEbsEncryptionByDefault(const Call& call, Tx& tx);
  json::Value GetEbsEncryptionByDefault(const Call& call, Tx& tx);
  json::Value GetEbsDefaultKmsKeyId(const Call& call, Tx& tx);

  // snapshots.cc
  json::Value CreateSnapshot(const Call& call, Tx& tx);
  json::Value CreateSnapshots(const Call& call, Tx& tx);
  json::Value CopySnapshot(const Call& call, Tx& tx);
  json::Value DeleteSnapshot(const Call& call, Tx& tx);
  json::Value DescribeSnapshots(const Call& call, Tx& tx);
  json::Value ModifySnapshotAttribute(const Call& call, Tx& tx);
  json::Value DescribeSnapshotAttribute(const Call& call, Tx& tx);
  json::Value CreateImage(const Call& call, Tx& tx);
  json::Value CopyImage(const Call& call, Tx& tx);
  json::Value DescribeImages(const Call& call, Tx& tx);
  json::Value DeregisterImage(const Call& call, Tx& tx);

  // tags.cc
  json::Value CreateTags(const Call& call, Tx& tx);
  json::Value DeleteTags(const Call& call, Tx& tx);
  json::Value DescribeTags(const Call& call, Tx& tx);

  estate::Estate& estate_;
};

}  // namespace riposte::ec2
