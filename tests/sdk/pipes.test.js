import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as ev from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { eventually, makeRole, patience, refused, unique, zip } from "./support.js";

// The one client of this folder that wants Node 20.
const skip = Number(process.versions.node.split(".")[0]) < 20 && "needs Node 20";
const pip = skip ? {} : await import("@aws-sdk/client-pipes");
const pipes = skip ? null : new pip.PipesClient({});
const queues = new sqs.SQSClient({});
let role;

before(async () => {
  role = await makeRole(unique("pipe"), { Service: ["pipes.amazonaws.com", "lambda.amazonaws.com"] },
    ["sqs:*", "events:PutEvents", "lambda:InvokeFunction"]);
});

async function makeQueue(prefix, Attributes) {
  const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({
    QueueName: unique(prefix), Attributes,
  }));
  const got = await queues.send(new sqs.GetQueueAttributesCommand({
    QueueUrl, AttributeNames: ["QueueArn"],
  }));
  return { url: QueueUrl, arn: got.Attributes.QueueArn };
}

async function receive({ url }, count) {
  const bodies = [];
  await eventually(`${count} messages`, async () => {
    const { Messages } = await queues.send(new sqs.ReceiveMessageCommand({
      QueueUrl: url, WaitTimeSeconds: 1, MaxNumberOfMessages: 10,
    }));
    for (const message of Messages ?? []) {
      bodies.push(message.Body);
      await queues.send(new sqs.DeleteMessageCommand({
        QueueUrl: url, ReceiptHandle: message.ReceiptHandle,
      }));
    }
    return bodies.length >= count;
  });
  return bodies.sort();
}

const reaches = (Name, state) => eventually(`${Name} is ${state}`, async () =>
  (await pipes.send(new pip.DescribePipeCommand({ Name }))).CurrentState === state);

// The whole way, with a real function in the middle: queue, filter, enrichment, bus, rule, queue.
test("a message becomes an event by way of a function", { skip }, async () => {
  const [source, dead] = [await makeQueue("in"), await makeQueue("dead")];
  await queues.send(new sqs.SetQueueAttributesCommand({
    QueueUrl: source.url,
    Attributes: {
      VisibilityTimeout: "5",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
    },
  }));
  const out = await makeQueue("out", {
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage", Resource: "*" }],
    }),
  });
  const [Name, shop, FunctionName] = [unique("orders"), unique("shop"), unique("price")];
  const client = new lambda.LambdaClient({});
  const { FunctionArn } = await client.send(new lambda.CreateFunctionCommand({
    FunctionName,
    Runtime: "python3.12",
    Role: role,
    Handler: "app.handler",
    Timeout: 10,
    Code: { ZipFile: zip("app.py", [
      "def handler(orders, context):",
      "    return [{'item': o['item'], 'price': len(o['item']) * 10 / o['count']} for o in orders]",
    ].join("\n")) },
  }));
  await lambda.waitUntilFunctionActiveV2(patience(client), { FunctionName });
  const bus = new ev.EventBridgeClient({});
  await bus.send(new ev.PutRuleCommand({
    Name: shop, EventPattern: JSON.stringify({ source: [shop] }),
  }));
  await bus.send(new ev.PutTargetsCommand({
    Rule: shop,
    Targets: [{ Id: "1", Arn: out.arn, InputTransformer: {
      InputPathsMap: { type: "$.detail-type", detail: "$.detail" },
      InputTemplate: "{\"type\": <type>, \"detail\": <detail>}",
    } }],
  }));
  const created = await pipes.send(new pip.CreatePipeCommand({
    Name,
    RoleArn: role,
    Source: source.arn,
    SourceParameters: {
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { kind: ["order"] } }) }] },
      SqsQueueParameters: { BatchSize: 10, MaximumBatchingWindowInSeconds: 1 },
    },
    Enrichment: FunctionArn,
    EnrichmentParameters: { InputTemplate: "{\"item\": <$.body.item>, \"count\": <$.body.count>}" },
    Target: out.arn.replace(/sqs(.*):.*/, "events$1:event-bus/default"),
    TargetParameters: {
      InputTemplate: "{\"item\": \"<$.item>!\", \"price\": <$.price>, \"by\": <aws.pipes.pipe-name>}",
      EventBridgeEventBusParameters: { Source: shop, DetailType: "$.item" },
    },
  }));
  assert.equal(created.CurrentState, "CREATING");
  assert.ok(created.CreationTime instanceof Date);
  await reaches(Name, "RUNNING");
  const send = (body) => queues.send(new sqs.SendMessageCommand({
    QueueUrl: source.url, MessageBody: JSON.stringify(body),
  }));
  await send({ kind: "order", item: "tea", count: 2 });
  await send({ kind: "offer", item: "hat", count: 1 });
  assert.deepEqual((await receive(out, 1)).map(JSON.parse),
    [{ type: "tea", detail: { item: "tea!", price: 15, by: Name } }]);
  await send({ kind: "order", item: "coat", count: 0 });  // The function fails.
  assert.deepEqual((await receive(dead, 1)).map((body) => JSON.parse(body).item), ["coat"]);
  await pipes.send(new pip.DeletePipeCommand({ Name }));
});

test("pipes are started, stopped, changed, listed and tagged", { skip }, async () => {
  const [source, out] = [await makeQueue("in"), await makeQueue("out")];
  const Name = unique("kept");
  const { Arn } = await pipes.send(new pip.CreatePipeCommand({
    Name, RoleArn: role, Source: source.arn, Target: out.arn, DesiredState: "STOPPED",
    Description: "first", Tags: { team: "red" },
  }));
  await reaches(Name, "STOPPED");
  await queues.send(new sqs.SendMessageCommand({ QueueUrl: source.url, MessageBody: "hello" }));
  const updated = await pipes.send(new pip.UpdatePipeCommand({
    Name, RoleArn: role, TargetParameters: { InputTemplate: "<$.body> <aws.pipes.pipe-name>" },
  }));
  assert.equal(updated.CurrentState, "UPDATING");
  await reaches(Name, "STOPPED");
  assert.equal((await pipes.send(new pip.StartPipeCommand({ Name }))).DesiredState, "RUNNING");
  assert.deepEqual(await receive(out, 1), [`"hello" "${Name}"`]);
  const got = await pipes.send(new pip.DescribePipeCommand({ Name }));
  assert.equal(got.Description, "first");
  assert.equal(got.Target, out.arn);
  assert.deepEqual(got.Tags, { team: "red" });
  const names = [];
  for await (const page of pip.paginateListPipes({ client: pipes, pageSize: 1 },
    { NamePrefix: Name, CurrentState: "RUNNING" })) {
    names.push(...page.Pipes.map((pipe) => pipe.Name));
  }
  assert.deepEqual(names, [Name]);
  await pipes.send(new pip.TagResourceCommand({ resourceArn: Arn, tags: { a: "b" } }));
  await pipes.send(new pip.UntagResourceCommand({ resourceArn: Arn, tagKeys: ["team"] }));
  const { tags } = await pipes.send(new pip.ListTagsForResourceCommand({ resourceArn: Arn }));
  assert.deepEqual(tags, { a: "b" });
  await pipes.send(new pip.StopPipeCommand({ Name }));
  await reaches(Name, "STOPPED");
  await pipes.send(new pip.DeletePipeCommand({ Name }));
  await eventually("it is gone", () => pipes.send(new pip.DescribePipeCommand({ Name }))
    .then(() => false, (error) => error.name === "NotFoundException"));
});

test("pipes that cannot be are refused", { skip }, async () => {
  const [source, out] = [await makeQueue("in"), await makeQueue("out")];
  const create = (more) => pipes.send(new pip.CreatePipeCommand({
    Name: unique("no"), RoleArn: role, Source: source.arn, Target: out.arn, ...more,
  }));
  await refused(create({ SourceParameters: { SqsQueueParameters: { BatchSize: 11 } } }),
    "ValidationException");
  await refused(create({ TargetParameters: { InputTemplate: "<aws.pipes.nothing>" } }),
    "ValidationException");
  await refused(create({ RoleArn: role.replace(/role\/.*/, "role/nobody") }),
    "ValidationException");
  await refused(pipes.send(new pip.StopPipeCommand({ Name: unique("none") })), "NotFoundException");
});
