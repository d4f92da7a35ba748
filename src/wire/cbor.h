// CBOR (RFC 8949), as far as Smithy's rpcv2Cbor needs it.
//
// Reading yields a document without looking at a model: byte strings become base64 text, timestamps
// (tag 1) numbers, undefined null. Everything is bounded by the input: a length beyond its end is
// refused before anything is allocated. Writing follows the model, so that blobs and timestamps get
// their types back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/json.h"
#include "wire/catalog.h"

namespace riposte::wire {

/// Reads one item that fills `bytes`. Errors: kInvalidArgument with the offset; deeper than
/// json::kMaxDepth, text that is not UTF-8, map keys that are not text, big numbers and unknown
/// simple values are refused; unknown tags are skipped over.
[[nodiscard]] Result<json::Value> ReadCbor(std::string_view bytes);

/// Writes what the model knows of `value`; nulls are left out.
[[nodiscard]] std::string WriteCbor(const json::Value& value, const Shape& shape);

// Heads of items, for what has no model (error bodies).
void AppendCborText(std::string& out, std::string_view text);
void AppendCborMapHead(std::string& out, size_t pairs);

}  // namespace riposte::wire
