import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as topics from "@aws-sdk/client-sns";
import * as queues from "@aws-sdk/client-sqs";
import { isGenuine, mailServer, webServer } from "./receivers.js";
import { eventually, refused, unique } from "./support.js";

const sns = new topics.SNSClient({});
const sqs = new queues.SQSClient({});
const open = [];
after(() => open.forEach((server) => server.close()));
const serve = async (options) => {
  const server = await webServer(options);
  open.push(server);
  return server;
};

async function makeTopic(Attributes = {}, suffix = "") {
  const { TopicArn } = await sns.send(new topics.CreateTopicCommand({ Name: unique("topic") + suffix, Attributes }));
  return TopicArn;
}
const publish = (TopicArn, Message, more = {}) => sns.send(new topics.PublishCommand({ TopicArn, Message, ...more }));
/** A queue that `service` may send to. */
async function makeQueue(service, suffix = "", Attributes = {}) {
  const { QueueUrl } = await sqs.send(new queues.CreateQueueCommand({ QueueName: unique("queue") + suffix, Attributes }));
  const { Attributes: { QueueArn } } = await sqs.send(new queues.GetQueueAttributesCommand({
    QueueUrl, AttributeNames: ["QueueArn"],
  }));
  await sqs.send(new queues.SetQueueAttributesCommand({
    QueueUrl,
    Attributes: {
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sqs:SendMessage", Resource: QueueArn }],
      }),
    },
  }));
  return { QueueUrl, QueueArn };
}
const receive = async (QueueUrl) => (await sqs.send(new queues.ReceiveMessageCommand({
  QueueUrl, WaitTimeSeconds: 15, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"],
}))).Messages ?? [];
/** Subscribes a web server and confirms as it is asked to: by visiting the link. */
async function subscribe(TopicArn, server, Attributes = {}) {
  const { SubscriptionArn } = await sns.send(new topics.SubscribeCommand({
    TopicArn, Protocol: new URL(server.url).protocol.slice(0, -1), Endpoint: server.url, Attributes, ReturnSubscriptionArn: true,
  }));
  const asked = JSON.parse((await server.wait("SubscriptionConfirmation")).body);
  assert.ok(await isGenuine(asked));
  assert.equal((await fetch(asked.SubscribeURL)).status, 200);
  return SubscriptionArn;
}

test("an HTTPS subscriber confirms, and can tell the engine's messages from others", async () => {
  const TopicArn = await makeTopic();
  const server = await serve({ tls: true });
  const SubscriptionArn = await subscribe(TopicArn, server);
  await publish(TopicArn, "grüße <&> 🙂\nline", {
    Subject: "hello", MessageAttributes: { severity: { DataType: "String", StringValue: "HIGH" } },
  });
  const request = await server.wait("Notification");
  assert.equal(request.headers["x-amz-sns-topic-arn"], TopicArn);
  assert.equal(request.headers["x-amz-sns-subscription-arn"], SubscriptionArn);
  assert.match(request.headers["content-type"], /^text\/plain/);
  const envelope = JSON.parse(request.body);
  assert.equal(envelope.Message, "grüße <&> 🙂\nline");
  assert.equal(envelope.Subject, "hello");
  assert.deepEqual(envelope.MessageAttributes, { severity: { Type: "String", Value: "HIGH" } });
  assert.equal(envelope.SignatureVersion, "1");
  assert.equal(await isGenuine(envelope), true);
  assert.equal(await isGenuine({ ...envelope, Message: "forged" }), false);
  await sns.send(new topics.SetTopicAttributesCommand({
    TopicArn, AttributeName: "SignatureVersion", AttributeValue: "2",
  }));
  await publish(TopicArn, "again");
  const second = JSON.parse((await server.wait("Notification", 2)).body);
  assert.equal(second.SignatureVersion, "2");
  assert.equal(await isGenuine(second), true);
  assert.equal(await isGenuine({ ...second, SignatureVersion: "1" }), false);
});

test("raw delivery and a content type of one's own", async () => {
  const TopicArn = await makeTopic();
  const server = await serve();
  await subscribe(TopicArn, server, {
    RawMessageDelivery: "true",
    DeliveryPolicy: JSON.stringify({ requestPolicy: { headerContentType: "application/json" } }),
  });
  await publish(TopicArn, "{\"a\":1}");
  const request = await server.wait("Notification");
  assert.equal(request.body, "{\"a\":1}");
  assert.equal(request.headers["x-amz-sns-rawdelivery"], "true");
  assert.equal(request.headers["content-type"], "application/json");
});

test("failures are tried again, then go to the subscription's dead-letter queue", async () => {
  const TopicArn = await makeTopic();
  const server = await serve();
  const dead = await makeQueue("sns.amazonaws.com");
  await subscribe(TopicArn, server, {
    DeliveryPolicy: JSON.stringify({ healthyRetryPolicy: { numRetries: 2, numNoDelayRetries: 2 } }),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.QueueArn }),
  });
  server.answer = () => (server.ofType("Notification").length < 3 ? 503 : 200);
  await publish(TopicArn, "third time lucky");
  await server.wait("Notification", 3);
  assert.equal(new Set(server.ofType("Notification").map((r) => r.headers["x-amz-sns-message-id"])).size, 1);
  server.answer = () => 500;
  await publish(TopicArn, "never");
  const [letter] = await receive(dead.QueueUrl);
  assert.equal(JSON.parse(letter.Body).Message, "never");
  assert.equal(letter.MessageAttributes.ErrorCode.StringValue, "SERVICE_ERROR");
  assert.equal(server.ofType("Notification").length, 6);
  server.answer = () => 403;  // The subscriber's own fault: once is enough.
  await publish(TopicArn, "refused");
  assert.equal(JSON.parse((await receive(dead.QueueUrl))[0].Body).Message, "refused");
  assert.equal(server.ofType("Notification").length, 7);
});

test("nothing reaches addresses that the operator did not allow, not by a redirect either", async () => {
  const TopicArn = await makeTopic();
  const inside = await serve({ host: "127.0.0.2" });
  const dead = await makeQueue("sns.amazonaws.com");
  await sns.send(new topics.SubscribeCommand({
    TopicArn, Protocol: "http", Endpoint: inside.url,
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.QueueArn }) },
  }));
  const [letter] = await receive(dead.QueueUrl);
  assert.equal(JSON.parse(letter.Body).Type, "SubscriptionConfirmation");
  const outside = await serve();
  await subscribe(TopicArn, outside, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.QueueArn }),
    DeliveryPolicy: JSON.stringify({ healthyRetryPolicy: { numRetries: 0 } }) });
  outside.answer = () => [302, { Location: inside.url }];
  await publish(TopicArn, "redirected");
  assert.equal((await receive(dead.QueueUrl)).length, 1);
  assert.deepEqual(inside.received, []);
});

test("who follows the link leaves, and may take that back", async () => {
  const TopicArn = await makeTopic();
  const server = await serve();
  await subscribe(TopicArn, server);
  await publish(TopicArn, "one");
  const { UnsubscribeURL } = JSON.parse((await server.wait("Notification")).body);
  assert.equal((await fetch(UnsubscribeURL)).status, 200);
  const left = JSON.parse((await server.wait("UnsubscribeConfirmation")).body);
  assert.ok(await isGenuine(left));
  await publish(TopicArn, "not there");
  assert.equal((await fetch(left.SubscribeURL)).status, 200);
  await publish(TopicArn, "back");
  assert.equal(JSON.parse((await server.wait("Notification", 2)).body).Message, "back");
});

test("people confirm and receive by mail", async () => {
  const server = await mailServer(Number(process.env.RIPOSTE_TEST_SMTP_PORT));
  open.push(server);
  const TopicArn = await makeTopic({ DisplayName: "Security" });
  const address = `${unique("someone")}@example.com`;
  await sns.send(new topics.SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: address }));
  const mine = (count) => eventually(`${count} mails`, () => {
    const found = server.mails.filter((mail) => mail.to.includes(address));
    return found.length >= count && found[count - 1].text;
  });
  const link = (await mine(1)).match(/http:\S+ConfirmSubscription\S+/)[0];
  assert.equal((await fetch(link)).status, 200);
  await publish(TopicArn, "The bucket is public.\n.\nEnd", { Subject: "Alert" });
  const text = await mine(2);
  assert.match(text, /^From: Security </m);
  assert.match(text, /^Subject: Alert\r?$/m);
  assert.match(text, /The bucket is public\./);
});

test("a FIFO topic keeps the order of its groups", async () => {
  const TopicArn = await makeTopic({ FifoTopic: "true", ContentBasedDeduplication: "true" }, ".fifo");
  const { QueueUrl, QueueArn } = await makeQueue("sns.amazonaws.com", ".fifo", { FifoQueue: "true" });
  await sns.send(new topics.SubscribeCommand({
    TopicArn, Protocol: "sqs", Endpoint: QueueArn, Attributes: { RawMessageDelivery: "true" },
  }));
  const wanted = Array.from({ length: 20 }, (_, i) => `${i}`);
  for (let i = 0; i < 20; i += 10) {
    const { Successful } = await sns.send(new topics.PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: wanted.slice(i, i + 10).map((Message, n) => ({ Id: `${n}`, Message, MessageGroupId: "g" })),
    }));
    assert.equal(Successful.length, 10);
    assert.match(Successful[0].SequenceNumber, /^\d{20}$/);
  }
  await publish(TopicArn, "0", { MessageGroupId: "g" });  // A repetition.
  const got = [];
  while (got.length < 20) {
    const messages = await receive(QueueUrl);
    assert.notEqual(messages.length, 0);
    for (const message of messages) {
      got.push(message.Body);
      await sqs.send(new queues.DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
  }
  assert.deepEqual(got, wanted);
});

test("filters on the body, and the limits of filters", async () => {
  const TopicArn = await makeTopic();
  const { QueueUrl, QueueArn } = await makeQueue("sns.amazonaws.com");
  const { SubscriptionArn } = await sns.send(new topics.SubscribeCommand({
    TopicArn, Protocol: "sqs", Endpoint: QueueArn,
    Attributes: {
      RawMessageDelivery: "true", FilterPolicyScope: "MessageBody",
      FilterPolicy: JSON.stringify({ detail: { severity: [{ numeric: [">=", 7] }] } }),
    },
  }));
  for (const severity of [3, 8]) await publish(TopicArn, JSON.stringify({ detail: { severity } }));
  const messages = await receive(QueueUrl);
  assert.deepEqual(messages.map((m) => JSON.parse(m.Body).detail.severity), [8]);
  const set = (policy) => sns.send(new topics.SetSubscriptionAttributesCommand({
    SubscriptionArn, AttributeName: "FilterPolicy", AttributeValue: JSON.stringify(policy),
  }));
  await refused(set({ a: ["1"], b: ["1"], c: ["1"], d: ["1"], e: ["1"], f: ["1"] }), "InvalidParameterException");
  await refused(set({ a: Array.from({ length: 151 }, (_, i) => `${i}`) }), "InvalidParameterException");
});

test("data protection policies are kept; phones and push are refused", async () => {
  const ResourceArn = await makeTopic();
  const DataProtectionPolicy = JSON.stringify({ Name: "p", Version: "2021-06-01", Statement: [] });
  await sns.send(new topics.PutDataProtectionPolicyCommand({ ResourceArn, DataProtectionPolicy }));
  const kept = await sns.send(new topics.GetDataProtectionPolicyCommand({ ResourceArn }));
  assert.equal(kept.DataProtectionPolicy, DataProtectionPolicy);
  await refused(sns.send(new topics.PublishCommand({ PhoneNumber: "+15550100", Message: "x" })), "InvalidParameterException");
  await refused(sns.send(new topics.CreatePlatformApplicationCommand({
    Name: "a", Platform: "GCM", Attributes: { PlatformCredential: "x" },
  })), "InvalidParameterException", /not supported here/);
  assert.deepEqual((await sns.send(new topics.ListPlatformApplicationsCommand({}))).PlatformApplications, []);
  assert.equal((await sns.send(new topics.GetSMSSandboxAccountStatusCommand({}))).IsInSandbox, true);
});
