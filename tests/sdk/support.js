// What the tests share: names, packages, roles, waiting.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

export const region = "us-east-1";

/** A name that no other test uses: files run at the same time. */
export const unique = (prefix) => `${prefix}-${randomBytes(4).toString("hex")}`;

export async function account() {
  return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account;
}

/** Calls `look` until it gives something true, and gives that back. */
export async function eventually(what, look, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > until) assert.fail(`not within ${seconds} seconds: ${what}`);
    await sleep(100);
  }
}

function crc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A zip archive with one file. */
export function zip(name, text) {
  const [path, data] = [Buffer.from(name), Buffer.from(text)];
  const packed = deflateRawSync(data);
  const fields = Buffer.alloc(26);  // What both headers have in common.
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, path, packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00", "latin1"),
    fields,
    Buffer.alloc(14),
    path,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** How a waiter waits: the SDK's own pauses, of 15 seconds and more, are for real machines. */
export const patience = (client) => ({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 });

/** A role that `principals` may take on, allowed `actions` everywhere; gives its ARN. */
export async function makeRole(name, principals, actions) {
  const iam = new IAMClient({});
  const { Role } = await iam.send(new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principals }],
    }),
  }));
  if (actions.length > 0) {
    await iam.send(new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: "may",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
      }),
    }));
  }
  return Role.Arn;
}

/** The call fails with one of those errors, which the SDK must have recognised by its name. */
export async function refused(promise, names, text = /./) {
  await assert.rejects(promise, (error) => {
    assert.ok([names].flat().includes(error.name), `${error.name}: ${error.message}`);
    assert.match(error.message, text);
    assert.ok(error.$metadata.requestId, "an error has a request id");
    return true;
  });
}
