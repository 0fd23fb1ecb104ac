#include "php_lsp/lsp_server.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "php_lsp/document_symbols.h"
#include "php_lsp/rename_symbol.h"
#include "php_lsp/symbol_query.h"

namespace banyan::php {

namespace {

// JSON-RPC's and LSP's own.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kServerNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

std::string text_or_empty(json::Value value) { return std::string(value.to_string().value_or("")); }

TextPosition position_of(json::Value value) {
  const auto number = [](json::Value one) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(one.to_int64().value_or(0), 0, UINT32_MAX));
  };
  return {.line = number(value["line"]), .character = number(value["character"])};
}

// The file a question is about, as the facts name it.
std::string fact_path_of(json::Value params) {
  return Workspace::fact_path(path_of_uri(text_or_empty(params["textDocument"]["uri"])));
}

void write_id(json::Writer& out, json::Value id) {
  id.absent() ? out.key("id").null() : out.key("id").raw(json::write(id));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void write_position(json::Writer& out, TextPosition position) {
  out.begin_object();
  out.key("line").unsigned_integer(position.line);
  out.key("character").unsigned_integer(position.character);
  out.end_object();
}

}  // namespace

std::string path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) return "";
  uri.remove_prefix(kScheme.size());
  uri.remove_prefix(std::min(uri.find('/'), uri.size()));  // a host, which is this one
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && hex_value(uri[i + 1]) >= 0 && hex_value(uri[i + 2]) >= 0) {
      path += static_cast<char>(hex_value(uri[i + 1]) * 16 + hex_value(uri[i + 2]));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("/-._~").find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    uri += is_plain ? std::string(1, c) : std::string("%") + kHex[byte >> 4] + kHex[byte & 15];
  }
  return uri;
}

LspServer::LspServer(LspOptions options, std::function<void(std::string_view)> send)
    : options_(std::move(options)),
      send_(std::move(send)),
      workspace_({.parse = options_.parse, .threads = options_.threads, .autoload = {}, .evaluate = true}) {}

LspServer::~LspServer() = default;

bool LspServer::handle(std::string_view message) {
  const Result<json::Document> document =
      json::parse(message, {.bytes_max = std::size_t{64} << 20, .nodes_max = std::size_t{1} << 22, .depth_max = 200});
  if (!document) {
    fail({}, kParseError, document.error().message());
    return true;
  }
  const json::Value root = document->root();
  const std::string method = text_or_empty(root["method"]);
  const json::Value id = root["id"];
  if (method.empty()) {
    // An answer to a request of ours: there are none, so it is dropped. Anything else is out of order.
    if (root["result"].absent() && root["error"].absent()) fail(id, kInvalidRequest, "a message has no method");
    return true;
  }
  if (id.absent()) return notify(method, root["params"]);
  request(id, method, root["params"]);
  return true;
}

bool LspServer::notify(std::string_view method, json::Value params) {
  if (method == "exit") return false;
  if (!initialized_ || shut_down_) return true;
  static constexpr std::pair<std::string_view, Handler> kHandlers[] = {
      {"initialized", &LspServer::initialized},
      {"textDocument/didOpen", &LspServer::did_open},
      {"textDocument/didChange", &LspServer::did_change},
      {"textDocument/didClose", &LspServer::did_close},
      {"workspace/didChangeWatchedFiles", &LspServer::did_change_watched},
      {"workspace/didChangeWorkspaceFolders", &LspServer::did_change_folders}};
  for (const auto& [name, handler] : kHandlers) {
    if (name == method) (this->*handler)(params);
  }
  return true;
}

void LspServer::request(json::Value id, std::string_view method, json::Value params) {
  static constexpr std::pair<std::string_view, Answerer> kAnswerers[] = {
      {"initialize", &LspServer::initialize},
      {"shutdown", &LspServer::shutdown},
      {"textDocument/hover", &LspServer::hover},
      {"textDocument/definition", &LspServer::definition},
      {"textDocument/documentSymbol", &LspServer::document_symbols},
      {"textDocument/prepareRename", &LspServer::prepare_rename},
      {"textDocument/rename", &LspServer::rename},
      {"textDocument/codeAction", &LspServer::code_actions}};
  const auto found =
      std::find_if(std::begin(kAnswerers), std::end(kAnswerers), [&](const auto& one) { return one.first == method; });
  if (shut_down_) return fail(id, kInvalidRequest, "the server was shut down");
  if (!initialized_ && method != "initialize") return fail(id, kServerNotInitialized, "initialize has to come first");
  if (initialized_ && method == "initialize") return fail(id, kInvalidRequest, "initialize came already");
  if (found == std::end(kAnswerers)) return fail(id, kMethodNotFound, "this server has no " + std::string(method));
  answer(id, found->second, params);
}

void LspServer::answer(json::Value id, Answerer answerer, json::Value params) {
  std::string message;
  json::Writer out(message);
  failure_.clear();
  out.begin_object();
  out.key("jsonrpc").string("2.0");
  write_id(out, id);
  out.key("result");
  (this->*answerer)(params, out);
  out.end_object();
  if (!failure_.empty()) return fail(id, kRequestFailed, failure_);
  send_(message);
}

void LspServer::fail(json::Value id, int code, std::string_view text) {
  std::string message;
  json::Writer out(message);
  out.begin_object();
  out.key("jsonrpc").string("2.0");
  write_id(out, id);
  out.key("error").begin_object();
  out.key("code").integer(code);
  out.key("message").string(text);
  out.end_object();
  out.end_object();
  send_(message);
}

void LspServer::fail_request(std::string_view message) { failure_ = message; }

// ---- Life ----

void LspServer::initialize(json::Value params, json::Writer& out) {
  for (const json::Value one : params["capabilities"]["general"]["positionEncodings"].elements()) {
    if (one.to_string() == "utf-8") encoding_ = PositionEncoding::kUtf8;
  }
  for (const json::Value folder : params["workspaceFolders"].elements()) {
    folders_.push_back(path_of_uri(text_or_empty(folder["uri"])));
  }
  if (folders_.empty()) folders_.push_back(path_of_uri(text_or_empty(params["rootUri"])));
  std::erase(folders_, "");
  initialized_ = true;
  out.begin_object().key("capabilities").begin_object();
  out.key("positionEncoding").string(encoding_ == PositionEncoding::kUtf8 ? "utf-8" : "utf-16");
  out.key("textDocumentSync").begin_object().key("openClose").boolean(true).key("change").integer(2).end_object();
  out.key("hoverProvider").boolean(true);
  out.key("definitionProvider").boolean(true);
  out.key("documentSymbolProvider").boolean(true);
  out.key("renameProvider").begin_object().key("prepareProvider").boolean(true).end_object();
  out.key("codeActionProvider")
      .begin_object()
      .key("codeActionKinds")
      .begin_array()
      .string("quickfix")
      .end_array()
      .end_object();
  out.key("workspace").begin_object().key("workspaceFolders").begin_object();
  out.key("supported").boolean(true).key("changeNotifications").boolean(true).end_object().end_object();
  out.end_object();
  out.key("serverInfo")
      .begin_object()
      .key("name")
      .string("banyan")
      .key("version")
      .string(options_.version)
      .end_object();
  out.end_object();
}

void LspServer::initialized(json::Value) { workspace_.index(folders_); }

void LspServer::shutdown(json::Value, json::Writer& out) {
  workspace_.stop();
  shut_down_ = true;
  out.null();
}

void LspServer::did_change_folders(json::Value params) {
  for (const json::Value one : params["event"]["removed"].elements())
    std::erase(folders_, path_of_uri(text_or_empty(one["uri"])));
  for (const json::Value one : params["event"]["added"].elements()) {
    const std::string path = path_of_uri(text_or_empty(one["uri"]));
    if (!path.empty()) folders_.push_back(path);
  }
  workspace_.index(folders_);
}

// ---- Texts ----

LspServer::Document* LspServer::find_document(json::Value params) {
  const auto found = documents_.find(text_or_empty(params["textDocument"]["uri"]));
  return found == documents_.end() ? nullptr : &found->second;
}

const SyntaxTree& LspServer::tree_of(Document& document) {
  if (document.tree == nullptr)
    document.tree = std::make_unique<SyntaxTree>(lint(document.text.text(), options_.parse));
  return *document.tree;
}

void LspServer::did_open(json::Value params) {
  const json::Value item = params["textDocument"];
  const std::string uri = text_or_empty(item["uri"]);
  const std::string text = text_or_empty(item["text"]);
  documents_.insert_or_assign(
      uri, Document{.text = TextDocument(text, encoding_), .version = item["version"].to_int64().value_or(0)});
  if (const std::string path = path_of_uri(uri); !path.empty()) workspace_.set_open(path, text);
  unchecked_.insert(uri);
}

void LspServer::did_change(json::Value params) {
  Document* const document = find_document(params);
  if (document == nullptr) return;
  for (const json::Value change : params["contentChanges"].elements()) {
    const std::string text = text_or_empty(change["text"]);
    const json::Value range = change["range"];
    if (range.is_object()) {
      document->text.replace(position_of(range["start"]), position_of(range["end"]), text);
    } else {
      document->text = TextDocument(text, encoding_);
    }
  }
  document->version = params["textDocument"]["version"].to_int64().value_or(document->version + 1);
  document->tree = nullptr;
  const std::string uri = text_or_empty(params["textDocument"]["uri"]);
  if (const std::string path = path_of_uri(uri); !path.empty()) workspace_.set_open(path, document->text.text());
  unchecked_.insert(uri);
}

void LspServer::did_close(json::Value params) {
  const std::string uri = text_or_empty(params["textDocument"]["uri"]);
  if (documents_.erase(uri) == 0) return;
  unchecked_.erase(uri);
  if (const std::string path = path_of_uri(uri); !path.empty()) workspace_.set_closed(path);
  std::string message;
  json::Writer out(message);
  out.begin_object().key("jsonrpc").string("2.0").key("method").string("textDocument/publishDiagnostics");
  out.key("params").begin_object().key("uri").string(uri).key("diagnostics").begin_array().end_array().end_object();
  out.end_object();
  send_(message);
}

void LspServer::did_change_watched(json::Value params) {
  for (const json::Value one : params["changes"].elements()) {
    const std::string path = path_of_uri(text_or_empty(one["uri"]));
    if (path.ends_with(".php")) workspace_.reread(path);
  }
}

// ---- Diagnostics ----

void LspServer::idle() {
  const std::set<std::string> uris = std::exchange(unchecked_, {});
  for (const std::string& uri : uris) {
    if (const auto found = documents_.find(uri); found != documents_.end()) publish(uri, found->second);
  }
}

std::vector<Finding> LspServer::check(const std::string& uri, Document& document) {
  const std::string path = path_of_uri(uri);
  const std::string text = document.text.text();
  const SyntaxTree& tree = tree_of(document);
  if (path.empty()) return options_.check({path, text, tree, nullptr, {}});
  return workspace_.with_project([&](const Project& project) {
    const FileId file = project.facts().find_file(Workspace::fact_path(path));
    const bool is_same = file && project.source(file) == text;
    return options_.check({path, text, tree, is_same ? &project : nullptr, file});
  });
}

// The steps on the way of a value, but for the last, which is the finding's own place.
void LspServer::write_flow(json::Writer& out, const Finding& finding) {
  out.key("relatedInformation").begin_array();
  for (std::size_t i = 0; i + 1 < finding.flow.size(); ++i) {
    const FindingStep& step = finding.flow[i];
    out.begin_object().key("location");
    write_location(out, step.file, step.region.offset, step.region.offset + step.region.length);
    out.key("message").string(step.message).end_object();
  }
  out.end_array();
}

void LspServer::publish(const std::string& uri, Document& document) {
  document.findings = check(uri, document);
  sort_findings(document.findings);
  std::string message;
  json::Writer out(message);
  out.begin_object().key("jsonrpc").string("2.0").key("method").string("textDocument/publishDiagnostics");
  out.key("params").begin_object().key("uri").string(uri).key("version").integer(document.version);
  out.key("diagnostics").begin_array();
  for (const Finding& finding : document.findings) {
    out.begin_object().key("range");
    write_range(out, document.text, finding.region.offset, finding.region.offset + finding.region.length);
    out.key("severity").integer(static_cast<int>(finding.severity) + 1);
    out.key("code").string(finding.code);
    out.key("source").string("banyan");
    out.key("message").string(finding.hint.empty() ? finding.message : finding.message + "\n" + finding.hint);
    if (finding.flow.size() > 1) write_flow(out, finding);
    out.end_object();
  }
  out.end_array().end_object().end_object();
  send_(message);
}

void LspServer::code_actions(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  out.begin_array();
  if (document != nullptr && !unchecked_.contains(text_or_empty(params["textDocument"]["uri"]))) {
    const std::size_t begin = document->text.offset(position_of(params["range"]["start"]));
    const std::size_t end = document->text.offset(position_of(params["range"]["end"]));
    for (const Finding& finding : document->findings) {
      if (finding.region.offset > end || finding.region.offset + finding.region.length < begin) continue;
      for (const Fix& fix : finding.fixes) {
        out.begin_object().key("title").string(fix.title + (fix.safe ? "" : " (changes behaviour perhaps)"));
        out.key("kind").string("quickfix").key("isPreferred").boolean(fix.safe);
        out.key("edit");
        write_edits(out, text_or_empty(params["textDocument"]["uri"]), *document, fix.edits);
        out.end_object();
      }
    }
  }
  out.end_array();
}

// ---- Questions ----

void LspServer::write_range(json::Writer& out, const TextDocument& text, std::size_t begin, std::size_t end) const {
  out.begin_object().key("start");
  write_position(out, text.position(begin));
  out.key("end");
  write_position(out, text.position(end));
  out.end_object();
}

void LspServer::write_location(json::Writer& out, const std::string& path, std::size_t begin, std::size_t end) {
  const std::string uri = uri_of_path("/" + path);
  const auto open = documents_.find(uri);
  out.begin_object().key("uri").string(uri).key("range");
  if (open != documents_.end()) {
    write_range(out, open->second.text, begin, end);
  } else {
    write_range(out, TextDocument(workspace_.text_of("/" + path), encoding_), begin, end);
  }
  out.end_object();
}

void LspServer::write_edits(json::Writer& out, const std::string& uri, const Document& document,
                            std::span<const Edit> edits) const {
  out.begin_object().key("changes").begin_object().key(uri).begin_array();
  for (const Edit& edit : edits) {
    out.begin_object().key("range");
    write_range(out, document.text, edit.region.offset, edit.region.offset + edit.region.length);
    out.key("newText").string(edit.text).end_object();
  }
  out.end_array().end_object().end_object();
}

std::optional<SymbolAnswer> LspServer::symbol_at(Document& document, json::Value params) {
  const SourceView view(tree_of(document), document.text.text());
  const auto offset = static_cast<std::uint32_t>(document.text.offset(position_of(params["position"])));
  return workspace_.with_project(
      [&](const Project& project) { return query_symbol(project.facts(), fact_path_of(params), view, offset); });
}

// What the values of the expression under the cursor are there, as far as the flow of the program tells.
std::string LspServer::type_at(Document& document, json::Value params) {
  const std::string text = document.text.text();
  const SyntaxTree& tree = tree_of(document);
  const SourceView view(tree, text);
  const NodeId node =
      expression_at(view, static_cast<std::uint32_t>(document.text.offset(position_of(params["position"]))));
  if (!node) return {};
  return workspace_.with_project([&](const Project& project) -> std::string {
    const FileId file = project.facts().find_file(fact_path_of(params));
    if (!file || project.source(file) != text) return {};
    const Type type = LazyTypes(project, file, tree, text).at(node);
    if (type.is_nothing() || type.is_mixed()) return {};
    return project.facts().type_text(type) + (type.is_unverified() ? " (so a docblock claims)" : "");
  });
}

void LspServer::hover(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  if (document == nullptr) {
    out.null();
    return;
  }
  std::optional<SymbolAnswer> found = symbol_at(*document, params);
  const std::string type = type_at(*document, params);
  if (!found && !type.empty()) {
    const SourceView view(tree_of(*document), document->text.text());
    const auto offset = static_cast<std::uint32_t>(document->text.offset(position_of(params["position"])));
    const NodeId node = expression_at(view, offset);
    found = SymbolAnswer{.begin = view.begin(node), .end = view.end(node)};
  }
  if (!found || (found->signature.empty() && found->note.empty() && type.empty())) {
    out.null();
    return;
  }
  std::string markdown;
  if (!found->signature.empty()) markdown += "```php\n" + found->signature + "\n```";
  if (!type.empty()) markdown += (markdown.empty() ? "" : "\n\n") + ("Here: `" + type + "`");
  if (!found->doc.empty()) markdown += "\n\n" + found->doc;
  if (!found->note.empty()) markdown += (markdown.empty() ? "" : "\n\n") + found->note;
  out.begin_object()
      .key("contents")
      .begin_object()
      .key("kind")
      .string("markdown")
      .key("value")
      .string(markdown)
      .end_object();
  out.key("range");
  write_range(out, document->text, found->begin, found->end);
  out.end_object();
}

void LspServer::definition(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  out.begin_array();
  if (document != nullptr) {
    const std::string path = fact_path_of(params);
    if (const std::optional<SymbolAnswer> found = symbol_at(*document, params)) {
      for (const SymbolLocation& one : found->locations)
        write_location(out, one.path.empty() ? path : one.path, one.begin, one.end);
    }
  }
  out.end_array();
}

void LspServer::document_symbols(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  out.begin_array();
  if (document != nullptr) {
    const SourceView view(tree_of(*document), document->text.text());
    write_document_symbols(view, document->text, out);
  }
  out.end_array();
}

void LspServer::prepare_rename(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  if (document == nullptr) return fail_request("The file is not open");
  const SourceView view(tree_of(*document), document->text.text());
  const auto offset = static_cast<std::uint32_t>(document->text.offset(position_of(params["position"])));
  const Result<RenameTarget> target = find_rename(view, offset);
  if (!target) return fail_request(target.error().message());
  out.begin_object().key("range");
  write_range(out, document->text, target->asked.begin, target->asked.end);
  out.key("placeholder").string(target->name).end_object();
}

void LspServer::rename(json::Value params, json::Writer& out) {
  Document* const document = find_document(params);
  if (document == nullptr) return fail_request("The file is not open");
  const SourceView view(tree_of(*document), document->text.text());
  const auto offset = static_cast<std::uint32_t>(document->text.offset(position_of(params["position"])));
  const Result<RenameTarget> target = find_rename(view, offset);
  if (!target) return fail_request(target.error().message());
  std::string name = text_or_empty(params["newName"]);
  if (const Result<void> free = check_new_name(view, *target, name); !free) return fail_request(free.error().message());
  if (name.starts_with('$')) name.erase(0, 1);
  std::vector<Edit> edits;
  for (const NameRange& range : target->ranges) {
    edits.push_back({.region = {.offset = range.begin, .length = range.end - range.begin}, .text = name});
  }
  write_edits(out, text_or_empty(params["textDocument"]["uri"]), *document, edits);
}

}  // namespace banyan::php
