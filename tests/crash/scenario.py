"""What the events meet: rules, and behind them one target of each kind."""
import io
import json
import zipfile

import boto3
import botocore.config

from engine import wait_until

SERVICES = ("events", "sqs", "sns", "lambda", "iam", "ssm", "ec2", "logs", "securityhub",
            "pipes", "scheduler")
SOURCE = "crash.test"
LOG_GROUP = "/crash/events"
NUMBERED = {"source": [SOURCE], "detail": {"match": [True]}}
ARCHIVE = "numbered"
REPLAYED = "replayed"  # The rule that only takes what is replayed.

# Writes each event's number to a queue. Signed by hand: importing an SDK would take most of the
# time between two kills.
FUNCTION = '''
import datetime, hashlib, hmac, json, os, urllib.request

def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

def handler(event, context):
    body = json.dumps({"QueueUrl": os.environ["QUEUE_URL"],
                       "MessageBody": json.dumps(event["detail"])})
    url = os.environ["AWS_ENDPOINT_URL"]
    host = url.split("//")[1]
    region = os.environ["AWS_REGION"]
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{region}/sqs/aws4_request"
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-date": now,
               "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
               "x-amz-target": "AmazonSQS.SendMessage"}
    names = ";".join(headers)
    canonical = "\\n".join(["POST", "/", "", *(f"{k}:{v}" for k, v in headers.items()), "", names,
                           hashlib.sha256(body.encode()).hexdigest()])
    text = "\\n".join(["AWS4-HMAC-SHA256", now, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = sign(key, part)
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, "
        f"SignedHeaders={names}, Signature={sign(key, text).hex()}")
    urllib.request.urlopen(urllib.request.Request(url + "/", body.encode(), headers)).read()
'''

# Two effects and a wait between them, so that a kill meets executions under way. CreateVolume gets
# its client token from the engine: a repeated step must find the volume that it made before.
RUNBOOK = """
schemaVersion: '0.3'
parameters:
  Number: {type: String}
  Zone: {type: String}
mainSteps:
- name: create
  action: aws:executeAwsApi
  inputs:
    Service: ec2
    Api: CreateVolume
    AvailabilityZone: "{{ Zone }}"
    Size: 1
    TagSpecifications:
    - ResourceType: volume
      Tags: [{Key: number, Value: "{{ Number }}"}]
  outputs: [{Name: VolumeId, Selector: $.VolumeId, Type: String}]
- name: wait
  action: aws:sleep
  inputs: {Duration: PT1S}
- name: note
  action: aws:executeAwsApi
  inputs:
    Service: ec2
    Api: CreateTags
    Resources: ["{{ create.VolumeId }}"]
    Tags: [{Key: noted, Value: "{{ Number }}"}]
outputs: [create.VolumeId]
"""


class Clients:
    """Stock clients that try each call once, so that a number is sent at most once."""

    def __init__(self, endpoint, credentials, retries=0):
        self.account = credentials["Account"]
        self.region = credentials["Region"]
        session = boto3.session.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"], region_name=self.region)
        config = botocore.config.Config(
            retries={"max_attempts": retries}, connect_timeout=5, read_timeout=30)
        for service in SERVICES:
            client = session.client(service, endpoint_url=endpoint, config=config)
            setattr(self, "functions" if service == "lambda" else service, client)

    def arn(self, service, resource):
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def policy(action, principal, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": principal}, "Action": action,
         "Resource": resource}]})


def make_role(clients, name, service, actions):
    trust = json.loads(policy("sts:AssumeRole", service))
    del trust["Statement"][0]["Resource"]
    clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    clients.iam.put_role_policy(RoleName=name, PolicyName="work", PolicyDocument=json.dumps(
        {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}))
    return f"arn:aws:iam::{clients.account}:role/{name}"


def make_queue(clients, name, sender, visibility=30):
    policy_text = policy("sqs:SendMessage", sender, clients.arn("sqs", name))
    return clients.sqs.create_queue(QueueName=name, Attributes={
        "Policy": policy_text, "VisibilityTimeout": str(visibility)})["QueueUrl"]


def make_rule(clients, name, pattern, targets):
    arn = clients.events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    reply = clients.events.put_targets(Rule=name, Targets=[
        {"Id": str(index), **target} for index, target in enumerate(targets)])
    if reply["FailedEntryCount"]:
        raise RuntimeError(f"PutTargets: {reply['FailedEntries']}")
    return arn


def make_function(clients, queue):
    """Writes each event's number to `queue`. Returns the function's ARN."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("recorder.py", FUNCTION)
    return clients.functions.create_function(
        FunctionName="recorder", Runtime="python3.11", Handler="recorder.handler", Timeout=30,
        Role=make_role(clients, "recorder", "lambda.amazonaws.com", "sqs:SendMessage"),
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": {"QUEUE_URL": queue}})["FunctionArn"]


def make_pipe(clients, source, target):
    """From one queue to another, by name."""
    role = make_role(clients, "piper", "pipes.amazonaws.com", "sqs:*")
    clients.pipes.create_pipe(Name="numbered", RoleArn=role, Source=clients.arn("sqs", source),
                              Target=clients.arn("sqs", target))
    wait_until(lambda: clients.pipes.describe_pipe(Name="numbered")["CurrentState"] == "RUNNING",
               30, "the pipe runs", every=0.1)


def make_archive(clients):
    """Keeps what matches; what is replayed goes to a rule of its own alone."""
    clients.events.create_archive(ArchiveName=ARCHIVE, EventPattern=json.dumps(NUMBERED),
                                  EventSourceArn=clients.arn("events", "event-bus/default"))
    make_rule(clients, REPLAYED, {"replay-name": [{"exists": True}]},
              [{"Arn": clients.arn("sqs", "by-replay")}])


def make_destination(clients, address):
    """An API destination at `address`. Returns a target."""
    connection = clients.events.create_connection(
        Name="receiver", AuthorizationType="API_KEY", AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "of the test"}})
    destination = clients.events.create_api_destination(
        Name="receiver", ConnectionArn=connection["ConnectionArn"], HttpMethod="POST",
        InvocationEndpoint=f"http://{address}/", InvocationRateLimitPerSecond=300)
    role = make_role(clients, "caller", "events.amazonaws.com", "events:InvokeApiDestination")
    return {"Arn": destination["ApiDestinationArn"], "RoleArn": role}


def move_destination(clients, address):
    """From here on the API destination is at `address`; what waits for a retry goes there too."""
    clients.events.update_api_destination(Name="receiver", InvocationEndpoint=f"http://{address}/")


def build(clients, with_function=True, receiver=None):
    """Makes everything; returns the URLs of the queues by the name of what they show. Without the
    function, no process but the engine has work. `receiver`: the address of an HTTP server."""
    queues = {"queue": make_queue(clients, "direct", "events.amazonaws.com"),
              "topic": make_queue(clients, "by-topic", "sns.amazonaws.com"),
              "finding": make_queue(clients, "findings", "events.amazonaws.com"),
              "pipe": make_queue(clients, "by-pipe", "pipes.amazonaws.com"),
              "schedule": make_queue(clients, "by-schedule", "scheduler.amazonaws.com"),
              "replay": make_queue(clients, "by-replay", "events.amazonaws.com")}
    # What a dead engine held comes back after that.
    make_queue(clients, "to-pipe", "events.amazonaws.com", visibility=5)
    make_pipe(clients, "to-pipe", "by-pipe")
    make_archive(clients)
    make_role(clients, "timer", "scheduler.amazonaws.com", "sqs:SendMessage")
    topic = clients.sns.create_topic(Name="numbered")["TopicArn"]
    clients.sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy",
        AttributeValue=policy("sns:Publish", "events.amazonaws.com", topic))
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Attributes={"RawMessageDelivery": "true"},
                          Endpoint=clients.arn("sqs", "by-topic"))
    clients.logs.create_log_group(logGroupName=LOG_GROUP)
    clients.logs.put_resource_policy(policyName="events", policyDocument=policy(
        ["logs:CreateLogStream", "logs:PutLogEvents"], "events.amazonaws.com"))

    clients.ssm.create_document(Name="Numbered", DocumentType="Automation", DocumentFormat="YAML",
                                Content=RUNBOOK)
    starter = make_role(clients, "starter", "events.amazonaws.com", [
        "ssm:StartAutomationExecution", "ec2:CreateVolume", "ec2:CreateTags"])

    targets = [{"Arn": clients.arn("sqs", "direct")}, {"Arn": topic},
               {"Arn": clients.arn("logs", "log-group:" + LOG_GROUP)}]
    if with_function:
        queues["function"] = make_queue(clients, "by-function", "lambda.amazonaws.com")
        targets.append({"Arn": make_function(clients, queues["function"])})
    numbered = make_rule(clients, "numbered", NUMBERED, targets)
    more = [{"Arn": clients.arn("sqs", "to-pipe")}]
    if receiver:
        more.append(make_destination(clients, receiver))
    make_rule(clients, "numbered-too", NUMBERED, more)
    if with_function:
        clients.functions.add_permission(
            FunctionName="recorder", StatementId="events", Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com", SourceArn=numbered)
    make_rule(
        clients, "runbooks", {"source": [SOURCE], "detail": {"runbook": [True]}},
        [{"Arn": clients.arn("ssm", "automation-definition/Numbered:$DEFAULT"),
          "RoleArn": starter,
          "InputTransformer": {
              "InputPathsMap": {"n": "$.detail.n"},
              "InputTemplate": '{"Number": ["<n>"], "Zone": ["%sa"]}' % clients.region}}])
    clients.securityhub.enable_security_hub()
    make_rule(clients, "findings", {"source": ["aws.securityhub"]},
              [{"Arn": clients.arn("sqs", "findings")}])
    return queues
