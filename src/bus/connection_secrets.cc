#include "bus/connection_secrets.h"

#include "base/encoding.h"

namespace riposte::bus {
namespace {

/// Names hold no line ends, so no two places have the same context.
std::string Context(const ConnectionRow& row) {
  return "events-connection\n" + row.scope.account.str() + "\n" + row.scope.region.str() + "\n" +
         row.name + "\n" + row.id + "\n" + std::to_string(row.version);
}

}  // namespace

void ConnectionSecrets::Seal(ConnectionRow& row, const json::Object& auth_parameters) const {
  row.sealed = Base64Encode(sealer_.Seal(json::Serialize(auth_parameters), Context(row),
                                         random_.Bytes(access::Sealer::kNonceBytes)));
}

std::optional<json::Object> ConnectionSecrets::Open(const ConnectionRow& row) const {
  if (row.sealed.empty()) return std::nullopt;
  const auto bytes = Base64Decode(row.sealed);
  if (!bytes) return std::nullopt;
  const auto plain = sealer_.Open(*bytes, Context(row));
  if (!plain) return std::nullopt;
  auto document = json::Parse(*plain);
  if (!document || !document->is_object()) return std::nullopt;
  return std::move(document->get_object());
}

}  // namespace riposte::bus
