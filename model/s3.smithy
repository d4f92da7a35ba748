$version: "2.0"

namespace riposte.s3

use aws.api#service
use aws.auth#sigv4
use aws.customizations#s3UnwrappedXmlOutput
use aws.protocols#restXml
use riposte#aliases
use riposte#iamAction
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "S3", arnNamespace: "s3", endpointPrefix: "s3")
@sigv4(name: "s3")
@restXml
@xmlNamespace(uri: "http://s3.amazonaws.com/doc/2006-03-01/")
@iamPrefix("s3")
@aliases(["s3api"])
service S3 {
    version: "2006-03-01"
    operations: [
        CreateBucket
        DeleteBucket
        DeleteBucketEncryption
        DeleteBucketPolicy
        DeleteBucketTagging
        DeleteObject
        DeletePublicAccessBlock
        GetBucketEncryption
        GetBucketLocation
        GetBucketLogging
        GetBucketPolicy
        GetBucketPolicyStatus
        GetBucketTagging
        GetBucketVersioning
        GetObject
        GetPublicAccessBlock
        HeadBucket
        HeadObject
        ListBuckets
        ListObjectsV2
        PutBucketEncryption
        PutBucketLogging
        PutBucketPolicy
        PutBucketTagging
        PutBucketVersioning
        PutObject
        PutPublicAccessBlock
    ]
}

@http(method: "PUT", uri: "/{Bucket}", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation CreateBucket {
    input: CreateBucketRequest
    output: CreateBucketOutput
    errors: [
        BucketAlreadyExists
        BucketAlreadyOwnedByYou
    ]
}

@http(method: "DELETE", uri: "/{Bucket}", code: 204)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation DeleteBucket {
    input: DeleteBucketRequest
}

@http(method: "DELETE", uri: "/{Bucket}?encryption", code: 204)
@iamAction("s3:PutEncryptionConfiguration")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation DeleteBucketEncryption {
    input: DeleteBucketEncryptionRequest
}

@http(method: "DELETE", uri: "/{Bucket}?policy", code: 204)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation DeleteBucketPolicy {
    input: DeleteBucketPolicyRequest
}

@http(method: "DELETE", uri: "/{Bucket}?tagging", code: 204)
@iamAction("s3:PutBucketTagging")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation DeleteBucketTagging {
    input: DeleteBucketTaggingRequest
}

@http(method: "DELETE", uri: "/{Bucket}/{Key+}", code: 204)
@iamResource(["arn:aws:s3:::{Bucket}/{Key}"])
operation DeleteObject {
    input: DeleteObjectRequest
    output: DeleteObjectOutput
}

@http(method: "DELETE", uri: "/{Bucket}?publicAccessBlock", code: 204)
@iamAction("s3:PutBucketPublicAccessBlock")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation DeletePublicAccessBlock {
    input: DeletePublicAccessBlockRequest
}

@readonly
@http(method: "GET", uri: "/{Bucket}?encryption", code: 200)
@iamAction("s3:GetEncryptionConfiguration")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketEncryption {
    input: GetBucketEncryptionRequest
    output: GetBucketEncryptionOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?location", code: 200)
@s3UnwrappedXmlOutput
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketLocation {
    input: GetBucketLocationRequest
    output: GetBucketLocationOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?logging", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketLogging {
    input: GetBucketLoggingRequest
    output: GetBucketLoggingOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?policy", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketPolicy {
    input: GetBucketPolicyRequest
    output: GetBucketPolicyOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?policyStatus", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketPolicyStatus {
    input: GetBucketPolicyStatusRequest
    output: GetBucketPolicyStatusOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?tagging", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketTagging {
    input: GetBucketTaggingRequest
    output: GetBucketTaggingOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?versioning", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetBucketVersioning {
    input: GetBucketVersioningRequest
    output: GetBucketVersioningOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}/{Key+}", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}/{Key}"])
operation GetObject {
    input: GetObjectRequest
    output: GetObjectOutput
    errors: [
        NoSuchKey
        InvalidObjectState
    ]
}

@readonly
@http(method: "GET", uri: "/{Bucket}?publicAccessBlock", code: 200)
@iamAction("s3:GetBucketPublicAccessBlock")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation GetPublicAccessBlock {
    input: GetPublicAccessBlockRequest
    output: GetPublicAccessBlockOutput
}

@readonly
@http(method: "HEAD", uri: "/{Bucket}", code: 200)
@iamAction("s3:ListBucket")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation HeadBucket {
    input: HeadBucketRequest
    output: HeadBucketOutput
    errors: [
        NoSuchBucket
    ]
}

@readonly
@http(method: "HEAD", uri: "/{Bucket}/{Key+}", code: 200)
@iamAction("s3:GetObject")
@iamResource(["arn:aws:s3:::{Bucket}/{Key}"])
operation HeadObject {
    input: HeadObjectRequest
    output: HeadObjectOutput
    errors: [
        NoSuchKey
    ]
}

@readonly
@http(method: "GET", uri: "/", code: 200)
@iamAction("s3:ListAllMyBuckets")
operation ListBuckets {
    input: ListBucketsRequest
    output: ListBucketsOutput
}

@readonly
@http(method: "GET", uri: "/{Bucket}?list-type=2", code: 200)
@iamAction("s3:ListBucket")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation ListObjectsV2 {
    input: ListObjectsV2Request
    output: ListObjectsV2Output
    errors: [
        NoSuchBucket
    ]
}

@http(method: "PUT", uri: "/{Bucket}?encryption", code: 200)
@iamAction("s3:PutEncryptionConfiguration")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutBucketEncryption {
    input: PutBucketEncryptionRequest
}

@http(method: "PUT", uri: "/{Bucket}?logging", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutBucketLogging {
    input: PutBucketLoggingRequest
}

@http(method: "PUT", uri: "/{Bucket}?policy", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutBucketPolicy {
    input: PutBucketPolicyRequest
}

@http(method: "PUT", uri: "/{Bucket}?tagging", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutBucketTagging {
    input: PutBucketTaggingRequest
}

@http(method: "PUT", uri: "/{Bucket}?versioning", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutBucketVersioning {
    input: PutBucketVersioningRequest
}

@http(method: "PUT", uri: "/{Bucket}/{Key+}", code: 200)
@iamResource(["arn:aws:s3:::{Bucket}/{Key}"])
operation PutObject {
    input: PutObjectRequest
    output: PutObjectOutput
    errors: [
        InvalidRequest
        InvalidWriteOffset
        TooManyParts
        EncryptionTypeMismatch
    ]
}

@http(method: "PUT", uri: "/{Bucket}?publicAccessBlock", code: 200)
@iamAction("s3:PutBucketPublicAccessBlock")
@iamResource(["arn:aws:s3:::{Bucket}"])
operation PutPublicAccessBlock {
    input: PutPublicAccessBlockRequest
}

structure Bucket {
    Name: String
    CreationDate: Timestamp
    BucketRegion: String
}

@error("client")
@httpError(409)
structure BucketAlreadyExists {
}

@error("client")
@httpError(409)
structure BucketAlreadyOwnedByYou {
}

enum BucketCannedACL {
    private
    public_read = "public-read"
    public_read_write = "public-read-write"
    authenticated_read = "authenticated-read"
}

string BucketLocationConstraint

structure BucketLoggingStatus {
    LoggingEnabled: LoggingEnabled
}

enum BucketLogsPermission {
    FULL_CONTROL
    READ
    WRITE
}

enum BucketVersioningStatus {
    Enabled
    Suspended
}

list Buckets {
    @xmlName("Bucket")
    member: Bucket
}

structure CommonPrefix {
    Prefix: String
}

list CommonPrefixList {
    member: CommonPrefix
}

structure CreateBucketConfiguration {
    LocationConstraint: BucketLocationConstraint
}

structure CreateBucketOutput {
    @httpHeader("Location")
    Location: String
}

structure CreateBucketRequest {
    @httpHeader("x-amz-acl")
    ACL: BucketCannedACL
    @required
    @httpLabel
    Bucket: String
    @httpPayload
    CreateBucketConfiguration: CreateBucketConfiguration
}

structure DeleteBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: String
}

structure DeleteBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: String
}

structure DeleteBucketRequest {
    @required
    @httpLabel
    Bucket: String
}

structure DeleteBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: String
}

structure DeleteObjectOutput {
    @httpHeader("x-amz-delete-marker")
    DeleteMarker: Boolean
}

structure DeleteObjectRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpLabel
    Key: ObjectKey
}

structure DeletePublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: String
}

enum EncodingType {
    url
}

@error("client")
@httpError(400)
structure EncryptionTypeMismatch {
}

structure GetBucketEncryptionOutput {
    @httpPayload
    ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration
}

structure GetBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: String
}

structure GetBucketLocationOutput {
    LocationConstraint: BucketLocationConstraint
}

structure GetBucketLocationRequest {
    @required
    @httpLabel
    Bucket: String
}

@xmlName("BucketLoggingStatus")
structure GetBucketLoggingOutput {
    LoggingEnabled: LoggingEnabled
}

structure GetBucketLoggingRequest {
    @required
    @httpLabel
    Bucket: String
}

structure GetBucketPolicyOutput {
    @httpPayload
    Policy: String
}

structure GetBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: String
}

structure GetBucketPolicyStatusOutput {
    @httpPayload
    PolicyStatus: PolicyStatus
}

structure GetBucketPolicyStatusRequest {
    @required
    @httpLabel
    Bucket: String
}

@xmlName("Tagging")
structure GetBucketTaggingOutput {
    @required
    TagSet: TagSet
}

structure GetBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: String
}

@xmlName("VersioningConfiguration")
structure GetBucketVersioningOutput {
    Status: BucketVersioningStatus
    @xmlName("MfaDelete")
    MFADelete: MFADeleteStatus
}

structure GetBucketVersioningRequest {
    @required
    @httpLabel
    Bucket: String
}

structure GetObjectOutput {
    @httpPayload
    Body: Blob
    @httpHeader("Last-Modified")
    LastModified: Timestamp
    @httpHeader("ETag")
    ETag: String
    @httpHeader("Cache-Control")
    CacheControl: String
    @httpHeader("Content-Disposition")
    ContentDisposition: String
    @httpHeader("Content-Encoding")
    ContentEncoding: String
    @httpHeader("Content-Type")
    ContentType: String
    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption
    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata
    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId
}

structure GetObjectRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpLabel
    Key: ObjectKey
}

structure GetPublicAccessBlockOutput {
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
}

structure GetPublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: String
}

structure Grantee {
    DisplayName: String
    EmailAddress: String
    ID: String
    @required
    @xmlName("xsi:type")
    @xmlAttribute
    Type: Type
    URI: String
}

structure HeadBucketOutput {
    @httpHeader("x-amz-bucket-region")
    BucketRegion: Region
}

structure HeadBucketRequest {
    @required
    @httpLabel
    Bucket: String
}

structure HeadObjectOutput {
    @httpHeader("Last-Modified")
    LastModified: Timestamp
    @httpHeader("Content-Length")
    ContentLength: Long
    @httpHeader("ETag")
    ETag: String
    @httpHeader("Cache-Control")
    CacheControl: String
    @httpHeader("Content-Disposition")
    ContentDisposition: String
    @httpHeader("Content-Encoding")
    ContentEncoding: String
    @httpHeader("Content-Type")
    ContentType: String
    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption
    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata
    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId
}

structure HeadObjectRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpLabel
    Key: ObjectKey
}

enum IntelligentTieringAccessTier {
    ARCHIVE_ACCESS
    DEEP_ARCHIVE_ACCESS
}

@error("client")
@httpError(403)
structure InvalidObjectState {
    StorageClass: StorageClass
    AccessTier: IntelligentTieringAccessTier
}

@error("client")
@httpError(400)
structure InvalidRequest {
}

@error("client")
@httpError(400)
structure InvalidWriteOffset {
}

@xmlName("ListAllMyBucketsResult")
structure ListBucketsOutput {
    Buckets: Buckets
    Owner: Owner
    ContinuationToken: String
    Prefix: String
}

structure ListBucketsRequest {
    @httpQuery("max-buckets")
    MaxBuckets: MaxBuckets
    @httpQuery("continuation-token")
    ContinuationToken: String
    @httpQuery("prefix")
    Prefix: String
}

@xmlName("ListBucketResult")
structure ListObjectsV2Output {
    IsTruncated: Boolean
    @xmlFlattened
    Contents: ObjectList
    Name: String
    Prefix: String
    Delimiter: String
    MaxKeys: Integer
    @xmlFlattened
    CommonPrefixes: CommonPrefixList
    EncodingType: EncodingType
    KeyCount: Integer
    ContinuationToken: String
    NextContinuationToken: String
    StartAfter: String
}

structure ListObjectsV2Request {
    @required
    @httpLabel
    Bucket: String
    @httpQuery("delimiter")
    Delimiter: String
    @httpQuery("encoding-type")
    EncodingType: EncodingType
    @httpQuery("max-keys")
    MaxKeys: Integer
    @httpQuery("prefix")
    Prefix: String
    @httpQuery("continuation-token")
    ContinuationToken: String
    @httpQuery("start-after")
    StartAfter: String
}

structure LoggingEnabled {
    @required
    TargetBucket: String
    TargetGrants: TargetGrants
    @required
    TargetPrefix: String
}

enum MFADelete {
    Enabled
    Disabled
}

enum MFADeleteStatus {
    Enabled
    Disabled
}

@range(min: 1, max: 10000)
integer MaxBuckets

map Metadata {
    key: String
    value: String
}

@error("client")
@httpError(404)
structure NoSuchBucket {
}

@error("client")
@httpError(404)
structure NoSuchKey {
}

structure Object {
    Key: ObjectKey
    LastModified: Timestamp
    ETag: String
    Size: Long
    StorageClass: ObjectStorageClass
}

@length(min: 1)
string ObjectKey

list ObjectList {
    member: Object
}

enum ObjectStorageClass {
    STANDARD
    REDUCED_REDUNDANCY
    GLACIER
    STANDARD_IA
    ONEZONE_IA
    INTELLIGENT_TIERING
    DEEP_ARCHIVE
    OUTPOSTS
    GLACIER_IR
    SNOW
    EXPRESS_ONEZONE
    FSX_OPENZFS
    FSX_ONTAP
}

structure Owner {
    DisplayName: String
    ID: String
}

structure PolicyStatus {
    IsPublic: Boolean
}

structure PublicAccessBlockConfiguration {
    BlockPublicAcls: Boolean
    IgnorePublicAcls: Boolean
    BlockPublicPolicy: Boolean
    RestrictPublicBuckets: Boolean
}

structure PutBucketEncryptionRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    ServerSideEncryptionConfiguration: ServerSideEncryptionConfiguration
}

structure PutBucketLoggingRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    BucketLoggingStatus: BucketLoggingStatus
}

structure PutBucketPolicyRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    Policy: String
}

structure PutBucketTaggingRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    Tagging: Tagging
}

structure PutBucketVersioningRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    VersioningConfiguration: VersioningConfiguration
}

structure PutObjectOutput {
    @httpHeader("ETag")
    ETag: String
    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption
    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId
}

structure PutObjectRequest {
    @httpPayload
    Body: Blob
    @required
    @httpLabel
    Bucket: String
    @httpHeader("Cache-Control")
    CacheControl: String
    @httpHeader("Content-Disposition")
    ContentDisposition: String
    @httpHeader("Content-Encoding")
    ContentEncoding: String
    @httpHeader("Content-Type")
    ContentType: String
    @required
    @httpLabel
    Key: ObjectKey
    @httpPrefixHeaders("x-amz-meta-")
    Metadata: Metadata
    @httpHeader("x-amz-server-side-encryption")
    ServerSideEncryption: ServerSideEncryption
    @httpHeader("x-amz-server-side-encryption-aws-kms-key-id")
    SSEKMSKeyId: SSEKMSKeyId
}

structure PutPublicAccessBlockRequest {
    @required
    @httpLabel
    Bucket: String
    @required
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
}

@length(min: 0, max: 20)
string Region

@sensitive
string SSEKMSKeyId

enum ServerSideEncryption {
    AES256
    aws_fsx = "aws:fsx"
    aws_kms = "aws:kms"
    aws_kms_dsse = "aws:kms:dsse"
}

structure ServerSideEncryptionByDefault {
    @required
    SSEAlgorithm: ServerSideEncryption
    KMSMasterKeyID: SSEKMSKeyId
}

structure ServerSideEncryptionConfiguration {
    @required
    @xmlFlattened
    @xmlName("Rule")
    Rules: ServerSideEncryptionRules
}

structure ServerSideEncryptionRule {
    ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault
    BucketKeyEnabled: Boolean
}

list ServerSideEncryptionRules {
    member: ServerSideEncryptionRule
}

enum StorageClass {
    STANDARD
    REDUCED_REDUNDANCY
    STANDARD_IA
    ONEZONE_IA
    INTELLIGENT_TIERING
    GLACIER
    DEEP_ARCHIVE
    OUTPOSTS
    GLACIER_IR
    SNOW
    EXPRESS_ONEZONE
    FSX_OPENZFS
    FSX_ONTAP
}

structure Tag {
    @required
    Key: ObjectKey
    @required
    Value: String
}

list TagSet {
    @xmlName("Tag")
    member: Tag
}

structure Tagging {
    @required
    TagSet: TagSet
}

structure TargetGrant {
    Grantee: Grantee
    Permission: BucketLogsPermission
}

list TargetGrants {
    @xmlName("Grant")
    member: TargetGrant
}

@error("client")
@httpError(400)
structure TooManyParts {
}

enum Type {
    CanonicalUser
    AmazonCustomerByEmail
    Group
}

structure VersioningConfiguration {
    @xmlName("MfaDelete")
    MFADelete: MFADelete
    Status: BucketVersioningStatus
}
