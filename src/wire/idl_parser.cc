// ParseModel: a recursive descent over the statements of a model file, then one pass that resolves
// names. The grammar is in wire/README.md.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>

#include "base/number.h"
#include "wire/catalog.h"
#include "wire/idl_lexer.h"
#include "wire/regex.h"

namespace riposte::wire {
namespace {

/// Deeper trait values than this are nonsense.
constexpr int kMaxValueDepth = 8;

/// Thrown inside this file only; ParseModel turns it into a Result.
struct ParseFailure {
  int line;
  std::string what;
};

struct Trait {
  std::string name;  ///< Without its namespace.
  json::Value value;
  int line = 0;
};
using Traits = std::vector<Trait>;

/// A reference by name, resolved when every shape is known.
struct Reference {
  std::string name;
  int line = 0;
};

struct PendingMember {
  Shape* shape;
  size_t index;
  Reference target;
};

struct PendingOperation {
  std::string name;
  int line = 0;
  Reference input, output;
  std::vector<Reference> errors;
};

constexpr std::array<std::pair<std::string_view, ShapeType>, 14> kPrelude = {{
    {"String", ShapeType::kString},
    {"Boolean", ShapeType::kBoolean},
    {"Byte", ShapeType::kInteger},
    {"Short", ShapeType::kInteger},
    {"Integer", ShapeType::kInteger},
    {"Long", ShapeType::kLong},
    {"Float", ShapeType::kFloat},
    {"Double", ShapeType::kDouble},
    {"Timestamp", ShapeType::kTimestamp},
    {"Blob", ShapeType::kBlob},
    {"Document", ShapeType::kDocument},
    {"PrimitiveBoolean", ShapeType::kBoolean},
    {"PrimitiveInteger", ShapeType::kInteger},
    {"PrimitiveLong", ShapeType::kLong},
}};

constexpr std::array<std::pair<std::string_view, ShapeType>, 16> kShapeKinds = {{
    {"string", ShapeType::kString},
    {"enum", ShapeType::kEnum},
    {"boolean", ShapeType::kBoolean},
    {"byte", ShapeType::kInteger},
    {"short", ShapeType::kInteger},
    {"integer", ShapeType::kInteger},
    {"long", ShapeType::kLong},
    {"float", ShapeType::kFloat},
    {"double", ShapeType::kDouble},
    {"timestamp", ShapeType::kTimestamp},
    {"blob", ShapeType::kBlob},
    {"document", ShapeType::kDocument},
    {"list", ShapeType::kList},
    {"map", ShapeType::kMap},
    {"structure", ShapeType::kStructure},
    {"union", ShapeType::kUnion},
}};

constexpr std::array<std::pair<std::string_view, Protocol>, 7> kProtocolTraits = {{
    {"awsJson1_0", Protocol::kAwsJson10},
    {"awsJson1_1", Protocol::kAwsJson11},
    {"restJson1", Protocol::kRestJson1},
    {"awsQuery", Protocol::kAwsQuery},
    {"ec2Query", Protocol::kEc2Query},
    {"restXml", Protocol::kRestXml},
    {"rpcv2Cbor", Protocol::kRpcV2Cbor},
}};

/// Traits that say nothing this engine needs.
bool IsIgnoredTrait(std::string_view name) {
  static const std::set<std::string_view> kIgnored = {
      "documentation", "tags",      "deprecated", "since",      "internal",  "box",
      "sparse",        "streaming", "paginated",  "title",      "input",     "output",
      "private",       "default",   "unstable",   "references", "retryable", "clientOptional"};
  return kIgnored.contains(name);
}

class Parser {
 public:
  Parser(std::string_view name, std::string_view text, bool header_only)
      : lexer_(text), header_only_(header_only), model_(std::make_unique<ServiceModel>()) {
    model_->name = name;
  }

  std::unique_ptr<ServiceModel> Parse() {
    Advance();
    while (token_.type != TokenType::kEnd && !(header_only_ && service_seen_)) Statement();
    if (!service_seen_) Bad("no service statement");
    if (!header_only_) Resolve();
    return std::move(model_);
  }

 private:
  // -- Tokens --------------------------------------------------------------------------------

  [[noreturn]] void Bad(const std::string& what) const { throw ParseFailure{token_.line, what}; }
  [[noreturn]] static void BadAt(int line, const std::string& what) {
    throw ParseFailure{line, what};
  }

  void Advance() {
    Result<Token> next = lexer_.Next();
    if (!next) {
      // The lexer's text is "12: what".
      const std::string& text = next.error().message;
      const size_t colon = text.find(':');
      int line = 0;
      std::from_chars(text.data(), text.data() + colon, line);
      throw ParseFailure{line, text.substr(colon + 2)};
    }
    token_ = std::move(*next);
  }

  [[nodiscard]] std::string Describe() const {
    if (token_.type == TokenType::kEnd) return "the end of the file";
    return "'" + token_.text.substr(0, 40) + "'";
  }

  void Expect(char c) {
    if (!token_.Is(c)) Bad(fmt::format("expected '{}', found {}", c, Describe()));
    Advance();
  }

  std::string Name(std::string_view what) {
    if (token_.type != TokenType::kName)
      Bad(fmt::format("expected {}, found {}", what, Describe()));
    std::string name = std::move(token_.text);
    Advance();
    return name;
  }

  /// A reference: the name after the namespace.
  Reference Target() {
    const int line = token_.line;
    std::string name = Name("a shape");
    if (const size_t hash = name.find('#'); hash != std::string::npos) name.erase(0, hash + 1);
    return {std::move(name), line};
  }

  // -- Values and traits -----------------------------------------------------------------------

  json::Value ParseValue(int depth = 0) {
    if (depth > kMaxValueDepth) Bad("value nested too deeply");
    if (token_.type == TokenType::kString) {
      json::Value value(token_.text);
      Advance();
      return value;
    }
    if (token_.type == TokenType::kNumber) return ParseNumber();
    if (token_.type == TokenType::kName) {
      const std::string name = Name("a value");
      if (name == "true") return true;
      if (name == "false") return false;
      if (name == "null") return nullptr;
      return json::Value(name);
    }
    if (token_.Is('[')) {
      Advance();
      json::Array array;
      while (!token_.Is(']')) array.push_back(ParseValue(depth + 1));
      Advance();
      return array;
    }
    if (token_.Is('{')) {
      Advance();
      json::Object object = ParsePairs('}', depth);
      Advance();
      return object;
    }
    Bad("expected a value, found " + Describe());
  }

  json::Value ParseNumber() {
    const std::string text = token_.text;
    if (const auto integer = riposte::ParseNumber(text)) {
      Advance();
      return *integer;
    }
    if (const auto number = riposte::ParseNumber<double>(text)) {
      Advance();
      return *number;
    }
    Bad("bad number " + Describe());
  }

  json::Object ParsePairs(char close, int depth) {
    json::Object object;
    while (!token_.Is(close)) {
      if (token_.type != TokenType::kName && token_.type != TokenType::kString) {
        Bad("expected a key, found " + Describe());
      }
      const std::string key = token_.text;
      Advance();
      Expect(':');
      object[key] = ParseValue(depth + 1);
    }
    return object;
  }

  Traits ParseTraits() {
    Traits traits;
    while (token_.Is('@')) {
      Advance();
      Trait trait;
      trait.line = token_.line;
      trait.name = Target().name;
      if (token_.Is('(')) {
        Advance();
        ParseTraitBody(trait);
        Expect(')');
      }
      traits.push_back(std::move(trait));
    }
    return traits;
  }

  /// `key: value …` or one value.
  void ParseTraitBody(Trait& trait) {
    if (token_.Is(')')) return;
    if (token_.type != TokenType::kName) {
      trait.value = ParseValue();
      return;
    }
    const std::string first = Name("a key");
    if (!token_.Is(':')) {
      trait.value = first == "true" ? json::Value(true) : json::Value(first);
      return;
    }
    Advance();
    json::Object object;
    object[first] = ParseValue(1);
    for (auto& [key, value] : ParsePairs(')', 0)) object[key] = std::move(value);
    trait.value = std::move(object);
  }

  static std::string Text(const Trait& trait) {
    if (!trait.value.is_string()) BadAt(trait.line, "@" + trait.name + " needs a text");
    return std::string(json::View(trait.value));
  }
  static std::string Text(const Trait& trait, std::string_view key) {
    const json::Object* object = trait.value.if_object();
    const json::Value* value = object ? json::Find(*object, key) : nullptr;
    if (!value || !value->is_string()) {
      BadAt(trait.line, fmt::format("@{} needs {}: \"…\"", trait.name, key));
    }
    return std::string(json::View(*value));
  }
  static const json::Object& Fields(const Trait& trait) {
    if (!trait.value.is_object()) BadAt(trait.line, "@" + trait.name + " needs key: value");
    return trait.value.get_object();
  }
  static std::vector<std::string> Texts(const Trait& trait) {
    if (trait.value.is_string()) return {std::string(json::View(trait.value))};
    std::vector<std::string> texts;
    if (const json::Array* array = trait.value.if_array()) {
      for (const json::Value& value : *array) {
        if (value.is_string()) texts.emplace_back(json::View(value));
      }
    }
    if (texts.empty()) BadAt(trait.line, "@" + trait.name + " needs a list of texts");
    return texts;
  }
  [[noreturn]] static void Misplaced(const Trait& trait, std::string_view where) {
    BadAt(trait.line, fmt::format("unknown trait @{} on {}", trait.name, where));
  }
  static TimestampFormat Format(const Trait& trait) {
    const std::string text = Text(trait);
    if (text == "date-time") return TimestampFormat::kDateTime;
    if (text == "epoch-seconds") return TimestampFormat::kEpochSeconds;
    if (text == "http-date") return TimestampFormat::kHttpDate;
    BadAt(trait.line, "unknown timestamp format " + text);
  }

  // -- Statements ------------------------------------------------------------------------------

  void Statement() {
    if (token_.Is('$')) {
      Advance();
      Name("a control name");
      Expect(':');
      ParseValue();
      return;
    }
    const Traits traits = ParseTraits();
    const int line = token_.line;
    const std::string keyword = Name("a statement");
    if (traits.empty() && (keyword == "namespace" || keyword == "use")) {
      Name("a name");
    } else if (keyword == "service") {
      ServiceStatement(traits);
    } else if (keyword == "operation") {
      OperationStatement(traits);
    } else {
      for (const auto& [name, type] : kShapeKinds) {
        if (name == keyword) return ShapeStatement(type, traits);
      }
      BadAt(line, "unknown statement '" + keyword + "'");
    }
  }

  void ServiceStatement(const Traits& traits) {
    if (service_seen_) Bad("second service statement");
    service_seen_ = true;
    const int line = token_.line;
    model_->target_prefix = Name("the service's name");
    for (const Trait& trait : traits) ServiceTrait(trait);
    if (model_->protocols.empty()) BadAt(line, "the service has no protocol");
    if (model_->signing_name.empty()) BadAt(line, "the service has no @sigv4(name: …)");
    if (model_->iam_prefix.empty()) model_->iam_prefix = model_->signing_name;
    Expect('{');
    while (!token_.Is('}')) {
      const std::string key = Name("a property of the service");
      Expect(':');
      if (key == "version") {
        const json::Value version = ParseValue();
        if (!version.is_string()) Bad("version is a text");
        model_->api_version = json::View(version);
      } else if (key == "operations") {
        Expect('[');
        while (!token_.Is(']')) {
          const Reference reference = Target();
          listed_.push_back(reference);
          model_->operations[reference.name].name = reference.name;
        }
        Advance();
      } else {
        Bad("unknown property '" + key + "' of the service");
      }
    }
    // In header mode the rest of the file is not even tokenised.
    if (!header_only_) Advance();
  }

  void ServiceTrait(const Trait& trait) {
    for (const auto& [name, protocol] : kProtocolTraits) {
      if (name == trait.name) return model_->protocols.push_back(protocol);
    }
    if (trait.name == "service") {
      model_->sdk_id = Text(trait, "sdkId");
      const auto prefix = json::GetString(Fields(trait), "endpointPrefix");
      model_->endpoint_prefix = prefix.empty() ? Text(trait, "arnNamespace") : std::string(prefix);
    } else if (trait.name == "sigv4") {
      model_->signing_name = Text(trait, "name");
    } else if (trait.name == "xmlNamespace") {
      model_->xml_namespace = Text(trait, "uri");
    } else if (trait.name == "awsQueryCompatible") {
      model_->query_compatible = true;
    } else if (trait.name == "iamPrefix") {
      model_->iam_prefix = Text(trait);
    } else if (trait.name == "aliases") {
      model_->aliases = Texts(trait);
    } else if (trait.name == "targetPrefix") {
      model_->target_prefix = Text(trait);
    } else if (!IsIgnoredTrait(trait.name)) {
      Misplaced(trait, "a service");
    }
  }

  void OperationStatement(const Traits& traits) {
    PendingOperation pending;
    pending.line = token_.line;
    pending.name = Name("the operation's name");
    if (!defined_.insert(pending.name).second) BadAt(pending.line, "second " + pending.name);
    OperationModel& operation = model_->operations[pending.name];
    operation.name = pending.name;
    for (const Trait& trait : traits) OperationTrait(trait, operation);
    Expect('{');
    while (!token_.Is('}')) {
      const std::string key = Name("a property of the operation");
      Expect(':');
      if (key == "input") {
        pending.input = Target();
      } else if (key == "output") {
        pending.output = Target();
      } else if (key == "errors") {
        Expect('[');
        while (!token_.Is(']')) pending.errors.push_back(Target());
        Advance();
      } else {
        Bad("unknown property '" + key + "' of the operation");
      }
    }
    Advance();
    operations_.push_back(std::move(pending));
  }

  void OperationTrait(const Trait& trait, OperationModel& operation) {
    if (trait.name == "readonly") {
      operation.readonly = true;
      operation.idempotent = true;
    } else if (trait.name == "idempotent") {
      operation.idempotent = true;
    } else if (trait.name == "http") {
      operation.http_method = Text(trait, "method");
      operation.http_uri = Text(trait, "uri");
      operation.http_code = static_cast<int>(json::GetInt(Fields(trait), "code", 200));
      SplitUri(trait, operation);
    } else if (trait.name == "iamAction") {
      operation.iam_action = Text(trait);
    } else if (trait.name == "iamResource") {
      operation.iam_resources = Texts(trait);
    } else if (trait.name == "dataPlane") {
      operation.data_plane = true;
    } else if (trait.name == "optionalAuth") {
      operation.optional_auth = true;
    } else if (trait.name == "s3UnwrappedXmlOutput") {
      operation.s3_unwrapped_output = true;
    } else if (!IsIgnoredTrait(trait.name)) {
      Misplaced(trait, "an operation");
    }
  }

  static void SplitUri(const Trait& trait, OperationModel& operation) {
    std::string_view uri = operation.http_uri;
    if (uri.empty() || uri[0] != '/') BadAt(trait.line, "uri must begin with '/'");
    const size_t mark = uri.find('?');
    if (mark != std::string_view::npos) {
      std::string_view rest = uri.substr(mark + 1);
      while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        const size_t equals = pair.find('=');
        operation.uri_query.emplace_back(pair.substr(0, equals), equals == std::string_view::npos
                                                                     ? std::string_view()
                                                                     : pair.substr(equals + 1));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      }
      uri = uri.substr(0, mark);
    }
    uri.remove_prefix(1);
    while (!uri.empty()) {
      std::string_view part = uri.substr(0, uri.find('/'));
      uri.remove_prefix(std::min(uri.size(), part.size() + 1));
      if (part.empty()) continue;
      UriSegment segment;
      if (part.front() == '{' && part.back() == '}') {
        part = part.substr(1, part.size() - 2);
        segment.label = true;
        if (!part.empty() && part.back() == '+') {
          segment.greedy = true;
          part.remove_suffix(1);
        }
      }
      segment.text = part;
      operation.uri_segments.push_back(std::move(segment));
    }
  }

  // -- Shapes ----------------------------------------------------------------------------------

  void ShapeStatement(ShapeType type, const Traits& traits) {
    const int line = token_.line;
    const std::string name = Name("the shape's name");
    auto owned = std::make_unique<Shape>();
    Shape& shape = *owned;
    shape.name = name;
    shape.type = type;
    if (!model_->shapes.emplace(name, std::move(owned)).second) {
      BadAt(line, "second shape " + name);
    }
    for (const Trait& trait : traits) ShapeTrait(trait, shape);
    if (shape.is_error && shape.http_status == 0)
      shape.http_status = shape.is_server_fault ? 500 : 400;
    switch (type) {
      case ShapeType::kEnum:
        EnumBody(shape);
        break;
      case ShapeType::kList:
      case ShapeType::kMap:
      case ShapeType::kStructure:
      case ShapeType::kUnion:
        MembersBody(shape);
        break;
      default:
        break;
    }
    const auto has = [&shape](size_t index, std::string_view member) {
      return shape.members.size() > index && shape.members[index].name == member;
    };
    if (type == ShapeType::kList && !(shape.members.size() == 1 && has(0, "member"))) {
      BadAt(line, "list " + name + " needs exactly: member");
    }
    if (type == ShapeType::kMap &&
        !(shape.members.size() == 2 && has(0, "key") && has(1, "value"))) {
      BadAt(line, "map " + name + " needs exactly: key, value");
    }
  }

  void ShapeTrait(const Trait& trait, Shape& shape) {
    if (trait.name == "length") {
      const json::Object& fields = Fields(trait);
      if (json::Find(fields, "min")) shape.length_min = json::GetInt(fields, "min");
      if (json::Find(fields, "max")) shape.length_max = json::GetInt(fields, "max");
    } else if (trait.name == "range") {
      const json::Object& fields = Fields(trait);
      if (json::Find(fields, "min")) shape.range_min = json::GetDouble(fields, "min");
      if (json::Find(fields, "max")) shape.range_max = json::GetDouble(fields, "max");
    } else if (trait.name == "pattern") {
      shape.pattern = Text(trait);
      auto regex = Regex::Compile(shape.pattern);
      if (!regex) BadAt(trait.line, regex.error().message);
      shape.regex = std::move(*regex);
    } else if (trait.name == "sensitive") {
      shape.sensitive = true;
    } else if (trait.name == "lenient") {
      shape.lenient = true;
    } else if (trait.name == "timestampFormat") {
      shape.timestamp_format = Format(trait);
    } else if (trait.name == "error") {
      shape.is_error = true;
      shape.is_server_fault = Text(trait) == "server";
    } else if (trait.name == "httpError") {
      if (!trait.value.is_int64()) BadAt(trait.line, "@httpError needs a status");
      shape.http_status = static_cast<int>(trait.value.get_int64());
    } else if (trait.name == "awsQueryError") {
      shape.query_error_code = Text(trait, "code");
      if (shape.http_status == 0) {
        shape.http_status = static_cast<int>(json::GetInt(Fields(trait), "httpResponseCode"));
      }
    } else if (trait.name == "xmlName") {
      shape.xml_name = Text(trait);
    } else if (!IsIgnoredTrait(trait.name) && trait.name != "xmlNamespace") {
      Misplaced(trait, "a shape");
    }
  }

  void EnumBody(Shape& shape) {
    Expect('{');
    while (!token_.Is('}')) {
      const Traits traits = ParseTraits();
      std::string value = Name("a value of the enum");
      for (const Trait& trait : traits) {
        if (trait.name == "enumValue") {
          value = Text(trait);
        } else if (!IsIgnoredTrait(trait.name)) {
          Misplaced(trait, "a value of an enum");
        }
      }
      if (token_.Is('=')) {
        Advance();
        if (token_.type != TokenType::kString) Bad("expected a text, found " + Describe());
        value = token_.text;
        Advance();
      }
      shape.enum_values.push_back(std::move(value));
    }
    Advance();
    if (shape.enum_values.empty()) Bad("enum " + shape.name + " has no values");
  }

  void MembersBody(Shape& shape) {
    Expect('{');
    while (!token_.Is('}')) {
      const Traits traits = ParseTraits();
      Member member;
      member.name = Name("a member");
      if (shape.FindMember(member.name)) Bad("second member " + member.name);
      Expect(':');
      const Reference target = Target();
      if (token_.Is('=')) {
        Advance();
        ParseValue();
      }
      for (const Trait& trait : traits) MemberTrait(trait, member);
      shape.members.push_back(std::move(member));
      members_.push_back({&shape, shape.members.size() - 1, target});
    }
    Advance();
  }

  void MemberTrait(const Trait& trait, Member& member) {
    if (trait.name == "required") {
      member.required = true;
    } else if (trait.name == "jsonName") {
      member.json_name = Text(trait);
    } else if (trait.name == "xmlName") {
      member.xml_name = Text(trait);
    } else if (trait.name == "ec2QueryName") {
      member.ec2_query_name = Text(trait);
    } else if (trait.name == "xmlFlattened") {
      member.xml_flattened = true;
    } else if (trait.name == "xmlAttribute") {
      member.xml_attribute = true;
    } else if (trait.name == "httpLabel") {
      member.http_label = true;
    } else if (trait.name == "httpHeader") {
      member.http_header = Text(trait);
    } else if (trait.name == "httpPrefixHeaders") {
      member.http_prefix_headers = Text(trait);
    } else if (trait.name == "httpQuery") {
      member.http_query = Text(trait);
    } else if (trait.name == "httpQueryParams") {
      member.http_query_params = true;
    } else if (trait.name == "httpPayload") {
      member.http_payload = true;
    } else if (trait.name == "httpResponseCode") {
      member.http_response_code = true;
    } else if (trait.name == "idempotencyToken") {
      member.idempotency_token = true;
    } else if (trait.name == "timestampFormat") {
      member.timestamp_format = Format(trait);
    } else if (trait.name == "lenient") {
      member.lenient = true;
    } else if (!IsIgnoredTrait(trait.name) && trait.name != "xmlNamespace") {
      Misplaced(trait, "a member");
    }
  }

  // -- Resolution ------------------------------------------------------------------------------

  const Shape* Find(const Reference& reference) {
    if (const auto it = model_->shapes.find(reference.name); it != model_->shapes.end()) {
      return it->second.get();
    }
    for (const auto& [name, type] : kPrelude) {
      if (name != reference.name) continue;
      auto shape = std::make_unique<Shape>();
      shape->name = name;
      shape->type = type;
      return model_->shapes.emplace(name, std::move(shape)).first->second.get();
    }
    BadAt(reference.line, "no shape named " + reference.name);
  }

  const Shape* FindStructure(const Reference& reference, const std::string& made_name) {
    if (reference.name.empty() || reference.name == "Unit") {
      auto& slot = model_->shapes[made_name];
      if (!slot) {
        slot = std::make_unique<Shape>();
        slot->name = made_name;
        slot->type = ShapeType::kStructure;
      }
      return slot.get();
    }
    const Shape* shape = Find(reference);
    if (shape->type != ShapeType::kStructure) {
      BadAt(reference.line, reference.name + " is not a structure");
    }
    return shape;
  }

  void Resolve() {
    for (const PendingMember& pending : members_) {
      Member& member = pending.shape->members[pending.index];
      member.target = Find(pending.target);
      if (member.xml_flattened && member.target->type != ShapeType::kList &&
          member.target->type != ShapeType::kMap) {
        BadAt(pending.target.line, "@xmlFlattened on what is no list or map");
      }
    }
    for (const PendingOperation& pending : operations_) ResolveOperation(pending);
    for (const Reference& reference : listed_) {
      if (!defined_.contains(reference.name)) {
        BadAt(reference.line, "no operation named " + reference.name);
      }
    }
    if (listed_.size() != defined_.size()) {
      for (const PendingOperation& pending : operations_) {
        const bool found = std::any_of(listed_.begin(), listed_.end(),
                                       [&](const Reference& r) { return r.name == pending.name; });
        if (!found) BadAt(pending.line, "operation " + pending.name + " is not in the service");
      }
      Bad("an operation is listed twice");
    }
  }

  void ResolveOperation(const PendingOperation& pending) {
    OperationModel& operation = model_->operations[pending.name];
    operation.input = FindStructure(pending.input, pending.name + "EmptyInput");
    operation.output = FindStructure(pending.output, pending.name + "EmptyOutput");
    for (const Reference& reference : pending.errors) {
      const Shape* shape = FindStructure(reference, "");
      if (!shape->is_error) BadAt(reference.line, reference.name + " has no @error");
      operation.errors.push_back(shape);
    }
    if (operation.iam_action.empty())
      operation.iam_action = model_->iam_prefix + ":" + pending.name;
    const bool rest = model_->Speaks(Protocol::kRestJson1) || model_->Speaks(Protocol::kRestXml);
    if (rest && operation.http_method.empty()) {
      BadAt(pending.line, "operation " + pending.name + " needs @http");
    }
    for (size_t i = 0; i < operation.uri_segments.size(); ++i) {
      const UriSegment& segment = operation.uri_segments[i];
      if (!segment.label) continue;
      const Member* member = operation.input->FindMember(segment.text);
      if (!member || !member->http_label) {
        BadAt(pending.line, "no member with @httpLabel for {" + segment.text + "}");
      }
      if (segment.greedy && i + 1 != operation.uri_segments.size()) {
        BadAt(pending.line, "a greedy label must come last");
      }
    }
  }

  Lexer lexer_;
  const bool header_only_;
  std::unique_ptr<ServiceModel> model_;
  Token token_;
  bool service_seen_ = false;
  std::vector<PendingMember> members_;
  std::vector<PendingOperation> operations_;
  std::vector<Reference> listed_;
  std::set<std::string> defined_;
};

Result<std::unique_ptr<ServiceModel>> Run(std::string_view name, std::string_view text,
                                          bool header_only) {
  try {
    return Parser(name, text, header_only).Parse();
  } catch (const ParseFailure& failure) {
    return Fail(Code::kInvalidArgument,
                fmt::format("{}.smithy:{}: {}", name, failure.line, failure.what));
  }
}

}  // namespace

Result<std::unique_ptr<ServiceModel>> ParseModel(std::string_view name, std::string_view text) {
  return Run(name, text, false);
}

Result<std::unique_ptr<ServiceModel>> ParseModelHeader(std::string_view name,
                                                       std::string_view text) {
  return Run(name, text, true);
}

}  // namespace riposte::wire
