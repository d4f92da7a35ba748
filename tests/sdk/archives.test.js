import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as eb from "@aws-sdk/client-eventbridge";
import * as sqs from "@aws-sdk/client-sqs";
import { eventually, refused, unique } from "./support.js";

const events = new eb.EventBridgeClient({});
const queues = new sqs.SQSClient({});
const send = (command) => events.send(command);
let bus, busArn, queue, queueArn;

before(async () => {
  bus = unique("archived");
  busArn = (await send(new eb.CreateEventBusCommand({ Name: bus }))).EventBusArn;
  queue = (await queues.send(new sqs.CreateQueueCommand({ QueueName: unique("replays") }))).QueueUrl;
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
});

const put = (...entries) => send(new eb.PutEventsCommand({
  Entries: entries.map((entry) => ({
    EventBusName: bus, Source: "sdk.archive", DetailType: "Order", ...entry,
  })),
}));

const rule = async (Name, pattern) => {
  const { RuleArn } = await send(new eb.PutRuleCommand({
    Name, EventBusName: bus, EventPattern: JSON.stringify(pattern),
  }));
  await send(new eb.PutTargetsCommand({
    Rule: Name, EventBusName: bus, Targets: [{ Id: "queue", Arn: queueArn }],
  }));
  return RuleArn;
};

/** Takes messages until `count` are there, and a little longer, for one too many. */
const received = async (count) => {
  const bodies = [];
  const take = async (WaitTimeSeconds) => {
    const { Messages } = await queues.send(new sqs.ReceiveMessageCommand({
      QueueUrl: queue, WaitTimeSeconds, MaxNumberOfMessages: 10,
    }));
    for (const message of Messages ?? []) {
      bodies.push(JSON.parse(message.Body));
      await queues.send(
        new sqs.DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle }),
      );
    }
  };
  await eventually(`${count} messages`, async () => {
    await take(2);
    return bodies.length >= count;
  });
  await take(1);
  return bodies;
};

const ended = (ReplayName) => eventually("the end of the replay", async () => {
  const replay = await send(new eb.DescribeReplayCommand({ ReplayName }));
  return ["COMPLETED", "FAILED", "CANCELLED"].includes(replay.State) && replay;
});

test("events come back from an archive, by their time and under their id", async () => {
  const ArchiveName = unique("orders");
  const archive = await send(new eb.CreateArchiveCommand({
    ArchiveName, EventSourceArn: busArn, RetentionDays: 7, Description: "what came in",
    EventPattern: JSON.stringify({ detail: { n: [{ numeric: [">", 0] }] } }),
  }));
  assert.match(archive.ArchiveArn, new RegExp(`:archive/${ArchiveName}$`));
  assert.equal(archive.State, "ENABLED");
  assert.ok(archive.CreationTime instanceof Date);

  const at = (second) => new Date(Date.UTC(2026, 0, 5, 8, 0, second));
  const sent = await put(
    { Time: at(30), Detail: '{"n": 3}' },
    { Time: at(10), Detail: '{"n": 1, "name": "Zoë"}' },
    { Time: at(20), Detail: '{"n": 2}' },
    { Time: at(20), Detail: '{"n": 0}' },
    { Time: at(50), Detail: '{"n": 5}' },
  );
  assert.equal(sent.FailedEntryCount, 0);
  const described = await send(new eb.DescribeArchiveCommand({ ArchiveName }));
  assert.equal(described.EventCount, 4);
  assert.ok(described.SizeBytes > 400);
  assert.equal(described.RetentionDays, 7);
  assert.equal(described.EventSourceArn, busArn);

  // The rule came after the events: only a replay can bring them.
  const chosen = await rule("replayed", { source: ["sdk.archive"], "replay-name": [{ exists: true }] });
  await rule("others", { source: ["sdk.archive"] });
  const ReplayName = unique("again");
  const started = await send(new eb.StartReplayCommand({
    ReplayName, EventSourceArn: archive.ArchiveArn,
    EventStartTime: at(0), EventEndTime: at(40),
    Destination: { Arn: busArn, FilterArns: [chosen] },
  }));
  assert.equal(started.State, "STARTING");
  const replay = await ended(ReplayName);
  assert.equal(replay.State, "COMPLETED");
  assert.deepEqual(replay.EventLastReplayedTime, at(30));
  assert.deepEqual(replay.Destination, { Arn: busArn, FilterArns: [chosen] });
  assert.ok(replay.ReplayEndTime >= replay.ReplayStartTime);

  const bodies = await received(3);
  assert.deepEqual(bodies.map((body) => body.detail.n), [1, 2, 3]);
  assert.deepEqual(bodies.map((body) => body.id), [1, 2, 0].map((i) => sent.Entries[i].EventId));
  assert.ok(bodies.every((body) => body["replay-name"] === ReplayName));
  assert.equal(bodies[0].detail.name, "Zoë");
  assert.equal(bodies[0].time, "2026-01-05T08:00:10Z");
  assert.equal((await send(new eb.DescribeArchiveCommand({ ArchiveName }))).EventCount, 4);

  await refused(send(new eb.CancelReplayCommand({ ReplayName })), "IllegalStatusException");
  await send(new eb.DeleteArchiveCommand({ ArchiveName }));
  await refused(
    send(new eb.DescribeArchiveCommand({ ArchiveName })), "ResourceNotFoundException", /does not exist/,
  );
});

test("archives have pages, filters and a rule that is not the caller's", async () => {
  const prefix = unique("page");
  const names = [1, 2, 3].map((n) => `${prefix}-${n}`);
  for (const ArchiveName of names) {
    await send(new eb.CreateArchiveCommand({ ArchiveName, EventSourceArn: busArn }));
  }
  const seen = [];
  let NextToken;
  do {
    const page = await send(new eb.ListArchivesCommand({ NamePrefix: prefix, Limit: 2, NextToken }));
    seen.push(...page.Archives.map((archive) => archive.ArchiveName));
    NextToken = page.NextToken;
  } while (NextToken);
  assert.deepEqual(seen, names);
  await refused(
    send(new eb.ListArchivesCommand({ NamePrefix: prefix, State: "ENABLED" })), "ValidationException",
  );

  const Name = `Events-Archive-${names[0]}`;
  const managed = await send(new eb.DescribeRuleCommand({ Name, EventBusName: bus }));
  assert.ok(managed.ManagedBy);
  assert.deepEqual(JSON.parse(managed.EventPattern), { "replay-name": [{ exists: false }] });
  for (const command of [
    new eb.PutRuleCommand({ Name, EventBusName: bus, EventPattern: '{"source": ["x"]}' }),
    new eb.DeleteRuleCommand({ Name, EventBusName: bus }),
    new eb.DisableRuleCommand({ Name, EventBusName: bus }),
    new eb.PutTargetsCommand({
      Rule: Name, EventBusName: bus, Targets: [{ Id: "queue", Arn: queueArn }],
    }),
  ]) {
    await refused(send(command), "ManagedRuleException", /is a managed rule/);
  }
  const updated = await send(new eb.UpdateArchiveCommand({
    ArchiveName: names[0], EventPattern: '{"source": ["only"]}', RetentionDays: 1,
  }));
  assert.equal(updated.State, "ENABLED");
  const changed = await send(new eb.DescribeArchiveCommand({ ArchiveName: names[0] }));
  assert.equal(changed.EventPattern, '{"source": ["only"]}');
  assert.equal(changed.RetentionDays, 1);
  for (const ArchiveName of names) await send(new eb.DeleteArchiveCommand({ ArchiveName }));
});

test("what cannot be archived or replayed is refused by name", async () => {
  const ArchiveName = unique("refused");
  await refused(
    send(new eb.CreateArchiveCommand({ ArchiveName, EventSourceArn: busArn, EventPattern: '{"a": 1}' })),
    "InvalidEventPatternException", /Event pattern is not valid/,
  );
  await refused(
    send(new eb.CreateArchiveCommand({ ArchiveName, EventSourceArn: `${busArn}-no` })),
    "ResourceNotFoundException",
  );
  const { ArchiveArn } = await send(
    new eb.CreateArchiveCommand({ ArchiveName, EventSourceArn: busArn }),
  );
  await refused(
    send(new eb.CreateArchiveCommand({ ArchiveName, EventSourceArn: busArn })),
    "ResourceAlreadyExistsException",
  );
  const replay = (more) => send(new eb.StartReplayCommand({
    ReplayName: unique("refused"), EventSourceArn: ArchiveArn, Destination: { Arn: busArn },
    EventStartTime: new Date(0), EventEndTime: new Date(60_000), ...more,
  }));
  await refused(
    replay({ Destination: { Arn: busArn.replace(bus, "default") } }),
    "ValidationException", /Cross event bus replay is not permitted/,
  );
  await refused(
    replay({ EventStartTime: new Date(60_000) }),
    "ValidationException", /EventStartTime must be before EventEndTime/,
  );
  await refused(
    replay({ EventSourceArn: `${ArchiveArn}-no` }), "ValidationException", /does not exist/,
  );
  await refused(
    send(new eb.DescribeReplayCommand({ ReplayName: "no-such" })), "ResourceNotFoundException",
  );
  const ReplayName = unique("empty");
  await replay({ ReplayName });
  await refused(replay({ ReplayName }), "ResourceAlreadyExistsException", /already exists/);
  assert.equal((await ended(ReplayName)).EventLastReplayedTime, undefined);
  const { Replays } = await send(new eb.ListReplaysCommand({ EventSourceArn: ArchiveArn }));
  assert.deepEqual(Replays.map((found) => found.ReplayName), [ReplayName]);
  await send(new eb.DeleteArchiveCommand({ ArchiveName }));
});
