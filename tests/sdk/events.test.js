import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as eb from "@aws-sdk/client-eventbridge";
import * as sqs from "@aws-sdk/client-sqs";
import { account, eventually, refused, unique } from "./support.js";

const events = new eb.EventBridgeClient({});
const queues = new sqs.SQSClient({});
let bus, queue, queueArn, received;

before(async () => {
  bus = unique("bus");
  await events.send(new eb.CreateEventBusCommand({ Name: bus }));
  queue = (await queues.send(new sqs.CreateQueueCommand({ QueueName: unique("inbox") }))).QueueUrl;
  queueArn = (await queues.send(new sqs.GetQueueAttributesCommand({
    QueueUrl: queue, AttributeNames: ["QueueArn"],
  }))).Attributes.QueueArn;
  await queues.send(new sqs.SetQueueAttributesCommand({
    QueueUrl: queue,
    Attributes: {
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{
          Effect: "Allow", Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage", Resource: queueArn,
        }],
      }),
    },
  }));
  received = async () => {
    const { Messages } = await queues.send(new sqs.ReceiveMessageCommand({
      QueueUrl: queue, WaitTimeSeconds: 5, MaxNumberOfMessages: 10,
    }));
    for (const message of Messages ?? []) {
      await queues.send(
        new sqs.DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle }),
      );
    }
    return Messages?.map((message) => JSON.parse(message.Body));
  };
});

const put = (...entries) => events.send(new eb.PutEventsCommand({
  Entries: entries.map((entry) => ({ EventBusName: bus, Source: "sdk.test", ...entry })),
}));

test("an event reaches the targets of the rules that it matches, changed as they ask", async () => {
  const rule = await events.send(
    new eb.PutRuleCommand({
      Name: "orders",
      EventBusName: bus,
      Description: "large ones",
      EventPattern: JSON.stringify({
        source: ["sdk.test"],
        detail: { total: [{ numeric: [">=", 100] }], kind: [{ prefix: "order" }] },
      }),
    }),
  );
  assert.match(rule.RuleArn, new RegExp(`^arn:aws:events:us-east-1:\\d{12}:rule/${bus}/orders$`));
  const targets = await events.send(new eb.PutTargetsCommand({
    Rule: "orders", EventBusName: bus,
    Targets: [
      { Id: "whole", Arn: queueArn },
      { Id: "path", Arn: queueArn, InputPath: "$.detail.total" },
      {
        Id: "words", Arn: queueArn,
        InputTransformer: {
          InputPathsMap: { total: "$.detail.total", kind: "$.detail.kind" },
          InputTemplate: '{"text": "<kind> of <total>", "total": <total>}',
        },
      },
    ],
  }));
  assert.equal(targets.FailedEntryCount, 0);

  const sent = await put(
    {
      DetailType: "Order",
      Detail: JSON.stringify({ kind: "order.web", total: 250, name: "Zoë 🙂" }),
    },
    { DetailType: "Order", Detail: JSON.stringify({ kind: "order.web", total: 20 }) },
    { DetailType: "Order", Detail: "not JSON" },
  );
  assert.equal(sent.FailedEntryCount, 1);
  assert.equal(sent.Entries[2].ErrorCode, "MalformedDetail");
  assert.match(sent.Entries[0].EventId, /^[0-9a-f-]{36}$/);

  const bodies = [];
  await eventually("three deliveries", async () => {
    bodies.push(...((await received()) ?? []));
    return bodies.length >= 3;
  });
  assert.equal(bodies.length, 3);
  const whole = bodies.find((body) => body["detail-type"]);
  assert.equal(whole.id, sent.Entries[0].EventId);
  assert.deepEqual(whole.detail, { kind: "order.web", total: 250, name: "Zoë 🙂" });
  assert.ok(bodies.includes(250));
  assert.deepEqual(bodies.find((body) => body.text), { text: "order.web of 250", total: 250 });
});

test("patterns are tried without a rule", async () => {
  const event = {
    id: "1",
    account: "123456789012",
    source: "a",
    time: "2026-01-05T08:00:00Z",
    region: "us-east-1",
    resources: [],
    "detail-type": "b",
    detail: { ip: "10.1.2.3", name: "x.png", gone: null },
  };
  const matches = async (detail) => (await events.send(new eb.TestEventPatternCommand({
    Event: JSON.stringify(event), EventPattern: JSON.stringify({ detail }),
  }))).Result;
  assert.equal(await matches({ ip: [{ cidr: "10.0.0.0/8" }] }), true);
  assert.equal(await matches({ ip: [{ cidr: "192.168.0.0/16" }] }), false);
  assert.equal(await matches({ name: [{ suffix: ".png" }], gone: [null] }), true);
  assert.equal(await matches({ name: [{ "anything-but": { wildcard: "*.png" } }] }), false);
  assert.equal(await matches({ missing: [{ exists: false }] }), true);
  assert.equal(
    await matches({ $or: [{ name: ["y"] }, { ip: [{ "equals-ignore-case": "10.1.2.3" }] }] }),
    true,
  );
  await refused(matches({ name: "no list" }), "InvalidEventPatternException");
});

test("rules have states, tags and pages", async () => {
  const names = ["page-1", "page-2", "page-3"];
  for (const Name of names) {
    await events.send(
      new eb.PutRuleCommand({
        Name,
        EventBusName: bus,
        EventPattern: '{"source": ["x"]}',
        Tags: [{ Key: "made-by", Value: "sdk" }],
      }),
    );
  }
  const seen = [];
  let NextToken;
  do {
    const page = await events.send(new eb.ListRulesCommand({
      EventBusName: bus, NamePrefix: "page-", Limit: 2, NextToken,
    }));
    seen.push(...page.Rules.map((rule) => rule.Name));
    NextToken = page.NextToken;
  } while (NextToken);
  assert.deepEqual(seen, names);
  await events.send(new eb.DisableRuleCommand({ Name: "page-1", EventBusName: bus }));
  const rule = await events.send(new eb.DescribeRuleCommand({ Name: "page-1", EventBusName: bus }));
  assert.equal(rule.State, "DISABLED");
  const { Tags } = await events.send(new eb.ListTagsForResourceCommand({ ResourceARN: rule.Arn }));
  assert.deepEqual(Tags, [{ Key: "made-by", Value: "sdk" }]);
  for (const Name of names)
    await events.send(new eb.DeleteRuleCommand({ Name, EventBusName: bus }));
  await refused(events.send(new eb.DescribeRuleCommand({ Name: "page-1", EventBusName: bus })),
    "ResourceNotFoundException", /^Rule page-1 does not exist on EventBus /);
});

test("what is wrong is refused by name", async () => {
  await refused(
    events.send(new eb.PutRuleCommand({ Name: "bad", EventBusName: bus, EventPattern: "{" })),
    "InvalidEventPatternException",
    /Event pattern is not valid/,
  );
  await refused(events.send(new eb.PutTargetsCommand({
    Rule: "nowhere", EventBusName: bus, Targets: [{ Id: "1", Arn: queueArn }],
  })), "ResourceNotFoundException");
  await refused(
    events.send(new eb.CreateEventBusCommand({ Name: bus })),
    "ResourceAlreadyExistsException",
  );
  await refused(
    events.send(new eb.DeleteEventBusCommand({ Name: "default" })),
    "ValidationException",
  );
  await refused(events.send(new eb.PutEventsCommand({ Entries: [] })), "ValidationException");
  const owner = await account();
  assert.equal((await events.send(new eb.DescribeEventBusCommand({}))).Arn,
    `arn:aws:events:us-east-1:${owner}:event-bus/default`);
});
