$version: "2.0"

namespace riposte.s3control

use aws.api#service
use aws.auth#sigv4
use aws.protocols#restXml
use riposte#iamAction
use riposte#iamPrefix

@service(sdkId: "S3 Control", arnNamespace: "s3-control", endpointPrefix: "s3-control")
@sigv4(name: "s3")
@restXml
@xmlNamespace(uri: "http://awss3control.amazonaws.com/doc/2018-08-20/")
@iamPrefix("s3")
service S3Control {
    version: "2018-08-20"
    operations: [
        DeletePublicAccessBlock
        GetPublicAccessBlock
        PutPublicAccessBlock
    ]
}

@http(method: "DELETE", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@iamAction("s3:PutAccountPublicAccessBlock")
operation DeletePublicAccessBlock {
    input: DeletePublicAccessBlockRequest
}

@readonly
@http(method: "GET", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@iamAction("s3:GetAccountPublicAccessBlock")
operation GetPublicAccessBlock {
    input: GetPublicAccessBlockRequest
    output: GetPublicAccessBlockOutput
    errors: [
        NoSuchPublicAccessBlockConfiguration
    ]
}

@http(method: "PUT", uri: "/v20180820/configuration/publicAccessBlock", code: 200)
@iamAction("s3:PutAccountPublicAccessBlock")
operation PutPublicAccessBlock {
    input: PutPublicAccessBlockRequest
}

@length(max: 64)
@pattern("^\\d{12}$")
string AccountId

structure DeletePublicAccessBlockRequest {
    @required
    @httpHeader("x-amz-account-id")
    AccountId: AccountId
}

structure GetPublicAccessBlockOutput {
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
}

structure GetPublicAccessBlockRequest {
    @required
    @httpHeader("x-amz-account-id")
    AccountId: AccountId
}

@error("client")
@httpError(404)
structure NoSuchPublicAccessBlockConfiguration {
    Message: String
}

structure PublicAccessBlockConfiguration {
    BlockPublicAcls: Boolean
    IgnorePublicAcls: Boolean
    BlockPublicPolicy: Boolean
    RestrictPublicBuckets: Boolean
}

structure PutPublicAccessBlockRequest {
    @required
    @httpPayload
    PublicAccessBlockConfiguration: PublicAccessBlockConfiguration
    @required
    @httpHeader("x-amz-account-id")
    AccountId: AccountId
}
