"""Who calls: no signature, a wrong one, an old one, one that says nonsense."""
import datetime
import unittest

from client import Engine

MINUTE = datetime.timedelta(minutes=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Callers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()

    def refused_everywhere(self, json, query, ec2, **signing):
        """Every protocol has its own name for the same refusal, and its own status."""
        engine = self.engine
        calls = {
            "json": (engine.json_call("events", "ListRules", {}, **signing), 400, json),
            "query": (engine.query_call("sts", {"Action": "GetCallerIdentity"}, **signing),
                      403, query),
            "ec2": (engine.query_call("ec2", {"Action": "DescribeInstances"}, **signing),
                    401 if ec2 == "AuthFailure" else 400, ec2),
            "rest": (engine.rest_call("lambda", "GET", "/2015-03-31/functions/", **signing),
                     403, json),
            "cbor": (engine.cbor_call("ListMetrics", b"\xa0", **signing), 400, json),
        }
        for protocol, (reply, status, code) in calls.items():
            with self.subTest(protocol=protocol):
                self.assertEqual((reply.status, reply.code), (status, code))

    def test_wrong_secret(self):
        self.refused_everywhere("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
                                secret="x" * 40)

    def test_a_signature_counts_for_one_service(self):
        # The string that was signed names another service than the one that is called.
        reply = self.engine.json_call("events", "ListRules", {}, scope_service="ssm")
        self.assertEqual((400, "InvalidSignatureException"), (reply.status, reply.code))
        self.assertEqual("Credential should be scoped to correct service: 'events'. ",
                         reply.json()["message"])
        reply = self.engine.query_call("sts", {"Action": "GetCallerIdentity"}, scope_service="stsx")
        self.assertEqual((403, "SignatureDoesNotMatch"), (reply.status, reply.code))
        reply = self.engine.cbor_call("ListMetrics", b"\xa0", scope_service="events")
        self.assertEqual((400, "InvalidSignatureException"), (reply.status, reply.code))

    def test_the_region_of_the_scope_is_the_region_of_the_call(self):
        for region in ("eu-west-1", "us-east-1"):
            reply = self.engine.json_call("events", "DescribeEventBus", {}, region=region)
            self.assertEqual(f"arn:aws:events:{region}:{self.engine.account}:event-bus/default",
                             reply.json()["Arn"])

    def test_unknown_key(self):
        self.refused_everywhere("UnrecognizedClientException", "InvalidClientTokenId",
                                "AuthFailure", key="AKIAIOSFODNN7EXAMPLE")

    def test_expired_and_early_dates(self):
        for shift in (-20 * MINUTE, 20 * MINUTE, -3650 * 24 * 60 * MINUTE):
            with self.subTest(shift=shift):
                self.refused_everywhere("InvalidSignatureException", "SignatureDoesNotMatch",
                                        "RequestExpired", when=now() + shift)
        reply = self.engine.json_call("events", "ListRules", {}, when=now() - 20 * MINUTE)
        # Clients read this text to learn how wrong their clock is.
        self.assertRegex(reply.json()["message"],
                         r"^Signature expired: \d{8}T\d{6}Z is now earlier than")

    def test_a_few_minutes_are_forgiven(self):
        for shift in (-10 * MINUTE, 10 * MINUTE):
            self.assertEqual(
                200,
                self.engine.json_call("events", "ListRules", {}, when=now() + shift).status)

    def unsigned(self, content_type, body, headers=None, method="POST", target="/"):
        headers = {"Host": f"{self.engine.host}:{self.engine.port}", "Content-Type": content_type,
                   **(headers or {})}
        return self.engine.unsigned(method, target, headers, body)

    def test_no_signature(self):
        form = "application/x-www-form-urlencoded"
        reply = self.unsigned("application/x-amz-json-1.1", b"{}",
                              {"X-Amz-Target": "AWSEvents.ListRules"})
        self.assertEqual("MissingAuthenticationTokenException", reply.code)
        self.assertIn(reply.status, (400, 403))
        reply = self.unsigned(form, b"Action=GetCallerIdentity&Version=2011-06-15")
        self.assertEqual((403, "MissingAuthenticationToken"), (reply.status, reply.code))
        reply = self.unsigned(form, b"Action=DescribeInstances&Version=2016-11-15")
        self.assertEqual("AuthFailure", reply.code)
        reply = self.unsigned("application/json", b"", method="GET",
                              target="/2015-03-31/functions/")
        self.assertEqual((403, "MissingAuthenticationTokenException"), (reply.status, reply.code))

    def test_headers_that_make_no_sense(self):
        stamp = now().strftime("%Y%m%dT%H%M%SZ")
        for value, code in [
            ("", "MissingAuthenticationTokenException"),
            ("Basic dXNlcjpwYXNz", "MissingAuthenticationTokenException"),
            ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 Credential=", "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=zz",
             "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;;, Signature=",
             "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 " + "A" * 30000, "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 " + "Credential=a/b/c/d/e, " * 1000, "IncompleteSignatureException"),
        ]:
            with self.subTest(value=value[:60]):
                reply = self.unsigned("application/x-amz-json-1.1", b"{}", {
                    "X-Amz-Target": "AWSEvents.ListRules", "X-Amz-Date": stamp,
                    "Authorization": value
                })
                self.assertEqual((400, code), (reply.status, reply.code))

    def signed(self):
        return self.engine.sign(
            "events", "POST", "/",
            {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.ListRules"},
            b"{}")

    def test_altered_after_signing(self):
        for what, change, body in [("body", {}, b'{"Limit":1}'),
                                   ("operation", {"X-Amz-Target": "AWSEvents.ListEventBuses"},
                                    b"{}"),
                                   ("host", {"Host": "elsewhere.example"}, b"{}")]:
            with self.subTest(what=what):
                reply = self.engine.unsigned("POST", "/", {**self.signed(), **change}, body)
                self.assertEqual((400, "InvalidSignatureException"), (reply.status, reply.code))

    def test_digest_that_is_not_the_bodys(self):
        reply = self.engine.send("events", headers={
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.ListRules",
            "X-Amz-Content-Sha256": "0" * 64}, body=b"{}", digest="0" * 64)
        self.assertEqual((400, "InvalidSignatureException"), (reply.status, reply.code))

    def test_target_outside_the_signature(self):
        """What a signature leaves out could be swapped under it."""
        headers = self.engine.sign("events", "POST", "/",
                                   {"Content-Type": "application/x-amz-json-1.1"}, b"{}")
        reply = self.engine.unsigned("POST", "/",
                                     {**headers, "X-Amz-Target": "AWSEvents.ListRules"}, b"{}")
        self.assertEqual((400, "InvalidSignatureException"), (reply.status, reply.code))

    def test_dates_and_tokens_that_are_none(self):
        reply = self.engine.unsigned("POST", "/", {**self.signed(), "X-Amz-Date": "yesterday"},
                                     b"{}")
        self.assertEqual((400, "IncompleteSignatureException"), (reply.status, reply.code))
        reply = self.engine.send("events", headers={
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.ListRules",
            "X-Amz-Security-Token": "garbage"}, body=b"{}")
        self.assertEqual((400, "UnrecognizedClientException"), (reply.status, reply.code))


if __name__ == "__main__":
    unittest.main()
