// Serving files as nginx does: each line of testdata/requests.txt is put to a real nginx and to this module over the
// same folder, and status, fields and body must agree. Media types are compared for every extension nginx knows.
#include <sys/time.h>

#include <fstream>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "http/date.h"
#include "static_files/mime_types.h"
#include "static_files/oracle_server.h"
#include "static_files/plan.h"
#include "static_files/resolve.h"

namespace banyan::static_files {
namespace {

constexpr std::int64_t kModified = 784111777;
constexpr std::int64_t kNow = 1700000000;

class DiskTree : public FileTree {
 public:
  explicit DiskTree(std::string root) : root_(std::move(root)) {}
  FileKind kind(std::string_view path) override {
    struct stat status{};
    if (stat((root_ + std::string(path)).c_str(), &status) != 0) return FileKind::kMissing;
    return S_ISDIR(status.st_mode) ? FileKind::kFolder : FileKind::kFile;
  }

 private:
  std::string root_;
};

std::string http_date(std::int64_t seconds) {
  char text[kHttpDateBytes];
  format_http_date(seconds, text);
  return {text, kHttpDateBytes};
}

void make_file(const std::string& path, std::string_view content) {
  oracle::write_file(path, content);
  const timeval times[2] = {{kModified, 0}, {kModified, 0}};
  utimes(path.c_str(), times);
}

void make_site(const std::string& root) {
  std::string content;
  for (int i = 0; i < 1000; ++i) content += static_cast<char>('a' + i % 26);
  for (const char* folder : {"", "/dir", "/sub"}) mkdir((root + folder).c_str(), 0755);
  for (const char* name : {"/a.html", "/a.css", "/a.js", "/a.txt", "/data.json", "/a.svg", "/pic.PNG", "/a.woff2",
                           "/no-extension", "/unknown.zzz", "/dir/inner.txt", "/sp ace.txt", "/sub/index.html"}) {
    make_file(root + name, content);
  }
  make_file(root + "/empty.txt", "");
}

struct Request {
  std::string method, target, line;
  std::vector<std::pair<std::string, std::string>> fields;
  bool differs = false;

  std::string text() const {
    std::string out = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    for (const auto& [name, value] : fields) out += name + ": " + value + "\r\n";
    return out + "\r\n";
  }
};

std::string filled_in(std::string text) {
  const std::pair<std::string, std::string> places[] = {{"{tag}", entity_tag({"", 1000, kModified})},
                                                        {"{date}", http_date(kModified)},
                                                        {"{earlier}", http_date(kModified - 1)},
                                                        {"{later}", http_date(kModified + 1)}};
  for (const auto& [place, value] : places) {
    for (std::size_t at; (at = text.find(place)) != std::string::npos;) text.replace(at, place.size(), value);
  }
  return text;
}

std::vector<Request> requests() {
  std::ifstream file(BANYAN_TESTDATA "/requests.txt");
  std::vector<Request> list;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Request request;
    request.line = line;
    std::size_t differs = line.find(" differs: ");
    request.differs = differs != std::string::npos;
    std::istringstream parts(filled_in(line.substr(0, differs)) + " ");
    parts >> request.method >> request.target;
    std::string part;
    std::getline(parts, part, '|');
    while (std::getline(parts, part, '|')) {
      std::size_t colon = part.find(':');
      request.fields.emplace_back(part.substr(1, colon - 1), part.substr(colon + 2, part.size() - colon - 3));
    }
    list.push_back(std::move(request));
  }
  return list;
}

constexpr const char* kCompared[] = {"Content-Type",  "Content-Length", "Content-Range", "ETag",
                                     "Last-Modified", "Accept-Ranges",  "Location"};

// One line of status and fields and the body, with the boundary replaced where there is one. Of errors nothing but the
// fields that belong to them: the form of their body is not this module's.
std::string shown(oracle::Answer answer) {
  static const std::regex boundary("boundary=([0-9a-z]+)");
  std::string text = std::to_string(answer.status);
  std::string all;
  for (const char* name : kCompared) {
    std::string value = answer.field(name);
    bool error = answer.status >= 300 && answer.status != 304;
    std::string_view key = name;
    if (value.empty() || (error && key != "Location" && key != "Content-Range")) continue;
    if (key == "Content-Length" && answer.body.find("\r\n--") == 0) continue;  // boundaries differ in length
    all += "; " + std::string(name) + ": " + value;
  }
  if (answer.status < 300) all += "; body " + answer.body;
  std::smatch found;
  if (std::regex_search(all, found, boundary)) all = std::regex_replace(all, std::regex(found[1].str()), "BOUNDARY");
  return text + all;
}

std::string from_nginx(const oracle::Nginx& nginx, const Request& request) { return shown(nginx.ask(request.text())); }

oracle::Answer redirect(std::string location) { return {301, {"Location: " + std::move(location)}, {}}; }

oracle::Answer from_plan(const StaticPlan& plan, const std::string& content) {
  oracle::Answer answer{plan.status, {}, {}};
  for (const auto& field : plan.fields)
    answer.fields.push_back(std::string(field.name) + ": " + std::string(field.value));
  if (plan.status == 200 || plan.status == 206) {
    answer.fields.push_back("Content-Length: " + std::to_string(plan.content_length));
  }
  for (const BodyPiece& piece : plan.body) {
    answer.body += piece.text;
    answer.body += content.substr(piece.offset, piece.length);
  }
  return answer;
}

std::string from_us(const std::string& root, const Request& request) {
  std::size_t mark = request.target.find('?');
  DiskTree tree(root);
  Resolution resolution = resolve({}, request.target.substr(0, mark), tree);
  if (resolution.kind == Resolution::Kind::kRefused) return shown({resolution.refusal.status, {}, {}});
  if (resolution.kind == Resolution::Kind::kRedirect) {
    std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
    return shown(redirect(folder_location(resolution.path, query)));
  }
  std::string content = oracle::read_file(root + resolution.path);
  Fields fields;
  for (const auto& [name, value] : request.fields) {
    EXPECT_TRUE(fields.add_copy(name, value)) << name;
  }
  StaticPlan plan = plan_file({resolution.path, content.size(), kModified},
                              {method_from_name(request.method), &fields, kNow, 0xABC}, {.charset = ""});
  return shown(from_plan(plan, content));
}

bool nginx_missing() {
  if (!oracle::Nginx::program().empty()) return false;
  std::fprintf(stderr, "SKIPPED: nginx is not installed, nothing was compared with it (apt-get install nginx-light)\n");
  return true;
}

TEST(AgainstNginx, EveryRequestOfTheTableIsAnsweredTheSame) {
  if (nginx_missing()) GTEST_SKIP() << "nginx is not installed";
  oracle::TemporaryFolder folder;
  std::string root = folder.path() + "/site";
  chmod(folder.path().c_str(), 0755);
  make_site(root);
  oracle::Nginx nginx(folder.path(), "root " + root + "; absolute_redirect off;");
  std::vector<Request> list = requests();
  ASSERT_GE(list.size(), 80u);
  for (const Request& request : list) {
    std::string theirs = from_nginx(nginx, request);
    std::string ours = from_us(root, request);
    ASSERT_NE(theirs.substr(0, 2), "0") << oracle::read_file(folder.path() + "/error.log");
    if (request.differs) {
      EXPECT_NE(ours, theirs) << request.line << ": the difference is gone, the note is stale";
    } else {
      EXPECT_EQ(ours, theirs) << request.line;
    }
  }
}

TEST(AgainstNginx, EveryExtensionItKnowsHasTheSameType) {
  std::string types = oracle::read_file("/etc/nginx/mime.types");
  if (types.empty()) {
    std::fprintf(stderr, "SKIPPED: /etc/nginx/mime.types is not there, no media type was compared\n");
    GTEST_SKIP() << "nginx is not installed";
  }
  std::istringstream words(types.substr(types.find('{') + 1));
  int count = 0;
  for (std::string type, word; words >> type && type != "}";) {
    for (bool last = false; !last && words >> word; ++count) {
      last = word.ends_with(';');
      if (last) word.pop_back();
      EXPECT_EQ(mime_type("/x." + word), type) << word;
    }
  }
  EXPECT_GE(count, 80);
}

}  // namespace
}  // namespace banyan::static_files
