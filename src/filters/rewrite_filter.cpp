// `rewrite`: changes the path that goes to the cluster.
#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "filters/path_rewrite.h"

namespace banyan {
namespace {

struct Options {
  std::string strip_prefix;
  std::string add_prefix;
  std::string from;
  std::string to;
};

const Schema& rewrite_schema() {
  static const Schema schema = {
      "rewrite",
      "Changes the path that goes to the cluster; the route has been chosen by the path as it came. A rewritten path "
      "is "
      "one without dot segments and double slashes; the query stays, after one that `to` may have.",
      &schema_detail::defaults<Options>(),
      {text_key<&Options::strip_prefix>("strip_prefix", "taken from the beginning of paths that have it, by segments"),
       text_key<&Options::add_prefix>("add_prefix", "put before the path, after what else is done"),
       text_key<&Options::from>("from", "a pattern: `:name` is one segment, `*name` at the end all that is left"),
       text_key<&Options::to>("to", "what a path that matches `from` becomes, with the same names")}};
  return schema;
}

// "/api" from "/api/user" and "/api", but not from "/apis".
bool strip(std::string_view prefix, std::string& path) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty() || !path.starts_with(prefix)) return false;
  if (path.size() > prefix.size() && path[prefix.size()] != '/') return false;
  path.erase(0, prefix.size());
  if (path.empty()) path = "/";
  return true;
}

class RewriteFilter final : public Filter {
 public:
  RewriteFilter(const Options& options, std::optional<PathRewrite> pattern)
      : options_(options), add_prefix_(written_target(options.add_prefix)), pattern_(std::move(pattern)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    if (std::optional<std::string> target = rewritten(call.head())) call.set_target(*std::move(target));
    co_await next();
  }

 private:
  std::optional<std::string> rewritten(const RequestHead& head) const {
    std::string path = normal_path(head);
    const bool stripped = strip(options_.strip_prefix, path);
    const std::optional<std::string> by_pattern = pattern_ ? pattern_->apply(path) : std::nullopt;
    if (!stripped && !by_pattern && add_prefix_.empty()) return std::nullopt;
    std::string target = add_prefix_;
    if (by_pattern) {
      target.append(*by_pattern);
    } else {
      append_path(path, target);
    }
    if (head.has_query) target.append(target.find('?') == target.npos ? "?" : "&").append(head.query);
    return target;
  }

  const Options options_;
  const std::string add_prefix_;
  const std::optional<PathRewrite> pattern_;
};

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite&) {
  std::optional<PathRewrite> pattern;
  if (!options.from.empty()) {
    BANYAN_TRY(PathRewrite parsed, PathRewrite::parse(options.from, options.to));
    pattern = std::move(parsed);
  }
  return std::shared_ptr<Filter>(std::make_shared<RewriteFilter>(options, std::move(pattern)));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  const auto wrong = [&](std::string what, std::string hint) {
    diagnostics.error(position, "rewrite: " + std::move(what), std::move(hint));
  };
  if (options.from.empty() != options.to.empty()) wrong("'from' and 'to' belong together", "give both");
  if (options.from.empty() && options.strip_prefix.empty() && options.add_prefix.empty()) {
    wrong("nothing to rewrite", "give 'strip_prefix', 'add_prefix', or 'from' and 'to'");
  }
  for (const std::string* path : {&options.strip_prefix, &options.add_prefix, &options.to}) {
    const bool good = path->find_first_of(" #") == path->npos && path->starts_with('/');
    if (!path->empty() && !good) wrong("'" + *path + "' is not a path", "begin it with '/'");
  }
  if (options.add_prefix.ends_with('/'))
    wrong("'add_prefix' ends with '/'", "leave that out: the path begins with one");
  if (options.from.empty() || options.to.empty()) return;
  const Result<PathRewrite> pattern = PathRewrite::parse(options.from, options.to);
  if (!pattern.ok()) wrong(pattern.error().text(), "");
}

}  // namespace

const FilterFactory& rewrite_filter() {
  static const FilterKind<Options> kind("rewrite", LetsIn::kAll, &rewrite_schema, &make, &check);
  return kind;
}

}  // namespace banyan
