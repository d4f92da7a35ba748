import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";
import * as watch from "@aws-sdk/client-cloudwatch-logs";
import * as compute from "@aws-sdk/client-ec2";
import * as store from "@aws-sdk/client-s3";
import * as systems from "@aws-sdk/client-ssm";
import {
  account, eventually, makeRole, patience, refused, region, unique, zip,
} from "./support.js";

const ssm = new systems.SSMClient({});
const ec2 = new compute.EC2Client({});
const name = unique("runbook");
let role, instance, volume;

before(async () => {
  role = await makeRole(unique("runbook-role"), { Service: "ssm.amazonaws.com" },
    ["ec2:StopInstances", "ec2:DescribeInstances", "ec2:CreateSnapshot"]);
  const { Instances } = await ec2.send(new compute.RunInstancesCommand({
    ImageId: "ami-0123456789abcdef0", MinCount: 1, MaxCount: 1, InstanceType: "t3.micro",
  }));
  instance = Instances[0].InstanceId;
  await compute.waitUntilInstanceRunning(patience(ec2), { InstanceIds: [instance] });
  const { Reservations } = await ec2.send(
    new compute.DescribeInstancesCommand({ InstanceIds: [instance] }),
  );
  volume = Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId;
});

const ended = (AutomationExecutionId) => eventually("the end of the runbook", async () => {
  const { AutomationExecution } = await ssm.send(
    new systems.GetAutomationExecutionCommand({ AutomationExecutionId }),
  );
  return (
    !["Pending", "InProgress", "Waiting"].includes(AutomationExecution.AutomationExecutionStatus) &&
    AutomationExecution
  );
}, 60);

test("a runbook stops an instance, waits for it, and keeps its volume", async () => {
  const content = `
description: Freeze
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  InstanceId: {type: String}
  Role: {type: String}
outputs: [Look.Volume, Keep.Snapshot]
mainSteps:
  - name: Halt
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: StopInstances, InstanceIds: ['{{ InstanceId }}']}
  - name: Wait
    action: aws:waitForAwsResourceProperty
    timeoutSeconds: 60
    inputs:
      Service: ec2
      Api: DescribeInstances
      InstanceIds: ['{{ InstanceId }}']
      PropertySelector: '$.Reservations[0].Instances[0].State.Name'
      DesiredValues: [stopped]
  - name: Look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances, InstanceIds: ['{{ InstanceId }}']}
    outputs:
      - Name: Volume
        Type: String
        Selector: '$.Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId'
  - name: Keep
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: keep
      InputPayload: {volume: '{{ Look.Volume }}'}
      Script: |
        import boto3
        def keep(events, context):
            made = boto3.client('ec2').create_snapshot(
                VolumeId=events['volume'], Description='by the runbook')
            return {'id': made['SnapshotId']}
    outputs:
      - {Name: Snapshot, Type: String, Selector: $.Payload.id}
`;
  const { DocumentDescription } = await ssm.send(new systems.CreateDocumentCommand({
    Name: name, DocumentType: "Automation", DocumentFormat: "YAML", Content: content,
  }));
  assert.equal(DocumentDescription.SchemaVersion, "0.3");
  assert.deepEqual(DocumentDescription.Parameters.map((parameter) => parameter.Name).sort(), [
    "InstanceId",
    "Role",
  ]);
  const { AutomationExecutionId } = await ssm.send(new systems.StartAutomationExecutionCommand({
    DocumentName: name, Parameters: { InstanceId: [instance], Role: [role] },
  }));
  const execution = await ended(AutomationExecutionId);
  assert.equal(execution.AutomationExecutionStatus, "Success", execution.FailureMessage);
  assert.deepEqual(execution.StepExecutions.map((step) => [step.StepName, step.StepStatus]),
    ["Halt", "Wait", "Look", "Keep"].map((step) => [step, "Success"]));
  assert.deepEqual(execution.Outputs["Look.Volume"], [volume]);
  assert.ok(execution.ExecutionStartTime instanceof Date);
  const [SnapshotId] = execution.Outputs["Keep.Snapshot"];
  await compute.waitUntilSnapshotCompleted(patience(ec2), { SnapshotIds: [SnapshotId] });
  const { Snapshots } = await ec2.send(
    new compute.DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }),
  );
  assert.equal(Snapshots[0].VolumeId, volume);
  assert.equal(Snapshots[0].OwnerId, await account());
});

test("a step that its role may not do fails the runbook, and says so", async () => {
  const other = unique("runbook");
  await ssm.send(new systems.CreateDocumentCommand({
    Name: other, DocumentType: "Automation", DocumentFormat: "JSON",
    Content: JSON.stringify({
      schemaVersion: "0.3", assumeRole: role,
      mainSteps: [{
        name: "Forbidden", action: "aws:executeAwsApi",
        inputs: { Service: "ec2", Api: "TerminateInstances", InstanceIds: [instance] },
      }],
    }),
  }));
  const { AutomationExecutionId } = await ssm.send(
    new systems.StartAutomationExecutionCommand({ DocumentName: other }),
  );
  const execution = await ended(AutomationExecutionId);
  assert.equal(execution.AutomationExecutionStatus, "Failed");
  assert.match(execution.StepExecutions[0].FailureMessage, /UnauthorizedOperation|not authorized/);
});

test("a runbook runs files from a bucket that were attached to it", async () => {
  const s3 = new store.S3Client({ forcePathStyle: true });
  const Bucket = unique("scripts");
  await s3.send(new store.CreateBucketCommand({ Bucket }));
  const files = {
    "greet.py": Buffer.from("def hello(events, context):\n    return 'hello ' + events['who']\n"),
    "tools.zip": zip("inner.py", "def run(events, context):\n    return len(events['who'])\n"),
  };
  const sha256 = (body) => createHash("sha256").update(body).digest("hex");
  const listed = {};
  for (const [Key, Body] of Object.entries(files)) {
    await s3.send(new store.PutObjectCommand({ Bucket, Key: `runbooks/${Key}`, Body }));
    listed[Key] = { checksums: { sha256: sha256(Body) } };
  }
  const step = (name, Handler, Attachment) => ({
    name, action: "aws:executeScript",
    inputs: { Runtime: "python3.11", Handler, Attachment, InputPayload: { who: "world" } },
  });
  const attached = unique("attached");
  const { DocumentDescription } = await ssm.send(new systems.CreateDocumentCommand({
    Name: attached, DocumentType: "Automation", DocumentFormat: "JSON",
    Content: JSON.stringify({
      schemaVersion: "0.3", assumeRole: role, files: listed,
      mainSteps: [step("Script", "greet.hello", "greet.py"), step("Package", "inner.run", "tools.zip")],
      outputs: ["Script.Payload", "Package.Payload"],
    }),
    Attachments: [
      { Key: "S3FileUrl", Values: [`s3://${Bucket}/runbooks/greet.py`], Name: "greet.py" },
      { Key: "SourceUrl", Values: [`https://s3.${region}.amazonaws.com/${Bucket}/runbooks`],
        Name: "tools.zip" },
    ],
  }));
  assert.deepEqual(DocumentDescription.AttachmentsInformation.map((file) => file.Name),
    Object.keys(files));
  // What runs is what was attached, whatever becomes of the bucket.
  for (const Key of Object.keys(files))
    await s3.send(new store.DeleteObjectCommand({ Bucket, Key: `runbooks/${Key}` }));
  const { AutomationExecutionId } = await ssm.send(
    new systems.StartAutomationExecutionCommand({ DocumentName: attached }),
  );
  const execution = await ended(AutomationExecutionId);
  assert.equal(execution.AutomationExecutionStatus, "Success", execution.FailureMessage);
  assert.deepEqual(execution.Outputs, {
    "Script.Payload": ["hello world"], "Package.Payload": ["5"],
  });

  const { AttachmentsContent } = await ssm.send(new systems.GetDocumentCommand({ Name: attached }));
  for (const { Name, Size, Hash, HashType, Url } of AttachmentsContent) {
    assert.equal(HashType, "Sha256");
    assert.equal(Size, files[Name].length);
    const reply = await fetch(Url);
    assert.equal(reply.status, 200, Url);
    const body = Buffer.from(await reply.arrayBuffer());
    assert.equal(sha256(body), Hash);
    assert.deepEqual(body, files[Name]);
  }
  const forged = AttachmentsContent[0].Url.replace("greet.py", "other.py");
  assert.equal((await fetch(forged)).status, 403);
});

test("what scripts print is in CloudWatch Logs, when the account says so", async () => {
  const logs = new watch.CloudWatchLogsClient({});
  const writer = await makeRole(unique("logging-role"), { Service: "ssm.amazonaws.com" },
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
  const logGroupName = `/tests/${unique("scripts")}`;
  const setting = (name) => `/ssm/automation/customer-script-log-${name}`;
  for (const [name, SettingValue] of [["group-name", logGroupName], ["destination", "CloudWatch"]])
    await ssm.send(new systems.UpdateServiceSettingCommand({
      SettingId: setting(name), SettingValue,
    }));
  try {
    const talker = unique("talker");
    await ssm.send(new systems.CreateDocumentCommand({
      Name: talker, DocumentType: "Automation", DocumentFormat: "JSON",
      Content: JSON.stringify({
        schemaVersion: "0.3", assumeRole: writer,
        mainSteps: [{
          name: "Talk", action: "aws:executeScript",
          inputs: {
            Runtime: "python3.11", Handler: "talk",
            Script: "def talk(events, context):\n    print('one')\n    print('two')\n",
          },
        }],
      }),
    }));
    const { AutomationExecutionId } = await ssm.send(
      new systems.StartAutomationExecutionCommand({ DocumentName: talker }),
    );
    const execution = await ended(AutomationExecutionId);
    assert.equal(execution.AutomationExecutionStatus, "Success", execution.FailureMessage);
    const lines = await eventually("the lines", async () => {
      try {
        const { events } = await logs.send(new watch.GetLogEventsCommand({
          logGroupName, logStreamName: `${AutomationExecutionId}/Talk`, startFromHead: true,
        }));
        return events.length > 0 && events.map((event) => event.message);
      } catch (error) {
        if (error.name !== "ResourceNotFoundException") throw error;
      }
    });
    assert.deepEqual(lines, ["one", "two"]);
  } finally {
    for (const name of ["destination", "group-name"])
      await ssm.send(new systems.ResetServiceSettingCommand({ SettingId: setting(name) }));
  }
});

test("documents have versions", async () => {
  const plain = unique("document");
  const content = (description) =>
    JSON.stringify({
      schemaVersion: "0.3",
      description,
      mainSteps: [{ name: "Nap", action: "aws:sleep", inputs: { Duration: "PT1S" } }],
    });
  await ssm.send(
    new systems.CreateDocumentCommand({
      Name: plain,
      DocumentType: "Automation",
      Content: content("one"),
    }),
  );
  await ssm.send(
    new systems.UpdateDocumentCommand({
      Name: plain,
      Content: content("two"),
      DocumentVersion: "$LATEST",
    }),
  );
  const versions = [];
  for await (const page of systems.paginateListDocumentVersions({ client: ssm }, { Name: plain })) {
    versions.push(...page.DocumentVersions.map((version) => version.DocumentVersion));
  }
  assert.deepEqual(versions.sort(), ["1", "2"]);
  const get = async (DocumentVersion) => JSON.parse((await ssm.send(new systems.GetDocumentCommand({
    Name: plain, DocumentVersion,
  }))).Content).description;
  assert.deepEqual([await get("1"), await get("$LATEST")], ["one", "two"]);
  await ssm.send(new systems.DeleteDocumentCommand({ Name: plain }));
  await refused(ssm.send(new systems.DescribeDocumentCommand({ Name: plain })), "InvalidDocument");
});

test("parameters", async () => {
  const Name = `/${unique("sdk")}/setting`;
  await ssm.send(new systems.PutParameterCommand({ Name, Value: "one", Type: "String" }));
  await refused(
    ssm.send(new systems.PutParameterCommand({ Name, Value: "two", Type: "String" })),
    "ParameterAlreadyExists",
  );
  const { Version } = await ssm.send(
    new systems.PutParameterCommand({ Name, Value: "two", Type: "String", Overwrite: true }),
  );
  assert.equal(Version, 2);
  assert.equal((await ssm.send(new systems.GetParameterCommand({ Name }))).Parameter.Value, "two");
  await refused(
    ssm.send(new systems.GetParameterCommand({ Name: "/nowhere" })),
    "ParameterNotFound",
  );
});

test("what is wrong is refused by name", async () => {
  await refused(ssm.send(new systems.StartAutomationExecutionCommand({ DocumentName: "nowhere" })),
    "AutomationDefinitionNotFoundException");
  await refused(
    ssm.send(
      new systems.StartAutomationExecutionCommand({
        DocumentName: name,
        Parameters: { Nobody: ["x"] },
      }),
    ),
    "InvalidAutomationExecutionParametersException",
  );
  await refused(ssm.send(new systems.GetAutomationExecutionCommand({
    AutomationExecutionId: "00000000-0000-0000-0000-000000000000",
  })), "AutomationExecutionNotFoundException");
  await refused(
    ssm.send(
      new systems.CreateDocumentCommand({
        Name: unique("bad"),
        DocumentType: "Automation",
        Content: '{"schemaVersion": "0.3", "mainSteps": 7}',
      }),
    ),
    "InvalidDocumentContent",
  );
});
