$version: "2.0"

namespace riposte.attachments

use aws.api#service
use aws.auth#sigv4
use aws.protocols#restJson1
use riposte#dataPlane
use riposte#iamAction
use riposte#iamPrefix

@service(sdkId: "Riposte Attachments", arnNamespace: "riposte", endpointPrefix: "attachments")
@sigv4(name: "riposte-attachments")
@restJson1
@iamPrefix("riposte")
service Attachments {
    version: "2026-11-01"
    operations: [
        GetDocumentAttachment
    ]
}

@readonly
@dataPlane
@optionalAuth
@http(method: "GET", uri: "/riposte-attachments/{Token}/{Name}", code: 200)
operation GetDocumentAttachment {
    input: GetDocumentAttachmentRequest
    output: GetDocumentAttachmentResponse
    errors: [
        AccessDeniedException
        ResourceNotFoundException
    ]
}

@error("client")
@httpError(403)
structure AccessDeniedException {
    message: String
}

structure GetDocumentAttachmentRequest {
    @required
    @httpLabel
    Token: AttachmentToken
    @required
    @httpLabel
    Name: AttachmentName
}

structure GetDocumentAttachmentResponse {
    @httpHeader("Content-Disposition")
    ContentDisposition: String
    @httpPayload
    Body: AttachmentBody
}

@error("client")
@httpError(404)
structure ResourceNotFoundException {
    message: String
}

blob AttachmentBody

@pattern("^[a-zA-Z0-9_\\-.]{3,128}$")
string AttachmentName

@length(min: 1, max: 2048)
string AttachmentToken
