"""Looks at new findings, says which response each one asks for, and announces that as an event."""
import json
import logging
from datetime import datetime, timezone

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)

URGENT = (("UnauthorizedAPICall", "SIGN_OFF"), ("NetworkReachability", "CLOSE"),
          ("Malware", "FREEZE"))


def choose(finding):
    severity = finding.get("Severity", {}).get("Label", "INFORMATIONAL")
    if severity in ("HIGH", "CRITICAL"):
        for part, response in URGENT:
            if any(part in kind for kind in finding.get("Types", [])):
                return response
    return "TELL"


def handler(event, context):
    findings = event["detail"]["findings"]
    hub = boto3.client("securityhub")
    bus = boto3.client("events")
    for finding in findings:
        response = choose(finding)
        note = finding.get("Note", {}).get("Text", "none")
        log.info("sorted %s as %s (note: %s)", finding["Id"], response, note)
        hub.batch_update_findings(
            FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
            Workflow={"Status": "IN_PROGRESS"},
            Note={"Text": f"chosen: {response}", "UpdatedBy": "sorter"})
        answer = bus.put_events(Entries=[{
            "Source": "walk.responses",
            "DetailType": "Response Chosen",
            "Detail": json.dumps({"response": response, "finding": finding,
                                  "at": datetime.now(timezone.utc).isoformat()}),
        }])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"])
    return {"statusCode": 200, "sorted": len(findings)}
