// Every parser of the folder under libFuzzer: the model language, CBOR, patterns, and requests in
// all protocols against models of each kind, and replies to a client. The first byte chooses.
//
// Beyond crashes it checks what must hold: what was decoded can be encoded, and a CBOR item that
// was read is read again from what was written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/body.h"
#include "wire/cbor.h"
#include "wire/client.h"
#include "wire/codec.h"
#include "wire/regex.h"
#include "wire/testing/models.h"

namespace riposte::wire {
namespace {

void FuzzRoute(Route route, std::string_view text) {
  static const Codec codec(TestCatalog());
  http::Request request = MakeRequest("POST", "/", std::string(text));
  if (auto input = codec.DecodeInput(route, request)) {
    (void)codec.EncodeOutput(route, json::Value(*input), "id");
  } else {
    (void)codec.EncodeError(route, input.error(), "id");
  }
}

/// "METHOD target\n" then the body, as a signed and as an unsigned call.
void FuzzRequest(std::string_view text) {
  static const Codec codec(TestCatalog());
  const size_t line = std::min(text.find('\n'), text.size());
  const size_t space = std::min(text.find(' '), line);
  http::Request request =
      MakeRequest(std::string(text.substr(0, space)), std::string(text.substr(space, line - space)),
                  std::string(text.substr(std::min(line + 1, text.size()))));
  for (const char* name : {"", "functions", "objects", "topics", "machines", "queues"}) {
    const Codec::Found found = codec.FindRoute(request, name);
    if (found.error) {
      (void)codec.EncodeError(found.route, *found.error, "id");
    } else {
      (void)codec.DecodeInput(found.route, request);
    }
  }
}

/// `text` as the body of a good and of a bad reply: a document or an error, never more.
void FuzzReply(std::string_view service, std::string_view operation, std::string_view text) {
  const ServiceModel& model = *TestCatalog().Find(service);
  const OperationModel& called = model.operations.find(operation)->second;
  http::Response reply;
  reply.body = text;
  for (const int status : {200, 400, 503}) {
    reply.status = status;
    const auto output = DecodeReply(model, called, reply);
    if (output ? status != 200 : output.error().code.empty()) std::abort();
  }
  if (auto input = json::Parse(text); input && input->is_object()) {
    json::Object object = std::move(input->get_object());
    if (Validate(model, called, object)) (void)EncodeRequest(model, called, object);
  }
}

void FuzzCbor(std::string_view text) {
  const auto value = ReadCbor(text);
  if (!value) return;
  // A document member is written without a model, so nothing is dropped.
  const Shape& shape = *TestRoute("buses", "PutRule", Protocol::kAwsJson11).operation->input;
  json::Object object;
  object["Doc"] = *value;
  if (!ReadCbor(WriteCbor(json::Value(object), shape))) std::abort();
}

}  // namespace
}  // namespace riposte::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace riposte::wire;  // NOLINT: the entry must be global.
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 16) {
    case 0:
      (void)ParseModel("x", text);
      (void)ParseModelHeader("x", text);
      break;
    case 1:
      FuzzCbor(text);
      break;
    case 2:
      FuzzRoute(TestRoute("buses", "PutRule", Protocol::kAwsJson11), text);
      break;
    case 3:
      FuzzRoute(TestRoute("topics", "Publish", Protocol::kAwsQuery), text);
      break;
    case 4:
      FuzzRoute(TestRoute("machines", "Stop", Protocol::kEc2Query), text);
      break;
    case 5:
      FuzzRoute(TestRoute("objects", "PutEncryption", Protocol::kRestXml), text);
      break;
    case 6:
      FuzzRoute(TestRoute("metrics", "PutData", Protocol::kRpcV2Cbor), text);
      break;
    case 7:
      FuzzRoute(TestRoute("functions", "Create", Protocol::kRestJson1), text);
      break;
    case 8:
      FuzzRequest(text);
      break;
    case 9:
      FuzzReply("buses", "PutRule", text);
      break;
    case 10:
      FuzzReply("topics", "Publish", text);
      break;
    case 11:
      FuzzReply("machines", "Stop", text);
      break;
    case 12:
      FuzzReply("functions", "Create", text);
      break;
    case 13:
      FuzzReply("objects", "List", text);
      break;
    case 14:
      FuzzReply("objects", "Location", text);
      break;
    default: {
      riposte::http::Request request = MakeRequest("PUT", "/b/k", std::string(text));
      request.headers.Set("Content-Type", "application/cbor");
      request.headers.Set("Content-Encoding", size % 2 ? "gzip" : "aws-chunked");
      std::string storage;
      (void)ReadBody(request, storage);
      if (const auto regex = Regex::Compile(text.substr(0, 64))) (void)(*regex)->Matches(text);
    }
  }
  return 0;
}
