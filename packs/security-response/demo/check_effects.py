#!/usr/bin/env python3
"""Checks, through a stock client, that every expected effect on the estate is there.

Reads AWS_ENDPOINT_URL and the usual AWS variables. Prints one line an effect; exit code 1 when one
is missing.
"""
import os
import sys

import boto3

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
WORLD = {"0.0.0.0/0", "::/0"}
GROUP = "sg-0d3a51f0c7b2e900"
INSTANCE = "i-0d3a51f0c7b2e900"


def client(name):
    return boto3.client(name, endpoint_url=ENDPOINT)


ec2, s3, hub = client("ec2"), client("s3"), client("securityhub")


def instance(number):
    reply = ec2.describe_instances(InstanceIds=[INSTANCE + number])
    return reply["Reservations"][0]["Instances"][0]


def open_ports(number):
    """{port: sources} of what the world may still reach."""
    group = ec2.describe_security_groups(GroupIds=[GROUP + number])["SecurityGroups"][0]
    ports = {}
    for rule in group["IpPermissions"]:
        sources = {r["CidrIp"] for r in rule["IpRanges"]}
        sources |= {r["CidrIpv6"] for r in rule.get("Ipv6Ranges", [])}
        if sources & WORLD:
            ports[rule.get("FromPort")] = sorted(sources & WORLD)
    return ports


def statuses():
    found = {}
    for page in hub.get_paginator("get_findings").paginate():
        for finding in page["Findings"]:
            found[finding["Id"]] = finding["Workflow"]["Status"]
    return found


def groups_of(number):
    names = [g["GroupName"] for g in instance(number)["SecurityGroups"]]
    tags = {t["Key"]: t["Value"] for t in instance(number).get("Tags", [])}
    return names, tags.get("riposte:security-groups")


def snapshots(volume):
    reply = ec2.describe_snapshots(Filters=[{"Name": "volume-id", "Values": [volume]}])
    return len(reply["Snapshots"])


def volume_of(number, device):
    for mapping in instance(number)["BlockDeviceMappings"]:
        if mapping["DeviceName"] == device:
            return ec2.describe_volumes(VolumeIds=[mapping["Ebs"]["VolumeId"]])["Volumes"][0]
    return {}


def bucket_encryption():
    reply = s3.get_bucket_encryption(Bucket="riposte-demo-statements")
    rule = reply["ServerSideEncryptionConfiguration"]["Rules"][0]
    return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def main():
    found = statuses()
    resolved = sorted(i for i, s in found.items() if s == "RESOLVED")
    notified = sorted(i for i, s in found.items() if s == "NOTIFIED")
    new = sorted(i for i, s in found.items() if s == "NEW")
    checks = [
        ("web-1 is isolated, its groups kept for the way back",
         groups_of("1") == (["riposte-quarantine"], GROUP + "1"), groups_of("1")),
        ("administration is closed to the world", open_ports("2") == {}, open_ports("2")),
        ("worker-1 is stopped", instance("2")["State"]["Name"] == "stopped",
         instance("2")["State"]["Name"]),
        ("both of worker-1's volumes are preserved",
         snapshots("vol-0d3a51f0c7b2e9021") >= 1 and snapshots("vol-0d3a51f0c7b2e9022") >= 1, ""),
        ("the database is closed to the world", open_ports("3") == {}, open_ports("3")),
        ("the jump group is closed to the world", open_ports("4") == {}, open_ports("4")),
        ("the web group serves 80 and 443 only", sorted(open_ports("1")) == [80, 443],
         open_ports("1")),
        ("ledger-db runs from an encrypted volume",
         volume_of("3", "/dev/xvda").get("Encrypted") is True
         and instance("3")["State"]["Name"] == "running", volume_of("3", "/dev/xvda")),
        ("the bucket encrypts by default", bucket_encryption() == "AES256", ""),
        ("eight findings are RESOLVED", len(resolved) == 8, resolved),
        ("the alarm's finding is NOTIFIED", len(notified) == 1, notified),
        ("the finding whose response failed is NEW", new == ["acme/2026/000105"], new),
    ]
    for name, holds, what in checks:
        print(("ok      " if holds else "MISSING ") + name + ("" if holds else f": {what}"))
    missing = sum(1 for _, holds, _ in checks if not holds)
    print(f"{len(checks) - missing} of {len(checks)} effects are there")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
