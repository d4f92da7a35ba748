"""Tells people about findings."""
import logging
import os

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    for finding in event["detail"]["findings"]:
        severity = finding["Severity"]["Label"]
        about = "\n".join(item["Id"] for item in finding["Resources"][:3])
        sent = boto3.client("sns").publish(
            TopicArn=os.environ["TOPIC"], Subject=f"{severity}: {finding['Title']}",
            # Not ASCII alone: people write and read this.
            Message=f"⚠ {finding.get('Description', '')}\n\n{about}\n",
            MessageAttributes={"severity": {"DataType": "String", "StringValue": severity},
                               "finding": {"DataType": "String", "StringValue": finding["Id"]}})
        log.info("told of %s as %s", finding["Id"], sent["MessageId"])
    return {"statusCode": 200}
