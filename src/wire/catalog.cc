#include "wire/catalog.h"

#include <algorithm>
#include <cctype>
#include <mutex>
#include <stdexcept>

#include "wire/embedded_models.h"
#include "wire/regex.h"

namespace riposte::wire {
namespace {

/// Lower case, without what people put between the words of a name.
std::string Fold(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '_') continue;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string_view AfterLastDot(std::string_view text) {
  const size_t dot = text.rfind('.');
  return dot == std::string_view::npos ? text : text.substr(dot + 1);
}

}  // namespace

const Member* Shape::FindMember(std::string_view member_name) const {
  for (const Member& member : members) {
    if (member.name == member_name) return &member;
  }
  return nullptr;
}

bool ServiceModel::Speaks(Protocol protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

const Shape* ServiceModel::FindError(std::string_view code) const {
  if (const auto it = shapes.find(code); it != shapes.end() && it->second->is_error) {
    return it->second.get();
  }
  for (const auto& [key, shape] : shapes) {
    if (shape->is_error && shape->query_error_code == code) return shape.get();
  }
  return nullptr;
}

/// A service before and after its whole file is parsed.
struct Entry {
  EmbeddedModel source;  ///< Views of static storage, or of Impl::texts.
  std::unique_ptr<ServiceModel> header;
  std::once_flag once;
  std::unique_ptr<ServiceModel> model;

  const ServiceModel* Load() {
    std::call_once(once, [this] {
      auto parsed = ParseModel(source.name, source.text);
      // The files are part of the binary and a unit test parses them all: this is a broken build.
      if (!parsed) throw std::logic_error(parsed.error().message);
      model = std::move(*parsed);
    });
    return model.get();
  }
};

struct Catalog::Impl {
  std::vector<std::unique_ptr<Entry>> entries;  ///< Sorted by name.
  std::vector<std::pair<std::string, std::string>> texts;

  void Add(const EmbeddedModel& source) {
    auto entry = std::make_unique<Entry>();
    entry->source = source;
    auto header = ParseModelHeader(source.name, source.text);
    if (!header) throw std::logic_error(header.error().message);
    entry->header = std::move(*header);
    entries.push_back(std::move(entry));
  }

  /// The first service whose header satisfies `test`.
  template <class Test>
  const ServiceModel* FindIf(Test test) const {
    for (const auto& entry : entries) {
      if (test(*entry->header)) return entry->Load();
    }
    return nullptr;
  }
};

Catalog::Catalog() : impl_(std::make_unique<Impl>()) {
  for (const EmbeddedModel& source : EmbeddedModels()) impl_->Add(source);
}

Catalog::Catalog(std::vector<std::pair<std::string, std::string>> models)
    : impl_(std::make_unique<Impl>()) {
  impl_->texts = std::move(models);
  std::sort(impl_->texts.begin(), impl_->texts.end());
  for (const auto& [name, text] : impl_->texts) impl_->Add({name, text});
}

Catalog::~Catalog() = default;

const ServiceModel* Catalog::Find(std::string_view name) const {
  return impl_->FindIf([name](const ServiceModel& service) { return service.name == name; });
}

const ServiceModel* Catalog::FindByAnyName(std::string_view name) const {
  constexpr std::string_view kDomain = ".amazonaws.com";
  if (name.ends_with(kDomain)) name.remove_suffix(kDomain.size());
  const std::string folded = Fold(name);
  if (folded.empty()) return nullptr;
  // A registry name wins over another service's alias.
  if (const ServiceModel* service =
          impl_->FindIf([&folded](const ServiceModel& s) { return Fold(s.name) == folded; })) {
    return service;
  }
  return impl_->FindIf([&folded](const ServiceModel& service) {
    return Fold(service.sdk_id) == folded || Fold(service.signing_name) == folded ||
           Fold(service.endpoint_prefix) == folded ||
           std::any_of(service.aliases.begin(), service.aliases.end(),
                       [&folded](const std::string& alias) { return Fold(alias) == folded; });
  });
}

const ServiceModel* Catalog::FindBySigningName(std::string_view name) const {
  return impl_->FindIf(
      [name](const ServiceModel& service) { return service.signing_name == name; });
}

std::vector<const ServiceModel*> Catalog::FindSiblings(const ServiceModel& service) const {
  std::vector<const ServiceModel*> found;
  for (const auto& entry : impl_->entries) {
    if (entry->header->signing_name == service.signing_name &&
        entry->header->name != service.name) {
      found.push_back(entry->Load());
    }
  }
  return found;
}

const ServiceModel* Catalog::FindByTargetPrefix(std::string_view prefix) const {
  if (prefix.empty()) return nullptr;
  return impl_->FindIf([prefix](const ServiceModel& service) {
    return service.target_prefix == prefix || AfterLastDot(service.target_prefix) == prefix;
  });
}

std::vector<const ServiceModel*> Catalog::FindByOperation(std::string_view operation,
                                                          Protocol protocol) const {
  std::vector<const ServiceModel*> found;
  for (const auto& entry : impl_->entries) {
    if (entry->header->Speaks(protocol) && entry->header->operations.contains(operation)) {
      found.push_back(entry->Load());
    }
  }
  return found;
}

std::vector<const ServiceModel*> Catalog::FindByProtocol(Protocol protocol) const {
  std::vector<const ServiceModel*> found;
  for (const auto& entry : impl_->entries) {
    if (entry->header->Speaks(protocol)) found.push_back(entry->Load());
  }
  return found;
}

std::vector<std::string> Catalog::Names() const {
  std::vector<std::string> names;
  for (const auto& entry : impl_->entries) names.push_back(entry->header->name);
  return names;
}

const OperationModel* Catalog::FindOperation(const ServiceModel& service, std::string_view name) {
  if (const auto it = service.operations.find(name); it != service.operations.end()) {
    return &it->second;
  }
  const std::string folded = Fold(name);
  for (const auto& [key, operation] : service.operations) {
    if (Fold(key) == folded) return &operation;
  }
  return nullptr;
}

}  // namespace riposte::wire
