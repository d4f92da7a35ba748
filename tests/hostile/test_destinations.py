"""API destinations that lead inside: nothing of ours, of the host or of its cloud is ever called."""
import socket
import threading
import time
import unittest

from client import Engine


class Trap:
    """A listener on the loopback interface that counts who comes."""

    def __init__(self):
        self.visits = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self):
        # Wakes accept(): left waiting, it would go on with whatever socket gets the number next.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Destinations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()
        cls.trap = Trap()
        cls.role = f"arn:aws:iam::{cls.engine.account}:role/hostile-caller"
        for form in (
                {"Action": "CreateRole", "RoleName": "hostile-caller",
                 "AssumeRolePolicyDocument":
                     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
                     '"Action":"sts:AssumeRole","Principal":{"Service":"events.amazonaws.com"}}]}'},
                {"Action": "PutRolePolicy", "RoleName": "hostile-caller", "PolicyName": "p",
                 "PolicyDocument":
                     '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
                     '"Action":"events:InvokeApiDestination","Resource":"*"}]}'}):
            assert cls.engine.query_call("iam", form).status == 200
        # The control: the trap works.
        socket.create_connection(("127.0.0.1", cls.trap.port)).close()
        while cls.trap.visits == 0:
            time.sleep(0.01)
        cls.trap.visits = 0

    @classmethod
    def tearDownClass(cls):
        cls.trap.close()

    def tearDown(self):
        self.assertTrue(self.engine.alive())
        self.assertEqual(0, self.trap.visits)

    def call(self, operation, body):
        return self.engine.json_call("events", operation, body)

    def made(self, operation, body, service="events"):
        reply = self.engine.json_call(service, operation, body)
        self.assertEqual(200, reply.status, reply.body[:300])
        return reply.json()

    def connect(self, name):
        return self.made("CreateConnection", {
            "Name": name, "AuthorizationType": "API_KEY",
            "AuthParameters": {"ApiKeyAuthParameters": {
                "ApiKeyName": "X-Key", "ApiKeyValue": "sesame-hostile"}}})["ConnectionArn"]

    def inside(self):
        port = self.trap.port
        return (f"https://127.0.0.1:{port}/", f"https://localhost:{port}/",
                f"https://2130706433:{port}/", f"https://0x7f000001:{port}/",
                f"https://127.1:{port}/", f"https://0.0.0.0:{port}/",
                "https://169.254.169.254/latest/meta-data/",
                f"https://{self.engine.host}:{self.engine.port}/")

    def test_no_destination_leads_inside(self):
        connection = self.connect("hostile-inside")
        queue = self.made("CreateQueue", {"QueueName": "hostile-dead"}, "sqs")["QueueUrl"]
        self.made("PutRule", {"Name": "hostile-inside",
                              "EventPattern": '{"source":["hostile-inside"]}'})
        for number, endpoint in enumerate(self.inside()):
            with self.subTest(endpoint=endpoint):
                name = f"hostile-{number}"
                arn = self.made("CreateApiDestination", {
                    "Name": name, "ConnectionArn": connection, "InvocationEndpoint": endpoint,
                    "HttpMethod": "GET"})["ApiDestinationArn"]
                self.made("PutTargets", {"Rule": "hostile-inside", "Targets": [{
                    "Id": "1", "Arn": arn, "RoleArn": self.role,
                    "DeadLetterConfig": {
                        "Arn": f"arn:aws:sqs:us-east-1:{self.engine.account}:hostile-dead"}}]})
                self.made("PutEvents", {"Entries": [{
                    "Source": "hostile-inside", "DetailType": "t", "Detail": "{}"}]})
                got = self.made("ReceiveMessage", {
                    "QueueUrl": queue, "WaitTimeSeconds": 15,
                    "MessageAttributeNames": ["All"]}, "sqs")
                message = got["Messages"][0]
                attributes = message["MessageAttributes"]
                self.assertEqual("SDK_CLIENT_ERROR", attributes["ERROR_CODE"]["StringValue"])
                self.assertEqual("0", attributes["RETRY_ATTEMPTS"]["StringValue"])
                self.made("DeleteMessage", {"QueueUrl": queue,
                                            "ReceiptHandle": message["ReceiptHandle"]}, "sqs")

    def test_no_authorization_endpoint_leads_inside(self):
        for number, endpoint in enumerate(self.inside()):
            with self.subTest(endpoint=endpoint):
                name = f"hostile-oauth-{number}"
                self.made("CreateConnection", {
                    "Name": name, "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS",
                    "AuthParameters": {"OAuthParameters": {
                        "ClientParameters": {"ClientID": "i", "ClientSecret": "sesame-hostile"},
                        "AuthorizationEndpoint": endpoint, "HttpMethod": "GET"}}})
                for _ in range(200):
                    shown = self.made("DescribeConnection", {"Name": name})
                    if shown["ConnectionState"] != "AUTHORIZING":
                        break
                    time.sleep(0.05)
                self.assertEqual("DEAUTHORIZED", shown["ConnectionState"])
                self.assertNotIn("sesame", str(shown))

    def test_what_is_no_endpoint(self):
        connection = self.connect("hostile-no-endpoint")
        for endpoint in ("http://api.example/", "https://user:pw@127.0.0.1/", "file:///etc/passwd",
                         "https://a.example/\r\nX: y", "gopher://127.0.0.1/", "https://*/",
                         "https://[::1]/", "//127.0.0.1/", "https:///x", "x" * 3000):
            with self.subTest(endpoint=endpoint):
                reply = self.call("CreateApiDestination", {
                    "Name": "hostile-no-endpoint", "ConnectionArn": connection,
                    "InvocationEndpoint": endpoint, "HttpMethod": "POST"})
                self.assertEqual((400, "ValidationException"), (reply.status, reply.code))

    def test_a_refused_secret_is_not_repeated(self):
        for value in ("sesame\r\nX: y", "sesame" * 200):
            reply = self.call("CreateConnection", {
                "Name": "hostile-secret", "AuthorizationType": "API_KEY",
                "AuthParameters": {"ApiKeyAuthParameters": {
                    "ApiKeyName": "X-Key", "ApiKeyValue": value}}})
            self.assertEqual((400, "ValidationException"), (reply.status, reply.code))
            self.assertNotIn(b"sesame", reply.body)
