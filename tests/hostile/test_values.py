"""Values full of other languages, through a runbook that hands them to everything it can: each
arrives byte for byte, as data, and none of them runs.

The values are those of the unit test, where scripts and webhooks are fakes; here Python 3 runs in
its sandbox and the webhook goes over the network. Many of them would create a file, the canary; a
script that builds code out of them shows that they can.
"""
import base64
import http.server
import io
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile

from client import Engine

VALUES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir,
                      "src/workflow/automation/testing/hostile_values.json")
LEAST_VALUES = 200
# What the values would create, and what they create here: a file of this run alone.
WRITTEN_CANARY = "/tmp/pwned"
CANARY = os.path.join("/tmp", f"riposte-canary-{os.getpid()}")
# Allowed by the operator (--allow-private); everything else inside stays closed.
RECEIVER_ADDRESS = "127.0.0.2"
# Executions at a time: below the account's quota.
WAVE = 60
# Where the service keeps the webhook integration "hostile".
WEBHOOK = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/hostile"

SCRIPT = f"""
import os
def measure(events, context):
    print('printed', events['whole'])
    return {{
        'whole': events['whole'],
        'hex': events['whole'].encode('utf-8').hex(),
        'within': events['within'],
        'deep': events['deep'][0]['list'][0],
        'text': '''{{{{ V }}}}''',  # not a reference
        'ran': os.path.exists('{CANARY}'),
    }}
"""

# The control: what nobody should write. It builds code out of its input, in two languages.
CARELESS_SCRIPT = f"""
import os, subprocess
def careless(events, context):
    ran = []
    for number, value in enumerate(events['values']):
        for attempt in (lambda: exec("x = '" + value + "'"), lambda: exec(value),
                        lambda: subprocess.run('echo ' + value, shell=True, timeout=10),
                        lambda: subprocess.run("echo '" + value + "'", shell=True, timeout=10)):
            try:
                attempt()
            except BaseException:
                pass
        if os.path.exists('{CANARY}'):
            ran.append(number)
            os.remove('{CANARY}')
    return {{'ran': ran}}
"""


def script_step(name, handler, script, payload, **more):
    return {"name": name, "action": "aws:executeScript", "inputs": {
        "Runtime": "python3.11", "Handler": handler, "Script": script, "InputPayload": payload},
        **more}


def call_step(name, service, api, inputs, **more):
    return {"name": name, "action": "aws:executeAwsApi",
            "inputs": {"Service": service, "Api": api, **inputs}, **more}


def output(name, selector, kind="String"):
    return {"Name": name, "Selector": selector, "Type": kind}


def runbook(topic, approvers_topic, approver):
    here = "hostile/{{ automation:EXECUTION_ID }}"
    return {
        "schemaVersion": "0.3",
        "parameters": {"V": {"type": "String"}, "Same": {"type": "String"},
                       "List": {"type": "StringList"}, "Map": {"type": "StringMap"}},
        "variables": {"Kept": {"type": "String"}},
        "outputs": ["measure.Text", "measure.Hex", "measure.Script", "measure.Ran",
                    "measure.Within", "measure.Deep", "variable:Kept", "read.Kept",
                    "function.Echo", "hook.Response"],
        "mainSteps": [
            script_step("measure", "measure", SCRIPT,
                        {"whole": "{{ V }}", "within": "<{{ V }}>",
                         "deep": [{"list": ["{{ V }}"]}]},
                        outputs=[output("Text", "$.Payload.whole"), output("Hex", "$.Payload.hex"),
                                 output("Within", "$.Payload.within"),
                                 output("Deep", "$.Payload.deep"),
                                 output("Script", "$.Payload.text"),
                                 output("Ran", "$.Payload.ran", "Boolean")]),
            {"name": "keep", "action": "aws:updateVariable",
             "inputs": {"Name": "variable:Kept", "Value": "{{ measure.Text }}"}},
            call_step("write", "secretsmanager", "CreateSecret",
                      {"Name": here, "SecretString": {
                          "kept": "{{ variable:Kept }}", "list": "{{ List }}",
                          "map": "{{ Map }}"}}),
            call_step("read", "secretsmanager", "GetSecretValue", {"SecretId": here},
                      outputs=[output("Kept", "$.SecretString")]),
            {"name": "hook", "action": "aws:invokeWebhook",
             "inputs": {"IntegrationName": "hostile", "Body": "{{ variable:Kept }}"}},
            call_step("tell", "sns", "Publish",
                      {"TopicArn": topic, "Message": "{{ V }}", "MessageAttributes": {
                          "execution": {"DataType": "String",
                                        "StringValue": "{{ automation:EXECUTION_ID }}"}}}),
            {"name": "function", "action": "aws:invokeLambdaFunction",
             "inputs": {"FunctionName": "hostile-echo", "InputPayload": {"v": "{{ V }}"}},
             "outputs": [output("Echo", "$.Payload")]},
            {"name": "command", "action": "aws:runCommand", "onFailure": "Continue",
             "isCritical": False,
             "inputs": {"DocumentName": "AWS-RunShellScript",
                        "InstanceIds": ["i-0d3a51f0c7b2e9001"],
                        "Parameters": {"commands": ["{{ V }}", "echo {{ V }}"]}}},
            {"name": "nodes", "action": "aws:runCommand", "onFailure": "Continue",
             "isCritical": False,
             "inputs": {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["{{ V }}"],
                        "Parameters": {"commands": ["true"]}}},
            {"name": "branch", "action": "aws:branch", "inputs": {"Choices": [
                {"NextStep": "wrong", "Not": {"Variable": "{{ V }}", "StringEquals": "{{ Same }}"}},
                {"NextStep": "ask", "Variable": "<{{ V }}>", "Contains": "{{ measure.Text }}"}]}},
            {"name": "wrong", "action": "aws:assertAwsResourceProperty", "inputs": {
                "Service": "sts", "Api": "GetCallerIdentity", "PropertySelector": "$.Account",
                "DesiredValues": ["another"]}},
            {"name": "ask", "action": "aws:approve", "inputs": {
                "Approvers": [approver], "NotificationArn": approvers_topic,
                "Message": "{{ V }}"}},
            {"name": "child", "action": "aws:executeAutomation", "inputs": {
                "DocumentName": "HostileChild", "RuntimeParameters": {"P": "{{ V }}"}}},
        ]}


CHILD = {
    "schemaVersion": "0.3", "parameters": {"P": {"type": "String"}},
    "variables": {"Kept": {"type": "String"}}, "outputs": ["variable:Kept"],
    "mainSteps": [{"name": "keep", "action": "aws:updateVariable",
                   "inputs": {"Name": "variable:Kept", "Value": "{{ P }}"}}]}


class Receiver:
    """The webhook: keeps what comes, and sends it back."""

    def __init__(self):
        self.bodies = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.bodies.append((self.headers.get("X-Injected"), self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128  # a whole wave may come at once

        self.server = Server((RECEIVER_ADDRESS, 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://{RECEIVER_ADDRESS}:{self.server.server_port}/hook"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(VALUES, encoding="utf-8") as file:
            written = json.load(file)
        assert len(written) >= LEAST_VALUES
        cls.live = [value.replace(WRITTEN_CANARY, CANARY) for value in written
                    if WRITTEN_CANARY in value]
        cls.values = [value.replace(WRITTEN_CANARY, CANARY) for value in written]
        cls.engine = Engine()
        cls.receiver = Receiver()
        cls.approver = f"arn:aws:iam::{cls.engine.account}:root"
        cls.topics = [cls.form("sns", {"Action": "CreateTopic", "Name": name})
                      for name in ("Automation-hostile-told", "Automation-hostile-asked")]
        arn = f"arn:aws:sns:us-east-1:{cls.engine.account}:"
        cls.queues = []
        for name in ("Automation-hostile-told", "Automation-hostile-asked"):
            url = cls.made("CreateQueue", {"QueueName": name, "Attributes": {"Policy": json.dumps({
                "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
                    "Principal": {"Service": "sns.amazonaws.com"}}]})}}, "sqs")["QueueUrl"]
            cls.form("sns", {"Action": "Subscribe", "TopicArn": arn + name, "Protocol": "sqs",
                             "Endpoint": f"arn:aws:sqs:us-east-1:{cls.engine.account}:{name}"})
            cls.queues.append(url)
        cls.made("PutParameter", {
            "Name": WEBHOOK, "Type": "SecureString",
            "Value": json.dumps({"url": cls.receiver.url})})
        cls.make_function()
        cls.create("HostileChild", CHILD)
        cls.create("HostileValues", runbook(
            arn + "Automation-hostile-told", arn + "Automation-hostile-asked", cls.approver))
        cls.create("HostileControl", {
            "schemaVersion": "0.3", "parameters": {"Values": {"type": "StringList"}},
            "outputs": ["careless.Payload"],
            "mainSteps": [script_step("careless", "careless", CARELESS_SCRIPT,
                                      {"values": "{{ Values }}"})]})

    @classmethod
    def tearDownClass(cls):
        cls.receiver.close()

    def setUp(self):
        self.assertFalse(os.path.exists(CANARY))

    def tearDown(self):
        ran = os.path.exists(CANARY)
        if ran:
            os.remove(CANARY)
        self.assertFalse(ran, "a value was run outside of the sandbox")
        self.assertTrue(self.engine.alive())

    @classmethod
    def made(cls, operation, body, service="ssm"):
        reply = cls.engine.json_call(service, operation, body)
        assert reply.status == 200, (operation, reply.body[:600])
        return json.loads(reply.body or b"{}")

    @classmethod
    def form(cls, service, body):
        reply = cls.engine.query_call(service, body)
        assert reply.status == 200, (body, reply.body[:600])

    @classmethod
    def create(cls, name, content):
        cls.made("CreateDocument", {"Name": name, "DocumentType": "Automation",
                                    "DocumentFormat": "JSON", "Content": json.dumps(content)})

    @classmethod
    def make_function(cls):
        """A function that gives back what it gets."""
        cls.form("iam", {"Action": "CreateRole", "RoleName": "hostile-echo",
                         "AssumeRolePolicyDocument": json.dumps({
                             "Version": "2012-10-17", "Statement": [{
                                 "Effect": "Allow", "Action": "sts:AssumeRole",
                                 "Principal": {"Service": "lambda.amazonaws.com"}}]})})
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", "import os\ndef echo(event, context):\n"
                             f"    assert not os.path.exists('{CANARY}')\n"
                             "    return event['v']\n")
        reply = cls.engine.rest_call("lambda", "POST", "/2015-03-31/functions", {
            "FunctionName": "hostile-echo", "Runtime": "python3.11", "Handler": "app.echo",
            "Timeout": 30, "Role": f"arn:aws:iam::{cls.engine.account}:role/hostile-echo",
            "Code": {"ZipFile": base64.b64encode(package.getvalue()).decode()}})
        assert reply.status == 201, reply.body[:600]

    def start(self, document, parameters):
        return self.made("StartAutomationExecution", {
            "DocumentName": document, "Parameters": parameters})["AutomationExecutionId"]

    def execution(self, execution):
        return self.made("GetAutomationExecution", {
            "AutomationExecutionId": execution})["AutomationExecution"]

    def until(self, execution, statuses):
        for _ in range(600):
            shown = self.execution(execution)
            if shown["AutomationExecutionStatus"] in statuses:
                return shown
            time.sleep(0.1)
        self.fail(f"{execution} is still {shown['AutomationExecutionStatus']}: "
                  + json.dumps(shown["StepExecutions"])[:2000])

    def messages(self, queue, count):
        """Envelopes of `count` notifications."""
        found = []
        empty = 0
        while empty < 2:
            got = self.made("ReceiveMessage", {
                "QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 5}, "sqs")
            empty = 0 if "Messages" in got else empty + 1
            for message in got.get("Messages", []):
                found.append(json.loads(message["Body"]))
                self.made("DeleteMessage", {"QueueUrl": queue,
                                            "ReceiptHandle": message["ReceiptHandle"]}, "sqs")
            if len(found) >= count:
                return found
        self.fail(f"{len(found)} of {count} notifications came")

    def test_values_are_alive(self):
        """The control: the same values do run where a script makes code of them."""
        ended = self.until(self.start("HostileControl", {"Values": self.live}),
                           ("Success", "Failed"))
        self.assertEqual("Success", ended["AutomationExecutionStatus"], ended.get("FailureMessage"))
        ran = json.loads(ended["Outputs"]["careless.Payload"][0])["ran"]
        # Redirections into a program that does not read, say, need another beginning than ours.
        self.assertGreaterEqual(len(ran), len(self.live) * 2 // 3,
                                [self.live[n] for n in range(len(self.live)) if n not in ran])
        # And outside of the sandbox the canary is seen as well.
        for value in self.live:
            with self.subTest(value=value), tempfile.TemporaryDirectory() as folder:
                subprocess.run(["sh", "-c", "echo " + value], cwd=folder, timeout=10, check=False,
                               stdin=subprocess.DEVNULL, capture_output=True)
        self.assertTrue(os.path.exists(CANARY))
        os.remove(CANARY)

    def test_values_arrive_and_do_not_run(self):
        executions = {}
        for begin in range(0, len(self.values), WAVE):
            wave = {self.start("HostileValues", {
                "V": [value], "Same": [value], "List": [value, value],
                "Map": [json.dumps({"k": value})]}): value
                for value in self.values[begin:begin + WAVE]}
            for execution, value in wave.items():
                shown = self.until(execution, ("Waiting", "Failed", "Success"))
                with self.subTest(value=value):
                    self.assertEqual("Waiting", shown["AutomationExecutionStatus"],
                                     shown.get("FailureMessage"))
                    self.made("SendAutomationSignal", {
                        "AutomationExecutionId": execution, "SignalType": "Approve",
                        "Payload": {"Comment": [value]}})
            for execution, value in wave.items():
                with self.subTest(value=value):
                    self.check_execution(value, self.until(execution, ("Success", "Failed")))
            executions.update(wave)

        self.check_webhooks()
        self.check_topics(executions)

    def check_execution(self, value, shown):
        self.assertEqual("Success", shown["AutomationExecutionStatus"], shown.get("FailureMessage"))
        parameters = shown["Parameters"]
        self.assertEqual([value], parameters["V"])
        self.assertEqual([value, value], parameters["List"])
        self.assertEqual({"k": value}, json.loads(parameters["Map"][0]))

        outputs = shown["Outputs"]
        self.assertEqual([value], outputs["measure.Text"])
        self.assertEqual([value.encode().hex()], outputs["measure.Hex"])
        self.assertEqual(["<" + value + ">"], outputs["measure.Within"])
        self.assertEqual([value], outputs["measure.Deep"])
        self.assertEqual(["{{ V }}"], outputs["measure.Script"])
        self.assertEqual(["false"], outputs["measure.Ran"])
        self.assertEqual([value], outputs["variable:Kept"])
        self.assertEqual({"kept": value, "list": [value, value], "map": {"k": value}},
                         json.loads(outputs["read.Kept"][0]))
        self.assertEqual(value, json.loads(outputs["function.Echo"][0]))
        if value.isprintable():  # what comes from outside is shown without control characters
            self.assertEqual([value], outputs["hook.Response"])

        steps = {step["StepName"]: step for step in shown["StepExecutions"]}
        # No node has an agent; and none can have such a name.
        for name, refusal in (("command", "InvalidInstanceId"), ("nodes", "ValidationException")):
            self.assertEqual("Failed", steps[name]["StepStatus"])
            self.assertEqual(refusal, steps[name]["FailureDetails"]["FailureType"])
        self.assertEqual(value, json.loads(steps["nodes"]["Inputs"]["InstanceIds"])[0])
        self.assertEqual([value, "echo " + value],
                         json.loads(steps["command"]["Inputs"]["Parameters"])["commands"])
        self.assertEqual("Pending", steps["wrong"]["StepStatus"])
        self.assertEqual(value, json.loads(steps["ask"]["Inputs"]["Message"]))
        decision = json.loads(steps["ask"]["Outputs"]["ApproverDecisions"][0])
        decision = decision[0] if isinstance(decision, list) else decision
        self.assertEqual(value, decision["Comment"])
        child = self.execution(steps["child"]["Outputs"]["ExecutionId"][0])
        self.assertEqual([value], child["Parameters"]["P"])
        self.assertEqual([value], child["Outputs"]["variable:Kept"])

    def check_webhooks(self):
        """Each value once, and nothing of it outside of the body."""
        self.assertEqual({(None, "/hook")}, {(injected, path) for injected, path, _ in
                                             self.receiver.bodies})
        self.assertEqual(sorted(value.encode() for value in self.values),
                         sorted(body for _, _, body in self.receiver.bodies))

    def check_topics(self, executions):
        # Queues refuse this character, as the service's do; escapes of the envelope hide others.
        executions = {execution: value for execution, value in executions.items()
                      if "\uffff" not in value}
        told = self.messages(self.queues[0], len(executions))
        self.assertEqual(sorted(executions.items()), sorted(
            (note["MessageAttributes"]["execution"]["Value"], note["Message"]) for note in told))
        asked = self.messages(self.queues[1], len(executions))
        self.assertEqual(len(executions), len(asked))
        for note in asked:
            head, _, rest = note["Message"].partition("\n")
            execution = head.split()[2]
            with self.subTest(value=executions[execution]):
                self.assertTrue(rest.startswith(executions[execution] + "\nWhat would run:\n"),
                                rest)
                self.assertEqual("Approval required: HostileValues", note["Subject"])
