// Files of a program that run each other: include and its kin, after
// https://www.php.net/manual/en/function.include.php. Each was converted with the others; none is read when it runs.
#include "php_runtime/include.h"

#include <unistd.h>

#include <climits>
#include <unordered_map>

#include "php_runtime/builtin.h"
#include "php_runtime/builtin_files.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr std::string_view kIncludePath = ".:/usr/share/php";

// An absolute path without ".", ".." and doubled slashes.
std::string normal_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else {
      out.append("/").append(part);
    }
  }
  return out.empty() ? "/" : out;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// Where PHP would look for the path: as it is, in the working folder, then beside the file that runs.
std::vector<std::string> candidates(std::string_view path) {
  if (path.starts_with('/')) return {normal_path(path)};
  char working[PATH_MAX] = "/";
  if (::getcwd(working, sizeof working) == nullptr) working[0] = '\0';
  std::vector<std::string> out = {normal_path(concat({working, "/", path}))};
  const bool is_relative = path.starts_with("./") || path.starts_with("../");
  if (!is_relative) out.push_back(normal_path(concat({folder_of(context().file()), path})));
  return out;
}

struct FilesByPath {
  std::unordered_map<std::string_view, const ProgramFile*> all;
};

const ProgramFile* file_at(std::string_view path) {
  auto& known = request_state<FilesByPath>().all;
  if (known.empty()) {
    for (const ProgramFile& file : context().files) known.emplace(file.path, &file);
  }
  const auto found = known.find(path);
  return found == known.end() ? nullptr : found->second;
}

const ProgramFile* find_program_file(std::string_view path) {
  for (const std::string& one : candidates(path)) {
    if (const ProgramFile* const file = file_at(one)) return file;
    if (is_file(one)) stop("include", concat({one, " was not converted with the program"}));
  }
  return nullptr;
}

// The scope that files run in now.
struct FileScopes {
  Scope global = Scope::of_globals();
  Scope* current = nullptr;  // null: the global one
};
FileScopes& scopes() { return request_state<FileScopes>(); }

class Bindings {
 public:
  explicit Bindings(Many<Value> names) {
    for (const Value& one : names) boxes_.emplace_back(one.as_string(), file_variable(one.as_string()).box());
  }
  void check() const {
    for (const auto& [name, box] : boxes_) {
      if (file_variable(name).box() == box) continue;
      stop("include-rebinds", concat({"an included file unsets or rebinds $", name}));
    }
  }

 private:
  std::vector<std::pair<String, const RefBox*>> boxes_;
};

Value not_found(std::string_view path, std::string_view word) {
  warning(concat({word, "(", path, "): Failed to open stream: No such file or directory"}));
  const bool required = word.starts_with("require");
  if (required) throw_error(concat({"Failed opening required '", path, "' (include_path='", kIncludePath, "')"}));
  warning(concat({word, "(): Failed opening '", path, "' for inclusion (include_path='", kIncludePath, "')"}));
  return false;
}

}  // namespace

Value include_file(const Value& given, std::string_view word) {
  const String path = to_string(given);
  const ProgramFile* const file = find_program_file(path);
  if (file == nullptr) return not_found(path, word);
  Context& c = context();
  if (!c.included.insert(file->path).second && word.ends_with("_once")) return true;
  Value outer = std::exchange(c.returned, Value(Int{1}));
  {
    const Frame frame(*c.source);
    file->script();
  }
  return std::exchange(c.returned, std::move(outer));
}

Value include_here(const Value& path, std::string_view word, Many<Value> names) {
  const Bindings before(names);
  Value out = include_file(path, word);
  before.check();
  return out;
}

Value include_in(Scope& scope, const Value& path, std::string_view word, Many<Value> names) {
  struct Within {
    Scope* outer;
    ~Within() { scopes().current = outer; }
  };
  const Within within{std::exchange(scopes().current, &scope)};
  return include_here(path, word, names);
}

Scope& file_scope() { return scopes().current == nullptr ? scopes().global : *scopes().current; }
Ref file_variable(std::string_view name) { return file_scope().variable(name); }
Ref unset_file_variable(std::string_view name) { return file_scope().unset(name); }
Ref bind_file_variable(std::string_view name, const Ref& r) { return file_scope().bind(name, r); }

}  // namespace banyan::php_runtime
