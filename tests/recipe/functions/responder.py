"""Does what the sorter chose, on the estate, and closes the finding."""
import logging
import os

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)


def resource(finding, prefix):
    """The last part of the first resource id whose last part begins with `prefix`."""
    for item in finding.get("Resources", []):
        name = item.get("Id", "").split("/")[-1]
        if name.startswith(prefix):
            return name
    raise LookupError(f"the finding names no {prefix}… resource")


def sign_off(finding):
    started = boto3.client("ssm").start_automation_execution(
        DocumentName="AWS-PublishSNSNotification",
        Parameters={"TopicArn": [os.environ["TOPIC"]],
                    "Message": [f"{resource(finding, 'i-')} called what it should not"]})
    return f"runbook {started['AutomationExecutionId']}"


def close(finding):
    ec2 = boto3.client("ec2")
    group = resource(finding, "sg-")
    described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    for rule in described["IpPermissions"]:
        if any(block["CidrIp"] == "0.0.0.0/0" for block in rule["IpRanges"]):
            # As described, whole: every member of a described rule must be accepted back.
            ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return f"closed {group}"


def freeze(finding):
    ec2 = boto3.client("ec2")
    instance = resource(finding, "i-")
    ec2.stop_instances(InstanceIds=[instance])
    described = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    kept = [ec2.create_snapshot(VolumeId=device["Ebs"]["VolumeId"],
                                Description=f"evidence of {instance}")["SnapshotId"]
            for device in described["BlockDeviceMappings"]]
    return f"froze {instance}, kept {' '.join(kept)}"


def tell(finding):
    return "left to a person"


RESPONSES = {"SIGN_OFF": sign_off, "CLOSE": close, "FREEZE": freeze, "TELL": tell}


def handler(event, context):
    response, finding = event["detail"]["response"], event["detail"]["finding"]
    try:
        outcome, status = RESPONSES[response](finding), "RESOLVED"
    except LookupError as problem:
        outcome, status = str(problem), "NEW"
    log.info("%s: %s", response, outcome)
    boto3.client("securityhub").batch_update_findings(
        FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
        Workflow={"Status": status}, Note={"Text": outcome, "UpdatedBy": "responder"})
    return {"statusCode": 200, "outcome": outcome}
