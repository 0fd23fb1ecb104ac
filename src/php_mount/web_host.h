// The answer that a script makes, and what its functions see of the request. Private to the module.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_mount/web_run.h"
#include "php_mount/web_session.h"
#include "php_runtime/array.h"
#include "php_runtime/context.h"
#include "php_runtime/value.h"

namespace banyan::php_mount {

class WebHost final : public php_runtime::Host {
 public:
  // `sessions` may be null: none are kept.
  WebHost(const WebRequest& request, WebAnswer& answer, WebSessions* sessions)
      : request_(request), answer_(answer), sessions_(sessions) {}

  std::string_view sapi() const override { return "fpm-fcgi"; }
  void output(std::string_view bytes) override;
  void log(std::string_view line) override;
  void failed() override;
  void finished() override;
  const php_runtime::Function* function(const std::string& name) const override;
  const php_runtime::Value* constant(const std::string& name) const override;

  const WebRequest& request() const { return request_; }
  WebAnswer& answer() { return answer_; }
  WebSessions* sessions() const { return sessions_; }

  // ---- Files that came with the request: they go with it, where the script has not moved them ----
  ~WebHost() override;
  WebHost(const WebHost&) = delete;
  WebHost& operator=(const WebHost&) = delete;
  void add_upload(std::string path) { uploads_.push_back(std::move(path)); }
  bool has_upload(std::string_view path) const;
  void forget_upload(std::string_view path) { std::erase(uploads_, path); }

  // ---- Header fields ----
  // header(): a line of its own, which replaces those of the same name or comes beside them; `status` 0 leaves it.
  void set_line(std::string_view line, bool replace, php_runtime::Int status);
  void remove(std::string_view name);  // "" for all
  bool sent() const { return sent_; }
  // Gives PHP's warning where it is too late for `what`. False: it is.
  bool may_change(std::string_view what) const;

 private:
  void set_status_line(std::string_view line);
  const WebRequest& request_;
  WebAnswer& answer_;
  WebSessions* sessions_;
  std::vector<std::string> uploads_;
  bool sent_ = false;
  std::string_view sent_file_;  // where the output began
  php_runtime::Int sent_line_ = 0;
};

// That of the running script.
WebHost& web_host();

// Fills $_GET, $_POST, $_COOKIE, $_FILES, $_REQUEST and $_SERVER.
void fill_superglobals(const WebRequest& request);
// "a=1&b[x]=2" as PHP takes variables from a query or, with `is_body`, from the body of a form, with its limits.
php_runtime::Array parse_variables(std::string_view query, bool is_body = false);
// What scripts have beside php_runtime's own: functions.txt and the constants that belong to them, made once for each
// thread; only these two of it are of use.
const php_runtime::Context& web_names();
void register_web_functions();
void register_password_functions();
void register_upload_functions();
void register_file_functions();
// Throws PHP's ValueError where an argument that is a path has zero bytes, behind which the system would see nothing.
void need_path(std::string_view function, int n, std::string_view name, const php_runtime::String& path);
// Whether the bytes of one file are in another now; errno says why not.
bool copy_file(const char* from, const char* to);
// $_POST and $_FILES of a body of multipart/form-data.
void fill_from_form(std::string_view boundary, std::string_view body);

}  // namespace banyan::php_mount
