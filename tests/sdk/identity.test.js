import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import * as iamSdk from "@aws-sdk/client-iam";
import * as sm from "@aws-sdk/client-secrets-manager";
import * as queues from "@aws-sdk/client-sqs";
import * as stsSdk from "@aws-sdk/client-sts";
import { account, makeRole, patience, refused, unique } from "./support.js";

const iam = new iamSdk.IAMClient({});
const sts = new stsSdk.STSClient({});

test("a role's session may do what its policies allow, as itself", async () => {
  const owner = await account();
  const name = unique("reader");
  const arn = await makeRole(name, { AWS: `arn:aws:iam::${owner}:root` }, ["sqs:ListQueues"]);
  const { Credentials, AssumedRoleUser } = await sts.send(new stsSdk.AssumeRoleCommand({
    RoleArn: arn, RoleSessionName: "sdk", DurationSeconds: 900,
  }));
  assert.equal(AssumedRoleUser.Arn, `arn:aws:sts::${owner}:assumed-role/${name}/sdk`);
  assert.ok(Credentials.Expiration > new Date());
  const credentials = {
    accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
  const who = await new stsSdk.STSClient({ credentials }).send(
    new stsSdk.GetCallerIdentityCommand({}),
  );
  assert.equal(who.Arn, AssumedRoleUser.Arn);
  const sqs = new queues.SQSClient({ credentials });
  await sqs.send(new queues.ListQueuesCommand({}));
  // The service's two names of this refusal, by protocol.
  await refused(sqs.send(new queues.CreateQueueCommand({ QueueName: unique("no") })),
    ["AccessDenied", "AccessDeniedException"], /not authorized/);
  const stale = new stsSdk.STSClient({
    credentials: { ...credentials, sessionToken: "x" + credentials.sessionToken },
  });
  await refused(stale.send(new stsSdk.GetCallerIdentityCommand({})), "InvalidClientTokenId");
});

test("wrong keys are refused", async () => {
  const wrong = new stsSdk.STSClient({
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" },
  });
  await refused(wrong.send(new stsSdk.GetCallerIdentityCommand({})), "InvalidClientTokenId");
});

test("roles, policies and who is attached to what", async () => {
  const [role, policy] = [unique("role"), unique("policy")];
  await makeRole(role, { Service: "lambda.amazonaws.com" }, []);
  await iamSdk.waitUntilRoleExists(patience(iam), { RoleName: role });
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  };
  const { Policy } = await iam.send(new iamSdk.CreatePolicyCommand({
    PolicyName: policy, PolicyDocument: JSON.stringify(document),
  }));
  await iam.send(new iamSdk.AttachRolePolicyCommand({ RoleName: role, PolicyArn: Policy.Arn }));
  await iam.send(new iamSdk.AttachRolePolicyCommand({
    RoleName: role, PolicyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  }));
  const { AttachedPolicies } = await iam.send(
    new iamSdk.ListAttachedRolePoliciesCommand({ RoleName: role }),
  );
  assert.deepEqual(
    AttachedPolicies.map((one) => one.PolicyName).sort(),
    ["AWSLambdaBasicExecutionRole", policy].sort(),
  );
  const { PolicyVersion } = await iam.send(
    new iamSdk.GetPolicyVersionCommand({ PolicyArn: Policy.Arn, VersionId: "v1" }),
  );
  assert.deepEqual(JSON.parse(decodeURIComponent(PolicyVersion.Document)), document);
  const { Role } = await iam.send(new iamSdk.GetRoleCommand({ RoleName: role }));
  assert.ok(Role.CreateDate instanceof Date);
  await refused(
    iam.send(new iamSdk.DeleteRoleCommand({ RoleName: role })),
    "DeleteConflictException",
  );
  await refused(iam.send(new iamSdk.CreateRoleCommand({
    RoleName: unique("role"), AssumeRolePolicyDocument: "{}",
  })), "MalformedPolicyDocumentException");
  await refused(
    iam.send(new iamSdk.GetRoleCommand({ RoleName: "nobody" })),
    "NoSuchEntityException",
  );
});

test("users call with keys of their own", async () => {
  const UserName = unique("user");
  await iam.send(new iamSdk.CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new iamSdk.CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey.AccessKeyId,
    secretAccessKey: AccessKey.SecretAccessKey,
  };
  const assumed = new stsSdk.STSClient({ credentials });
  const who = await assumed.send(new stsSdk.GetCallerIdentityCommand({}));
  assert.match(who.Arn, new RegExp(`:user/${UserName}$`));
  await refused(
    new iamSdk.IAMClient({ credentials }).send(new iamSdk.ListUsersCommand({})),
    "AccessDenied",
  );
  await iam.send(
    new iamSdk.UpdateAccessKeyCommand({
      UserName,
      AccessKeyId: AccessKey.AccessKeyId,
      Status: "Inactive",
    }),
  );
  await refused(
    new stsSdk.STSClient({ credentials }).send(new stsSdk.GetCallerIdentityCommand({})),
    "InvalidClientTokenId",
  );
});

test("secrets", async () => {
  const secrets = new sm.SecretsManagerClient({});
  const Name = unique("secret");
  const { ARN } = await secrets.send(new sm.CreateSecretCommand({ Name, SecretString: "one" }));
  assert.match(ARN, new RegExp(`:secret:${Name}-[A-Za-z0-9]{6}$`));
  await secrets.send(
    new sm.PutSecretValueCommand({ SecretId: Name, SecretBinary: Uint8Array.of(1, 0, 255) }),
  );
  const current = await secrets.send(new sm.GetSecretValueCommand({ SecretId: ARN }));
  assert.deepEqual([...current.SecretBinary], [1, 0, 255]);
  const before = await secrets.send(
    new sm.GetSecretValueCommand({ SecretId: Name, VersionStage: "AWSPREVIOUS" }),
  );
  assert.equal(before.SecretString, "one");
  const { RandomPassword } = await secrets.send(
    new sm.GetRandomPasswordCommand({
      PasswordLength: 12,
      ExcludePunctuation: true,
      ExcludeUppercase: true,
      RequireEachIncludedType: true,
    }),
  );
  assert.match(RandomPassword, /^(?=.*[a-z])(?=.*[0-9])[a-z0-9]{12}$/);
  await secrets.send(
    new sm.DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }),
  );
  await refused(
    secrets.send(new sm.GetSecretValueCommand({ SecretId: Name })),
    "ResourceNotFoundException",
  );
});

// RFC 6238, as an authenticator app computes it.
function codeAt(seed, step) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...seed].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1e6).padStart(6, "0");
}

test("a user's MFA device and other credentials must go before the user", async () => {
  const UserName = unique("user");
  await iam.send(new iamSdk.CreateUserCommand({ UserName }));
  const { VirtualMFADevice } = await iam.send(
    new iamSdk.CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName }),
  );
  const { SerialNumber, Base32StringSeed } = VirtualMFADevice;
  const seed = Buffer.from(Base32StringSeed).toString();
  const step = Math.floor(Date.now() / 30000);
  const enable = (first, second) => iam.send(new iamSdk.EnableMFADeviceCommand({
    UserName, SerialNumber, AuthenticationCode1: first, AuthenticationCode2: second,
  }));
  await refused(enable("000000", "000000"), ["InvalidAuthenticationCodeException"]);
  await enable(codeAt(seed, step), codeAt(seed, step + 1));
  const { MFADevices } = await iam.send(new iamSdk.ListMFADevicesCommand({ UserName }));
  assert.deepEqual(MFADevices.map((device) => device.SerialNumber), [SerialNumber]);
  const gone = () => iam.send(new iamSdk.DeleteUserCommand({ UserName }));
  await refused(gone(), "DeleteConflictException");
  await iam.send(new iamSdk.DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  await iam.send(new iamSdk.DeleteVirtualMFADeviceCommand({ SerialNumber }));
  const { ServiceSpecificCredential } = await iam.send(
    new iamSdk.CreateServiceSpecificCredentialCommand({
      UserName, ServiceName: "codecommit.amazonaws.com",
    }),
  );
  assert.ok(ServiceSpecificCredential.ServicePassword);
  await refused(gone(), "DeleteConflictException");
  await iam.send(new iamSdk.DeleteServiceSpecificCredentialCommand({
    UserName, ServiceSpecificCredentialId: ServiceSpecificCredential.ServiceSpecificCredentialId,
  }));
  await gone();
});

test("the account's password policy is set, shown and taken away", async () => {
  await iam.send(new iamSdk.UpdateAccountPasswordPolicyCommand({
    MinimumPasswordLength: 14, RequireSymbols: true, MaxPasswordAge: 90,
  }));
  const { PasswordPolicy } = await iam.send(new iamSdk.GetAccountPasswordPolicyCommand({}));
  assert.equal(PasswordPolicy.MinimumPasswordLength, 14);
  assert.equal(PasswordPolicy.ExpirePasswords, true);
  await iam.send(new iamSdk.DeleteAccountPasswordPolicyCommand({}));
  await refused(iam.send(new iamSdk.GetAccountPasswordPolicyCommand({})), "NoSuchEntityException");
});
