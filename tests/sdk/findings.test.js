import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as sh from "@aws-sdk/client-securityhub";
import { account, refused, region, unique } from "./support.js";

const hub = new sh.SecurityHubClient({});
const prefix = unique("finding");
let owner, ProductArn;

before(async () => {
  owner = await account();
  ProductArn = `arn:aws:securityhub:${region}:${owner}:product/${owner}/default`;
});

const finding = (id, label, more = {}) => ({
  SchemaVersion: "2018-10-08",
  Id: `${prefix}/${id}`,
  ProductArn,
  GeneratorId: prefix,
  AwsAccountId: owner,
  Types: ["Software and Configuration Checks"],
  CreatedAt: "2026-01-05T08:00:00.000Z",
  UpdatedAt: "2026-01-05T08:00:00.000Z",
  Severity: { Label: label },
  Title: `Title of ${id}`,
  Description: "d",
  Resources: [
    { Type: "AwsEc2Instance", Id: `arn:aws:ec2:${region}:${owner}:instance/i-0123456789abcdef0` },
  ],
  ...more,
});
const mine = (more = {}) => ({ GeneratorId: [{ Value: prefix, Comparison: "EQUALS" }], ...more });
const find = async (Filters, more = {}) =>
  (await hub.send(new sh.GetFindingsCommand({ Filters: mine(Filters), ...more }))).Findings;

test("findings are imported, found, sorted, paged and updated", async () => {
  const imported = await hub.send(new sh.BatchImportFindingsCommand({
    Findings: [finding("a", "LOW"), finding("b", "CRITICAL"), finding("c", "MEDIUM"),
      { ...finding("d", "LOW"), AwsAccountId: "12" },
      { ...finding("e", "LOW"), ProductArn: "arn:aws:s3:::no-product" }],
  }));
  assert.equal(imported.SuccessCount, 3);
  assert.equal(imported.FailedCount, 2);
  assert.deepEqual(imported.FailedFindings.map((one) => [one.Id, one.ErrorCode]),
    ["d", "e"].map((id) => [`${prefix}/${id}`, "InvalidInput"]));

  const sorted = await find(
    {},
    { SortCriteria: [{ Field: "SeverityNormalized", SortOrder: "desc" }] },
  );
  assert.deepEqual(sorted.map((one) => one.Severity.Label), ["CRITICAL", "MEDIUM", "LOW"]);
  assert.equal(sorted[0].Severity.Normalized, 90);
  assert.equal(sorted[0].Workflow.Status, "NEW");
  assert.equal(sorted[0].RecordState, "ACTIVE");
  const severe = await find({ SeverityLabel: [{ Value: "LOW", Comparison: "NOT_EQUALS" }],
    Title: [{ Value: "Title of", Comparison: "PREFIX" }] });
  assert.deepEqual(severe.map((one) => one.Title).sort(), ["Title of b", "Title of c"]);
  const paged = [];
  for await (const page of sh.paginateGetFindings(
    { client: hub, pageSize: 2 },
    { Filters: mine() },
  )) {
    assert.ok(page.Findings.length <= 2);
    paged.push(...page.Findings);
  }
  assert.equal(paged.length, 3);

  const updated = await hub.send(
    new sh.BatchUpdateFindingsCommand({
      FindingIdentifiers: [
        { Id: `${prefix}/a`, ProductArn },
        { Id: `${prefix}/none`, ProductArn },
      ],
      Workflow: { Status: "RESOLVED" },
      Note: { Text: "done", UpdatedBy: "sdk" },
      UserDefinedFields: { ticket: "7" },
    }),
  );
  assert.equal(updated.ProcessedFindings.length, 1);
  assert.equal(updated.UnprocessedFindings[0].ErrorCode, "FindingNotFound");
  const [resolved] = await find({ WorkflowStatus: [{ Value: "RESOLVED", Comparison: "EQUALS" }] });
  assert.equal(resolved.Note.Text, "done");
  assert.deepEqual(resolved.UserDefinedFields, { ticket: "7" });
});

test("automation rules change what comes in, in their order", async () => {
  const generator = unique("generator");
  const rule = (name, order, update, more = {}) => hub.send(new sh.CreateAutomationRuleCommand({
    RuleName: name, RuleOrder: order, RuleStatus: "ENABLED", Description: "d",
    Criteria: { GeneratorId: [{ Value: generator, Comparison: "EQUALS" }] },
    Actions: [{ Type: "FINDING_FIELDS_UPDATE", FindingFieldsUpdate: update }], ...more,
  }));
  const second = await rule("second", 20, {
    Note: { Text: "second", UpdatedBy: "sdk" },
    Confidence: 20,
  });
  const first = await rule("first", 10, {
    Note: { Text: "first", UpdatedBy: "sdk" },
    Severity: { Label: "HIGH" },
  });
  const arns = [first.RuleArn, second.RuleArn];
  const { AutomationRulesMetadata } = await hub.send(
    new sh.ListAutomationRulesCommand({ MaxResults: 100 }),
  );
  const listed = AutomationRulesMetadata.filter((one) => arns.includes(one.RuleArn));
  assert.deepEqual(listed.map((one) => one.RuleName), ["first", "second"]);
  assert.ok(listed[0].CreatedAt instanceof Date);

  await hub.send(new sh.BatchImportFindingsCommand({
    Findings: [finding("ruled", "LOW", { GeneratorId: generator })],
  }));
  const filters = { GeneratorId: [{ Value: generator, Comparison: "EQUALS" }] };
  const [found] = (await hub.send(new sh.GetFindingsCommand({ Filters: filters }))).Findings;
  assert.equal(found.Severity.Label, "HIGH");
  assert.equal(found.Note.Text, "second");
  assert.equal(found.Confidence, 20);

  const changed = await hub.send(
    new sh.BatchUpdateAutomationRulesCommand({
      UpdateAutomationRulesRequestItems: [
        { RuleArn: first.RuleArn, IsTerminal: true, RuleName: "last" },
      ],
    }),
  );
  assert.deepEqual(changed.ProcessedAutomationRules, [first.RuleArn]);
  await hub.send(new sh.BatchImportFindingsCommand({
    Findings: [finding("terminal", "LOW", { GeneratorId: generator })],
  }));
  const [stopped] = (await hub.send(new sh.GetFindingsCommand({
    Filters: { ...filters, Id: [{ Value: `${prefix}/terminal`, Comparison: "EQUALS" }] },
  }))).Findings;
  assert.equal(stopped.Note.Text, "first");

  const { Rules } = await hub.send(
    new sh.BatchGetAutomationRulesCommand({ AutomationRulesArns: arns }),
  );
  assert.deepEqual(Rules.map((one) => one.RuleName).sort(), ["last", "second"]);
  assert.equal(Rules[0].Actions[0].Type, "FINDING_FIELDS_UPDATE");
  const gone = await hub.send(
    new sh.BatchDeleteAutomationRulesCommand({ AutomationRulesArns: arns }),
  );
  assert.deepEqual(gone.ProcessedAutomationRules.sort(), [...arns].sort());
  const again = await hub.send(
    new sh.BatchDeleteAutomationRulesCommand({ AutomationRulesArns: [arns[0]] }),
  );
  assert.equal(again.UnprocessedAutomationRules[0].RuleArn, arns[0]);
});

test("custom actions", async () => {
  const { ActionTargetArn } = await hub.send(new sh.CreateActionTargetCommand({
    Id: "sdkaction", Name: "By the SDK", Description: "d",
  }));
  assert.equal(ActionTargetArn, `arn:aws:securityhub:${region}:${owner}:action/custom/sdkaction`);
  await refused(
    hub.send(new sh.CreateActionTargetCommand({ Id: "sdkaction", Name: "n", Description: "d" })),
    "ResourceConflictException",
  );
  const { ActionTargets } = await hub.send(new sh.DescribeActionTargetsCommand({
    ActionTargetArns: [ActionTargetArn],
  }));
  assert.deepEqual(ActionTargets, [{ ActionTargetArn, Name: "By the SDK", Description: "d" }]);
  await hub.send(new sh.DeleteActionTargetCommand({ ActionTargetArn }));
  await refused(
    hub.send(new sh.DeleteActionTargetCommand({ ActionTargetArn })),
    "ResourceNotFoundException",
  );
});

test("what is wrong is refused by name", async () => {
  await refused(
    hub.send(new sh.BatchImportFindingsCommand({ Findings: [] })),
    "InvalidInputException",
  );
  await refused(
    hub.send(new sh.GetFindingsCommand({ NextToken: "nonsense" })),
    "InvalidInputException",
  );
});
