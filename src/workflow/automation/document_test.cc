#include "workflow/automation/document.h"

#include <gtest/gtest.h>

#include "workflow/automation/action.h"
#include "workflow/automation/language.h"

namespace riposte::automation {
namespace {

/// "" when the document is accepted; else "Code: message".
std::string Refusal(std::string_view yaml) {
  auto value = ParseDocumentText(yaml, Format::kYaml);
  if (!value) return value.error().detail + ": " + value.error().message;
  const auto document = Document::Load(*value);
  return document ? "" : document.error().detail + ": " + document.error().message;
}

std::string WithSteps(std::string_view steps) {
  return "schemaVersion: '0.3'\nparameters:\n  P: {type: String}\nvariables:\n  v: {type: "
         "Integer}\n"
         "mainSteps:\n" +
         std::string(steps);
}

TEST(DocumentTest, AcceptsLooseNumbersAndBooleans) {
  auto value = ParseDocumentText(WithSteps(R"(
- name: a
  action: aws:sleep
  maxAttempts: "3"
  timeoutSeconds: "600"
  isEnd: "true"
  onFailure: Continue
  inputs: {Duration: PT1S}
- name: b
  action: aws:pause
  isCritical: "false"
  inputs: {}
)"),
                                 Format::kYaml);
  const auto document = Document::Load(*value);
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->steps[0].max_attempts, 3);
  EXPECT_TRUE(document->steps[0].is_end);
  EXPECT_FALSE(document->steps[0].is_critical);  // Continue says so
  EXPECT_FALSE(document->steps[1].is_critical);
}

TEST(DocumentTest, RefusalsTable) {
  struct Case {
    std::string document;
    const char* part;
  };
  const Case cases[] = {
      {"[]", "InvalidDocumentContent"},
      {"schemaVersion: '2.2'\nmainSteps: []", "InvalidDocumentSchemaVersion"},
      {"mainSteps: []", "InvalidDocumentSchemaVersion"},
      {"schemaVersion: '0.3'", "mainSteps"},
      {"schemaVersion: '0.3'\nmainSteps: []", "mainSteps"},
      {"a: [", "not valid YAML"},
      {WithSteps("- {name: a, action: aws:flyAway, inputs: {}}"), "aws:flyAway"},
      {WithSteps("- {name: a, inputs: {}}"), "(none)"},
      {WithSteps("- {name: a b, action: aws:pause}"), "a b"},
      {WithSteps("- {name: a, action: aws:pause}\n- {name: a, action: aws:pause}"), "Duplicate"},
      {WithSteps("- {name: a, action: aws:executeAwsApi, inputs: {Service: ec2}}"), "Api"},
      {WithSteps("- {name: a, action: aws:pause, nextStep: z}"), "no step z"},
      {WithSteps("- {name: a, action: aws:pause, onFailure: 'step:z'}"), "no step z"},
      {WithSteps("- {name: a, action: aws:pause, onFailure: Retry}"), "onFailure"},
      {WithSteps("- {name: a, action: aws:pause, onCancel: 'step:a'}"), "onCancel"},
      {WithSteps("- {name: a, action: aws:pause, maxAttempts: 0}"), "maxAttempts"},
      {WithSteps("- {name: a, action: aws:pause, timeoutSeconds: soon}"), "timeoutSeconds"},
      {WithSteps("- {name: a, action: aws:pause, isEnd: maybe}"), "isEnd"},
      {WithSteps("- {name: a, action: aws:pause, nextStep: a}"), "infinite loop"},
      {WithSteps("- {name: a, action: aws:pause, onFailure: 'step:b'}\n"
                 "- {name: b, action: aws:pause, nextStep: a}"),
       "infinite loop"},
      {WithSteps("- {name: a, action: aws:branch, inputs: {Choices: [{NextStep: z, Variable: x, "
                 "StringEquals: y}]}}"),
       "no step z"},
      {WithSteps("- {name: a, action: aws:branch, inputs: {Choices: [{NextStep: a, Variable: x, "
                 "Matches: y}]}}"),
       "Matches"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: PT700000S}}"), "604799"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: soon}}"), "duration"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: '{{ssm:x}}'}}"),
       "only in the default"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: '{{ Q }}'}}"), "{{ Q }}"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: '{{ z.Out }}'}}"), "z.Out"},
      {WithSteps("- {name: a, action: aws:sleep, inputs: {Duration: '{{ variable:w }}'}}"),
       "variable:w"},
      {WithSteps("- {name: a, action: aws:executeScript, inputs: {Runtime: PowerShell 5.1, Script: "
                 "x}}"),
       "PowerShell"},
      {WithSteps(
           "- {name: a, action: aws:executeScript, inputs: {Runtime: python3.11, Script: x}}"),
       "Handler"},
      {WithSteps("- {name: a, action: aws:approve, inputs: {Approvers: [x], MinRequiredApprovals: "
                 "2}}"),
       "MinRequiredApprovals"},
      {WithSteps("- {name: a, action: aws:changeInstanceState, inputs: {InstanceIds: [i], "
                 "DesiredState: hibernated}}"),
       "DesiredState"},
      {WithSteps("- {name: a, action: aws:updateVariable, inputs: {Name: x, Value: 1}}"),
       "variable:NAME"},
      {WithSteps("- {name: a, action: aws:loop, inputs: {Iterators: [1], Steps: [{name: b, action: "
                 "aws:loop, inputs: {Iterators: [1], Steps: [{name: c, action: aws:pause}]}}]}}"),
       "inside a loop"},
      {WithSteps("- {name: a, action: aws:loop, inputs: {Steps: [{name: c, action: aws:pause}]}}"),
       "Iterators or LoopCondition"},
      {WithSteps("- {name: a, action: aws:pause, outputs: [{Name: O, Selector: '$['}]}"),
       "selector"},
      {WithSteps("- {name: a, action: aws:pause, outputs: [{Name: O, Selector: $, Type: Date}]}"),
       "Type"},
      {WithSteps("- {name: a, action: aws:pause}\noutputs: [z.Out]"), "z.Out"},
      {"schemaVersion: '0.3'\nparameters: {p: {type: Date}}\nmainSteps: [{name: a, action: "
       "aws:pause}]",
       "Date"},
      {"schemaVersion: '0.3'\nparameters: {p: {type: String, allowedPattern: '('}}\nmainSteps: "
       "[{name: a, action: aws:pause}]",
       "allowedPattern"},
      {"schemaVersion: '0.3'\nparameters: {p: {type: Integer, default: x}}\nmainSteps: [{name: a, "
       "action: aws:pause}]",
       "default"},
      {"schemaVersion: '0.3'\nparameters: {p: {type: String, default: '{{ q }}'}}\nmainSteps: "
       "[{name: a, action: aws:pause}]",
       "cannot contain"},
      {"schemaVersion: '0.3'\nassumeRole: '{{ Role }}'\nmainSteps: [{name: a, action: aws:pause}]",
       "Role"},
  };
  for (const Case& c : cases) {
    const std::string refusal = Refusal(c.document);
    EXPECT_NE(refusal.find(c.part), std::string::npos) << c.document << "\n-> " << refusal;
    EXPECT_TRUE(refusal.starts_with("InvalidDocument")) << refusal;
  }
}

TEST(DocumentTest, ABranchMayGoBackAndScriptsAreNotSearched) {
  EXPECT_EQ(Refusal(WithSteps(R"(
- name: a
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: f, Script: "f'{{ NotAParameter }}'"}
- name: b
  action: aws:branch
  inputs: {Choices: [{NextStep: a, Variable: "{{ P }}", StringEquals: again}]}
)")),
            "");
}

TEST(DocumentTest, HostileDocumentsEndEarly) {
  std::string deep = R"({"schemaVersion":"0.3","mainSteps":)";
  EXPECT_FALSE(ParseDocumentText(deep + std::string(500'000, '['), Format::kJson).has_value());
  EXPECT_FALSE(ParseDocumentText(std::string(1'000'000, '{'), Format::kYaml).has_value());
  std::string many = "schemaVersion: '0.3'\nmainSteps:\n";
  for (int i = 0; i < 5000; ++i) {
    many += "- {name: s" + std::to_string(i) + ", action: aws:pause}\n";
  }
  EXPECT_NE(Refusal(many).find("too many"), std::string::npos);
  // A pattern that would backtrack for ever does not match, and soon.
  const auto parameter =
      Parameter::Load("p", json::Value{{"type", "String"}, {"allowedPattern", "^(a+)+$"}});
  ASSERT_TRUE(parameter.has_value());
  EXPECT_FALSE(parameter->Check(json::Value(std::string(5000, 'a') + "!")).has_value());
}

TEST(ParameterTest, BindTable) {
  auto content = ParseDocumentText(R"(
schemaVersion: '0.3'
parameters:
  Text: {type: String, minChars: 2, maxChars: 5, allowedPattern: '^[a-z]+$'}
  Choice: {type: String, allowedValues: [one, two], default: one}
  List: {type: StringList, maxItems: 2, default: []}
  Int: {type: Integer, allowedPattern: '^[0-9]{1,2}$', default: 5}
  Flag: {type: Boolean, default: "False"}
  Map: {type: StringMap, default: {}}
  Maps: {type: MapList, default: []}
  Id: {type: 'List<AWS::EC2::Instance::Id>', default: [i-12345678]}
  Run: {type: String, default: 'run-{{ automation:EXECUTION_ID }}'}
mainSteps: [{name: a, action: aws:pause}]
)",
                                   Format::kYaml);
  const auto document = Document::Load(*content);
  ASSERT_TRUE(document.has_value()) << document.error().message;
  struct Case {
    const char* given;
    const char* name;
    const char* value;  // nullptr: refused
  };
  const Case cases[] = {
      {R"({"Text":["abc"]})", "Text", R"("abc")"},
      {R"({"Text":["abc"]})", "Choice", R"("one")"},
      {R"({"Text":["abc"]})", "Flag", "false"},
      {R"({"Text":["abc"]})", "Run", R"("run-x")"},
      {R"({})", "Text", nullptr},
      {R"({"Text":["a"]})", "Text", nullptr},
      {R"({"Text":["abcdef"]})", "Text", nullptr},
      {R"({"Text":["ABC"]})", "Text", nullptr},
      {R"({"Text":["abc","def"]})", "Text", nullptr},
      {R"({"Text":["abc"],"Other":["x"]})", "Text", nullptr},
      {R"({"Text":["abc"],"Choice":["two"]})", "Choice", R"("two")"},
      {R"({"Text":["abc"],"Choice":["three"]})", "Choice", nullptr},
      {R"({"Text":["abc"],"List":["a","b"]})", "List", R"(["a","b"])"},
      {R"({"Text":["abc"],"List":["[\"a\",\"b\"]"]})", "List", R"(["a","b"])"},
      {R"({"Text":["abc"],"List":["a","b","c"]})", "List", nullptr},
      {R"({"Text":["abc"],"Int":["42"]})", "Int", "42"},
      {R"({"Text":["abc"],"Int":["142"]})", "Int", nullptr},
      {R"({"Text":["abc"],"Int":["x"]})", "Int", nullptr},
      {R"({"Text":["abc"],"Flag":["True"]})", "Flag", "true"},
      {R"({"Text":["abc"],"Map":["{\"a\":1}"]})", "Map", R"({"a":1})"},
      {R"({"Text":["abc"],"Map":["a"]})", "Map", nullptr},
      {R"({"Text":["abc"],"Maps":["{\"a\":1}","{\"b\":2}"]})", "Maps", R"([{"a":1},{"b":2}])"},
      {R"({"Text":["abc"],"Id":["i-0123456789abcdef0"]})", "Id", R"(["i-0123456789abcdef0"])"},
      {R"({"Text":["abc"],"Id":["vol-1"]})", "Id", nullptr},
  };
  for (const Case& c : cases) {
    const auto bound = BindParameters(
        *document, json::Parse(c.given)->as_object(),
        [](std::string_view) -> std::optional<json::Value> { return json::Value("x"); });
    if (c.value) {
      ASSERT_TRUE(bound.has_value()) << c.given << ": " << bound.error().message;
      EXPECT_EQ(json::Serialize(bound->at(c.name)), c.value) << c.given;
    } else {
      EXPECT_FALSE(bound.has_value()) << c.given;
    }
  }
}

TEST(DurationTest, Table) {
  EXPECT_EQ(*ParseDuration("PT10M"), Millis(600'000));
  EXPECT_EQ(*ParseDuration("P1DT2H"), Millis(26 * 3'600'000));
  EXPECT_EQ(*ParseDuration("PT1.5S"), Millis(1500));
  for (const char* bad :
       {"", "P", "PT", "10", "PT-1S", "P1M", "PT1", "PTS", "PT1e9S", "P9999999999D"}) {
    EXPECT_FALSE(ParseDuration(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace riposte::automation
