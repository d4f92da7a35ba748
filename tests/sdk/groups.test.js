import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as compute from "@aws-sdk/client-ec2";
import * as rg from "@aws-sdk/client-resource-groups";
import * as storage from "@aws-sdk/client-s3";
import * as systems from "@aws-sdk/client-ssm";
import { account, eventually, patience, refused, region, unique } from "./support.js";

const groups = new rg.ResourceGroupsClient({});
const ec2 = new compute.EC2Client({});
const s3 = new storage.S3Client({ forcePathStyle: true });
const ssm = new systems.SSMClient({});
const team = unique("team");
const Name = unique("group");
const bucket = unique("bucket");
const query = (types) => ({
  Type: "TAG_FILTERS_1_0",
  Query: JSON.stringify({
    ResourceTypeFilters: types, TagFilters: [{ Key: "team", Values: [team] }],
  }),
});
let arn, instances;

before(async () => {
  const { Instances } = await ec2.send(new compute.RunInstancesCommand({
    ImageId: "ami-0123456789abcdef0", MinCount: 3, MaxCount: 3, InstanceType: "t3.micro",
  }));
  const all = Instances.map((instance) => instance.InstanceId).sort();
  await compute.waitUntilInstanceRunning(patience(ec2), { InstanceIds: all });
  instances = all.slice(0, 2);  // The third is nobody's.
  await ec2.send(new compute.CreateTagsCommand({
    Resources: instances, Tags: [{ Key: "team", Value: team }],
  }));
  await s3.send(new storage.CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new storage.PutBucketTaggingCommand({
    Bucket: bucket, Tagging: { TagSet: [{ Key: "team", Value: team }] },
  }));
  arn = `arn:aws:resource-groups:${region}:${await account()}:group/${Name}`;
});

test("a group is a query by tags, whose members are found page by page", async () => {
  const made = await groups.send(new rg.CreateGroupCommand({
    Name, Description: "one team", ResourceQuery: query(["AWS::AllSupported"]),
    Tags: { owner: "ops" },
  }));
  assert.equal(made.Group.GroupArn, arn);
  assert.deepEqual(made.Tags, { owner: "ops" });
  await refused(
    groups.send(new rg.CreateGroupCommand({ Name, ResourceQuery: query(["AWS::EC2::Instance"]) })),
    "BadRequestException", /already exists/,
  );
  const found = [];
  const pages = rg.paginateListGroupResources({ client: groups, pageSize: 2 }, { Group: Name });
  for await (const page of pages) {
    found.push(...page.Resources.map(({ Identifier }) => Identifier));
  }
  assert.deepEqual(found.map(({ ResourceType }) => ResourceType),
    ["AWS::EC2::Instance", "AWS::EC2::Instance", "AWS::S3::Bucket"]);
  assert.equal(found[2].ResourceArn, `arn:aws:s3:::${bucket}`);
  const searched = await groups.send(new rg.SearchResourcesCommand({
    ResourceQuery: query(["AWS::S3::Bucket"]),
  }));
  assert.deepEqual(searched.ResourceIdentifiers, [found[2]]);
  const listed = [];
  for await (const page of rg.paginateListGroups({ client: groups, pageSize: 1 }, {})) {
    listed.push(...page.GroupIdentifiers.map(({ GroupName }) => GroupName));
  }
  assert.ok(listed.includes(Name));
});

test("a group is changed, and has tags of its own", async () => {
  await groups.send(new rg.UpdateGroupCommand({ Group: arn, Description: "changed" }));
  const { Group } = await groups.send(new rg.GetGroupCommand({ GroupName: Name }));
  assert.equal(Group.Description, "changed");
  await groups.send(new rg.TagCommand({ Arn: arn, Tags: { stage: "test" } }));
  await groups.send(new rg.UntagCommand({ Arn: arn, Keys: ["owner"] }));
  assert.deepEqual((await groups.send(new rg.GetTagsCommand({ Arn: arn }))).Tags,
    { stage: "test" });
  const ResourceQuery = query(["AWS::EC2::Instance"]);
  await groups.send(new rg.UpdateGroupQueryCommand({ Group: Name, ResourceQuery }));
  const { GroupQuery } = await groups.send(new rg.GetGroupQueryCommand({ Group: Name }));
  assert.deepEqual(GroupQuery, { GroupName: Name, ResourceQuery });
});

test("a group is the targets of an automation", async () => {
  const { AutomationExecutionId } = await ssm.send(new systems.StartAutomationExecutionCommand({
    DocumentName: "AWS-StopEC2Instance", TargetParameterName: "InstanceId",
    Targets: [{ Key: "ResourceGroup", Values: [Name] }], MaxConcurrency: "2",
  }));
  const execution = await eventually("the end of the automation", async () => {
    const { AutomationExecution } = await ssm.send(
      new systems.GetAutomationExecutionCommand({ AutomationExecutionId }),
    );
    return AutomationExecution.ExecutionEndTime && AutomationExecution;
  }, 60);
  assert.equal(execution.AutomationExecutionStatus, "Success", execution.FailureMessage);
  assert.deepEqual(execution.ResolvedTargets.ParameterValues, instances);
  const { Reservations } = await ec2.send(
    new compute.DescribeInstancesCommand({ InstanceIds: instances }),
  );
  const states = Reservations.flatMap((reservation) => reservation.Instances)
    .map((instance) => instance.State.Name);
  assert.deepEqual(states, ["stopped", "stopped"]);
  const { AutomationExecutionMetadataList } = await ssm.send(
    new systems.DescribeAutomationExecutionsCommand({
      Filters: [{ Key: "TargetResourceGroup", Values: [Name] }],
    }),
  );
  assert.deepEqual(AutomationExecutionMetadataList.map((one) => one.AutomationExecutionId),
    [AutomationExecutionId]);
});

test("what is wrong is refused by name", async () => {
  await refused(groups.send(new rg.GetGroupCommand({ Group: "nowhere" })), "NotFoundException");
  await refused(groups.send(new rg.CreateGroupCommand({
    Name: unique("group"),
    ResourceQuery: { Type: "CLOUDFORMATION_STACK_1_0", Query: "{}" },
  })), "BadRequestException", /CloudFormation/);
  await refused(groups.send(new rg.CreateGroupCommand({
    Name: "no good name", ResourceQuery: query(["AWS::EC2::Instance"]),
  })), "BadRequestException", /failed to satisfy constraint/);
  await groups.send(new rg.DeleteGroupCommand({ Group: arn }));
  await refused(groups.send(new rg.GetTagsCommand({ Arn: arn })), "NotFoundException");
});
