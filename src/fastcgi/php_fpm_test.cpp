// Against the real thing: php-fpm run by this test, spoken to with the codec of this module, and the same php-fpm
// behind a real nginx with its stock fastcgi.conf. A script must see the same $_SERVER either way, and a path must lead
// to the same script, file, redirect or refusal.
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "fastcgi/params.h"
#include "fastcgi/record.h"
#include "fastcgi/response.h"
#include "fastcgi/script.h"
#include "static_files/oracle_server.h"
#include "static_files/resolve.h"

namespace banyan::fastcgi {
namespace {

class DiskTree : public static_files::FileTree {
 public:
  explicit DiskTree(std::string root) : root_(std::move(root)) {}
  static_files::FileKind kind(std::string_view path) override {
    struct stat status{};
    if (stat((root_ + std::string(path)).c_str(), &status) != 0) return static_files::FileKind::kMissing;
    return S_ISDIR(status.st_mode) ? static_files::FileKind::kFolder : static_files::FileKind::kFile;
  }

 private:
  std::string root_;
};

// Every variable on a line, then the body.
constexpr char kDump[] = R"(<?php
foreach ($_SERVER as $name => $value) if (is_string($value)) echo $name, '=', $value, "\n";
echo 'BODY=', file_get_contents('php://input'), "\n";
)";

// Answers of all kinds, by name.
constexpr char kAnswers[] = R"(<?php
switch ($_GET['case']) {
  case 'status': http_response_code(404); echo 'gone'; break;
  case 'redirect': header('Location: /elsewhere'); break;
  case 'cookies': setcookie('a', '1'); setcookie('b', '2'); echo 'x'; break;
  case 'large': for ($i = 0; $i < 300; ++$i) { echo str_repeat('x', 1000); flush(); } break;
  case 'short': header('Content-Length: 10'); echo 'abc'; break;
  case 'long': header('Content-Length: 2'); echo 'abc'; break;
  case 'exact': header('Content-Length: 3'); echo 'abc'; break;
  case 'errors': error_log('first complaint'); echo 'x'; error_log('second complaint'); break;
  case 'fatal': undefined_function(); break;
  case 'early': header('X-A: 1'); echo 'before'; flush(); trigger_error('late', E_USER_WARNING); echo 'after'; break;
  case 'echo': echo strlen(file_get_contents('php://input')); break;
}
)";

std::string pool_configuration(const std::string& folder) {
  std::string owner = getuid() == 0 ? "user = root\ngroup = root\n" : "";
  return "[global]\nerror_log = " + folder + "/fpm.log\ndaemonize = no\n[www]\nlisten = " + folder + "/php.sock\n" +
         owner +
         "pm = static\npm.max_children = 2\nclear_env = yes\nphp_admin_flag[html_errors] = off\n"
         "php_admin_flag[log_errors] = on\nphp_admin_flag[display_errors] = off\n";
}

constexpr char kNginxLocations[] = R"(
  server_name site.example; index index.php index.html; absolute_redirect off;
  location ~ /\. { return 404; }
  location ~ \.(inc|bak)$ { return 404; }
  location / { try_files $uri $uri/ /index.php$is_args$args; }
  location ~ [^/]\.php(/|$) {
    fastcgi_split_path_info ^(.+?\.php)(/.*)$;
    try_files $fastcgi_script_name =404;
    set $path_info $fastcgi_path_info;
    include /etc/nginx/fastcgi.conf;
    fastcgi_param PATH_INFO $path_info if_not_empty;
)";

struct Reply {
  int status = 0;
  std::vector<std::string> fields;
  std::string body;
  std::vector<std::string> errors;
  std::string failure;  // the refusal's sentence
  std::uint32_t application_status = 0;
};

void take(ResponseReader& reader, const ResponseReader::Step& step, Reply& reply) {
  using Kind = ResponseReader::Step::Kind;
  reply.body += step.body;
  if (step.kind == Kind::kHead) {
    reply.status = reader.head().status;
    for (const auto& field : reader.head().fields) {
      reply.fields.push_back(std::string(field.name) + ": " + std::string(field.value));
    }
  }
  if (step.kind == Kind::kError) reply.failure = step.refusal.sentence;
  if (step.kind == Kind::kEnd) reply.application_status = reader.end().application_status;
  for (std::string& line : reader.take_error_lines()) reply.errors.push_back(std::move(line));
}

Reply read_reply(int fd, bool head_request) {
  Reply reply;
  ResponseReader reader(1, head_request);
  char buffer[10000];
  for (;;) {
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n <= 0) {
      reply.failure = reader.connection_closed().sentence;
      return reply;
    }
    for (std::string_view held(buffer, static_cast<std::size_t>(n));;) {
      auto step = reader.next(held);
      held.remove_prefix(step.consumed);
      take(reader, step, reply);
      if (step.kind == ResponseReader::Step::Kind::kNeedMore) break;
      if (step.kind == ResponseReader::Step::Kind::kEnd || step.kind == ResponseReader::Step::Kind::kError)
        return reply;
    }
  }
}

struct Request {
  std::string method = "GET";
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  std::string path() const { return target.substr(0, target.find('?')); }
  std::string query() const { return target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1); }
  std::string text() const {
    std::string out = method + " " + target + " HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n";
    if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    for (const auto& [name, value] : fields) out += name + ": " + value + "\r\n";
    return out + "\r\n" + body;
  }
};

bool missing(std::string_view program) {
  if (!oracle::find_program(program).empty()) return false;
  std::fprintf(stderr, "SKIPPED: %s is not installed, nothing was compared with it\n", std::string(program).c_str());
  return true;
}

class PhpFpm : public testing::Test {
 protected:
  void SetUp() override {
    if (missing("php-fpm8.2")) GTEST_SKIP() << "php-fpm8.2 is not installed";
    chmod(folder_.path().c_str(), 0755);
    for (const char* path : {"", "/admin", "/static", "/dir.php"}) mkdir((root_ + path).c_str(), 0755);
    for (const char* path : {"/index.php", "/admin/index.php", "/admin/tool.php", "/sp ace.php", "/dir.php/run.php"}) {
      oracle::write_file(root_ + path, kDump);
    }
    oracle::write_file(root_ + "/answers.php", kAnswers);
    oracle::write_file(root_ + "/logo.png", "picture");
    oracle::write_file(root_ + "/static/a.css", "style");
    oracle::write_file(root_ + "/a.inc", "secret");
    oracle::write_file(root_ + "/.env", "secret");
    oracle::write_file(folder_.path() + "/fpm.conf", pool_configuration(folder_.path()));
    std::vector<std::string> command = {oracle::find_program("php-fpm8.2"), "-F", "-n", "-y",
                                        folder_.path() + "/fpm.conf"};
    if (getuid() == 0) command.push_back("-R");
    fpm_ = std::make_unique<oracle::Child>(command, folder_.path() + "/fpm.out");
  }

  std::string socket() const { return folder_.path() + "/php.sock"; }

  ScriptChoice choose(const Request& request) const {
    DiskTree tree(root_);
    return choose_script({.index = {"index.php", "index.html"}}, request.path(), tree);
  }

  // Runs the script a request leads to.
  Reply run(const Request& request, int server_port = 8080) const {
    ScriptChoice choice = choose(request);
    EXPECT_EQ(choice.kind, ScriptChoice::Kind::kScript) << request.target;
    Fields fields;
    fields.add_copy(FieldId::kHost, "site.example");
    fields.add_copy(FieldId::kConnection, "close");
    for (const auto& [name, value] : request.fields) EXPECT_TRUE(fields.add_copy(name, value));
    std::string query = request.query();
    ParamsSource source{.method = request.method,
                        .request_uri = request.target,
                        .query = query,
                        .document_root = root_,
                        .script_name = choice.name,
                        .path_info = choice.path_info,
                        .server_protocol = "HTTP/1.1",
                        .remote_address = "127.0.0.1",
                        .remote_port = 4711,
                        .server_address = "127.0.0.1",
                        .server_port = static_cast<std::uint16_t>(server_port),
                        .server_name = "site.example",
                        .fields = &fields};
    if (!request.body.empty()) source.content_length = request.body.size();
    std::string bytes;
    append_begin_request(bytes, 1, {});
    append_params_stream(bytes, 1, source);
    append_stream(bytes, RecordType::kStdin, 1, request.body);
    append_end_of_stream(bytes, RecordType::kStdin, 1);
    int fd = oracle::connect_to_socket(socket());
    EXPECT_GE(fd, 0) << oracle::read_file(folder_.path() + "/fpm.log");
    EXPECT_TRUE(oracle::send_all(fd, bytes));
    Reply reply = read_reply(fd, request.method == "HEAD");
    close(fd);
    return reply;
  }

  Reply answer(const std::string& name, const std::string& method = "GET") const {
    return run({.method = method, .target = "/answers.php?case=" + name});
  }

  oracle::TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/public";
  std::unique_ptr<oracle::Child> fpm_;
};

class PhpFpmBehindNginx : public PhpFpm {
 protected:
  void SetUp() override {
    PhpFpm::SetUp();
    if (IsSkipped()) return;
    if (missing("nginx")) GTEST_SKIP() << "nginx is not installed";
    nginx_ = std::make_unique<oracle::Nginx>(
        folder_.path(), "root " + root_ + ";" + kNginxLocations + "fastcgi_pass unix:" + socket() + ";\n}\n");
    close(oracle::connect_to_socket(socket()));  // waits until php-fpm listens
  }

  std::unique_ptr<oracle::Nginx> nginx_;
};

// What cannot or should not agree: who serves and when, and what params.h lists as different on purpose.
bool is_compared(const std::string& name) {
  for (const char* other : {"REMOTE_PORT", "SERVER_SOFTWARE", "REQUEST_TIME", "REQUEST_TIME_FLOAT",
                            "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "PATH_TRANSLATED"}) {
    if (name == other) return false;
  }
  return true;
}

std::map<std::string, std::string> variables(const std::string& body) {
  std::map<std::string, std::string> result;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    std::size_t mark = line.find('=');
    if (mark != std::string::npos && is_compared(line.substr(0, mark)))
      result[line.substr(0, mark)] = line.substr(mark + 1);
  }
  return result;
}

TEST_F(PhpFpmBehindNginx, ScriptsSeeTheSameVariables) {
  const Request requests[] = {
      {.target = "/"},
      {.target = "/index.php"},
      {.target = "/index.php?a=1&b[]=2&c=%20x+y"},
      {.target = "/index.php?"},
      {.target = "/index.php/extra/path?x=y"},
      {.target = "/index.php/"},
      {.target = "/index.php/sp%20ace/%E4%BD%A0"},
      {.target = "/user/profile?id=7"},
      {.target = "/user//profile/../list?id=7"},
      {.target = "/%75ser/%7Ename"},
      {.target = "/admin/"},
      {.target = "/admin/?q"},
      {.target = "/admin/tool.php/a/b.c"},
      {.target = "/sp%20ace.php?x"},
      {.method = "POST", .target = "/index.php", .fields = {{"Content-Type", "text/plain"}}, .body = "hello"},
      {.method = "POST",
       .target = "/form",
       .fields = {{"Content-Type", "application/x-www-form-urlencoded"}},
       .body = "a=1&b=2"},
      {.method = "PUT", .target = "/thing/1", .fields = {{"Content-Type", "application/json"}}, .body = "{\"a\":1}"},
      {.method = "DELETE", .target = "/thing/1"},
      {.method = "PATCH", .target = "/thing/1", .body = "x"},
      {.method = "OPTIONS", .target = "/thing"},
      {.target = "/h",
       .fields = {{"User-Agent", "curl/8"}, {"Accept", "*/*"}, {"X-Custom-Header", "v"}, {"X-Empty", ""}}},
      {.target = "/h", .fields = {{"Cookie", "a=1; b=2"}, {"Authorization", "Basic YWxpY2U6c2VjcmV0"}}},
      {.target = "/h",
       .fields = {{"Authorization", "Bearer abc"}, {"Referer", "http://x/"}, {"Accept-Language", "zh-CN"}}},
      {.target = "/h", .fields = {{"X_Under_Score", "evil"}, {"X.Dot", "evil"}, {"X-Forwarded-For", "192.0.2.7"}}},
      {.target = "/h", .fields = {{"x-lower-case", "v"}, {"X-UTF", "\xE4\xBD\xA0"}, {"X-Quote", "a \"b\" 'c' = & \\"}}},
      {.target = "/h",
       .fields = {{"X-Long", std::string(2000, 'v')}, {"If-None-Match", "\"x\""}, {"Range", "bytes=0-1"}}},
  };
  for (const Request& request : requests) {
    oracle::Answer theirs = nginx_->ask(request.text());
    ASSERT_EQ(theirs.status, 200) << request.target << oracle::read_file(folder_.path() + "/error.log");
    Reply ours = run(request, nginx_->port());
    EXPECT_EQ(ours.failure, "") << request.target;
    auto expected = variables(theirs.body);
    EXPECT_GE(expected.size(), 20u);
    EXPECT_EQ(variables(ours.body), expected) << request.method << " " << request.target;
  }
}

// The script that ran and its path info, or what happened instead.
std::string outcome(const oracle::Answer& answer) {
  if (answer.status == 301) return "redirect " + answer.field("Location");
  if (answer.status != 200) return std::to_string(answer.status);
  auto seen = variables(answer.body);
  if (!seen.contains("SCRIPT_NAME")) return "file " + answer.body;
  return "run " + seen["SCRIPT_FILENAME"] + " " + seen["PATH_INFO"];
}

TEST_F(PhpFpmBehindNginx, PathsLeadToTheSamePlaces) {
  const char* targets[] = {"/",
                           "/index.php",
                           "/index.php/a",
                           "/index.phpx",
                           "/missing",
                           "/missing/deep/er",
                           "/missing.php",
                           "/missing.php/x",
                           "/logo.png",
                           "/logo.png/",
                           "/admin",
                           "/admin?x=1",
                           "/admin/",
                           "/admin/tool.php",
                           "/static",
                           "/static/",
                           "/static/a.css",
                           "/a.inc",
                           "/.env",
                           "/%2eenv",
                           "/admin/../.env",
                           "/../x",
                           "/%2e%2e/x",
                           "/a%00",
                           "//index.php",
                           "/./index.php",
                           "/admin/./tool.php",
                           "/index.php/../logo.png",
                           "/index.php/b.php",
                           "/logo.png/x.php",
                           "/sp%20ace.php",
                           "/dir.php"};
  for (const char* target : targets) {
    Request request{.target = target};
    std::string theirs = outcome(nginx_->ask(request.text()));
    ScriptChoice choice = choose(request);
    std::string ours;
    switch (choice.kind) {
      case ScriptChoice::Kind::kScript:
        ours = "run " + root_ + choice.name + " " + choice.path_info;
        break;
      case ScriptChoice::Kind::kFile:
        ours = "file " + oracle::read_file(root_ + choice.name);
        break;
      case ScriptChoice::Kind::kRedirect:
        ours = "redirect " + static_files::folder_location(choice.name, request.query());
        break;
      case ScriptChoice::Kind::kRefused:
        ours = std::to_string(choice.refusal.status);
        break;
    }
    EXPECT_EQ(ours, theirs) << target;
  }
}

TEST_F(PhpFpm, AnswersOfAllKindsAreUnderstood) {
  EXPECT_EQ(answer("status").status, 404);
  EXPECT_EQ(answer("status").body, "gone");
  Reply redirect = answer("redirect");
  EXPECT_EQ(redirect.status, 302);
  EXPECT_NE(std::ranges::find(redirect.fields, "Location: /elsewhere"), redirect.fields.end());
  Reply cookies = answer("cookies");
  EXPECT_EQ(std::ranges::count_if(cookies.fields, [](const auto& f) { return f.starts_with("Set-Cookie: "); }), 2);
  Reply large = answer("large");
  EXPECT_EQ(large.body, std::string(300000, 'x'));
  EXPECT_EQ(large.failure, "");
  EXPECT_EQ(answer("exact").body, "abc");
  EXPECT_EQ(answer("exact").failure, "");
  EXPECT_EQ(answer("early").body, "beforeafter");
}

TEST_F(PhpFpm, LiesAboutTheLengthAreSeen) {
  EXPECT_NE(answer("short").failure.find("shorter"), std::string::npos);
  EXPECT_NE(answer("long").failure.find("longer"), std::string::npos);
  EXPECT_EQ(answer("short", "HEAD").failure, "");
}

TEST_F(PhpFpm, ComplaintsArriveAsLines) {
  Reply errors = answer("errors");
  // php-fpm joins what a request complains of into one line.
  EXPECT_EQ(errors.errors, std::vector<std::string>{"PHP message: first complaint; PHP message: second complaint"});
  EXPECT_EQ(errors.body, "x");
  Reply fatal = answer("fatal");
  EXPECT_EQ(fatal.status, 500);
  ASSERT_FALSE(fatal.errors.empty());
  EXPECT_NE(fatal.errors[0].find("undefined_function"), std::string::npos);
}

TEST_F(PhpFpm, LargeBodiesArriveWhole) {
  Reply reply = run({.method = "POST", .target = "/answers.php?case=echo", .body = std::string(1000000, 'b')});
  EXPECT_EQ(reply.body, "1000000");
}

}  // namespace
}  // namespace banyan::fastcgi
