#include "bench/matcher_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <set>

namespace riposte::bench {
namespace {

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  size_t Below(size_t end) { return static_cast<size_t>(random_() % end); }
  double Unit() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  template <class List>
  const auto& Of(const List& list) {
    return list[Below(std::size(list))];
  }
  std::string Hex(size_t digits) {
    std::string out;
    for (size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[Below(16)];
    return out;
  }

 private:
  std::mt19937_64 random_;
};

constexpr std::array kStreets = {
    "MISSION", "FULTON",  "MASON",  "JEFFERSON", "JACKSON",  "WASHINGTON", "UNION",    "HARRISON",
    "LAKE",    "PIKE",    "IRVING", "DOWNING",   "SANTIAGO", "BEACH",      "HYDE",     "CHESTNUT",
    "ACADIA",  "BLUXOME", "DRUMM",  "FUNSTON",   "RHINE",    "VALENCIA",   "GUERRERO", "CALIFORNIA",
    "CLAY",    "17TH",    "24TH",   "NORIEGA",   "UNKNOWN",  "QUINTARA"};
constexpr std::array kTypes = {"ST", "ST", "ST", "ST", "ST", "AVE", "AVE", "WAY", "CT", "BLVD", ""};
constexpr double kWest = -122.46471267081272, kMiddle = -122.41600944012424,
                 kEast = -122.4063085128395, kRare = -122.42916360922355,
                 kRareNorth = 37.729900216217324;

void Write(Lot& lot) {
  std::string& out = lot.line;
  const auto point = [](const Lot::Point& p) {
    return fmt::format(R"({{"x":{},"y":{},"z":0.0}})", p.x, p.y);
  };
  out = fmt::format(R"({{"type":"Feature","properties":{{"MAPBLKLOT":"{}","BLKLOT":"{}",)", lot.map,
                    lot.map);
  out +=
      fmt::format(R"("BLOCK_NUM":"{}","LOT_NUM":"{}",)", lot.map.substr(0, 4), lot.map.substr(4));
  if (!lot.from.empty()) {
    out += fmt::format(R"("FROM_ST":"{}","TO_ST":"{}",)", lot.from, lot.from);
  }
  const std::string type = lot.street_type.empty() ? "null" : '"' + lot.street_type + '"';
  out += fmt::format(R"("STREET":"{}","ST_TYPE":{},"ODD_EVEN":"O"}},"geometry":{{"type":"{}",)",
                     lot.street, type, lot.several ? "MultiPolygon" : "Polygon");
  out += lot.several ? R"("coordinates":[[[)" : R"("coordinates":[[)";
  for (size_t i = 0; i < lot.points.size(); ++i) {
    if (i > 0) out += lot.several && i == lot.points.size() / 2 ? "]],[[" : ",";
    out += point(lot.points[i]);
  }
  out += lot.several ? "]]]" : "]]";
  out += R"(,"firstCoordinates":)" + point(lot.points.front()) + "}}";
}

bool Starts(const std::string& text, std::string_view part) {
  return text.starts_with(part);
}
bool Ends(const std::string& text, std::string_view part) {
  return text.ends_with(part);
}
bool AnyX(const Lot& lot, const std::function<bool(double)>& test) {
  return std::ranges::any_of(lot.points, [&](const Lot::Point& p) { return test(p.x); });
}

LotRule OnProperty(std::string_view name, std::string_view alternative,
                   std::function<bool(const Lot&)> matches) {
  return {fmt::format(R"({{"properties":{{"{}":[{}]}}}})", name, alternative), std::move(matches)};
}

std::vector<LotRule> Exact() {
  std::vector<LotRule> rules;
  for (const char* map : {"1430022", "2607117", "2607218", "3745012", "7311054"}) {
    rules.push_back(OnProperty("MAPBLKLOT", fmt::format("\"{}\"", map),
                               [map](const Lot& lot) { return lot.map == map; }));
  }
  return rules;
}

std::vector<LotRule> Prefix() {
  std::vector<LotRule> rules;
  for (const char* part : {"AC", "BL", "DR", "FU", "RH"}) {
    rules.push_back(OnProperty("STREET", fmt::format(R"({{"prefix":"{}"}})", part),
                               [part](const Lot& lot) { return Starts(lot.street, part); }));
  }
  return rules;
}

std::vector<LotRule> Suffix() {
  std::vector<LotRule> rules;
  for (const char* part : {"ON", "KE", "MM", "ING", "GO"}) {
    rules.push_back(OnProperty("STREET", fmt::format(R"({{"suffix":"{}"}})", part),
                               [part](const Lot& lot) { return Ends(lot.street, part); }));
  }
  return rules;
}

std::vector<LotRule> Wildcard() {
  std::vector<LotRule> rules;
  for (const auto& [first, last] :
       {std::pair{"143", ""}, {"2", "17"}, {"", "218"}, {"37", "2"}, {"VA", "IL"}}) {
    rules.push_back(OnProperty("MAPBLKLOT", fmt::format(R"({{"wildcard":"{}*{}"}})", first, last),
                               [first, last](const Lot& lot) {
                                 return lot.map.size() >= std::string_view(first).size() +
                                                              std::string_view(last).size() &&
                                        Starts(lot.map, first) && Ends(lot.map, last);
                               }));
  }
  return rules;
}

std::vector<LotRule> Numeric() {
  const auto at = [](const char* field, const std::string& test) {
    return fmt::format(R"({{"geometry":{{"{}":{}}}}})", field, test);
  };
  const auto x = [&](const std::string& terms) {
    return at("firstCoordinates", R"({"x":[{"numeric":[)" + terms + "]}]}");
  };
  return {
      {R"({"geometry":{"type":["Polygon"],"firstCoordinates":{"x":[-122.42916360922355]}}})",
       [](const Lot& lot) { return !lot.several && lot.points[0].x == kRare; }},
      {R"({"geometry":{"type":["MultiPolygon"],"firstCoordinates":{"z":[0]}}})",
       [](const Lot& lot) { return lot.several; }},
      {x(R"("<",-122.41600944012424)"), [](const Lot& lot) { return lot.points[0].x < kMiddle; }},
      {x(R"(">",-122.41600944012424)"), [](const Lot& lot) { return lot.points[0].x > kMiddle; }},
      {x(R"(">",-122.46471267081272,"<",-122.4063085128395)"),
       [](const Lot& lot) { return lot.points[0].x > kWest && lot.points[0].x < kEast; }},
  };
}

std::vector<LotRule> AnythingBut() {
  const auto but = [](const char* text) {
    return fmt::format(R"({{"anything-but":["{}"]}})", text);
  };
  return {
      OnProperty("STREET", but("FULTON"), [](const Lot& lot) { return lot.street != "FULTON"; }),
      OnProperty("STREET", but("MASON"), [](const Lot& lot) { return lot.street != "MASON"; }),
      OnProperty("ST_TYPE", but("ST"), [](const Lot& lot) { return lot.street_type != "ST"; }),
      {R"({"geometry":{"type":[{"anything-but":["Polygon"]}]}})",
       [](const Lot& lot) { return lot.several; }},
      OnProperty("FROM_ST", but("441"),
                 [](const Lot& lot) { return !lot.from.empty() && lot.from != "441"; }),
  };
}

std::vector<LotRule> AnythingButParts() {
  std::vector<LotRule> rules;
  for (const char* kind : {"prefix", "suffix"}) {
    for (const char* part : {"FUL", "MAS", "ON", "KE", "ING"}) {
      const bool prefix = std::string_view(kind) == "prefix";
      rules.push_back(
          OnProperty("STREET", fmt::format(R"({{"anything-but":{{"{}":"{}"}}}})", kind, part),
                     [=](const Lot& lot) {
                       return !(prefix ? Starts(lot.street, part) : Ends(lot.street, part));
                     }));
    }
  }
  for (const char* text : {"fulton", "mason", "UniOn", "lake", "hyde"}) {
    std::string upper = text;
    std::ranges::transform(upper, upper.begin(), [](char c) { return c & ~0x20; });
    rules.push_back(OnProperty(
        "STREET", fmt::format(R"({{"anything-but":{{"equals-ignore-case":"{}"}}}})", text),
        [upper](const Lot& lot) { return lot.street != upper; }));
  }
  for (const char* first : {"143", "2", "37", "VA", "9"}) {
    rules.push_back(OnProperty("MAPBLKLOT",
                               fmt::format(R"({{"anything-but":{{"wildcard":"{}*"}}}})", first),
                               [first](const Lot& lot) { return !Starts(lot.map, first); }));
  }
  return rules;
}

std::vector<LotRule> ComplexArrays() {
  const auto x = [](const std::string& terms) {
    return R"({"geometry":{"coordinates":{"x":[{"numeric":[)" + terms + "]}]}}}";
  };
  return {
      {R"({"geometry":{"type":["Polygon"],"coordinates":{"x":[-122.42916360922355]}}})",
       [](const Lot& lot) {
         return !lot.several && AnyX(lot, [](double value) { return value == kRare; });
       }},
      {R"({"geometry":{"type":["MultiPolygon"],"coordinates":{"y":[37.729900216217324]}}})",
       [](const Lot& lot) {
         return lot.several && std::ranges::any_of(lot.points, [](const Lot::Point& p) {
                  return p.y == kRareNorth;
                });
       }},
      {x(R"("<",-122.41600944012424)"),
       [](const Lot& lot) { return AnyX(lot, [](double value) { return value < kMiddle; }); }},
      {x(R"(">",-122.41600944012424)"),
       [](const Lot& lot) { return AnyX(lot, [](double value) { return value > kMiddle; }); }},
      {x(R"(">",-122.46471267081272,"<",-122.4063085128395)"),
       [](const Lot& lot) {
         return AnyX(lot, [](double value) { return value > kWest && value < kEast; });
       }},
  };
}

void Append(std::vector<LotRule>& to, std::vector<LotRule> from) {
  for (LotRule& rule : from) to.push_back(std::move(rule));
}

}  // namespace

std::vector<Lot> MakeLots(size_t count) {
  Chance chance(20260101);
  std::vector<Lot> lots(count);
  for (size_t i = 0; i < count; ++i) {
    Lot& lot = lots[i];
    lot.map = fmt::format("{:04}{:03}", 1 + chance.Below(7500), 1 + chance.Below(120));
    if (i % 2003 == 0) lot.map = chance.Of(std::array{"1430022", "2607117", "2607218", "VACSTWIL"});
    lot.street = chance.Of(kStreets);
    lot.street_type = chance.Of(kTypes);
    if (chance.Below(90) > 0) lot.from = fmt::format("{}", chance.Below(4300));
    if (chance.Below(1400) == 0) lot.from = "441";
    lot.several = chance.Below(1800) == 0;
    const double x = -122.5149 + chance.Unit() * 0.1578;
    const double y = 37.7082 + chance.Unit() * 0.1258;
    const size_t kind = chance.Below(1000);
    size_t points = 5;
    if (kind >= 500) points = 6 + chance.Below(3);
    if (kind >= 720) points = 9 + chance.Below(6);
    if (kind >= 870) points = 15 + chance.Below(16);
    if (kind >= 960) points = 31 + chance.Below(50);
    if (kind >= 990) points = 81 + chance.Below(220);
    if (lot.several) points = std::max<size_t>(points, 12);
    for (size_t j = 0; j + 1 < points; ++j) {
      const double turn =
          2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(points);
      lot.points.push_back({x + 0.0003 * std::cos(turn) * (0.7 + 0.3 * chance.Unit()),
                            y + 0.0003 * std::sin(turn) * (0.7 + 0.3 * chance.Unit())});
    }
    if (chance.Below(1000) == 0) lot.points[chance.Below(2)].x = kRare;
    if (lot.several && chance.Below(3) == 0) lot.points[1].y = kRareNorth;
    lot.points.push_back(lot.points.front());
    Write(lot);
  }
  return lots;
}

std::vector<LotRules> MakeLotRules() {
  std::vector<LotRules> out = {{"exact", Exact(), 1.3},
                               {"prefix", Prefix(), 1.3},
                               {"suffix", Suffix(), 1.3},
                               {"wildcard", Wildcard(), 1.3},
                               {"numeric", Numeric(), 1.3},
                               {"anything-but", AnythingBut(), 1.3},
                               {"complex arrays", ComplexArrays(), 0.8}};
  LotRules partial{"partial combination", {}, 1.0};
  for (auto part : {Numeric, Exact, Prefix, AnythingBut, AnythingButParts}) {
    Append(partial.rules, part());
  }
  LotRules full{"full combination", partial.rules, 0.65};
  Append(full.rules, ComplexArrays());
  out.push_back(std::move(partial));
  out.push_back(std::move(full));
  return out;
}

namespace {

std::string Account(size_t n) {
  return fmt::format("{:012}", 200'000'000'000 + n * 104'729);
}
std::string Instance(size_t n) {
  return fmt::format("i-0{:016x}", n * 0x9e3779b97f4a7c15U);
}

constexpr std::array kWordsOfTheText = {"performing",   "brute",    "force",    "attacks",
                                        "against",      "used",     "gain",     "access",
                                        "unauthorized", "instance", "guessing", "password"};

std::vector<std::string> Vocabulary() {
  constexpr std::array kSyllables = {
      "tro", "mal",  "ware",  "phi",  "cre",   "den",  "tial", "fil",  "tion", "las",  "ter",
      "ran", "som",  "crypt", "min",  "bot",   "net",  "com",  "con",  "trol", "priv", "esc",
      "per", "sist", "port",  "scan", "spoof", "root", "kit",  "back", "key",  "log"};
  Chance chance(7);
  std::set<std::string> words;
  while (words.size() < 2000) {
    std::string word;
    for (size_t i = 2 + chance.Below(3); i > 0; --i) word += chance.Of(kSyllables);
    words.insert(word);
  }
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<std::string> MakeFindingRules(FindingKind kind, size_t count) {
  const std::vector<std::string> words = Vocabulary();
  Chance chance(count);
  std::vector<std::string> rules;
  for (size_t n = 0; n < count; ++n) {
    const std::string type = fmt::format("TTPs/{:06}", n);
    std::string types, id;
    switch (kind) {
      case FindingKind::kExact:
        types = '"' + type + '"';
        id = fmt::format(R"("arn:aws:ec2:us-east-1:{}:instance/{}")", Account(n), Instance(n));
        break;
      case FindingKind::kMixed:
        types = R"({"prefix":")" + type + R"("})";
        id = R"({"wildcard":"arn:aws:ec2:*:)" + Account(n) + R"(:instance/*"})";
        break;
      case FindingKind::kTwoWords: {
        // Three in ten begin with a word that is in every text.
        const std::string first =
            chance.Below(10) < 3 ? chance.Of(kWordsOfTheText) : chance.Of(words);
        rules.push_back(fmt::format(R"({{"source":["aws.securityhub"],"detail":{{"findings":)"
                                    R"({{"Description":[{{"wildcard":"*{}*{}*"}}]}}}}}})",
                                    first, chance.Of(words)));
        continue;
      }
    }
    rules.push_back(fmt::format(
        R"({{"source":["aws.securityhub"],"detail-type":["Security Hub Findings - Imported"],)"
        R"("detail":{{"findings":{{"Severity":{{"Label":["HIGH"]}},"Types":[{}],)"
        R"("Resources":{{"Id":[{}]}}}}}}}})",
        types, id));
  }
  return rules;
}

std::vector<std::string> MakeFindings(size_t rules, size_t count) {
  Chance chance(rules);
  std::vector<std::string> events;
  const auto address = [&] {
    return fmt::format("{}.{}.{}.{}", 1 + chance.Below(223), chance.Below(256), chance.Below(256),
                       1 + chance.Below(254));
  };
  for (size_t i = 0; i < count; ++i) {
    const bool hit = i % 2 == 0;
    const size_t n = hit ? chance.Below(rules) : rules + chance.Below(400'000);
    const std::string region =
        hit ? "us-east-1" : chance.Of(std::array{"us-east-1", "us-west-2", "eu-west-1"});
    const std::string label = hit ? "HIGH" : chance.Of(std::array{"LOW", "MEDIUM", "HIGH"});
    const std::string arn =
        fmt::format("arn:aws:ec2:{}:{}:instance/{}", region, Account(n), Instance(n));
    const std::string finding = fmt::format("arn:aws:guardduty:{}:{}:detector/{}/finding/{}",
                                            region, Account(n), chance.Hex(32), chance.Hex(32));
    const std::string product =
        fmt::format("arn:aws:securityhub:{}::product/aws/guardduty", region);
    const std::string when = fmt::format(
        "2025-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", 1 + chance.Below(12), 1 + chance.Below(28),
        chance.Below(24), chance.Below(60), chance.Below(60), chance.Below(1000));
    const std::string from = address();
    const std::string sentence =
        fmt::format("{} is performing SSH brute force attacks against {}.", from, Instance(n));
    std::string resources = fmt::format(
        R"({{"Type":"AwsEc2Instance","Id":"{}","Partition":"aws","Region":"{}","Tags":{{"Name":)"
        R"("web-{:04}","env":"prod","team":"payments"}},"Details":{{"AwsEc2Instance":{{"Type":)"
        R"("m5.xlarge","ImageId":"ami-{}","IpV4Addresses":["{}","{}"],"KeyName":"ops",)"
        R"("IamInstanceProfileArn":"arn:aws:iam::{}:instance-profile/web-role","VpcId":"vpc-{}",)"
        R"("SubnetId":"subnet-{}","LaunchedAt":"{}"}}}}}})",
        arn, region, chance.Below(10000), chance.Hex(16), address(), address(), Account(n),
        chance.Hex(16), chance.Hex(16), when);
    if (chance.Below(2) == 0) {
      resources += fmt::format(
          R"(,{{"Type":"AwsIamAccessKey","Id":"AWS::IAM::AccessKey:AKIA{}","Partition":"aws",)"
          R"("Region":"{}","Details":{{"AwsIamAccessKey":{{"PrincipalId":"AIDA{}",)"
          R"("PrincipalName":"svc-{}","PrincipalType":"IAMUser","Status":"Active"}}}}}})",
          chance.Hex(16), region, chance.Hex(16), chance.Below(1000));
    }
    std::string fields;
    for (const char* name :
         {"action/actionType", "action/networkConnectionAction/connectionDirection",
          "action/networkConnectionAction/localPortDetails/port",
          "action/networkConnectionAction/remoteIpDetails/ipAddressV4",
          "action/networkConnectionAction/remoteIpDetails/country/countryName",
          "action/networkConnectionAction/protocol", "count", "archived"}) {
      fields += fmt::format(R"("aws/guardduty/service/{}":"{}",)", name, chance.Hex(8));
    }
    std::string event = fmt::format(
        R"({{"version":"0","id":"{}","detail-type":"Security Hub Findings - Imported","source":)"
        R"("aws.securityhub","account":"{}","time":"{}","region":"{}","resources":["{}/{}"],)",
        chance.Hex(32), Account(n), when, region, product, finding);
    event += fmt::format(
        R"("detail":{{"findings":[{{"SchemaVersion":"2018-10-08","Id":"{}","ProductArn":"{}",)"
        R"("ProductName":"GuardDuty","CompanyName":"Amazon","Region":"{}","GeneratorId":"{}",)"
        R"("AwsAccountId":"{}","Types":["TTPs/{:06}","TTPs/{:06}/UnauthorizedAccess"],)",
        finding, product, region, finding, Account(n), n, n);
    event += fmt::format(
        R"("FirstObservedAt":"{0}","LastObservedAt":"{0}","CreatedAt":"{0}","UpdatedAt":"{0}",)"
        R"("Severity":{{"Product":5,"Label":"{1}","Normalized":70}},"Title":"{2}","Description":)"
        R"("{2} Brute force attacks are used to gain unauthorized access to your instance by )"
        R"(guessing the SSH password.","Remediation":{{"Recommendation":{{"Text":"Restrict inbound )"
        R"(SSH in the security group of the instance","Url":"https://docs.aws.amazon.com/guardduty/)"
        R"(latest/ug/guardduty_remediate.html"}}}},)",
        when, label, sentence);
    event += fmt::format(
        R"("SourceUrl":"https://{}.console.aws.amazon.com/guardduty/home?macros=current&fId={}",)"
        R"("ProductFields":{{{}"aws/securityhub/FindingId":"{}/{}"}},"Resources":[{}],)"
        R"("WorkflowState":"NEW","Workflow":{{"Status":"NEW"}},"RecordState":"ACTIVE",)"
        R"("FindingProviderFields":{{"Severity":{{"Label":"{}"}},"Types":["TTPs/{:06}"]}},)"
        R"("Sample":false}}]}}}})",
        region, chance.Hex(32), fields, product, finding, resources, label, n);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace riposte::bench
