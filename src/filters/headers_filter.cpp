// `headers`: sets, adds and removes fields of requests and answers.
#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "http/lookalike.h"

namespace banyan {
namespace {

struct Changes {
  std::vector<std::string> removed;
  std::vector<FieldText> set;
  std::vector<FieldText> added;

  bool none() const { return removed.empty() && set.empty() && added.empty(); }
};

struct Options {
  Changes request;
  Changes answer;

  bool leaves_request() const { return request.none(); }
};

const Schema& changes_schema() {
  static const Schema schema = {
      "headers.request, headers.answer",
      "What is done with the fields of a message, in this order. Texts may hold variables.",
      &schema_detail::defaults<Changes>(),
      {field_names_key<&Changes::removed>("remove", "fields that are taken away"),
       field_texts_key<&Changes::set>("set", "fields that get this value alone"),
       field_texts_key<&Changes::added>("add", "fields that get this value besides what they have")}};
  return schema;
}

const Schema& headers_schema() {
  static const Schema schema = {
      "headers",
      "Sets, adds and removes header fields.",
      &schema_detail::defaults<Options>(),
      {mapping_key<&Options::request>("request", changes_schema(), "of the request, before it is sent on"),
       mapping_key<&Options::answer>("answer", changes_schema(), "of the answer, before it reaches the client")}};
  return schema;
}

class HeadersFilter final : public Filter {
 public:
  explicit HeadersFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    for (const std::string& name : options_.request.removed) remove_lookalikes_of(call.head().fields, name);
    apply(options_.request, call, call.head().fields);
    co_await next();
    if (call.answered()) apply(options_.answer, call, call.answer().fields());
  }

 private:
  static void apply(const Changes& changes, FilterCall& call, Fields& fields) {
    for (const std::string& name : changes.removed) fields.remove(name);
    // Names were checked as they were read.
    for (const FieldText& field : changes.set) (void)fields.set_copy(field.first, field.second.expand(call));
    for (const FieldText& field : changes.added) (void)fields.add_copy(field.first, field.second.expand(call));
  }

  const Options options_;
};

}  // namespace

const FilterFactory& headers_filter() {
  static const FilterKind<Options> kind("headers", LetsIn::kAll, &headers_schema, &make_filter<HeadersFilter, Options>);
  return kind;
}

}  // namespace banyan
