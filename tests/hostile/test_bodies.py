"""Signed, and yet not what it should be: bodies that are broken, wrong, endless or bottomless."""
import gzip
import json
import unittest

from client import Engine

DEEP = 100_000
MEGABYTES = 1 << 20


class Bodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()

    def tearDown(self):
        self.assertTrue(self.engine.alive())

    def refused(self, reply, code, status=400):
        self.assertEqual((status, code), (reply.status, reply.code), reply.body[:300])
        return reply

    def rule(self, body):
        return self.engine.json_call("events", "PutRule", body)

    # -- JSON ------------------------------------------------------------------------------------
    def test_malformed_json(self):
        for body in (b'{"Name": ', b"[]", b"{} x", b"nonsense", b'"text"', b"null", b"{'Name': 1}",
                     b'{"Name":"\xff\xfe"}', b'{"Name":"\\ud800"}', b'{"Limit":NaN}', b"\x00" * 100,
                     b"\xef\xbb\xbf\xef\xbb\xbf{}", b'{"Name":"a\nb"}', b'{"a":1,}'):
            with self.subTest(body=body):
                self.refused(self.rule(body), "SerializationException")
                self.refused(self.engine.json_call("sqs", "ListQueues", body),
                             "SerializationException")
                self.refused(self.engine.rest_call("lambda", "POST", "/2015-03-31/functions", body),
                             "SerializationException")

    def test_missing_members(self):
        for body in (b"", b"{}", {"EventPattern": "{}"}, {"Name": None}):
            with self.subTest(body=body):
                reply = self.refused(self.rule(body), "ValidationException")
                self.assertIn(
                    "Value null at 'name' failed to satisfy constraint: Member must not be null",
                    reply.json()["message"])
        self.refused(self.engine.query_call("ec2", {"Action": "StopInstances"}), "MissingParameter")
        self.refused(self.engine.query_call("iam", {"Action": "CreateRole"}), "ValidationError")
        self.refused(self.engine.cbor_call("PutMetricData", b"\xa0"),
                     "MissingRequiredParameterException")
        self.refused(self.engine.rest_call("securityhub", "POST", "/findings/import", {}),
                     "InvalidInputException")

    def test_wrong_types_and_numbers(self):
        for body in ({"Name": 5}, {"Name": ["x"]}, {"Name": "x", "Tags": {}},
                     {"Name": "x", "Tags": [1]}):
            with self.subTest(body=body):
                self.refused(self.rule(body), "SerializationException")
        for limit, code in ((b"-5", "ValidationException"), (b"1e400", "SerializationException"),
                            (b"1.5", "SerializationException"),
                            (b"9" * 40, "SerializationException"),
                            (b"-9223372036854775809", "SerializationException"),
                            (b'"x"', "SerializationException"), (b"{}", "SerializationException")):
            with self.subTest(limit=limit):
                self.refused(
                    self.engine.json_call("events", "ListRules", b'{"Limit":' + limit + b"}"), code)
        url = f"http://{self.engine.host}:{self.engine.port}/{self.engine.account}/hostile"
        self.assertEqual(
            200,
            self.engine.json_call("sqs", "CreateQueue", {"QueueName": "hostile"}).status)
        for member, value in (("DelaySeconds", -1), ("DelaySeconds", 2**31 - 1)):
            self.refused(self.engine.json_call("sqs", "SendMessage", {
                "QueueUrl": url, "MessageBody": "x", member: value}), "InvalidParameterValue")
        for member, value in (("MaxNumberOfMessages", -1), ("WaitTimeSeconds", -20),
                              ("VisibilityTimeout", -1)):
            with self.subTest(member=member):
                self.refused(
                    self.engine.json_call("sqs", "ReceiveMessage",
                                          {"QueueUrl": url, member: value}),
                    "InvalidParameterValue")
        self.refused(
            self.engine.json_call("sqs", "SendMessage",
                                  {"QueueUrl": url, "MessageBody": "a\u0001b"}),
            "InvalidMessageContents")

    def test_depth(self):
        bottomless = (b"[" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP,
                      b'{"Tags":' + b"[" * DEEP + b"]" * DEEP + b"}")
        for body in bottomless:
            self.refused(self.rule(body), "SerializationException")
            self.refused(self.engine.rest_call("securityhub", "POST", "/findings/import", body),
                         "SerializationException")
        nested = '{"a":' * 20_000 + "1" + "}" * 20_000
        reply = self.engine.json_call("events", "PutEvents", {
            "Entries": [{"Source": "a", "DetailType": "b", "Detail": nested}]})
        self.assertEqual((200, 1), (reply.status, reply.json()["FailedEntryCount"]))
        self.assertEqual("MalformedDetail", reply.json()["Entries"][0]["ErrorCode"])
        pattern = '{"a":' * 700 + '["x"]' + "}" * 700
        reply = self.rule({"Name": "deep", "EventPattern": pattern})
        self.assertEqual(400, reply.status)
        self.assertIn(reply.code, ("InvalidEventPatternException", "ValidationException"))
        self.refused(
            self.engine.query_call("iam", {
                "Action": "CreateRole", "RoleName": "deep", "AssumeRolePolicyDocument": "{" * DEEP
            }), "MalformedPolicyDocument")
        reply = self.engine.json_call("ssm", "CreateDocument", {
            "Name": "deep", "DocumentType": "Automation", "Content": '{"mainSteps":' + "[" * 20_000
        })
        self.refused(reply, "InvalidDocumentContent")
        reply = self.engine.json_call(
            "ssm", "CreateDocument", {
                "Name": "deep", "DocumentType": "Automation", "DocumentFormat": "YAML",
                "Content": "[" * 20_000
            })
        self.refused(reply, "InvalidDocumentContent")

    def test_aliases_that_multiply(self):
        """Ten levels of ten YAML aliases: a few hundred bytes that would be ten billion nodes."""
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        reply = self.engine.json_call("ssm", "CreateDocument", {
            "Name": "laughs", "DocumentType": "Automation", "DocumentFormat": "YAML",
            "Content": "schemaVersion: '0.3'\n" + "\n".join(lines) + "\nmainSteps: *a9\n"})
        self.refused(reply, "InvalidDocumentContent")

    def test_two_megabytes(self):
        reply = self.engine.json_call(
            "events", "PutEvents", {
                "Entries": [{
                    "Source": "a", "DetailType": "b",
                    "Detail": json.dumps({"x": "y" * 2 * MEGABYTES})
                }]
            })
        self.refused(reply, "ValidationException")
        self.assertIn("over the limit", reply.json()["message"])
        name = "y" * 2 * MEGABYTES
        # The errors do not send the two megabytes back: Engine.check_clean() bounds them.
        self.refused(self.rule({"Name": name}), "ValidationException")
        self.refused(self.engine.json_call("logs", "CreateLogGroup", {"logGroupName": name}),
                     "InvalidParameterException")
        self.refused(self.engine.json_call("ssm", "GetDocument", {"Name": name}),
                     "ValidationException")
        self.refused(self.engine.query_call("sns", {"Action": "CreateTopic", "Name": name}),
                     "InvalidParameter")
        self.assertEqual(
            200,
            self.engine.json_call("sqs", "CreateQueue", {"QueueName": "hostile"}).status)
        url = f"http://{self.engine.host}:{self.engine.port}/{self.engine.account}/hostile"
        self.refused(
            self.engine.json_call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": name}),
            "InvalidParameterValue")
        self.refused(
            self.engine.json_call("secretsmanager", "CreateSecret",
                                  {"Name": "x", "SecretString": name}), "ValidationException")

    def test_unknown_operations(self):
        self.refused(self.engine.json_call("events", "PutRulez", {}), "UnknownOperationException")
        self.refused(self.engine.cbor_call("Nope", b"\xa0"), "UnknownOperationException")
        self.refused(self.engine.query_call("sns", {"Action": "Nope"}), "InvalidAction")
        self.refused(self.engine.query_call("ec2", {"Action": "Nope"}), "InvalidAction")
        self.refused(self.engine.rest_call("lambda", "PATCH", "/2015-03-31/functions/x"),
                     "UnknownOperationException", 404)
        for target in ("Nope.Op", "AWSEvents.", ".", "AWSEvents.PutRule.PutRule",
                       "AWSEvents." + "x" * 20_000):
            with self.subTest(target=target[:40]):
                reply = self.engine.send("events", body=b"{}", headers={
                    "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target})
                self.refused(reply, "UnknownOperationException")

    def test_content_types(self):
        for content_type, body in (("text/xml", b"<a/>"),
                                   ("application/x-www-form-urlencoded", b"Action=ListRules"),
                                   ("multipart/form-data; boundary=x", b"--x--"),
                                   ("application/cbor", b"\xa0"), ("/;,", b"?")):
            with self.subTest(content_type=content_type):
                headers = {"Content-Type": content_type, "X-Amz-Target": "AWSEvents.ListRules"}
                self.refused(self.engine.send("events", body=body, headers=headers),
                             "SerializationException")

    # -- forms -----------------------------------------------------------------------------------
    def test_forms(self):
        engine = self.engine
        self.refused(engine.query_call("sns", {}), "MissingAction")
        self.refused(engine.query_call("sns", b""), "MissingAction")
        self.refused(engine.query_call("sns", b"&&&=&=x&%"), "MissingAction")
        create = b"Action=CreateTopic&Version=2010-03-31&Name="
        self.refused(engine.query_call("sns", create + b"%zz%"), "InvalidParameter")
        self.refused(engine.query_call("sns", create + b"%ff%fe"), "MalformedInput")
        self.refused(engine.query_call("sns", create + b"a" + b"".join(
            b"&Tags.member.%d.Key=a" % number for number in range(100_000))), "MalformedInput")
        # Places that no list has are no elements.
        for place in (b"99999999999999999999", b"-1", b"0", b"x", b"1" + b".member.1" * 5000):
            with self.subTest(place=place[:30]):
                reply = engine.query_call("sns",
                                          create + b"places&Tags.member." + place + b".Key=a")
                self.assertIn(reply.status, (200, 400))
        self.refused(
            engine.query_call(
                "sts", {
                    "Action": "AssumeRole", "RoleArn": "arn:aws:iam::000000000000:role/x",
                    "RoleSessionName": "abc", "DurationSeconds": "12x"
                }), "MalformedInput")
        self.refused(engine.query_call("ec2", {"Action": "StopInstances", "InstanceId.1": "i-xyz"}),
                     "InvalidInstanceID.Malformed")
        self.refused(
            engine.query_call(
                "ec2",
                {"Action": "DescribeInstances", "Filter.1.Name": "nope", "Filter.1.Value.1": "a"}),
            "InvalidParameterValue")

    def test_errors_escape_what_they_repeat(self):
        reply = self.engine.query_call(
            "iam", {"Action": "GetRole", "RoleName": "<script>alert(1)</script>\"&'"})
        self.refused(reply, "ValidationError")
        self.assertNotIn(b"<script>", reply.body)
        reply = self.engine.json_call("events", "DescribeRule",
                                      {"Name": 'a"}\r\nX-Injected: 1\r\n\r\n'})
        self.refused(reply, "ValidationException")
        self.assertNotIn("x-injected", reply.headers)
        self.assertIn("message", reply.json())

    # -- CBOR ------------------------------------------------------------------------------------
    def test_cbor(self):
        name = b"\xa1\x69Namespace"
        for what, body in {
                "garbage": b"\xff\xfe\x00garbage",
                "cut short": b"\xbfiNamespacedabc",
                "text longer than memory": name + b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",
                "text of negative length": name + b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
                "bytes longer than memory": name + b"\x5b\x00\x00\x00\xff\xff\xff\xff\xff",
                "array longer than memory":
                    b"\xa1\x6aMetricData\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
                "map longer than memory": b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
                "deep arrays": b"\xa1\x6aMetricData" + b"\x81" * DEEP,
                "deep endless arrays": b"\x9f" * DEEP,
                "deep maps": b"\xa1\x61a" * DEEP,
                "deep tags": b"\xc1" * DEEP + b"\x00",
                "not UTF-8": name + b"\x62\xff\xfe",
                "number for text": name + b"\x01",
                "no map": b"\x01",
                "two items": b"\xa0\xa0",
                "reserved length": b"\xbc",
                "break alone": b"\xff",
                "negative array of data": b"\xa2\x69Namespace\x61a\x6aMetricData\x20",
        }.items():
            with self.subTest(what=what):
                self.refused(self.engine.cbor_call("PutMetricData", body), "SerializationException")

    # -- compression -----------------------------------------------------------------------------
    def test_compressed(self):
        bomb = gzip.compress(b"\0" * (128 * MEGABYTES))
        for body in (bomb, b"not gzip", gzip.compress(b"{}")[:-6], b"\x1f\x8b"):
            reply = self.engine.send("events", body=body, headers={
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.ListRules",
                "Content-Encoding": "gzip"})
            self.refused(reply, "SerializationException")


if __name__ == "__main__":
    unittest.main()
