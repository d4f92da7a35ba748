#include "workflow/idempotency.h"

namespace riposte::workflow {

void FillIdempotencyToken(const wire::OperationModel& operation, const std::string& token,
                          json::Object& input) {
  if (!operation.input) return;
  for (const wire::Member& member : operation.input->members) {
    const bool named = member.name == "ClientToken" || member.name == "clientToken" ||
                       member.name == "ClientRequestToken" || member.name == "clientRequestToken";
    const bool text = member.target && member.target->type == wire::ShapeType::kString;
    if (text && (member.idempotency_token || named) && !json::Find(input, member.name)) {
      input[member.name] = token;
    }
  }
}

}  // namespace riposte::workflow
