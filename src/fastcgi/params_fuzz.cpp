// Any path and any fields: the script chosen lies under the root and is clean, and the variables made of the request
// are well-formed pairs of which no HTTP_* occurs twice or comes from a name that could forge another.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/check.h"
#include "fastcgi/params.h"
#include "fastcgi/record.h"
#include "fastcgi/script.h"

namespace {

using namespace banyan::fastcgi;

// Everything exists: what a path is taken for depends on its form alone.
class AnyFile : public banyan::static_files::FileTree {
 public:
  banyan::static_files::FileKind kind(std::string_view path) override {
    BANYAN_CHECK(path.empty() || path.starts_with('/'));
    BANYAN_CHECK(path.find("/../") == std::string_view::npos && !path.ends_with("/.."));
    BANYAN_CHECK(path.find('\0') == std::string_view::npos && path.find("/.") != 0);
    return banyan::static_files::FileKind::kFile;
  }
};

std::string_view take_line(std::string_view& rest) {
  std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

void check_pairs(const std::string& bytes) {
  PairReader reader(bytes);
  std::set<std::string_view> seen;
  for (std::string_view name, value; reader.next(name, value);) {
    BANYAN_CHECK(seen.insert(name).second);
    BANYAN_CHECK(name != "HTTP_PROXY" && name != "HTTP_CONTENT_LENGTH");
  }
  BANYAN_CHECK(!reader.malformed());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string path = "/" + std::string(take_line(rest));
  AnyFile files;
  ScriptChoice choice = choose_script({}, path, files);
  if (choice.kind == ScriptChoice::Kind::kScript) BANYAN_CHECK(choice.name.ends_with(".php"));
  if (choice.kind == ScriptChoice::Kind::kFile)
    BANYAN_CHECK(choice.name.find(".php", choice.name.rfind('/')) == std::string::npos);
  banyan::Fields fields;
  while (!rest.empty() && fields.size() < 100) {
    std::string_view line = take_line(rest);
    std::size_t colon = std::min(line.find(':'), line.size());
    (void)fields.add_copy(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  std::string pairs;
  append_params(pairs, {.method = "GET",
                        .request_uri = path,
                        .document_root = "/srv",
                        .script_name = choice.name,
                        .path_info = choice.path_info,
                        .fields = &fields});
  check_pairs(pairs);
  return 0;
}
