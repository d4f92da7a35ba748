// Which resources does a call touch? Templates in the model, filled from the input.
//
//   @iamResource(["arn:aws:events:{region}:{account}:rule/{EventBusName}/{Name}"])
//
// {region}, {account}, {partition}: the call's scope. {Member}, {Member.Inner}: that text of the
// input. {Members[]}, {Entries[].Name}: one resource an element. A member whose text is itself an
// ARN stands for the whole resource. A member that is a queue URL becomes its queue's ARN.
// {Member|text}: `text` when the member, or that of an element, is missing; "@account" is the
// call's account, "@Other" what the member Other says ("*" without it). {Member/}: a step of a
// path, the name (of an ARN, what follows its type) and a slash, or nothing when the member is
// missing or "default": rules of the default bus.
// {/Member}: the text with one slash before it, also when it has one of its own (parameter names).
// Another missing member becomes "*". At most 100 resources come out; more become "*".
// Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/scope.h"
#include "json/json.h"

namespace riposte::api {

/// {"*"} when there are no templates.
[[nodiscard]] std::vector<std::string> ExpandResources(std::span<const std::string> templates,
                                                       const json::Object& input,
                                                       const Scope& scope);

}  // namespace riposte::api
