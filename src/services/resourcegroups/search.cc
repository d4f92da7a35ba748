#include "services/resourcegroups/search.h"

#include <algorithm>

#include "base/arn.h"
#include "estate/buckets.h"
#include "estate/resource.h"

namespace riposte::resourcegroups {
namespace {

namespace kind = estate::kind;

constexpr std::string_view kBucket = "AWS::S3::Bucket";
constexpr int kBucketsAtOnce = 100;

struct Type {
  std::string_view name;
  std::string_view kind;
  bool shared = false;  ///< Its ARN names no account.
};

/// In order of name, buckets at the end.
constexpr Type kTypes[] = {
    {"AWS::EC2::Image", kind::kImage, true},
    {"AWS::EC2::Instance", kind::kInstance},
    {"AWS::EC2::NetworkInterface", kind::kNetworkInterface},
    {"AWS::EC2::SecurityGroup", kind::kSecurityGroup},
    {"AWS::EC2::Snapshot", kind::kSnapshot, true},
    {"AWS::EC2::Subnet", kind::kSubnet},
    {"AWS::EC2::VPC", kind::kVpc},
    {"AWS::EC2::Volume", kind::kVolume},
};

bool IsGone(const estate::Resource& resource) {
  const json::Object* state = json::GetObject(resource.document, "State");
  return resource.kind == kind::kInstance && state &&
         json::GetString(*state, "Name") == "terminated";
}

/// Adds to a page, which is full when there is one more than fits.
class Collector {
 public:
  Collector(FoundPage& page, size_t limit) : page_(page), limit_(limit) {}

  /// False when no more are wanted.
  bool Add(Found found) {
    if (page_.resources.size() == limit_) {
      page_.more = true;
      return false;
    }
    page_.resources.push_back(std::move(found));
    return true;
  }
  [[nodiscard]] bool full() const { return page_.more; }

 private:
  FoundPage& page_;
  size_t limit_;
};

void SearchBuckets(store::Transaction& tx, const Scope& scope, const TagQuery& query,
                   std::string after, Collector& page) {
  while (true) {
    const auto buckets = estate::ListBuckets(tx, scope.account, "", after, kBucketsAtOnce);
    for (const estate::Bucket& bucket : buckets) {
      if (bucket.scope.region != scope.region) continue;
      if (!query.FitsTags(json::GetArray(bucket.settings, "tagging"))) continue;
      if (!page.Add({std::string(kBucket), bucket.name, "arn:aws:s3:::" + bucket.name})) return;
    }
    if (buckets.size() < kBucketsAtOnce) return;
    after = buckets.back().name;
  }
}

}  // namespace

bool IsSearchable(std::string_view type) {
  return type == kBucket || std::ranges::find(kTypes, type, &Type::name) != std::end(kTypes);
}

FoundPage Search(store::Transaction& tx, const Scope& scope, const TagQuery& query,
                 const Found& after, size_t limit) {
  FoundPage page;
  Collector collector(page, limit);
  for (const Type& type : kTypes) {
    if (type.name < after.type || !query.WantsType(type.name)) continue;
    const std::string_view from = type.name == after.type ? std::string_view(after.id) : "";
    estate::ForEach(tx, scope, type.kind, [&](estate::Resource&& resource) {
      if (resource.id <= from || IsGone(resource)) return true;
      if (!query.FitsTags(json::GetArray(resource.document, estate::TagMember(type.kind)))) {
        return true;
      }
      const Scope owner{type.shared ? AccountId() : scope.account, scope.region};
      std::string arn = MakeArn("ec2", owner, std::string(type.kind) + "/" + resource.id);
      return collector.Add({std::string(type.name), resource.id, std::move(arn)});
    });
    if (collector.full()) return page;
  }
  if (query.WantsType(kBucket)) {
    SearchBuckets(tx, scope, query, after.type == kBucket ? after.id : "", collector);
  }
  return page;
}

}  // namespace riposte::resourcegroups
