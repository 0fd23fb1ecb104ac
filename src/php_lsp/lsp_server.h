// A language server for PHP: start here. What comes over the wire is in message_reader.h, what it runs on in
// src/php_cli/lsp_command.cpp.
//
// One message is answered after the other, in order; only the reading of folders happens beside it. Diagnostics are
// made when no message waits, so that a burst of keystrokes costs one check. Source: LSP 3.17.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "php_findings/finding.h"
#include "php_lsp/symbol_query.h"
#include "php_lsp/text_document.h"
#include "php_lsp/workspace.h"
#include "php_parse/parse.h"

namespace banyan::json {
class Writer;
}

namespace banyan::php {

// An open file to be checked. Views of what the server keeps.
struct OpenFile {
  const std::string& path;  // absolute; empty where it lies in no folder
  std::string_view source;
  const SyntaxTree& tree;
  const Project* project = nullptr;  // analysed, with all files read so far; none where the file is none of them
  FileId file;                       // in its facts
};

// Checks one file: what lint refuses, what rules find, and which flows of a client's data end in it.
using FileCheck = std::function<std::vector<Finding>(const OpenFile&)>;

struct LspOptions {
  ParseOptions parse;
  std::size_t threads = 1;
  std::string version;  // of the program
  FileCheck check;
};

class LspServer {
 public:
  // `send` takes one message without its header.
  LspServer(LspOptions options, std::function<void(std::string_view)> send);
  ~LspServer();

  // Answers one message. False once the peer has said exit.
  bool handle(std::string_view message);
  // To be called when no message waits: checks what has changed.
  void idle();
  // After exit, or the end of the stream: 0 if shutdown came first.
  int exit_code() const { return shut_down_ ? 0 : 1; }

 private:
  struct Document {
    TextDocument text;
    std::int64_t version = 0;
    std::unique_ptr<SyntaxTree> tree;  // made when asked for
    std::vector<Finding> findings;     // of the last check
  };
  using Handler = void (LspServer::*)(json::Value params);
  using Answerer = void (LspServer::*)(json::Value params, json::Writer& out);

  bool notify(std::string_view method, json::Value params);
  void request(json::Value id, std::string_view method, json::Value params);
  void answer(json::Value id, Answerer answerer, json::Value params);
  void fail(json::Value id, int code, std::string_view message);
  void fail_request(std::string_view message);  // from within an Answerer

  void initialize(json::Value params, json::Writer& out);
  void shutdown(json::Value params, json::Writer& out);
  // What stands at the position a question is about.
  std::optional<SymbolAnswer> symbol_at(Document& document, json::Value params);
  void hover(json::Value params, json::Writer& out);
  void definition(json::Value params, json::Writer& out);
  void document_symbols(json::Value params, json::Writer& out);
  void prepare_rename(json::Value params, json::Writer& out);
  void rename(json::Value params, json::Writer& out);
  void code_actions(json::Value params, json::Writer& out);

  void initialized(json::Value params);
  void did_open(json::Value params);
  void did_change(json::Value params);
  void did_close(json::Value params);
  void did_change_watched(json::Value params);
  void did_change_folders(json::Value params);
  void ignore(json::Value) {}

  Document* find_document(json::Value params);
  const SyntaxTree& tree_of(Document& document);
  std::vector<Finding> check(const std::string& uri, Document& document);
  void publish(const std::string& uri, Document& document);
  std::string type_at(Document& document, json::Value params);
  void write_flow(json::Writer& out, const Finding& finding);
  void write_range(json::Writer& out, const TextDocument& text, std::size_t begin, std::size_t end) const;
  void write_location(json::Writer& out, const std::string& path, std::size_t begin, std::size_t end);
  void write_edits(json::Writer& out, const std::string& uri, const Document& document,
                   std::span<const Edit> edits) const;

  LspOptions options_;
  std::function<void(std::string_view)> send_;
  Workspace workspace_;
  PositionEncoding encoding_ = PositionEncoding::kUtf16;
  std::vector<std::string> folders_;
  std::map<std::string, Document> documents_;  // by URI
  std::set<std::string> unchecked_;            // URIs
  bool initialized_ = false;
  bool shut_down_ = false;
  std::string failure_;  // of the request being answered
};

// "file:///a%20b.php" to "/a b.php"; empty for what is no file. And back.
std::string path_of_uri(std::string_view uri);
std::string uri_of_path(std::string_view path);

}  // namespace banyan::php
