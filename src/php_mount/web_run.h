// One request of a web server, run by a converted program as php-fpm runs it: request in, answer out. Blocks; knows of
// no service.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_runtime/context.h"

namespace banyan::php_mount {

// What PHP's settings would bound: post_max_size, and memory_limit for what a script prints.
inline constexpr std::size_t kBodyBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kAnswerBytesMax = std::size_t{128} << 20;
// output_buffering of Debian's php.ini.
inline constexpr std::size_t kOutputBuffering = 4096;

struct WebRequest {
  // CGI's variables, as php-fpm gets them: REQUEST_METHOD, QUERY_STRING, HTTP_COOKIE, ...
  std::vector<std::pair<std::string, std::string>> variables;
  std::string body;
  std::string boundary;                                    // of a body of multipart/form-data; "" for any other
  double started = 0;                                      // seconds since 1970
  std::string_view variable(std::string_view name) const;  // "" where there is none
  // PHP reads such a body itself: the script sees none of it.
  bool is_upload() const { return !boundary.empty(); }
};

struct WebAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;  // as the script set them, Content-Type among them
  std::string body;
  std::vector<std::string> log;  // lines of PHP's log, without their end
  std::string stopped;           // why the script was given up; "" where it ran to its end
};

// Ends a run that takes too long, from another thread (php_runtime/interrupt.h).
class WebStop {
 public:
  void ask();
  // The run itself says where it is, and null when it has ended.
  void watch(php_runtime::Context* run);

 private:
  std::mutex lock_;
  php_runtime::Context* running_ = nullptr;
};

struct WebProgram {
  std::string_view front;
  std::span<const php_runtime::ProgramFile> files;
};
class WebSessions;

// Null sessions: scripts that begin one are given up. Null stop: nobody asks for the end.
WebAnswer run_web(const WebProgram& program, const WebRequest& request, WebSessions* sessions = nullptr,
                  WebStop* stop = nullptr);

}  // namespace banyan::php_mount
