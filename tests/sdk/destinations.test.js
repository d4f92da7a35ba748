// Connections and API destinations against real HTTPS servers: tokens, retries, what a third party
// gets to see, and what nobody does.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as eb from "@aws-sdk/client-eventbridge";
import * as sqs from "@aws-sdk/client-sqs";
import { webServer } from "./receivers.js";
import { eventually, makeRole, refused, unique } from "./support.js";

const events = new eb.EventBridgeClient({});
const queues = new sqs.SQSClient({});
const open = [];
after(() => open.forEach((server) => server.close()));
let role;
before(async () => {
  role = await makeRole(unique("caller"), { Service: "events.amazonaws.com" }, ["events:InvokeApiDestination"]);
});

async function serve(options = { tls: true }) {
  const server = await webServer(options);
  open.push(server);
  return server;
}
const origin = (server) => new URL(server.url).origin;
const apiKey = { AuthorizationType: "API_KEY", AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "sesame-1" } } };

/** A rule of its own source that calls `endpoint`; gives what puts events there and reads the dead. */
async function route(endpoint, { connection = apiKey, destination = {}, target = {} } = {}) {
  const name = unique("route");
  const { ConnectionArn } = await events.send(new eb.CreateConnectionCommand({ Name: name, ...connection }));
  const { ApiDestinationArn } = await events.send(new eb.CreateApiDestinationCommand({
    Name: name, ConnectionArn, InvocationEndpoint: endpoint, HttpMethod: "POST", ...destination,
  }));
  const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: name }));
  const { Attributes: { QueueArn } } = await queues.send(new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await events.send(new eb.PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: [name] }) }));
  const { FailedEntryCount } = await events.send(new eb.PutTargetsCommand({
    Rule: name,
    Targets: [{ Id: "1", Arn: ApiDestinationArn, RoleArn: role, DeadLetterConfig: { Arn: QueueArn }, ...target }],
  }));
  assert.equal(FailedEntryCount, 0);
  return {
    name,
    put: async (detail, count = 1) => {
      for (let left = count; left > 0; left -= 10) {
        const { FailedEntryCount: failed } = await events.send(new eb.PutEventsCommand({
          Entries: Array(Math.min(left, 10)).fill({ Source: name, DetailType: "t", Detail: JSON.stringify(detail) }),
        }));
        assert.equal(failed, 0);
      }
    },
    letter: () => eventually("a dead letter", async () => {
      const { Messages } = await queues.send(new sqs.ReceiveMessageCommand({
        QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ["All"],
      }));
      if (!Messages) return undefined;
      await queues.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
      return Object.fromEntries(Object.entries(Messages[0].MessageAttributes).map(([key, { StringValue }]) => [key, StringValue]));
    }),
  };
}
const arrived = (server, count = 1) => eventually(`${count} requests`, () => server.received.length >= count && server.received);

test("an OAuth connection fetches its token once, and again when it is refused", async () => {
  const login = await serve();
  const api = await serve();
  let [issued, good] = [0, "Bearer t1"];
  login.answer = () => [200, { "content-type": "application/json" },
    JSON.stringify({ access_token: `t${++issued}`, token_type: "Bearer", expires_in: 3600 })];
  api.answer = ({ headers }) => (headers.authorization === good ? 200 : 401);
  const { name, put } = await route(`${origin(api)}/hook`, {
    connection: {
      AuthorizationType: "OAUTH_CLIENT_CREDENTIALS",
      AuthParameters: {
        OAuthParameters: {
          ClientParameters: { ClientID: "client", ClientSecret: "sesame-2" },
          AuthorizationEndpoint: `${origin(login)}/token`,
          HttpMethod: "POST",
          OAuthHttpParameters: { BodyParameters: [{ Key: "scope", Value: "write", IsValueSecret: false }] },
        },
      },
    },
  });
  const connection = await eventually("authorised", async () => {
    const found = await events.send(new eb.DescribeConnectionCommand({ Name: name }));
    return found.ConnectionState === "AUTHORIZED" && found;
  });
  assert.ok(connection.LastAuthorizedTime instanceof Date);
  assert.match(connection.SecretArn, /^arn:aws:secretsmanager:.*:secret:events!connection\//);
  assert.ok(!JSON.stringify(connection).includes("sesame"));
  assert.equal(login.received[0].method, "POST");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(login.received[0].body)), {
    scope: "write", grant_type: "client_credentials", client_id: "client", client_secret: "sesame-2",
  });
  await put({ n: 1 }, 5);
  await arrived(api, 5);
  assert.equal(issued, 1);
  assert.equal(JSON.parse(api.received[0].body).detail.n, 1);
  good = "Bearer t2";
  await put({ n: 2 });
  await arrived(api, 7);
  assert.equal(issued, 2);
  assert.equal(api.received[6].headers.authorization, "Bearer t2");
});

test("event data stays in its place in the request", async () => {
  const api = await serve();
  const { put, letter } = await route(`${origin(api)}/users/*/notes?v=1`, {
    target: {
      InputPath: "$.detail.body",
      HttpParameters: {
        PathParameterValues: ["$.detail.user"],
        HeaderParameters: { "X-Title": "$.detail.title" },
        QueryStringParameters: { q: "$.detail.query" },
      },
    },
  });
  await put({ user: "../admin?x=1#y", title: "a: b", query: "1&v=2", body: { k: "ü" } });
  const [request] = await arrived(api);
  assert.equal(request.url, "/users/..%2Fadmin%3Fx%3D1%23y/notes?v=1&q=1%26v%3D2");
  assert.equal(request.headers["x-title"], "a: b");
  assert.equal(request.headers["x-key"], "sesame-1");
  assert.equal(request.headers["user-agent"], "Amazon/EventBridge/ApiDestinations");
  assert.deepEqual(JSON.parse(request.body), { k: "ü" });
  await put({ user: "u", title: "a\r\nX-Forged: 1", query: "" });
  assert.equal((await letter()).ERROR_CODE, "INVALID_PARAMETER");
  await put({ user: "..", title: "a", query: "" });
  assert.equal((await letter()).ERROR_CODE, "INVALID_PARAMETER");
  assert.equal(api.received.length, 1);
});

test("trouble is tried again as the other side asks, refusals are final", async () => {
  const api = await serve();
  const times = [];
  api.answer = () => {
    times.push(Date.now());
    return times.length === 1 ? [429, { "retry-after": "3" }] : times.length === 2 ? 503 : 204;
  };
  const { put, letter } = await route(`${origin(api)}/hook`);
  await put({});
  await arrived(api, 3);
  assert.ok(times[1] - times[0] >= 2900, "not before Retry-After");
  const elsewhere = await serve();
  api.answer = () => [302, { location: elsewhere.url }];
  await put({});
  const dead = await letter();
  assert.equal(dead.ERROR_CODE, "SDK_CLIENT_ERROR");
  assert.equal(dead.RETRY_ATTEMPTS, "0");
  assert.equal(elsewhere.received.length, 0, "redirects are not followed");
  api.answer = () => 404;
  await put({});
  assert.match((await letter()).ERROR_MESSAGE, /404/);
});

test("an endpoint has five seconds", async () => {
  const api = await serve();
  api.answer = async () => {
    if (api.received.length === 1) await sleep(8000);
    return 200;
  };
  const { put } = await route(`${origin(api)}/hook`);
  const begin = Date.now();
  await put({});
  await arrived(api, 2);
  assert.ok(Date.now() - begin >= 4900);
});

test("calls are paced by the destination's rate", async () => {
  const api = await serve();
  const { put } = await route(`${origin(api)}/hook`, { destination: { InvocationRateLimitPerSecond: 4 } });
  const begin = Date.now();
  await put({}, 12);
  await arrived(api, 12);
  assert.ok(Date.now() - begin >= 2000, "twelve calls at four a second");
});

test("every method, over plain http where the operator allows it", async () => {
  for (const HttpMethod of ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]) {
    const api = await serve({ tls: false });
    const { put } = await route(`${origin(api)}/hook`, { destination: { HttpMethod } });
    await put({ n: 1 });
    const [request] = await arrived(api);
    assert.equal(request.method, HttpMethod);
    assert.equal(request.body === "", ["GET", "HEAD"].includes(HttpMethod), HttpMethod);
  }
});

test("connections and destinations from creation to deletion", async () => {
  const Name = unique("life");
  const { ConnectionArn, ConnectionState, CreationTime } = await events.send(new eb.CreateConnectionCommand({ Name, ...apiKey }));
  assert.equal(ConnectionState, "AUTHORIZED");
  assert.ok(CreationTime instanceof Date);
  await refused(events.send(new eb.CreateConnectionCommand({ Name, ...apiKey })), "ResourceAlreadyExistsException");
  const destination = { Name, ConnectionArn, InvocationEndpoint: "https://api.example/", HttpMethod: "POST" };
  await refused(events.send(new eb.CreateApiDestinationCommand({ ...destination, InvocationEndpoint: "http://api.example/" })), "ValidationException", /HTTPS/);
  const { ApiDestinationArn } = await events.send(new eb.CreateApiDestinationCommand(destination));
  const { ApiDestinations } = await events.send(new eb.ListApiDestinationsCommand({ ConnectionArn }));
  assert.deepEqual(ApiDestinations.map((found) => found.ApiDestinationArn), [ApiDestinationArn]);
  await events.send(new eb.UpdateConnectionCommand({
    Name, AuthorizationType: "BASIC", AuthParameters: { BasicAuthParameters: { Username: "u", Password: "p" } },
  }));
  const { AuthParameters } = await events.send(new eb.DescribeConnectionCommand({ Name }));
  assert.deepEqual(AuthParameters, { BasicAuthParameters: { Username: "u" } });
  await events.send(new eb.DeauthorizeConnectionCommand({ Name }));
  const { Connections } = await events.send(new eb.ListConnectionsCommand({ NamePrefix: Name, ConnectionState: "DEAUTHORIZED" }));
  assert.equal(Connections.length, 1);
  assert.equal((await events.send(new eb.DescribeApiDestinationCommand({ Name }))).ApiDestinationState, "INACTIVE");
  await events.send(new eb.DeleteApiDestinationCommand({ Name }));
  await events.send(new eb.DeleteConnectionCommand({ Name }));
  await refused(events.send(new eb.DescribeConnectionCommand({ Name })), "ResourceNotFoundException");
});
