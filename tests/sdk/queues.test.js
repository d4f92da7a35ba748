import assert from "node:assert/strict";
import { test } from "node:test";
import * as queues from "@aws-sdk/client-sqs";
import { eventually, refused, unique } from "./support.js";

// The SDK checks the MD5 of all that it sends and receives, attributes included.
const sqs = new queues.SQSClient({});

async function makeQueue(Attributes = {}, suffix = "") {
  const { QueueUrl } = await sqs.send(new queues.CreateQueueCommand({
    QueueName: unique("queue") + suffix, Attributes,
  }));
  const { Attributes: found } = await sqs.send(new queues.GetQueueAttributesCommand({
    QueueUrl, AttributeNames: ["All"],
  }));
  return { QueueUrl, arn: found.QueueArn };
}
const makeFifo = (Attributes = {}) => makeQueue({ FifoQueue: "true", ...Attributes }, ".fifo");
const send = (QueueUrl, MessageBody, more = {}) =>
  sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (QueueUrl, more = {}) => (await sqs.send(new queues.ReceiveMessageCommand({
  QueueUrl, MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"], ...more,
}))).Messages ?? [];
const remove = (QueueUrl, { ReceiptHandle }) =>
  sqs.send(new queues.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
const bodies = (messages) => messages.map((message) => message.Body);

test("a group waits for its message in flight, other groups do not", async () => {
  const { QueueUrl } = await makeFifo();
  for (const [MessageGroupId, body] of [["a", "a1"], ["a", "a2"], ["b", "b1"]]) {
    await send(QueueUrl, body, { MessageGroupId, MessageDeduplicationId: body });
  }
  const [first] = await receive(QueueUrl);
  assert.equal(first.Body, "a1");
  assert.match(first.Attributes.SequenceNumber, /^\d{20}$/);
  assert.deepEqual(bodies(await receive(QueueUrl, { MaxNumberOfMessages: 10 })), ["b1"]);
  await remove(QueueUrl, first);
  assert.deepEqual(bodies(await receive(QueueUrl, { MaxNumberOfMessages: 10, WaitTimeSeconds: 5 })), ["a2"]);
});

test("a repeated receive attempt gets the same messages", async () => {
  const { QueueUrl } = await makeFifo({ ContentBasedDeduplication: "true" });
  for (const body of ["1", "2"]) await send(QueueUrl, body, { MessageGroupId: "g" });
  const attempt = { ReceiveRequestAttemptId: unique("attempt"), MaxNumberOfMessages: 10 };
  const messages = await receive(QueueUrl, attempt);
  assert.deepEqual(bodies(messages), ["1", "2"]);
  assert.deepEqual(await receive(QueueUrl), []);
  const again = await receive(QueueUrl, attempt);
  assert.deepEqual(again.map((m) => m.ReceiptHandle), messages.map((m) => m.ReceiptHandle));
});

test("deduplication may be within a group", async () => {
  const { QueueUrl } = await makeFifo({
    ContentBasedDeduplication: "true", DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId",
  });
  const ids = [];
  for (const MessageGroupId of ["a", "a", "b"]) ids.push((await send(QueueUrl, "same", { MessageGroupId })).MessageId);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[0], ids[2]);
});

test("dead letters keep what they are, and a move task brings them back", async () => {
  const dead = await makeQueue();
  const source = await makeQueue({
    VisibilityTimeout: "0", RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
  });
  await refused(sqs.send(new queues.StartMessageMoveTaskCommand({ SourceArn: source.arn })),
    "InvalidParameterValue", /Dead Letter Queue/);
  const MessageAttributes = { why: { DataType: "String", StringValue: "poison" } };
  const { MessageId } = await send(source.QueueUrl, "m", {
    MessageAttributes,
    MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" } },
  });
  assert.equal((await receive(source.QueueUrl)).length, 1);
  assert.equal((await receive(source.QueueUrl)).length, 0);
  const [letter] = await receive(dead.QueueUrl, { VisibilityTimeout: 0 });
  assert.equal(letter.MessageId, MessageId);
  assert.equal(letter.Body, "m");
  assert.equal(letter.MessageAttributes.why.StringValue, "poison");
  assert.equal(letter.Attributes.DeadLetterQueueSourceArn, source.arn);
  assert.match(letter.Attributes.AWSTraceHeader, /^Root=/);
  const { TaskHandle } = await sqs.send(new queues.StartMessageMoveTaskCommand({
    SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 10,
  }));
  assert.ok(TaskHandle);
  const done = await eventually("the task completes", async () => {
    const { Results } = await sqs.send(new queues.ListMessageMoveTasksCommand({ SourceArn: dead.arn }));
    return Results[0].Status === "COMPLETED" && Results[0];
  });
  assert.equal(done.ApproximateNumberOfMessagesMoved, 1);
  assert.equal(done.ApproximateNumberOfMessagesToMove, 1);
  const [back] = await receive(source.QueueUrl, { WaitTimeSeconds: 5 });
  assert.equal(back.Body, "m");
  assert.notEqual(back.MessageId, MessageId);
  assert.equal(back.MessageAttributes.why.StringValue, "poison");
});

test("a move task can be cancelled", async () => {
  const dead = await makeQueue();
  await makeQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }) });
  const other = await makeQueue();
  for (let i = 0; i < 10; i++) await send(dead.QueueUrl, `${i}`);
  const start = () => sqs.send(new queues.StartMessageMoveTaskCommand({
    SourceArn: dead.arn, DestinationArn: other.arn, MaxNumberOfMessagesPerSecond: 1,
  }));
  const { TaskHandle } = await start();
  await refused(start(), ["UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"]);
  const { ApproximateNumberOfMessagesMoved: moved } =
    await sqs.send(new queues.CancelMessageMoveTaskCommand({ TaskHandle }));
  assert.ok(moved < 10);
  const { Results } = await sqs.send(new queues.ListMessageMoveTasksCommand({ SourceArn: dead.arn, MaxResults: 10 }));
  assert.equal(Results[0].Status, "CANCELLED");
  assert.equal(Results[0].TaskHandle, undefined);
});

test("a batch may have a mebibyte, and no more", async () => {
  const { QueueUrl } = await makeQueue();
  const batch = (count, bytes) => sqs.send(new queues.SendMessageBatchCommand({
    QueueUrl, Entries: Array.from({ length: count }, (_, i) => ({ Id: `e${i}`, MessageBody: "x".repeat(bytes) })),
  }));
  assert.equal((await batch(10, 104_857)).Successful.length, 10);
  await refused(batch(10, 104_858), "BatchRequestTooLong");
  await send(QueueUrl, "x".repeat(1_048_576));
  await refused(send(QueueUrl, "x".repeat(1_048_577)), "InvalidParameterValue");
});

test("a queue is purged once a minute", async () => {
  const { QueueUrl } = await makeQueue();
  await send(QueueUrl, "gone");
  await sqs.send(new queues.PurgeQueueCommand({ QueueUrl }));
  assert.deepEqual(await receive(QueueUrl), []);
  await refused(sqs.send(new queues.PurgeQueueCommand({ QueueUrl })), "PurgeQueueInProgress");
});

test("a dead-letter queue says whose letters it takes", async () => {
  const dead = await makeQueue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
  await refused(makeQueue({ RedrivePolicy }), "InvalidParameterValue");
  await sqs.send(new queues.SetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, Attributes: { RedriveAllowPolicy: "" } }));
  const { QueueUrl } = await makeQueue({ RedrivePolicy });
  const sources = await sqs.send(new queues.ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.QueueUrl }));
  assert.deepEqual(sources.queueUrls, [QueueUrl]);
});

test("an old receipt does not end another's hold", async () => {
  const { QueueUrl } = await makeQueue({ VisibilityTimeout: "1" });
  await send(QueueUrl, "m");
  const [first] = await receive(QueueUrl);
  const [second] = await receive(QueueUrl, { WaitTimeSeconds: 10, VisibilityTimeout: 60 });
  assert.equal(second.MessageId, first.MessageId);
  await refused(sqs.send(new queues.ChangeMessageVisibilityCommand({
    QueueUrl, ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 0,
  })), "InvalidParameterValue");
  assert.deepEqual(await receive(QueueUrl), []);
  await remove(QueueUrl, second);
});
