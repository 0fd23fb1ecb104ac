#include "php_mount/web_host.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "http/field_id.h"
#include "php_runtime/builtin.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_mount {

using php_runtime::Int;

namespace {

std::string_view trimmed(std::string_view text) { return php_runtime::trim_both(text, php_runtime::kBlanks); }

// PHP adds its charset to texts that have none.
std::string with_charset(std::string_view type) {
  const bool is_text = type.size() > 5 && equals_ignoring_case(type.substr(0, 5), "text/");
  const bool names_one = php_runtime::lower(type).find("charset=") != std::string::npos;
  return std::string(type) + (is_text && !names_one ? ";charset=UTF-8" : "");
}

}  // namespace

WebHost& web_host() { return static_cast<WebHost&>(*php_runtime::context().host); }

void WebHost::output(std::string_view bytes) {
  if (!sent_) {
    sent_ = true;
    sent_file_ = php_runtime::context().file();
    sent_line_ = php_runtime::context().line;
  }
  if (answer_.body.size() + bytes.size() > kAnswerBytesMax) {
    php_runtime::stop("output", "the answer is longer than " + std::to_string(kAnswerBytesMax) + " bytes");
  }
  answer_.body.append(bytes);
}

void WebHost::log(std::string_view line) { answer_.log.emplace_back(line); }

void WebHost::failed() {
  if (!sent_ && answer_.status == 200) answer_.status = 500;
}

WebHost::~WebHost() {
  for (const std::string& path : uploads_) ::unlink(path.c_str());
}

bool WebHost::has_upload(std::string_view path) const {
  return std::find(uploads_.begin(), uploads_.end(), path) != uploads_.end();
}

void WebHost::finished() { close_session(); }

const php_runtime::Function* WebHost::function(const std::string& name) const {
  const auto& all = web_names().functions;
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

const php_runtime::Value* WebHost::constant(const std::string& name) const {
  const auto& all = web_names().constants;
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

bool WebHost::may_change(std::string_view what) const {
  if (!sent_) return true;
  const std::string place =
      sent_file_.empty()
          ? ""
          : php_runtime::concat({" (output started at ", sent_file_, ":", std::to_string(sent_line_), ")"});
  const bool is_status = what == "response code";
  php_runtime::warning(
      php_runtime::concat({"Cannot ", is_status ? "set " : "modify ", what,
                           is_status ? " - headers already sent" : " - headers already sent by", place}));
  return false;
}

// "HTTP/1.1 404 Not Found".
void WebHost::set_status_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return;
  const std::string_view rest = trimmed(line.substr(space));
  int status = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), status);
  if (status > 0) answer_.status = status;
}

void WebHost::remove(std::string_view name) {
  std::erase_if(answer_.fields,
                [name](const auto& one) { return name.empty() || equals_ignoring_case(one.first, name); });
}

void WebHost::set_line(std::string_view given, bool replace, Int status) {
  const std::string_view line = php_runtime::trim_right(given, php_runtime::kBlanks);
  if (!may_change("header information")) return;
  if (line.find_first_of("\r\n") != std::string_view::npos) {
    return php_runtime::warning("Header may not contain more than a single header, new line detected");
  }
  if (line.find('\0') != std::string_view::npos) return php_runtime::warning("Header may not contain NUL bytes");
  if (line.size() >= 5 && equals_ignoring_case(line.substr(0, 5), "HTTP/")) return set_status_line(line);
  if (status > 0) answer_.status = static_cast<int>(status);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name(trimmed(line.substr(0, colon)));
  std::string value(trimmed(line.substr(colon + 1)));
  if (equals_ignoring_case(name, "Status")) return set_status_line("Status: " + value);
  if (equals_ignoring_case(name, "Content-Type")) value = with_charset(value);
  const bool redirects = answer_.status >= 300 && answer_.status <= 399;
  if (equals_ignoring_case(name, "Location") && !redirects && answer_.status != 201 && status == 0)
    answer_.status = 302;
  if (equals_ignoring_case(name, "WWW-Authenticate") && status == 0) answer_.status = 401;
  if (replace) remove(name);
  answer_.fields.emplace_back(name, std::move(value));
}

}  // namespace banyan::php_mount
