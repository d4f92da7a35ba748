import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AwsJson1_0Protocol,
  AwsQueryProtocol,
  AwsSmithyRpcV2CborProtocol,
} from "@aws-sdk/core/protocols";
import * as trail from "@aws-sdk/client-cloudtrail";
import * as cw from "@aws-sdk/client-cloudwatch";
import * as cwl from "@aws-sdk/client-cloudwatch-logs";
import { eventually, refused, unique } from "./support.js";

// The three that clients speak today; the SDK's own choice changes with its versions.
const settings = {
  defaultNamespace: "com.amazonaws.cloudwatch", serviceTarget: "GraniteServiceVersion20100801",
  xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/", version: "2010-08-01",
};
const clients = {
  "the SDK's own protocol": new cw.CloudWatchClient({}),
  query: new cw.CloudWatchClient({ protocol: AwsQueryProtocol, protocolSettings: settings }),
  JSON: new cw.CloudWatchClient({ protocol: AwsJson1_0Protocol, protocolSettings: settings }),
  CBOR: new cw.CloudWatchClient({
    protocol: AwsSmithyRpcV2CborProtocol,
    protocolSettings: settings,
  }),
};

for (const [protocol, client] of Object.entries(clients)) {
  test(`metrics, alarms and dashboards over ${protocol}`, async () => {
    const Namespace = unique("Sdk");
    const Dimensions = [{ Name: "Kind", Value: "a <b> & ü" }];
    const now = new Date(Math.floor(Date.now() / 60000) * 60000);
    await client.send(
      new cw.PutMetricDataCommand({
        Namespace,
        MetricData: [
          { MetricName: "Size", Dimensions, Timestamp: now, Value: 2.5, Unit: "Bytes" },
          {
            MetricName: "Size",
            Dimensions,
            Timestamp: now,
            Values: [1, 4],
            Counts: [2, 1],
            Unit: "Bytes",
          },
        ],
      }),
    );
    const range = { StartTime: new Date(now - 600000), EndTime: new Date(+now + 600000) };
    const points = await eventually("the data", async () => {
      const { Datapoints } = await client.send(new cw.GetMetricStatisticsCommand({
        Namespace, MetricName: "Size", Dimensions, ...range, Period: 60,
        Statistics: ["Sum", "Minimum", "Maximum", "SampleCount", "Average"],
      }));
      return Datapoints.length > 0 && Datapoints;
    });
    assert.deepEqual(points, [
      {
        Timestamp: now,
        Unit: "Bytes",
        Sum: 8.5,
        Minimum: 1,
        Maximum: 4,
        SampleCount: 4,
        Average: 2.125,
      },
    ]);
    const { MetricDataResults } = await client.send(
      new cw.GetMetricDataCommand({
        ...range,
        MetricDataQueries: [
          {
            Id: "m",
            MetricStat: {
              Metric: { Namespace, MetricName: "Size", Dimensions },
              Period: 60,
              Stat: "Sum",
            },
          },
        ],
      }),
    );
    assert.deepEqual(MetricDataResults[0].Values, [8.5]);
    assert.deepEqual(MetricDataResults[0].Timestamps, [now]);
    const { Metrics } = await client.send(new cw.ListMetricsCommand({ Namespace }));
    assert.deepEqual(Metrics, [{ Namespace, MetricName: "Size", Dimensions }]);

    const AlarmName = unique("alarm");
    await client.send(
      new cw.PutMetricAlarmCommand({
        AlarmName,
        Namespace,
        MetricName: "Size",
        Dimensions,
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5.5,
        ComparisonOperator: "GreaterThanThreshold",
        TreatMissingData: "notBreaching",
      }),
    );
    await client.send(
      new cw.SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "by hand" }),
    );
    const { MetricAlarms } = await client.send(
      new cw.DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
    );
    assert.equal(MetricAlarms[0].Threshold, 5.5);
    assert.deepEqual(MetricAlarms[0].Dimensions, Dimensions);
    assert.ok(MetricAlarms[0].StateUpdatedTimestamp instanceof Date);
    const { AlarmHistoryItems } = await client.send(new cw.DescribeAlarmHistoryCommand({
      AlarmName, HistoryItemType: "StateUpdate",
    }));
    assert.match(AlarmHistoryItems[0].HistorySummary, /to ALARM/);
    await client.send(new cw.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));

    const DashboardName = unique("board");
    const DashboardBody = '{"widgets": []}';
    await client.send(new cw.PutDashboardCommand({ DashboardName, DashboardBody }));
    const board = await client.send(new cw.GetDashboardCommand({ DashboardName }));
    assert.equal(board.DashboardBody, DashboardBody);
    await client.send(new cw.DeleteDashboardsCommand({ DashboardNames: [DashboardName] }));
    // The query protocol has names of its own, which others may repeat for clients that know them.
    await refused(client.send(new cw.GetDashboardCommand({ DashboardName })),
      ["ResourceNotFound", "DashboardNotFoundError"], /does not exist/);
    await refused(client.send(new cw.PutMetricDataCommand({
      Namespace: "AWS/Mine", MetricData: [{ MetricName: "Size", Value: 1 }],
    })), ["InvalidParameterValue", "InvalidParameterValueException"]);
  });
}

test("log groups, streams and filters", async () => {
  const logs = new cwl.CloudWatchLogsClient({});
  const logGroupName = `/sdk/${unique("group")}`;
  await logs.send(new cwl.CreateLogGroupCommand({ logGroupName, tags: { made: "by-sdk" } }));
  await refused(
    logs.send(new cwl.CreateLogGroupCommand({ logGroupName })),
    "ResourceAlreadyExistsException",
  );
  await logs.send(new cwl.CreateLogStreamCommand({ logGroupName, logStreamName: "s" }));
  const now = Date.now();
  await logs.send(new cwl.PutLogEventsCommand({
    logGroupName, logStreamName: "s",
    logEvents: [
      { timestamp: now - 2, message: "ERROR first ü" }, { timestamp: now - 1, message: "fine" },
      { timestamp: now, message: '{"level": "ERROR", "size": 12}' },
    ],
  }));
  const filter = async (filterPattern) => {
    const { events } = await logs.send(
      new cwl.FilterLogEventsCommand({ logGroupName, filterPattern }),
    );
    return events.map((event) => event.message);
  };
  await eventually("the lines", async () => (await filter(undefined)).length === 3);
  assert.deepEqual(await filter("ERROR -level"), ["ERROR first ü"]);
  assert.deepEqual(await filter('{ $.size > 10 && $.level = "ERROR" }'), [
    '{"level": "ERROR", "size": 12}',
  ]);
  const { events } = await logs.send(new cwl.GetLogEventsCommand({
    logGroupName, logStreamName: "s", startFromHead: true, limit: 2,
  }));
  assert.deepEqual(events.map((event) => event.message), ["ERROR first ü", "fine"]);
  const { logGroups } = await logs.send(
    new cwl.DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
  );
  assert.equal(logGroups.length, 1);
  await logs.send(new cwl.PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
  await logs.send(new cwl.DeleteLogGroupCommand({ logGroupName }));
  await refused(
    logs.send(new cwl.FilterLogEventsCommand({ logGroupName })),
    "ResourceNotFoundException",
  );
});

test("the audit tells who did what", async () => {
  const logs = new cwl.CloudWatchLogsClient({});
  const logGroupName = `/sdk/${unique("audited")}`;
  await logs.send(new cwl.CreateLogGroupCommand({ logGroupName }));
  const audit = new trail.CloudTrailClient({});
  const record = await eventually("the record", async () => {
    for await (const page of trail.paginateLookupEvents({ client: audit }, {
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateLogGroup" }],
      StartTime: new Date(Date.now() - 600000),
    })) {
      for (const event of page.Events) {
        const one = JSON.parse(event.CloudTrailEvent);
        if (one.requestParameters?.logGroupName === logGroupName) return { event, one };
      }
    }
  });
  assert.ok(record.event.EventTime instanceof Date);
  assert.equal(record.one.eventSource, "logs.amazonaws.com");
  assert.equal(record.one.userIdentity.type, "Root");
  assert.equal(record.one.sourceIPAddress, "127.0.0.1");
  assert.match(record.one.userAgent, /aws-sdk-js/);
});
