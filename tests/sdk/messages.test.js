import assert from "node:assert/strict";
import { test } from "node:test";
import * as topics from "@aws-sdk/client-sns";
import * as queues from "@aws-sdk/client-sqs";
import { refused, unique } from "./support.js";

const sns = new topics.SNSClient({});
// The SDK checks the MD5 of all that it sends and receives, attributes included.
const sqs = new queues.SQSClient({});

async function makeQueue(Attributes = {}, QueueName = unique("queue")) {
  const { QueueUrl } = await sqs.send(new queues.CreateQueueCommand({ QueueName, Attributes }));
  const { Attributes: found } = await sqs.send(new queues.GetQueueAttributesCommand({
    QueueUrl, AttributeNames: ["All"],
  }));
  return { QueueUrl, arn: found.QueueArn, found };
}
const receive = async (QueueUrl, more = {}) =>
  (
    await sqs.send(
      new queues.ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
        ...more,
      }),
    )
  ).Messages ?? [];

test("a queue keeps, hides and forgets messages", async () => {
  const { QueueUrl } = await makeQueue({ VisibilityTimeout: "60" });
  await sqs.send(
    new queues.SendMessageCommand({
      QueueUrl,
      MessageBody: "grüße <&> 🙂",
      MessageAttributes: {
        word: { DataType: "String", StringValue: "é" },
        count: { DataType: "Number", StringValue: "12.50" },
        bytes: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255, 128) },
      },
    }),
  );
  const [message] = await receive(QueueUrl);
  assert.equal(message.Body, "grüße <&> 🙂");
  assert.equal(message.MessageAttributes.word.StringValue, "é");
  assert.deepEqual([...message.MessageAttributes.bytes.BinaryValue], [0, 255, 128]);
  assert.equal(message.Attributes.ApproximateReceiveCount, "1");
  assert.deepEqual(await receive(QueueUrl, { WaitTimeSeconds: 0 }), []);
  await sqs.send(new queues.ChangeMessageVisibilityCommand({
    QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0,
  }));
  const [again] = await receive(QueueUrl);
  assert.equal(again.MessageId, message.MessageId);
  assert.equal(again.Attributes.ApproximateReceiveCount, "2");
  await sqs.send(new queues.DeleteMessageCommand({ QueueUrl, ReceiptHandle: again.ReceiptHandle }));
  const { Attributes } = await sqs.send(
    new queues.GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  assert.deepEqual(Object.values(Attributes), ["0", "0"]);
});

test("a long poll ends when a message comes", async () => {
  const { QueueUrl } = await makeQueue();
  const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
  const started = Date.now();
  await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody: "now" }));
  assert.equal((await waiting)[0].Body, "now");
  assert.ok(Date.now() - started < 15_000);
});

test("batches say which entries failed", async () => {
  const { QueueUrl } = await makeQueue();
  const sent = await sqs.send(new queues.SendMessageBatchCommand({
    QueueUrl,
    Entries: [{ Id: "a", MessageBody: "one" }, { Id: "b", MessageBody: "two" },
      { Id: "c", MessageBody: "late", DelaySeconds: 5000 }],
  }));
  assert.deepEqual(sent.Successful.map((entry) => entry.Id), ["a", "b"]);
  assert.equal(sent.Failed[0].Id, "c");
  assert.equal(sent.Failed[0].SenderFault, true);
  await refused(sqs.send(new queues.SendMessageBatchCommand({
    QueueUrl, Entries: [{ Id: "a", MessageBody: "one" }, { Id: "a", MessageBody: "two" }],
  })), "BatchEntryIdsNotDistinct");
});

test("what fails too often goes to the dead-letter queue", async () => {
  const dead = await makeQueue();
  const { QueueUrl } = await makeQueue({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
    VisibilityTimeout: "0",
  });
  await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody: "poison" }));
  assert.equal((await receive(QueueUrl))[0].Body, "poison");
  assert.deepEqual(await receive(QueueUrl, { WaitTimeSeconds: 1 }), []);
  assert.equal((await receive(dead.QueueUrl))[0].Body, "poison");
});

test("first in, first out, once", async () => {
  const { QueueUrl } = await makeQueue({ FifoQueue: "true", ContentBasedDeduplication: "true" },
    `${unique("queue")}.fifo`);
  for (const MessageBody of ["1", "2", "2", "3"]) {
    await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "g" }));
  }
  const messages = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
  assert.deepEqual(messages.map((message) => message.Body), ["1", "2", "3"]);
});

test("a topic sends to queues what their filters let through", async () => {
  const { TopicArn } = await sns.send(new topics.CreateTopicCommand({ Name: unique("topic") }));
  const admits = (arn) => ({
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn,
          Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
        },
      ],
    }),
  });
  const [all, severe] = [await makeQueue(), await makeQueue()];
  for (const queue of [all, severe]) {
    await sqs.send(
      new queues.SetQueueAttributesCommand({
        QueueUrl: queue.QueueUrl,
        Attributes: admits(queue.arn),
      }),
    );
  }
  await sns.send(new topics.SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: all.arn }));
  const { SubscriptionArn } = await sns.send(
    new topics.SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: severe.arn,
      ReturnSubscriptionArn: true,
      Attributes: {
        RawMessageDelivery: "true",
        FilterPolicy: JSON.stringify({ severity: ["HIGH", "CRITICAL"] }),
      },
    }),
  );
  const severity = (StringValue) => ({ severity: { DataType: "String", StringValue } });
  await sns.send(new topics.PublishCommand({
    TopicArn, Subject: "low", Message: "nothing much", MessageAttributes: severity("LOW"),
  }));
  await sns.send(
    new topics.PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: "1", Message: "fire 🔥", MessageAttributes: severity("HIGH") },
      ],
    }),
  );
  const [raw] = await receive(severe.QueueUrl);
  assert.equal(raw.Body, "fire 🔥");
  assert.equal(raw.MessageAttributes.severity.StringValue, "HIGH");
  const envelopes = [];
  while (envelopes.length < 2) {
    const messages = await receive(all.QueueUrl, { MaxNumberOfMessages: 10 });
    assert.notEqual(messages.length, 0, "both messages come");
    envelopes.push(...messages.map((message) => JSON.parse(message.Body)));
  }
  const low = envelopes.find((envelope) => envelope.Subject === "low");
  assert.equal(low.Type, "Notification");
  assert.equal(low.TopicArn, TopicArn);
  assert.deepEqual(low.MessageAttributes, { severity: { Type: "String", Value: "LOW" } });
  assert.equal(low.SignatureVersion, "1");

  const { Attributes } = await sns.send(
    new topics.GetSubscriptionAttributesCommand({ SubscriptionArn }),
  );
  assert.equal(Attributes.RawMessageDelivery, "true");
  await sns.send(new topics.UnsubscribeCommand({ SubscriptionArn }));
  await refused(
    sns.send(new topics.GetSubscriptionAttributesCommand({ SubscriptionArn })),
    "NotFoundException",
  );
  await sns.send(new topics.DeleteTopicCommand({ TopicArn }));
  await refused(sns.send(new topics.GetTopicAttributesCommand({ TopicArn })), "NotFoundException");
});

test("what is wrong is refused by name", async () => {
  await refused(
    sqs.send(new queues.GetQueueUrlCommand({ QueueName: "nowhere" })),
    "QueueDoesNotExist",
  );
  const { QueueUrl } = await makeQueue();
  await refused(sqs.send(new queues.DeleteMessageCommand({ QueueUrl, ReceiptHandle: "nonsense" })),
    "ReceiptHandleIsInvalid");
  await refused(sns.send(new topics.PublishCommand({
    TopicArn: "arn:aws:sns:us-east-1:000000000000:nowhere", Message: "x",
  })), "NotFoundException", /Topic does not exist/);
  await refused(
    sns.send(new topics.CreateTopicCommand({ Name: "no/slashes" })),
    "InvalidParameterException",
  );
});
