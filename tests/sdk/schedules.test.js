import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as sch from "@aws-sdk/client-scheduler";
import * as sqs from "@aws-sdk/client-sqs";
import { account, eventually, makeRole, refused, region, unique } from "./support.js";

const scheduler = new sch.SchedulerClient({});
const queues = new sqs.SQSClient({});
let role, queue, queueArn;

before(async () => {
  role = await makeRole(unique("timer"), { Service: "scheduler.amazonaws.com" },
    ["sqs:SendMessage", "sqs:CreateQueue"]);
  queue = (await queues.send(new sqs.CreateQueueCommand({ QueueName: unique("ticks") }))).QueueUrl;
  queueArn = (await queues.send(new sqs.GetQueueAttributesCommand({
    QueueUrl: queue, AttributeNames: ["QueueArn"],
  }))).Attributes.QueueArn;
});

const create = (Name, more = {}) => scheduler.send(new sch.CreateScheduleCommand({
  Name,
  ScheduleExpression: "rate(1 minute)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: { Arn: queueArn, RoleArn: role, Input: "tick" },
  ...more,
}));

// The first time of a rate without a start is now, and a one-time schedule is gone after it.
test("schedules fire, and know when they are done", async () => {
  const [rate, once] = [unique("rate"), unique("once")];
  const { ScheduleArn } = await create(rate);
  assert.equal(ScheduleArn,
    `arn:aws:scheduler:${region}:${await account()}:schedule/default/${rate}`);
  const soon = new Date(Date.now() + 2000).toISOString().slice(0, 19);
  await create(once, {
    ScheduleExpression: `at(${soon})`,
    ActionAfterCompletion: "DELETE",
    Target: {
      Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
      RoleArn: role,
      Input: JSON.stringify({ QueueUrl: queue, MessageBody: "once at <aws.scheduler.scheduled-time>" }),
    },
  });
  const bodies = [];
  await eventually("both have fired", async () => {
    const { Messages } = await queues.send(new sqs.ReceiveMessageCommand({
      QueueUrl: queue, WaitTimeSeconds: 1, MaxNumberOfMessages: 10,
    }));
    bodies.push(...(Messages ?? []).map((message) => message.Body));
    return bodies.length >= 2;
  });
  assert.deepEqual(bodies.slice(0, 2).sort(), [`once at ${soon}Z`, "tick"]);
  await refused(scheduler.send(new sch.GetScheduleCommand({ Name: once })),
    "ResourceNotFoundException");
  await scheduler.send(new sch.DeleteScheduleCommand({ Name: rate }));
});

test("schedules are kept, listed and replaced", async () => {
  const Name = unique("kept");
  const EndDate = new Date(Math.floor(Date.now() / 1000) * 1000 + 86400000);
  await create(Name, {
    Description: "every night",
    ScheduleExpression: "cron(30 2 ? * MON-FRI *)",
    ScheduleExpressionTimezone: "Europe/Paris",
    FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
    State: "DISABLED",
    EndDate,
  });
  const got = await scheduler.send(new sch.GetScheduleCommand({ Name }));
  assert.equal(got.ScheduleExpressionTimezone, "Europe/Paris");
  assert.equal(got.FlexibleTimeWindow.MaximumWindowInMinutes, 15);
  assert.deepEqual(got.EndDate, EndDate);
  assert.ok(got.CreationDate instanceof Date);
  assert.deepEqual(got.Target.RetryPolicy,
    { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 });
  const names = [];
  for await (const page of sch.paginateListSchedules({ client: scheduler, pageSize: 1 },
    { NamePrefix: Name, State: "DISABLED" })) {
    names.push(...page.Schedules.map((schedule) => schedule.Name));
  }
  assert.deepEqual(names, [Name]);
  await refused(create(Name), "ConflictException", /already exists/);
  await scheduler.send(new sch.UpdateScheduleCommand({
    Name,
    ScheduleExpression: "rate(7 days)",
    FlexibleTimeWindow: { Mode: "OFF" },
    State: "DISABLED",
    Target: { Arn: queueArn, RoleArn: role },
  }));
  const after = await scheduler.send(new sch.GetScheduleCommand({ Name }));
  assert.equal(after.Description, undefined);
  assert.equal(after.EndDate, undefined);
  await scheduler.send(new sch.DeleteScheduleCommand({ Name }));
});

test("groups have tags, and take their schedules with them", async () => {
  const Name = unique("group");
  const { ScheduleGroupArn } = await scheduler.send(
    new sch.CreateScheduleGroupCommand({ Name, Tags: [{ Key: "team", Value: "blue" }] }));
  await create("inside", { GroupName: Name, State: "DISABLED" });
  await scheduler.send(new sch.TagResourceCommand({
    ResourceArn: ScheduleGroupArn, Tags: [{ Key: "tier", Value: "1" }],
  }));
  await scheduler.send(new sch.UntagResourceCommand({
    ResourceArn: ScheduleGroupArn, TagKeys: ["team"],
  }));
  const { Tags } = await scheduler.send(
    new sch.ListTagsForResourceCommand({ ResourceArn: ScheduleGroupArn }));
  assert.deepEqual(Tags, [{ Key: "tier", Value: "1" }]);
  const groups = [];
  for await (const page of sch.paginateListScheduleGroups({ client: scheduler, pageSize: 1 }, {})) {
    groups.push(...page.ScheduleGroups.map((group) => group.Name));
  }
  assert.ok(groups.includes("default") && groups.includes(Name));
  await scheduler.send(new sch.DeleteScheduleGroupCommand({ Name }));
  await refused(scheduler.send(new sch.GetScheduleCommand({ GroupName: Name, Name: "inside" })),
    "ResourceNotFoundException");
});

test("what cannot be is refused", async () => {
  const name = unique("refused");
  await refused(create(name, { ScheduleExpression: "cron(0 0 * * * *)" }), "ValidationException",
    /Invalid Schedule Expression/);
  await refused(create(name, { ScheduleExpressionTimezone: "../etc/passwd" }),
    "ValidationException", /Timezone/);
  await refused(create(name, { Target: { Arn: queueArn, RoleArn: `${role}x` } }),
    "ValidationException", /must allow AWS EventBridge Scheduler to assume the role/);
  await refused(create(name, {
    Target: { Arn: "arn:aws:scheduler:::aws-sdk:sqs:receiveMessage", RoleArn: role },
  }), "ValidationException");
});
