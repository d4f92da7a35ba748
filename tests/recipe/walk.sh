#!/usr/bin/env bash
# Builds a response with one AWS CLI, sends findings in, checks what became of the estate, and takes
# everything down again. Each call has the shape that people write by hand, mistakes included: the
# engine takes the ones listed in docs/compatibility.md and gives them the meaning intended.
#   walk.sh CLI      the environment comes from lib/engine.sh; RIPOSTE_ENGINE names the engine
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
cli=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/riposte-walk.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# What this CLI knows. Version 1 has no --cli-binary-format (its blobs are raw anyway); the
# distribution's version 2 is older than the hub's automation rules. AWS_ENDPOINT_URL came with 1.29
# and 2.13, and version 1 never heeds it for queues.
version=$("$cli" --version 2>&1 | sed -E 's|^aws-cli/([0-9]+)\..*|\1|')
deaf_to_variable=none
[ "$version" != 1 ] || deaf_to_variable=sqs
"$cli" --version 2>&1 | grep -qE '^aws-cli/(2\.([0-9]|1[0-2])\.|1\.([0-9]|1[0-9]|2[0-8])\.)' &&
  deaf_to_variable='*'
knows_automation_rules=yes

# The stock CLI, told where the engine is.
aws() {
  case $1 in
    configure) "$cli" "$@" ;;
    $deaf_to_variable) "$cli" "$@" --endpoint-url "$AWS_ENDPOINT_URL" ;;
    *) "$cli" "$@" ;;
  esac
}
fail() { failures=$((failures + 1)); printf 'FAIL: %s\n' "$*"; }
# must COMMAND...: it succeeds; its output goes to stdout, for $( ).
must() {
  "$@" 2>"$work/stderr" && return
  { printf 'FAIL: %s\n' "$*" | head -c 600; echo; cat "$work/stderr"; } >&2
  echo x >>"$work/failed"
  return 1
}
quietly() { must "$@" >/dev/null; }
# refused CODE COMMAND...: it fails, and says CODE.
refused() {
  local code=$1
  shift
  if "$@" >"$work/stdout" 2>"$work/stderr"; then fail "succeeded: $*"
  elif ! grep -q "$code" "$work/stderr"; then fail "not $code: $*: $(cat "$work/stderr")"; fi
}
# equal WHAT EXPECTED FOUND
equal() { [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; }
# in_time SECONDS WHAT COMMAND...: COMMAND succeeds within SECONDS.
in_time() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  while ! "$@" >"$work/last" 2>&1; do
    if [ $SECONDS -ge $until ]; then fail "$what"; tail -c 600 "$work/last"; return 1; fi
    sleep 0.2
  done
}

echo "   who and where"
region=$(must aws configure get region)
account=$(must aws sts get-caller-identity --query Account --output text)
[[ $account =~ ^[0-9]{12}$ ]] || fail "the account is '$account'"
suffix=$(must aws secretsmanager get-random-password --exclude-punctuation --exclude-uppercase \
  --password-length 6 --require-each-included-type --output text --query RandomPassword)
[[ $suffix =~ ^[a-z0-9]{6}$ && $suffix =~ [a-z] && $suffix =~ [0-9] ]] || fail "password '$suffix'"
name=walk-$suffix
role=arn:aws:iam::$account:role/$name-worker
lambda=arn:aws:lambda:$region:$account:function:$name
quietly "$RIPOSTE_ENGINE" estate load "$here/estate.yaml"

echo "   roles"
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
  "Principal":{"Service":["lambda.amazonaws.com","ssm.amazonaws.com"]}}]}'
quietly aws iam create-role --role-name "$name-worker" --assume-role-policy-document "$trust"
quietly aws iam attach-role-policy --role-name "$name-worker" \
  --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
quietly aws iam create-policy --policy-name "$name-may" --policy-document '{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
    "securityhub:BatchUpdateFindings", "securityhub:GetFindings", "ssm:StartAutomationExecution",
    "ssm:GetAutomationExecution", "ec2:DescribeInstances", "ec2:StopInstances",
    "ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress", "ec2:CreateSnapshot",
    "ec2:DescribeSnapshots", "sns:Publish", "events:PutEvents"]}]}'
quietly aws iam attach-role-policy --role-name "$name-worker" \
  --policy-arn "arn:aws:iam::$account:policy/$name-may"
refused EntityAlreadyExists aws iam create-role --role-name "$name-worker" \
  --assume-role-policy-document "$trust"

echo "   topic and queues"
# A delivery policy without its protocol ("http"), and a queue attribute of another name.
policy='{"healthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":300,"numRetries":10}}'
topic=$(must aws sns create-topic --name "$name-news" --query TopicArn --output text \
  --attributes "$(jq -n --arg policy "$policy" \
    '{DisplayName: "Responses", DeliveryPolicy: $policy}')")
equal "topic" "$topic" "$(must aws sns get-topic-attributes \
  --topic-arn "arn:aws:sns:$region:$account:$name-news" --query Attributes.TopicArn --output text)"
quietly aws sqs create-queue --queue-name "$name-inbox" --attributes \
  '{"MessageRetentionPeriod": "1209600", "VisibilityTimeoutSeconds": "300"}'
inbox=$(must aws sqs get-queue-url --queue-name "$name-inbox" --query QueueUrl --output text)
equal "visibility timeout" 300 "$(must aws sqs get-queue-attributes --queue-url "$inbox" \
  --attribute-names VisibilityTimeout --query Attributes.VisibilityTimeout --output text)"
inbox_arn=arn:aws:sqs:$region:$account:$name-inbox
quietly aws sqs set-queue-attributes --queue-url "$inbox" --attributes "$(jq -n \
  --arg queue "$inbox_arn" --arg topic "$topic" '{Policy: ({Version: "2012-10-17", Statement: [{
    Effect: "Allow", Principal: {Service: "sns.amazonaws.com"}, Action: "sqs:SendMessage",
    Resource: $queue, Condition: {ArnEquals: {"aws:SourceArn": $topic}}}]} | tojson)}')"
quietly aws sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$inbox_arn"

echo "   functions"
# make NAME TIMEOUT MEMORY [FLAG...]
make() {
  local function=$1 timeout=$2 memory=$3
  shift 3
  (cd "$here/functions" && zip -qr "$work/$function.zip" "$function.py")
  quietly aws lambda create-function --function-name "$name-$function" --runtime python3.9 \
    --role "$role" --handler "$function.handler" --zip-file "fileb://$work/$function.zip" \
    --timeout "$timeout" --memory-size "$memory" --description "walk: $function" "$@"
}
make sorter 60 256
make responder 300 512 --environment "Variables={TOPIC=$topic}"
make herald 60 256 --environment "Variables={TOPIC=$topic}"
make mender 60 256 --environment "Variables={TOPIC=$topic}"

echo "   rules and permissions"
quietly aws events put-rule --name "$name-findings" --state ENABLED --description "New findings" \
  --event-pattern '{"source": ["aws.securityhub"],
    "detail-type": ["Security Hub Findings - Imported"],
    "detail": {"findings": {"Severity": {"Label": ["HIGH", "CRITICAL", "MEDIUM"]},
                            "Workflow": {"Status": ["NEW"]}}}}'
quietly aws events put-targets --rule "$name-findings" --targets "Id"="1","Arn"="$lambda-sorter"
quietly aws events put-targets --rule "$name-findings" --targets "Id"="2","Arn"="$lambda-herald"
quietly aws events put-rule --name "$name-responses" --state ENABLED \
  --event-pattern '{"source": ["walk.responses"], "detail-type": ["Response Chosen"]}'
quietly aws events put-targets --rule "$name-responses" \
  --targets "Id"="1","Arn"="$lambda-responder"
# permit FUNCTION RULE
permit() {
  quietly aws lambda add-permission --function-name "$name-$1" --statement-id "from-$2" \
    --action lambda:InvokeFunction --principal events.amazonaws.com \
    --source-arn "arn:aws:events:$region:$account:rule/$name-$2"
}
permit sorter findings
permit herald findings
permit responder responses
refused ResourceConflictException aws lambda add-permission --function-name "$name-sorter" \
  --statement-id from-findings --action lambda:InvokeFunction --principal events.amazonaws.com

echo "   runbook, failures, automation rules, custom actions"
quietly aws ssm create-document --name "$name-freeze" --document-type Automation \
  --document-format JSON --content "file://$here/freeze.json"
# An event that the real service does not send; here each failed delivery sends it.
quietly aws events put-rule --name "$name-failures" --state ENABLED --event-pattern \
  '{"source": ["aws.events"], "detail-type": ["EventBridge Rule Execution Failed"]}'
quietly aws events put-targets --rule "$name-failures" --targets "Id"="1","Arn"="$lambda-mender"
permit mender failures

# automatic NAME ORDER SEVERITY: a rule that marks new findings of that severity as being worked on.
automatic() {
  aws securityhub create-automation-rule --rule-name "$1" --rule-order "$2" \
    --rule-status "ENABLED" --description "Findings of severity $3 are worked on" \
    --criteria '{"SeverityLabel": [{"Value": "'"$3"'", "Comparison": "EQUALS"}],
                 "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}]}' \
    --actions '[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {
      "Note": {"Text": "taken up by rule '"$2"'", "UpdatedBy": "walk"},
      "Workflow": {"Status": "IN_PROGRESS"}, "Severity": {"Label": "'"$3"'"}}}]' \
    --query RuleArn --output text
}
first_rule=$(automatic "Walk-High" 1 HIGH 2>"$work/stderr")
if [ -z "$first_rule" ] && grep -q 'Invalid choice' "$work/stderr"; then
  knows_automation_rules=no
  echo "   (this CLI does not know automation rules)"
elif [ -z "$first_rule" ]; then
  fail "create-automation-rule: $(cat "$work/stderr")"
else
  quietly automatic "Walk-Critical" 2 CRITICAL
fi
for action in walk-respond walk-escalate; do
  quietly aws securityhub create-action-target --id "$action" --name "${action^}" \
    --description "By hand: $action"
done
quietly aws events put-rule --name "$name-by-hand" --state ENABLED --event-pattern \
  '{"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Custom Action"],
    "detail": {"actionName": ["Walk-respond", "Walk-escalate"]}}'

echo "   alarms and dashboard"
# The same dimension three times: an alarm over the three together.
quietly aws cloudwatch put-metric-alarm --alarm-name "$name-errors" \
  --alarm-description "Functions that fail" --metric-name Errors --namespace AWS/Lambda \
  --statistic Sum --period 300 --threshold 1 --evaluation-periods 1 \
  --comparison-operator GreaterThanOrEqualToThreshold --alarm-actions "$topic" \
  --dimensions Name=FunctionName,Value="$name-sorter" Name=FunctionName,Value="$name-responder" \
               Name=FunctionName,Value="$name-herald"
quietly aws cloudwatch put-metric-alarm --alarm-name "$name-undelivered" \
  --metric-name FailedInvocations --namespace AWS/Events --statistic Sum --period 300 \
  --threshold 1 --evaluation-periods 1 \
  --comparison-operator GreaterThanOrEqualToThreshold --alarm-actions "$topic" \
  --dimensions Name=RuleName,Value="$name-findings"
quietly aws cloudwatch put-dashboard --dashboard-name "$name-board" --dashboard-body '{"widgets": [
  {"type": "metric", "properties": {"period": 300, "stat": "Sum", "region": "'"$region"'",
   "title": "Functions", "metrics": [
   ["AWS/Lambda", "Invocations", "FunctionName", "'"$name"'-sorter"],
   ["AWS/Lambda", "Duration", "FunctionName", "'"$name"'-sorter"]]}}]}'

echo "   findings go in"
# finding ID SEVERITY TYPE RESOURCE KIND
finding() {
  jq -n --arg id "$1" --arg severity "$2" --arg type "$3" --arg resource "$4" --arg kind "$5" \
    --arg account "$account" --arg region "$region" '[{
    SchemaVersion: "2018-10-08", Id: $id, GeneratorId: "walk", AwsAccountId: $account,
    ProductArn: "arn:aws:securityhub:\($region):\($account):product/\($account)/default",
    Types: [$type], CreatedAt: "2026-01-05T08:00:00.000Z", UpdatedAt: "2026-01-05T08:00:00.000Z",
    Severity: {Label: $severity}, Title: "Finding \($id)", Description: "Seen by the walk",
    Resources: [{Type: $kind, Id: $resource, Partition: "aws", Region: $region}]}]' \
    >"$work/finding.json"
  equal "$1 imported" "[1,0]" "$(must aws securityhub batch-import-findings \
    --findings "file://$work/finding.json" --query '[SuccessCount, FailedCount]' \
    --output json | jq -c .)"
}
group_arn=arn:aws:ec2:$region:$account:security-group/sg-0aa1bb2cc3dd4ee01
finding "$name/open" HIGH "Software and Configuration Checks/NetworkReachability" \
  "$group_arn" AwsEc2SecurityGroup
finding "$name/malware" CRITICAL "TTPs/Execution/Malware" \
  "arn:aws:ec2:$region:$account:instance/i-0aa1bb2cc3dd4ee01" AwsEc2Instance
finding "$name/calls" HIGH "TTPs/UnauthorizedAPICall" \
  "arn:aws:ec2:$region:$account:instance/i-0aa1bb2cc3dd4ee02" AwsEc2Instance
finding "$name/low" LOW "Effects/Nothing" "$group_arn" AwsEc2SecurityGroup

status_is() {
  [ "$(aws securityhub get-findings --filters \
    '{"Id": [{"Value": "'"$1"'", "Comparison": "EQUALS"}]}' \
    --query 'Findings[0].Workflow.Status' --output text)" = "$2" ]
}
in_time 60 "the open group's finding is not resolved" status_is "$name/open" RESOLVED
in_time 60 "the malware finding is not resolved" status_is "$name/malware" RESOLVED
in_time 60 "the calls finding is not resolved" status_is "$name/calls" RESOLVED
status_is "$name/low" NEW || fail "no rule routes a LOW finding, yet it changed"

echo "   what became of the estate"
open=$(must aws ec2 describe-security-groups --group-ids sg-0aa1bb2cc3dd4ee01 \
  --query 'SecurityGroups[0].IpPermissions[].[FromPort,IpRanges[].CidrIp]' --output json)
equal "rules left" '[[443,["10.0.0.0/8"]]]' "$(jq -c . <<<"$open")"
stopped() {
  [ "$(aws ec2 describe-instances --instance-ids "$1" \
    --query 'Reservations[0].Instances[0].State.Name' --output text)" = stopped ]
}
# kept COUNT DESCRIPTION: that many completed snapshots tell that description.
kept() {
  [ "$(aws ec2 describe-snapshots --owner-ids self --query \
    "length(Snapshots[?Description=='$2' && State=='completed'])" --output text)" = "$1" ]
}
in_time 30 "the infected instance does not stop" stopped i-0aa1bb2cc3dd4ee01
in_time 30 "no snapshot of each volume" kept 2 "evidence of i-0aa1bb2cc3dd4ee01"
executions() {
  [ "$(aws ssm describe-automation-executions \
    --filters "Key=DocumentNamePrefix,Values=$1" --query \
    'AutomationExecutionMetadataList[0].AutomationExecutionStatus' --output text)" = "$2" ]
}
in_time 30 "the runbook of the calls finding" executions AWS-PublishSNSNotification Success

echo "   the runbook, by hand"
execution=$(must aws ssm start-automation-execution --document-name "$name-freeze" \
  --parameters "InstanceId=i-0aa1bb2cc3dd4ee02,AutomationAssumeRole=$role" \
  --query AutomationExecutionId --output text)
finished() {
  aws ssm get-automation-execution --automation-execution-id "$execution" >"$work/execution.json" &&
    jq -e '.AutomationExecution.AutomationExecutionStatus | . != "InProgress" and . != "Pending"' \
      "$work/execution.json"
}
in_time 60 "the runbook does not end" finished
equal "the runbook's steps" '["Success",["Halt","Success"],["Keep","Success"]]' "$(jq -c \
  '.AutomationExecution |
   [.AutomationExecutionStatus, (.StepExecutions[] | [.StepName, .StepStatus])]' \
  "$work/execution.json")"
in_time 30 "the runbook's instance does not stop" stopped i-0aa1bb2cc3dd4ee02
in_time 30 "the runbook's snapshot" kept 1 "runbook evidence"

echo "   validation"
equal "states of rules" "ENABLED" "$(must aws events list-rules --name-prefix "$name" \
  --query 'Rules[].{Name:Name,State:State}' --output json |
  jq -r '[.[].State] | unique | join(" ")')"
quietly aws events list-rules --name-prefix "$name" --query 'Rules[].{Name:Name,State:State}' \
  --output table

jq -n '{version: "0", id: "by-hand", "detail-type": "Security Hub Findings - Imported",
  source: "aws.securityhub", account: "123456789012", time: "2026-01-05T08:00:00Z",
  region: "us-east-1", detail: {findings: []}}' >"$work/event.json"
binary=()
[ "$version" = 1 ] || binary=(--cli-binary-format raw-in-base64-out)
quietly aws lambda invoke --function-name "$name-sorter" --payload "file://$work/event.json" \
  ${binary[@]+"${binary[@]}"} "$work/answer.json"
equal "what the sorter answers" '{"statusCode":200,"sorted":0}' "$(jq -c . "$work/answer.json")"

quietly aws sns subscribe --topic-arn "$topic" --protocol email \
  --notification-endpoint someone@example.com
mailed() { grep -rlq "someone@example.com" "$RIPOSTE_DATA_DIR/mail"; }
in_time 20 "nobody is asked to confirm by mail" mailed
quietly aws sns publish --topic-arn "$topic" --subject "By hand" --message "This is the walk"

# received PATTERN: some message in the inbox tells it. What is received stays hidden, so keep it.
received() {
  aws sqs receive-message --queue-url "$inbox" --max-number-of-messages 10 --wait-time-seconds 1 \
    --query 'Messages[].Body' --output json >>"$work/messages"
  grep -q "$1" "$work/messages"
}
in_time 30 "the inbox lacks what was published by hand" received 'This is the walk'
in_time 30 "the inbox lacks the herald's words" received "HIGH: Finding $name/open"
in_time 30 "the inbox lacks the shipped runbook's words" received 'i-0aa1bb2cc3dd4ee02 called'

targets=$(must aws securityhub describe-action-targets --output json --query \
  'ActionTargets[?starts_with(ActionTargetArn, `arn:aws:securityhub`)].Name')
equal "action targets" '["Walk-escalate","Walk-respond"]' "$(jq -c sort <<<"$targets")"

if [ "$knows_automation_rules" = yes ]; then
  equal "automation rules" '[["Walk-High","ENABLED",1],["Walk-Critical","ENABLED",2]]' "$(must aws \
    securityhub list-automation-rules --max-results 10 --output json \
    --query 'AutomationRulesMetadata[].[RuleName,RuleStatus,RuleOrder]' | jq -c .)"
  equal "the first rule" \
    '["Walk-High",[{"Value":"HIGH","Comparison":"EQUALS"}],"FINDING_FIELDS_UPDATE"]' \
    "$(must aws securityhub batch-get-automation-rules --automation-rules-arns \
    $(aws securityhub list-automation-rules --query 'AutomationRulesMetadata[0].RuleArn' \
      --output text) \
    --query 'Rules[0].[RuleName,Criteria.SeverityLabel,Actions[0].Type]' --output json | jq -c .)"
fi

# The mender has not run yet.
equal "log groups" "herald responder sorter" "$(must aws logs describe-log-groups \
  --log-group-name-prefix "/aws/lambda/$name" --query 'logGroups[].logGroupName' --output json |
  jq -r 'map(split("-")[-1]) | sort | join(" ")')"
# logged FUNCTION PATTERN
logged() {
  aws logs filter-log-events --log-group-name "/aws/lambda/$name-$1" \
    --start-time "$(date -d '1 hour ago' +%s)000" --query 'events[].message' --output text |
    grep -q "$2"
}
note=none
[ "$knows_automation_rules" = yes ] && note="taken up by rule 1"
in_time 30 "the sorter's log" logged sorter "sorted $name/open as CLOSE (note: $note)"
in_time 30 "the responder's log" logged responder "FREEZE: froze i-0aa1bb2cc3dd4ee01, kept snap-"
in_time 30 "the herald's log" logged herald "told of $name/malware"
in_time 30 "the platform's lines" logged sorter "^REPORT RequestId\|REPORT RequestId"

echo "   failures, alarm states, audit"
# A finding without findings' members: the sorter raises, the call says so, the alarm rings.
echo '{"detail": {}}' >"$work/bad.json"
equal "an error of a function" "Unhandled" "$(must aws lambda invoke \
  --function-name "$name-sorter" --payload "file://$work/bad.json" ${binary[@]+"${binary[@]}"} \
  "$work/error.json" --query FunctionError --output text)"
equal "the error's type" "KeyError" "$(jq -r .errorType "$work/error.json")"
# A rule whose function does not admit it: the delivery fails, and the mender hears of it.
quietly aws lambda remove-permission --function-name "$name-responder" --statement-id from-responses
quietly aws events put-events --entries '[{"Source": "walk.responses",
  "DetailType": "Response Chosen", "Detail": "{\"response\": \"TELL\", \"finding\": {}}"}]'
in_time 60 "no failed delivery was announced" logged mender "not delivered.*$name-responses"
rings() {
  [ "$(aws cloudwatch describe-alarms --alarm-names "$name-errors" \
    --query 'MetricAlarms[0].StateValue' --output text)" = ALARM ]
}
in_time 150 "the alarm over three functions does not ring" rings
in_time 30 "the alarm is not told of" received "ALARM: .*$name-errors"
equal "dimensions kept" 3 "$(must aws cloudwatch describe-alarms --alarm-names "$name-errors" \
  --query 'length(MetricAlarms[0].Dimensions)' --output text)"
sums=$(must aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name Invocations \
  --dimensions Name=FunctionName,Value="$name-sorter" --period 300 --statistics Sum \
  --start-time "$(date -u -d '1 hour ago' +%FT%TZ)" --end-time "$(date -u -d '1 hour' +%FT%TZ)" \
  --query 'sum(Datapoints[].Sum)' --output text)
equal "the sorter's invocations" 5 "${sums%.*}"
audited() {
  aws cloudtrail lookup-events \
    --lookup-attributes AttributeKey=EventName,AttributeValue=RevokeSecurityGroupIngress \
    --query 'Events[].CloudTrailEvent' --output json |
    jq -e --arg role "$name-worker" 'map(fromjson) |
      any(.userIdentity.type == "AssumedRole" and (.userIdentity.arn | contains($role)) and
          (.requestParameters | tojson | contains("sg-0aa1bb2cc3dd4ee01")))'
}
in_time 30 "the audit lacks the revoked rule" audited

echo "   down again"
quietly aws events remove-targets --rule "$name-findings" --ids "1" "2"
quietly aws events remove-targets --rule "$name-responses" --ids "1"
refused ValidationException aws events delete-rule --name "$name-failures"
quietly aws events remove-targets --rule "$name-failures" --ids "1"
for rule in findings responses by-hand failures; do
  quietly aws events delete-rule --name "$name-$rule"
done
for function in sorter responder herald mender; do
  quietly aws lambda delete-function --function-name "$name-$function"
done
quietly aws sns delete-topic --topic-arn "$topic"
quietly aws sqs delete-queue --queue-url "$inbox"
if [ "$knows_automation_rules" = yes ]; then
  arns=$(must aws securityhub list-automation-rules --output text \
    --query 'AutomationRulesMetadata[?starts_with(RuleName, `Walk-`)].RuleArn')
  # A JSON list that the shell has split at its blanks, brackets and commas and all.
  deleted=$(must aws securityhub batch-delete-automation-rules --automation-rules-arns \
    $(echo $arns | tr ' ' '\n' | jq -R . | jq -s .) --output json)
  equal "deleted automation rules" 2 "$(must aws securityhub list-automation-rules --output json \
    --query 'AutomationRulesMetadata' | jq "2 - length")"
  equal "processed and not" "[2,0]" "$(jq -c \
    '[.ProcessedAutomationRules, .UnprocessedAutomationRules] | map(length)' <<<"$deleted")"
fi
for action in walk-respond walk-escalate; do
  quietly aws securityhub delete-action-target \
    --action-target-arn "arn:aws:securityhub:$region:$account:action/custom/$action"
done
quietly aws ssm delete-document --name "$name-freeze"
quietly aws cloudwatch delete-alarms --alarm-names "$name-errors" "$name-undelivered"
quietly aws cloudwatch delete-dashboards --dashboard-names "$name-board"
refused DeleteConflict aws iam delete-role --role-name "$name-worker"
quietly aws iam detach-role-policy --role-name "$name-worker" \
  --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
quietly aws iam detach-role-policy --role-name "$name-worker" \
  --policy-arn "arn:aws:iam::$account:policy/$name-may"
quietly aws iam delete-policy --policy-arn "arn:aws:iam::$account:policy/$name-may"
quietly aws iam delete-role --role-name "$name-worker"
refused NoSuchEntity aws iam get-role --role-name "$name-worker"

[ ! -e "$work/failed" ] || failures=$((failures + $(wc -l <"$work/failed")))
echo "   $failures failures"
[ "$failures" -eq 0 ]
