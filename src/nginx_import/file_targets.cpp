// Locations that serve files: root, alias, index and try_files, with the application behind them where there is one.
#include <algorithm>
#include <utility>

#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

// Where a relative root starts in Debian's nginx, and the root where none is given.
constexpr std::string_view kPrefixFolder = "/usr/share/nginx";

// A script an entry of try_files or a rewrite runs: "/index.php?$args" gives "/index.php".
std::string_view path_of(std::string_view target) {
  return target.substr(0, std::min(target.find('?'), target.size()));
}

bool passes_query_on(std::string_view target) {
  const std::size_t question = target.find('?');
  if (question == target.npos) return true;
  const std::string_view query = target.substr(question + 1);
  return query.empty() || query == "$query_string" || query == "$args";
}

std::string without_final_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool tests_for_missing_file(const Directive& condition) {
  std::string text;
  for (const std::string& word : condition.arguments) text += word;
  return text == "(!-e$request_filename)" || text == "(!-f$request_filename)";
}

}  // namespace

std::optional<std::string> Targets::root_of_alias(const Location& location, const Directive& alias) {
  std::string folder(alias.argument(0));
  const std::string& path = location.text;
  const bool plain = folder.starts_with('/') && folder.find('$') == folder.npos;
  if (plain && location.kind != Location::Kind::kRegex && folder.ends_with(path) && folder.size() > path.size()) {
    ledger_.carry(alias);
    return folder.substr(0, folder.size() - path.size());
  }
  ledger_.note(NoteKind::kMissing, alias,
               "the route is closed (503): a file's path is its root and the whole path of the request; let the folder "
               "end in '" +
                   path + "' (a link will do), and name what is before it as root");
  return std::nullopt;
}

std::optional<std::string> Targets::root_of(const Location& location) {
  if (const Directive* alias = location.scope->own("alias")) return root_of_alias(location, *alias);
  const Directive* const root = location.scope->find("root");
  if (root == nullptr) return std::string(kPrefixFolder) + "/html";
  std::string folder(root->argument(0));
  if (folder.empty() || folder.find('$') != folder.npos) {
    ledger_.note(NoteKind::kMissing, *root, "the routes below it are closed (503): a root is a fixed folder");
    return std::nullopt;
  }
  ledger_.carry(root);
  if (!folder.starts_with('/')) {
    folder = std::string(kPrefixFolder) + "/" + folder;
    ledger_.note(NoteKind::kDiffers, *root, "it was taken to start at " + std::string(kPrefixFolder));
  }
  return without_final_slash(std::move(folder));
}

std::vector<std::string> Targets::index_of(const Scope& scope) {
  const Directive* const directive = scope.find("index");
  if (directive == nullptr) return {"index.html"};
  ledger_.carry(directive);
  std::vector<std::string> names;
  for (const std::string& name : directive->arguments) {
    if (name.find_first_of("/$") == name.npos && name != "." && name != ".." && !name.empty()) {
      names.push_back(name);
    } else {
      ledger_.note(NoteKind::kMissing, *directive, "'" + name + "' is not the name of a file");
    }
  }
  return names.empty() ? std::vector<std::string>{"index.html"} : names;
}

std::string Targets::fallback_script(const Directive& directive, std::string_view target) {
  const std::string_view path = path_of(target);
  std::string script(path);
  for (std::string_view end : {"$is_args$args", "$is_args$query_string", "$uri", "$request_uri", "/$1"}) {
    if (script.ends_with(end)) script.resize(script.size() - end.size());
  }
  const bool usable = script.starts_with('/') && script.ends_with(".php") && script.find('$') == script.npos &&
                      script.find("/.") == script.npos;
  if (!usable) return "";
  if (passes_query_on(target)) {
    ledger_.carry(directive);
  } else {
    ledger_.note(NoteKind::kDiffers, directive,
                 "'" + script + "' runs with the query as it came, without '" +
                     std::string(target.substr(path.size())) + "': let it read REQUEST_URI");
  }
  return script;
}

void Targets::read_try_files(const Server& server, const Directive& try_files, Fallback& fallback) {
  const std::vector<std::string>& words = try_files.arguments;
  if (words.empty()) return;
  fallback.folders = std::find(words.begin(), words.end(), "$uri/") != words.end();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "$uri" || words[i] == "$uri/") continue;
    if (const std::string script = fallback_script(try_files, words[i]); !script.empty()) {
      fallback.script = script;
      return;
    }
    ledger_.note(NoteKind::kMissing, try_files, "'" + words[i] + "' is not looked for");
  }
  const std::string& last = words.back();
  if (last.starts_with('@')) {
    fallback.named = server.named(last);
    ledger_.carry(try_files);
  } else if (last.starts_with('=')) {
    if (last == "=404") {
      ledger_.carry(try_files);
    } else {
      ledger_.note(NoteKind::kDiffers, try_files, "what is not there is answered 404");
    }
  } else if (last == "$uri" || last == "$uri/") {
    ledger_.carry(try_files);
  } else {
    fallback.script = fallback_script(try_files, last);
    if (fallback.script.empty()) fallback.file = &try_files;
  }
}

// error_page 404 = /index.php?$args: what is done today by try_files $uri $uri/ /index.php?$args.
void Targets::read_missing_page(const Server& server, const Scope& scope, Fallback& fallback) {
  for (const Directive* page : scope.all("error_page")) {
    const std::string_view target = page->argument(2);
    if (page->arguments.size() != 3 || page->argument(0) != "404" || page->argument(1) != "=") continue;
    if (target.starts_with('@')) {
      fallback.named = server.named(target);
      if (fallback.named != nullptr) ledger_.carry(page);
      continue;
    }
    fallback.script = fallback_script(*page, target);
    if (fallback.script.empty()) continue;
    ledger_.note(NoteKind::kDiffers, *page,
                 "a request reaches '" + fallback.script + "' as it came, where nginx makes a GET of it" +
                     (target.find('?') == target.npos ? " and drops its query" : ""));
  }
}

Targets::Fallback Targets::fallback_of(const Server& server, const Location& location) {
  Fallback fallback;
  if (const Directive* try_files = location.scope->find("try_files")) {
    read_try_files(server, *try_files, fallback);
  } else {
    read_missing_page(server, *location.scope, fallback);
  }
  // if (!-e $request_filename) { rewrite ^(.*)$ /index.php?s=$1 last; }
  for (const Scope* scope : {location.scope.get(), server.scope.get()}) {
    for (const Directive* condition : scope->all_own("if")) {
      if (!fallback.script.empty() || !tests_for_missing_file(*condition)) continue;
      for (const Directive& rewrite : condition->block) {
        if (rewrite.name != "rewrite" || rewrite.arguments.size() < 2) continue;
        fallback.script = fallback_script(rewrite, rewrite.arguments[1]);
        if (!fallback.script.empty()) ledger_.carry(condition);
        break;
      }
    }
  }
  for (const Directive* rewrite : location.scope->all_own("rewrite")) {
    if (!fallback.script.empty()) break;
    fallback.script = fallback_script(*rewrite, rewrite->argument(1));
    if (fallback.script.empty()) continue;
    ledger_.note(NoteKind::kDiffers, *rewrite, "files are served as files before '" + fallback.script + "' runs");
  }
  if (fallback.named != nullptr) {
    // A location that only rewrites to the script, or runs it.
    ledger_.carry(fallback.named->directive);
    if (const Directive* rewrite = fallback.named->scope->own("rewrite")) {
      fallback.script = fallback_script(*rewrite, rewrite->argument(1));
    }
  }
  return fallback;
}

std::vector<Answer> Targets::files(const Server& server, const Location& location) {
  const auto one = [](ProposedTarget target) { return std::vector<Answer>{{.target = std::move(target)}}; };
  const Fallback fallback = fallback_of(server, location);
  if (fallback.named != nullptr && fallback.script.empty() && location.kind != Location::Kind::kNamed) {
    if (const Directive* pass = fallback.named->scope->own("fastcgi_pass")) {
      return one(single_script(*fallback.named, *pass));
    }
    ledger_.note_at(NoteKind::kMissing, location.directive->place, location.directive->text(),
                    "files are no longer looked for before '" + fallback.named->text +
                        "' answers: add a route with `static` for each folder of files");
    return plain_answers(server, *fallback.named);
  }
  if (const Location* app = php_location(server, location, fallback)) {
    if (auto target = php(server, *app, location, fallback)) {
      if (!fallback.folders && !fallback.script.empty()) {
        ledger_.note_at(NoteKind::kDiffers, location.directive->place, location.directive->text(),
                        "folders below the root are served by their index file, or refused, where nginx runs '" +
                            fallback.script + "'");
      }
      return one(*std::move(target));
    }
    ledger_.note_at(NoteKind::kMissing, app->directive->place, app->directive->text(),
                    "PHP files of '" + location.text + "' have another root, or may not run: they are answered 404");
  }
  if (fallback.file != nullptr) {
    ledger_.note(NoteKind::kMissing, *fallback.file,
                 "what is not there is answered 404: there is no page for all paths; let a server give it");
  } else if (!fallback.script.empty()) {
    ledger_.note_at(NoteKind::kMissing, location.directive->place, location.directive->text(),
                    "'" + fallback.script + "' runs nowhere: what is not there is answered 404");
  }
  const auto root = root_of(location);
  if (!root) return one(closed());
  const std::vector<std::string> index = index_of(*location.scope);
  if (index.front() != "index.html" && location.kind != Location::Kind::kExact) {
    ledger_.note_at(NoteKind::kDiffers, location.scope->find("index")->place, location.scope->find("index")->text(),
                    "a folder of files is served by its index.html alone");
  }
  return one({.root = *root});
}

}  // namespace banyan::nginx
