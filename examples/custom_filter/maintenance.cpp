// The filter `maintenance`: answers 503, but to those who know the word.
#include "maintenance.h"

#include "config/schema_values.h"

namespace banyan {
namespace {

struct Options {
  std::string word;
};

const Schema& maintenance_schema() {
  static const Schema schema = {"maintenance",
                                "Answers 503, but to those who know the word.",
                                &schema_detail::defaults<Options>(),
                                {text_key<&Options::word>("word", "what the field x-word must be").as_required()}};
  return schema;
}

class Maintenance final : public Filter {
 public:
  explicit Maintenance(const Options& options) : word_(options.word) {}
  Task<void> handle(FilterCall& call, FilterNext next) override {
    if (call.head().fields.value("x-word") != word_) {
      call.refuse(503, "Back in a moment");
      co_return;
    }
    co_await next();
    if (call.answered()) (void)call.answer().fields().set_copy("x-maintenance", "yes");
  }

 private:
  const std::string word_;
};

}  // namespace

const FilterFactory& maintenance_filter() {
  static const FilterKind<Options> kind("maintenance", LetsIn::kSome, &maintenance_schema,
                                        &make_filter<Maintenance, Options>);
  return kind;
}

}  // namespace banyan
