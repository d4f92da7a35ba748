// Small models in each protocol, shaped like the services that speak it, and a catalog over them.
#pragma once

#include <string>

#include "http/message.h"
#include "wire/catalog.h"
#include "wire/codec.h"

namespace riposte::wire {

/// Services: "queues" (awsJson1_0 + awsQuery, signs as sqs-like "queues"), "buses" (awsJson1_1),
/// "topics" (awsQuery), "machines" (ec2Query), "functions" (restJson1), "objects" (restXml),
/// "metrics" (rpcv2Cbor + awsJson1_0 + awsQuery).
[[nodiscard]] const Catalog& TestCatalog();

/// The route of `operation` in `service`, as `protocol`.
[[nodiscard]] Route TestRoute(std::string_view service, std::string_view operation,
                              Protocol protocol);

[[nodiscard]] http::Request MakeRequest(std::string method, std::string target,
                                        std::string body = {});

}  // namespace riposte::wire
