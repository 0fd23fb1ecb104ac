// `respond`: answers with a text of the configuration's own.
#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"

namespace banyan {
namespace {

struct Options {
  std::int64_t status = 200;
  VariableText body;
  std::string type = "text/plain; charset=utf-8";

  static bool leaves_request() { return true; }
};

const Schema& respond_schema() {
  static const Schema schema = {"respond",
                                "Answers every request by itself; what follows in the list is not asked.",
                                &schema_detail::defaults<Options>(),
                                {integer_key<&Options::status>("status", 200, 599, "the status"),
                                 variable_text_key<&Options::body>("body", "the body; without it there is none"),
                                 text_key<&Options::type>("content_type", "its media type")}};
  return schema;
}

class RespondFilter final : public Filter {
 public:
  explicit RespondFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext) override {
    std::string body = options_.body.expand(call);
    const bool empty = body.empty();
    call.respond(static_cast<int>(options_.status), std::move(body), options_.type);
    if (empty) call.answer().fields().remove(FieldId::kContentType);
    co_return;
  }

 private:
  const Options options_;
};

}  // namespace

const FilterFactory& respond_filter() {
  static const FilterKind<Options> kind("respond", LetsIn::kAll, &respond_schema, &make_filter<RespondFilter, Options>);
  return kind;
}

}  // namespace banyan
