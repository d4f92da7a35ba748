// The other direction of codec.h: from a document to the request that carries it, and from a reply
// back to a document, in the protocol that the service names first. For whoever calls a remote
// endpoint, another Riposte or AWS itself, with the models that serve calls here.
//
// Data path:     document -> EncodeRequest -> (sign, send) -> DecodeReply -> document
// Thread safety: pure functions.
// Cost:          one pass over the document; a reply is read as a request is, with its bounds.
#pragma once

#include <expected>

#include "http/message.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::wire {

/// Method, target (path and query), headers and body of a call of `operation`, in the protocol that
/// `service` names first (or, when that is CBOR, the next one); without Host and signature. `input`
/// is validated: Validate() has had it. Idempotency tokens are the caller's matter.
/// Bodies for S3 come with x-amz-checksum-crc32c, which it wants for most of them.
/// Errors: SerializationException when a label has no value.
[[nodiscard]] std::expected<http::Request, WireError> EncodeRequest(const ServiceModel& service,
                                                                    const OperationModel& operation,
                                                                    const json::Object& input);

/// The document of a reply, or the error that it holds, in the model's words: the code is the error
/// shape's name where the model has one, without namespace; message, status, and the further
/// members of a modelled error. Members that the model lacks are left out.
/// Errors: the reply's own; for a reply that is no document of the operation, a successful one
/// included, ServiceUnavailable (status 5xx) or UnknownError, with the reply's status. A code is at
/// most 128 letters, digits, dots, dashes and underscores: safe in a header or a log.
[[nodiscard]] std::expected<json::Value, WireError> DecodeReply(const ServiceModel& service,
                                                                const OperationModel& operation,
                                                                const http::Response& reply);

}  // namespace riposte::wire
