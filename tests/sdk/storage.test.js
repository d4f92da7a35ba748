import assert from "node:assert/strict";
import { test } from "node:test";
import * as store from "@aws-sdk/client-s3";
import { account, patience, unique } from "./support.js";

// Names in the path: no name of a bucket resolves on a machine of one's own.
const s3 = new store.S3Client({ forcePathStyle: true });

async function refused(promise, name, status) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name, name, `${error.name}: ${error.message}`);
    assert.equal(error.$metadata.httpStatusCode, status);
    return true;
  });
}

test("objects come back as they went in", async () => {
  const Bucket = unique("bucket");
  await s3.send(new store.CreateBucketCommand({ Bucket }));
  await store.waitUntilBucketExists(patience(s3), { Bucket });
  const Body = Buffer.from("grüße\0\xff <&>", "latin1");
  // The SDK sends a checksum of its own accord, in a trailer when it can.
  const { ETag } = await s3.send(new store.PutObjectCommand({
    Bucket, Key: "a/b c+é&.bin", Body, ContentType: "application/x-test", Metadata: { case: "7" },
  }));
  assert.match(ETag, /^"[0-9a-f]{32}"$/);
  const got = await s3.send(new store.GetObjectCommand({ Bucket, Key: "a/b c+é&.bin" }));
  assert.deepEqual(Buffer.from(await got.Body.transformToByteArray()), Body);
  assert.equal(got.ContentType, "application/x-test");
  assert.deepEqual(got.Metadata, { case: "7" });
  assert.equal(got.ETag, ETag);
  assert.ok(got.LastModified instanceof Date);
  const head = await s3.send(new store.HeadObjectCommand({ Bucket, Key: "a/b c+é&.bin" }));
  assert.equal(head.ContentLength, Body.length);

  for (const Key of ["a/1", "a/2", "z/3"])
    await s3.send(new store.PutObjectCommand({ Bucket, Key, Body: Key }));
  const listed = await s3.send(new store.ListObjectsV2Command({ Bucket, Prefix: "a/" }));
  assert.deepEqual(listed.Contents.map((object) => object.Key), ["a/1", "a/2", "a/b c+é&.bin"]);
  const folders = await s3.send(new store.ListObjectsV2Command({ Bucket, Delimiter: "/" }));
  assert.deepEqual(folders.CommonPrefixes.map((one) => one.Prefix), ["a/", "z/"]);
  const paged = [];
  for await (const page of store.paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket })) {
    paged.push(...page.Contents.map((object) => object.Key));
  }
  assert.equal(paged.length, 4);

  await refused(s3.send(new store.DeleteBucketCommand({ Bucket })), "BucketNotEmpty", 409);
  for (const Key of paged) await s3.send(new store.DeleteObjectCommand({ Bucket, Key }));
  await refused(s3.send(new store.GetObjectCommand({ Bucket, Key: "a/1" })), "NoSuchKey", 404);
  await s3.send(new store.DeleteBucketCommand({ Bucket }));
  await refused(s3.send(new store.ListObjectsV2Command({ Bucket })), "NoSuchBucket", 404);
});

test("what a response sets on a bucket", async () => {
  const Bucket = unique("bucket");
  await s3.send(new store.CreateBucketCommand({ Bucket }));
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await s3.send(new store.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  assert.deepEqual(
    (await s3.send(new store.GetPublicAccessBlockCommand({ Bucket })))
      .PublicAccessBlockConfiguration,
    PublicAccessBlockConfiguration,
  );
  await s3.send(
    new store.PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              KMSMasterKeyID: "alias/aws/s3",
            },
          },
        ],
      },
    }),
  );
  const { ServerSideEncryptionConfiguration } = await s3.send(
    new store.GetBucketEncryptionCommand({ Bucket }),
  );
  assert.equal(
    ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm,
    "aws:kms",
  );
  await s3.send(
    new store.PutBucketVersioningCommand({
      Bucket,
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );
  assert.equal((await s3.send(new store.GetBucketVersioningCommand({ Bucket }))).Status, "Enabled");
  await s3.send(
    new store.PutBucketTaggingCommand({
      Bucket,
      Tagging: { TagSet: [{ Key: "case", Value: "7 <&>" }] },
    }),
  );
  assert.deepEqual((await s3.send(new store.GetBucketTaggingCommand({ Bucket }))).TagSet, [
    { Key: "case", Value: "7 <&>" },
  ]);
  const policy = {
    Version: "2012-10-17",
    Statement: [{
      Effect: "Deny", Principal: "*", Action: "s3:DeleteBucket", Resource: `arn:aws:s3:::${Bucket}`,
      Condition: { StringNotEquals: { "aws:PrincipalAccount": await account() } },
    }],
  };
  await s3.send(new store.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  assert.deepEqual(
    JSON.parse((await s3.send(new store.GetBucketPolicyCommand({ Bucket }))).Policy),
    policy,
  );
  const { PolicyStatus } = await s3.send(new store.GetBucketPolicyStatusCommand({ Bucket }));
  assert.equal(PolicyStatus.IsPublic, false);
  await s3.send(new store.DeleteBucketPolicyCommand({ Bucket }));
  await refused(s3.send(new store.GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy", 404);
  const LoggingEnabled = {
    TargetBucket: Bucket, TargetPrefix: "log/",
    TargetGrants: [{
      Grantee: { Type: "Group", URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" },
      Permission: "READ",
    }],
  };
  await s3.send(
    new store.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
  );
  assert.deepEqual(
    (await s3.send(new store.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled,
    LoggingEnabled,
  );
  const { Buckets } = await s3.send(new store.ListBucketsCommand({}));
  assert.ok(Buckets.some((bucket) => bucket.Name === Bucket));
  await s3.send(new store.DeleteBucketCommand({ Bucket }));
});
