"""Hears of deliveries that failed."""
import json
import logging
import os

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    log.error("not delivered: %s", json.dumps(event))
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC"], Subject="A response failed",
                                Message=json.dumps(event, indent=1))
    return {"statusCode": 200}
