import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as fn from "@aws-sdk/client-lambda";
import { eventually, makeRole, patience, refused, unique, zip } from "./support.js";

const lambda = new fn.LambdaClient({});
const name = unique("worker");
const code = (answer) => zip("app.py", `
import json, os, boto3

def handle(event, context):
    print("asked", json.dumps(event))
    if event.get("fail"):
        raise ValueError("as asked")
    who = boto3.client("sts").get_caller_identity()["Arn"]
    return {"answer": ${JSON.stringify(answer)}, "who": who, "mode": os.environ.get("MODE"),
            "function": context.function_name, "left": context.get_remaining_time_in_millis() > 0}
`);
const invoke = async (event, more = {}) => {
  const reply = await lambda.send(new fn.InvokeCommand({
    FunctionName: name, Payload: JSON.stringify(event), ...more,
  }));
  const text = Buffer.from(reply.Payload ?? []).toString();
  return { ...reply, answer: text ? JSON.parse(text) : undefined };
};
let role;

before(async () => {
  role = await makeRole(unique("worker-role"), { Service: "lambda.amazonaws.com" },
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
  const made = await lambda.send(new fn.CreateFunctionCommand({
    FunctionName: name, Runtime: "python3.12", Handler: "app.handle", Role: role,
    Code: { ZipFile: code("first") }, Environment: { Variables: { MODE: "test" } }, Timeout: 30,
    Tags: { team: "sdk" },
  }));
  assert.match(made.CodeSha256, /^[A-Za-z0-9+/]{43}=$/);
  await fn.waitUntilFunctionActiveV2(patience(lambda), { FunctionName: name });
});

test("a call answers, as the function's role, and tells its log", async () => {
  const reply = await invoke({ hello: "wörld" }, { LogType: "Tail" });
  assert.equal(reply.StatusCode, 200);
  assert.equal(reply.FunctionError, undefined);
  assert.equal(reply.answer.answer, "first");
  assert.equal(reply.answer.mode, "test");
  assert.equal(reply.answer.function, name);
  assert.equal(reply.answer.left, true);
  assert.match(reply.answer.who, /:assumed-role\/worker-role-/);
  const tail = Buffer.from(reply.LogResult, "base64").toString();
  assert.match(tail, /START RequestId: .*asked \{.*END RequestId: .*REPORT RequestId: /s);
});

test("a function that raises", async () => {
  const reply = await invoke({ fail: true });
  assert.equal(reply.StatusCode, 200);
  assert.equal(reply.FunctionError, "Unhandled");
  assert.equal(reply.answer.errorType, "ValueError");
  assert.equal(reply.answer.errorMessage, "as asked");
  assert.ok(Array.isArray(reply.answer.stackTrace));
});

test("a call that does not wait, and one that only asks whether it might", async () => {
  const mark = unique("mark");
  assert.equal((await invoke({ mark }, { InvocationType: "Event" })).StatusCode, 202);
  assert.equal((await invoke({}, { InvocationType: "DryRun" })).StatusCode, 204);
  const client = new logs.CloudWatchLogsClient({});
  const found = await eventually("its line in the log", async () => {
    const { events } = await client.send(new logs.FilterLogEventsCommand({
      logGroupName: `/aws/lambda/${name}`, filterPattern: `"${mark}"`,
    })).catch(() => ({ events: [] }));
    return events.length > 0 && events;
  });
  assert.match(found[0].message, /^asked /);
});

test("new code, new settings, versions and aliases", async () => {
  const published = await lambda.send(new fn.PublishVersionCommand({ FunctionName: name }));
  assert.equal(published.Version, "1");
  await lambda.send(
    new fn.UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: code("second") }),
  );
  await fn.waitUntilFunctionUpdatedV2(patience(lambda), { FunctionName: name });
  await lambda.send(new fn.UpdateFunctionConfigurationCommand({
    FunctionName: name, Environment: { Variables: { MODE: "later" } }, MemorySize: 512,
  }));
  await fn.waitUntilFunctionUpdatedV2(patience(lambda), { FunctionName: name });
  await lambda.send(
    new fn.CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }),
  );
  const now = (await invoke({})).answer;
  assert.deepEqual([now.answer, now.mode], ["second", "later"]);
  const then = (await invoke({}, { Qualifier: "live" })).answer;
  assert.deepEqual([then.answer, then.mode], ["first", "test"]);
  const { Configuration, Tags } = await lambda.send(
    new fn.GetFunctionCommand({ FunctionName: name }),
  );
  assert.equal(Configuration.MemorySize, 512);
  assert.deepEqual(Tags, { team: "sdk" });
  const { Versions } = await lambda.send(
    new fn.ListVersionsByFunctionCommand({ FunctionName: name }),
  );
  assert.deepEqual(Versions.map((version) => version.Version), ["$LATEST", "1"]);
});

test("who may call", async () => {
  await lambda.send(
    new fn.AddPermissionCommand({
      FunctionName: name,
      StatementId: "rules",
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: "arn:aws:events:us-east-1:000000000000:rule/any",
    }),
  );
  const { Policy } = await lambda.send(new fn.GetPolicyCommand({ FunctionName: name }));
  const [statement] = JSON.parse(Policy).Statement;
  assert.equal(statement.Sid, "rules");
  assert.deepEqual(statement.Principal, { Service: "events.amazonaws.com" });
  await lambda.send(new fn.RemovePermissionCommand({ FunctionName: name, StatementId: "rules" }));
  await refused(
    lambda.send(new fn.GetPolicyCommand({ FunctionName: name })),
    "ResourceNotFoundException",
  );
});

test("what is wrong is refused by name", async () => {
  await refused(
    lambda.send(new fn.InvokeCommand({ FunctionName: "nobody" })),
    "ResourceNotFoundException",
    /^Function not found: arn:aws:lambda:us-east-1:\d{12}:function:nobody$/,
  );
  await refused(lambda.send(new fn.InvokeCommand({ FunctionName: name, Payload: "{" })),
    "InvalidRequestContentException");
  const create = (more) =>
    lambda.send(
      new fn.CreateFunctionCommand({
        FunctionName: name,
        Runtime: "python3.12",
        Handler: "app.handle",
        Role: role,
        Code: { ZipFile: code("x") },
        ...more,
      }),
    );
  await refused(create({}), "ResourceConflictException", /Function already exist/);
  await refused(create({ FunctionName: unique("bad"), Code: { ZipFile: Buffer.from("no zip") } }),
    "InvalidParameterValueException", /Could not unzip uploaded file/);
  const paged = [];
  for await (const page of fn.paginateListFunctions({ client: lambda, pageSize: 1 }, {})) {
    paged.push(...page.Functions.map((one) => one.FunctionName));
  }
  assert.ok(paged.includes(name));
  await lambda.send(new fn.DeleteFunctionCommand({ FunctionName: name }));
  await refused(
    lambda.send(new fn.GetFunctionCommand({ FunctionName: name })),
    "ResourceNotFoundException",
  );
});
