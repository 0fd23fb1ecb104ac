#include "static_files/plan.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/date.h"
#include "static_files/mime_types.h"
#include "static_files/range.h"

namespace banyan::static_files {
namespace {

template <class Number>
void append_number(std::string& out, Number value, int base = 10) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr);
}

std::string content_type(const FileFacts& file, const PlanOptions& options) {
  std::string_view type = mime_type(file.path);
  std::string value(type);
  if (!options.charset.empty() && is_text(type)) (value += "; charset=") += options.charset;
  return value;
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  std::string value = "bytes ";
  append_number(value, range.offset);
  value += '-';
  append_number(value, range.offset + range.length - 1);
  value += '/';
  append_number(value, size);
  return value;
}

// Whether the list of entity tags in all lines of that field names `tag`. Weak comparison lets W/"x" stand for "x";
// strong comparison (section 8.8.3.2) never matches a weak one. A list that is malformed ends at its fault.
bool list_names_tag(std::string_view list, std::string_view tag, bool weak_comparison) {
  if (list == "*") return true;
  for (;;) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    bool weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    if (!list.starts_with('"')) return false;
    std::size_t end = list.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == tag && (weak_comparison || !weak)) return true;
    list.remove_prefix(end + 1);
  }
}

bool names_tag(const Fields& fields, FieldId id, std::string_view tag, bool weak_comparison) {
  for (const Fields::Entry& entry : fields) {
    if (entry.id == id && list_names_tag(entry.value, tag, weak_comparison)) return true;
  }
  return false;
}

// One request for one file, on its way to a plan.
class Planner {
 public:
  Planner(const FileFacts& file, const FileRequest& request, const PlanOptions& options)
      : file_(file), request_(request), options_(options), tag_(entity_tag(file)) {}

  StaticPlan plan() {
    if (request_.method != Method::kGet && request_.method != Method::kHead) {
      plan_.status = 405;
      plan_.fields.add_copy(FieldId::kAllow, "GET, HEAD");
      return std::move(plan_);
    }
    plan_.status = condition();
    if (plan_.status == 412) return std::move(plan_);
    if (plan_.status == 200) answer();
    if (plan_.status != 416) add_validators();
    if (request_.method == Method::kHead) plan_.body.clear();
    return std::move(plan_);
  }

 private:
  // 200 where the conditions of section 13.2.2 let the method be performed, else 304 or 412.
  int condition() const {
    const Fields& fields = *request_.fields;
    if (fields.has(FieldId::kIfMatch)) {
      if (!names_tag(fields, FieldId::kIfMatch, tag_, false)) return 412;
    } else if (auto limit = date(FieldId::kIfUnmodifiedSince); limit && file_.modified_seconds > *limit) {
      return 412;
    }
    if (fields.has(FieldId::kIfNoneMatch)) {
      if (names_tag(fields, FieldId::kIfNoneMatch, tag_, true)) return 304;
    } else if (auto limit = date(FieldId::kIfModifiedSince); limit && file_.modified_seconds <= *limit) {
      return 304;
    }
    return 200;
  }

  std::optional<std::int64_t> date(FieldId id) const {
    const Fields::Entry* entry = request_.fields->find(id);
    return entry == nullptr ? std::nullopt : parse_http_date(entry->value, request_.now_seconds);
  }

  // Whether the client's parts are of this very file (section 13.1.5).
  bool if_range_holds() const {
    const Fields::Entry* entry = request_.fields->find(FieldId::kIfRange);
    if (entry == nullptr) return true;
    if (entry->value.starts_with('"') || entry->value.starts_with("W/")) return entry->value == tag_;
    auto wanted = parse_http_date(entry->value, request_.now_seconds);
    return wanted && *wanted == file_.modified_seconds;
  }

  RangeSet ranges() const {
    const Fields::Entry* entry = request_.fields->find(FieldId::kRange);
    if (entry == nullptr || request_.method != Method::kGet || request_.fields->repeated(FieldId::kRange)) return {};
    if (!if_range_holds()) return {};
    return parse_range(entry->value, file_.size, options_.ranges_max);
  }

  void answer() {
    RangeSet set = ranges();
    switch (set.kind) {
      case RangeSet::Kind::kUnsatisfiable:
        return unsatisfiable();
      case RangeSet::Kind::kPart:
        return set.ranges.size() == 1 ? one_part(set.ranges[0]) : parts(set.ranges);
      case RangeSet::Kind::kWhole:
        break;
    }
    plan_.fields.add_copy(FieldId::kContentType, content_type(file_, options_));
    plan_.fields.add_copy(FieldId::kAcceptRanges, "bytes");
    add_piece({{}, 0, file_.size});
  }

  void unsatisfiable() {
    plan_.status = 416;
    std::string whole = "bytes */";
    append_number(whole, file_.size);
    plan_.fields.add_copy(FieldId::kContentRange, whole);
  }

  void one_part(const ByteRange& range) {
    plan_.status = 206;
    plan_.fields.add_copy(FieldId::kContentType, content_type(file_, options_));
    plan_.fields.add_copy(FieldId::kContentRange, content_range(range, file_.size));
    add_piece({{}, range.offset, range.length});
  }

  // Section 14.6.
  void parts(const std::vector<ByteRange>& ranges) {
    plan_.status = 206;
    std::string boundary = "banyan";
    append_number(boundary, request_.random, 16);
    plan_.fields.add_copy(FieldId::kContentType, "multipart/byteranges; boundary=" + boundary);
    std::string type = content_type(file_, options_);
    for (const ByteRange& range : ranges) {
      add_piece({"\r\n--" + boundary + "\r\nContent-Type: " + type +
                     "\r\nContent-Range: " + content_range(range, file_.size) + "\r\n\r\n",
                 range.offset, range.length});
    }
    add_piece({"\r\n--" + boundary + "--\r\n", 0, 0});
  }

  void add_piece(BodyPiece piece) {
    plan_.content_length += piece.text.size() + piece.length;
    plan_.body.push_back(std::move(piece));
  }

  void add_validators() {
    char modified[kHttpDateBytes];
    format_http_date(file_.modified_seconds, modified);
    plan_.fields.add_copy(FieldId::kLastModified, {modified, kHttpDateBytes});
    plan_.fields.add_copy(FieldId::kEtag, tag_);
    if (!options_.cache_control.empty()) plan_.fields.add_copy(FieldId::kCacheControl, options_.cache_control);
  }

  const FileFacts& file_;
  const FileRequest& request_;
  const PlanOptions& options_;
  std::string tag_;
  StaticPlan plan_;
};

}  // namespace

std::string entity_tag(const FileFacts& file) {
  std::string tag = "\"";
  append_number(tag, file.modified_seconds, 16);
  tag += '-';
  append_number(tag, file.size, 16);
  tag += '"';
  return tag;
}

StaticPlan plan_file(const FileFacts& file, const FileRequest& request, const PlanOptions& options) {
  return Planner(file, request, options).plan();
}

}  // namespace banyan::static_files
