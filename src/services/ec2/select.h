// Which of the described documents does the caller want: filters, then one page of them.
//
// Source: "Filter your resources", Amazon EC2 user guide: values of one filter are alternatives,
// filters must all hold; * and ? are wildcards; tag:<key>, tag-key and tag-value exist everywhere.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"

namespace riposte::ec2 {

/// Filter name -> where the document holds it. Paths have dots and pass through lists
/// ("BlockDeviceMappings.Ebs.VolumeId"); a leading '@' says that the number there is a time.
using FilterTable = std::span<const std::pair<std::string_view, std::string_view>>;

class Filters {
 public:
  /// Reads `input`'s Filters. Throws InvalidParameterValue for a name that is not in `table`.
  Filters(const json::Object& input, FilterTable table);
  [[nodiscard]] bool Match(const json::Object& document) const;

 private:
  struct Filter {
    std::string name;  ///< "tag:…" or what it was called.
    std::string path;  ///< "" for the tag filters.
    std::vector<std::string> values;
  };
  std::vector<Filter> filters_;
};

/// True when `text` matches `pattern`, in which * stands for any text and ? for one character.
[[nodiscard]] bool MatchWildcard(std::string_view pattern, std::string_view text);

/// A document with the id by which pages are ordered.
struct Listed {
  std::string id;
  json::Object document;
};
/// {<member>: […], "NextToken": …}: from `input`'s NextToken on, at most MaxResults (`most` when
/// it is absent). REQUIRES: `all` is in order of id.
[[nodiscard]] json::Object Page(const json::Object& input, std::string_view member,
                                std::vector<Listed> all, size_t most = 1000);

}  // namespace riposte::ec2
