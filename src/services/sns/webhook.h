// What chat and paging services receive: a JSON document made from a template.
//
// Subscription protocols "slack", "teams", "pagerduty" and "webhook" post to the subscription's
// URL. A template is a JSON document; in its strings (never in member names) ${Name} stands for
// data, and is replaced inside the parsed document, so that what a message holds can become neither
// JSON structure nor code. There are no conditions, loops or calls.
//
//   ${Title}             the subject, or else the first line of the message
//   ${Subject} ${Message} ${MessageId} ${Timestamp} ${TopicArn} ${TopicName} ${SubscriptionArn}
//   ${Severity}          critical, error, warning or info: from the attribute "severity", or from
//                        what findings, events and alarms say
//   ${Attributes.name}   a message attribute; ${Attributes}: all of them, as an object
//   ${Body.a.0.b}        a value in a message that is JSON; ${Body}: all of it
//   ${RoutingKey}        the subscription's attribute of that name (PagerDuty)
//   ${Name|100}          at most 100 characters of it
//
// A string that is nothing but one placeholder becomes the value itself (a number, an object);
// what is missing becomes "". For Slack, & < > in data are escaped, so that data cannot mention
// people or disguise links; the card for Teams holds data in text runs, which know no markup.
// Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "services/sns/notice.h"

namespace riposte::sns {

/// Is it one of the four?
[[nodiscard]] bool IsWebhook(std::string_view protocol);
/// Is it posted to a URL: one of the four, http or https?
[[nodiscard]] bool IsWeb(std::string_view protocol);

/// Throws InvalidParameterException unless `text` is a template within the limits.
void CheckTemplate(std::string_view text);

/// The document for `notice`, by its template, or else by its protocol's own.
[[nodiscard]] std::string RenderWebhook(const Notice& notice);

}  // namespace riposte::sns
