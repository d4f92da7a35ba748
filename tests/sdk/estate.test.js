import assert from "node:assert/strict";
import { test } from "node:test";
import * as compute from "@aws-sdk/client-ec2";
import { patience, refused, unique } from "./support.js";

const ec2 = new compute.EC2Client({});

test("an instance starts, stops and ends in its own time", async () => {
  const Name = unique("machine");
  const { Instances } = await ec2.send(new compute.RunInstancesCommand({
    ImageId: "ami-0123456789abcdef0", MinCount: 2, MaxCount: 2, InstanceType: "t3.micro",
    TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: Name }] }],
  }));
  const InstanceIds = Instances.map((instance) => instance.InstanceId);
  assert.equal(Instances[0].State.Name, "pending");
  await compute.waitUntilInstanceRunning(patience(ec2), { InstanceIds });
  const named = await ec2.send(
    new compute.DescribeInstancesCommand({
      Filters: [
        { Name: "tag:Name", Values: [Name] },
        { Name: "instance-state-name", Values: ["running"] },
      ],
    }),
  );
  assert.equal(named.Reservations[0].Instances.length, 2);
  assert.ok(named.Reservations[0].Instances[0].LaunchTime instanceof Date);
  const { StoppingInstances } = await ec2.send(
    new compute.StopInstancesCommand({ InstanceIds: [InstanceIds[0]] }),
  );
  assert.deepEqual(
    [StoppingInstances[0].PreviousState.Name, StoppingInstances[0].CurrentState.Name],
    ["running", "stopping"],
  );
  await compute.waitUntilInstanceStopped(patience(ec2), { InstanceIds: [InstanceIds[0]] });
  await ec2.send(new compute.StartInstancesCommand({ InstanceIds: [InstanceIds[0]] }));
  await compute.waitUntilInstanceRunning(patience(ec2), { InstanceIds });
  await ec2.send(new compute.TerminateInstancesCommand({ InstanceIds }));
  await compute.waitUntilInstanceTerminated(patience(ec2), { InstanceIds });
  await refused(
    ec2.send(new compute.StartInstancesCommand({ InstanceIds: [InstanceIds[0]] })),
    "IncorrectInstanceState",
  );
});

test("security groups open and close", async () => {
  const { GroupId } = await ec2.send(new compute.CreateSecurityGroupCommand({
    GroupName: unique("group"), Description: "by the SDK",
  }));
  const open = {
    IpProtocol: "tcp",
    FromPort: 22,
    ToPort: 22,
    IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "all" }, { CidrIp: "10.0.0.0/8" }],
    Ipv6Ranges: [{ CidrIpv6: "::/0" }],
  };
  await ec2.send(
    new compute.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [open] }),
  );
  await refused(
    ec2.send(new compute.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [open] })),
    "InvalidPermission.Duplicate",
  );
  const rules = async () => (await ec2.send(new compute.DescribeSecurityGroupsCommand({
    GroupIds: [GroupId],
  }))).SecurityGroups[0].IpPermissions;
  assert.equal((await rules())[0].IpRanges[0].Description, "all");
  const { SecurityGroupRules } = await ec2.send(new compute.DescribeSecurityGroupRulesCommand({
    Filters: [{ Name: "group-id", Values: [GroupId] }],
  }));
  assert.equal(SecurityGroupRules.filter((rule) => !rule.IsEgress).length, 3);
  await ec2.send(new compute.RevokeSecurityGroupIngressCommand({
    GroupId, IpPermissions: [{ ...open, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  }));
  assert.deepEqual(
    (await rules()).map((rule) => [rule.IpRanges.map((one) => one.CidrIp), rule.Ipv6Ranges.length]),
    [[["10.0.0.0/8"], 0]],
  );
  await ec2.send(new compute.DeleteSecurityGroupCommand({ GroupId }));
  await refused(
    ec2.send(new compute.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] })),
    "InvalidGroup.NotFound",
  );
});

test("volumes and snapshots", async () => {
  const { VolumeId } = await ec2.send(new compute.CreateVolumeCommand({
    AvailabilityZone: "us-east-1a", Size: 12, VolumeType: "gp3",
  }));
  await compute.waitUntilVolumeAvailable(patience(ec2), { VolumeIds: [VolumeId] });
  const { SnapshotId } = await ec2.send(
    new compute.CreateSnapshotCommand({ VolumeId, Description: "kept" }),
  );
  await compute.waitUntilSnapshotCompleted(patience(ec2), { SnapshotIds: [SnapshotId] });
  const copy = await ec2.send(new compute.CreateVolumeCommand({
    AvailabilityZone: "us-east-1a", SnapshotId, Encrypted: true,
  }));
  assert.equal(copy.Encrypted, true);
  assert.equal(copy.Size, 12);
  await ec2.send(
    new compute.CreateTagsCommand({
      Resources: [VolumeId, SnapshotId],
      Tags: [{ Key: "case", Value: "7" }],
    }),
  );
  const { Tags } = await ec2.send(
    new compute.DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [SnapshotId] }] }),
  );
  assert.deepEqual(Tags, [
    { Key: "case", Value: "7", ResourceId: SnapshotId, ResourceType: "snapshot" },
  ]);
  await ec2.send(new compute.DeleteVolumeCommand({ VolumeId }));
  await refused(
    ec2.send(new compute.DescribeVolumesCommand({ VolumeIds: [VolumeId] })),
    "InvalidVolume.NotFound",
  );
});

test("what is wrong is refused by name", async () => {
  await refused(
    ec2.send(new compute.StopInstancesCommand({ InstanceIds: ["i-0ffffffffffffffff"] })),
    "InvalidInstanceID.NotFound",
    /The instance ID 'i-0ffffffffffffffff' does not exist/,
  );
  await refused(
    ec2.send(new compute.DescribeInstancesCommand({ InstanceIds: ["nonsense"] })),
    "InvalidInstanceID.Malformed",
  );
  await refused(
    ec2.send(new compute.DescribeInstancesCommand({ DryRun: true })),
    "DryRunOperation",
  );
});
