// Forms with files: $_POST and $_FILES as https://www.php.net/manual/en/features.file-upload.php has them, with PHP's
// default limits: 2 MiB a file, 20 files. A form that is malformed ends the request, where PHP would guess.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "php_mount/web_host.h"
#include "php_runtime/builtin.h"
#include "php_runtime/builtin_encoding.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"
#include "service/multipart_parser.h"

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

constexpr std::size_t kFileBytesMax = std::size_t{2} << 20;
constexpr std::size_t kFilesMax = 20;
constexpr Int kOk = 0;
constexpr Int kTooBig = 1;
constexpr Int kTooBigForForm = 2;
constexpr Int kNoFile = 4;

// "a[b][]" with something behind the first name, as a query has it: brackets stay.
std::string query_name(std::string_view name, std::string_view attribute) {
  const std::size_t bracket = std::min(name.find('['), name.size());
  std::string out = rawurlencode(String(name.substr(0, bracket))).str();
  if (!attribute.empty()) out += concat({"[", attribute, "]"});
  for (const char c : name.substr(bracket)) {
    out += c == '[' || c == ']' ? std::string(1, c) : rawurlencode(String(std::string_view(&c, 1))).str();
  }
  return out;
}

void add(std::string& query, std::string_view name, std::string_view value) {
  query += concat({query.empty() ? "" : "&", name, "=", rawurlencode(String(value))});
}

// Writes the bytes into a file of their own; "" where there is no room for it.
std::string write_upload(std::string_view bytes) {
  std::string path = "/tmp/phpXXXXXX";
  const int fd = ::mkstemp(path.data());
  if (fd < 0) return "";
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  ::close(fd);
  if (bytes.empty()) return path;
  ::unlink(path.c_str());
  return "";
}

class FormReader {
 public:
  void read(std::string_view boundary, std::string_view body) {
    using Event = service::MultipartParser::Event;
    service::MultipartParser parser(boundary);
    parser.feed(body);
    for (;;) {
      switch (parser.next()) {
        case Event::kPart:
          part_ = parser.part();
          data_.clear();
          break;
        case Event::kData:
          data_.append(parser.data());
          break;
        case Event::kPartEnd:
          end_part();
          break;
        case Event::kEnd:
          return;
        case Event::kNeedMore:
          stop("uploads", "the form breaks off");
        case Event::kError:
          stop("uploads", concat({"the form is malformed: ", parser.error()}));
      }
    }
  }

  std::string fields;  // as queries
  std::string files;

 private:
  void end_part() {
    if (!part_.filename) {
      if (part_.name == "MAX_FILE_SIZE") form_max_ = string_to_int(data_);
      return add(fields, query_name(part_.name, ""), data_);
    }
    if (count_ == kFilesMax && !part_.filename->empty()) {
      return warning("Maximum number of allowable file uploads has been exceeded");
    }
    count_ += part_.filename->empty() ? 0 : 1;
    Int error = part_.filename->empty()                                       ? kNoFile
                : data_.size() > kFileBytesMax                                ? kTooBig
                : form_max_ > 0 && static_cast<Int>(data_.size()) > form_max_ ? kTooBigForForm
                                                                              : kOk;
    std::string path;
    if (error == kOk) {
      path = write_upload(data_);
      if (path.empty()) stop("uploads", "a file cannot be written to /tmp");
      web_host().add_upload(path);
    }
    describe(error, path);
  }

  void describe(Int error, const std::string& path) {
    const std::string& given = *part_.filename;
    const std::size_t slash = given.find_last_of("/\\");
    const auto put = [&](std::string_view attribute, std::string_view value) {
      add(files, query_name(part_.name, attribute), value);
    };
    put("name", slash == std::string::npos ? given : given.substr(slash + 1));
    put("full_path", given);
    put("type", error == kOk ? part_.content_type : "");
    put("tmp_name", path);
    put("error", std::to_string(error));
    put("size", error == kOk ? std::to_string(data_.size()) : "0");
  }

  service::FormPart part_;
  std::string data_;
  Int form_max_ = 0;
  std::size_t count_ = 0;
};

Value as_numbers(const Value& v) {
  if (!v.is_array()) return to_int(v);
  Array out;
  for (const auto& [key, inner] : v.as_array()) out.set_key(key, as_numbers(inner));
  return out;
}

// Errors and sizes are numbers.
Array described(const std::string& query) {
  Array out;
  for (const auto& [key, given] : parse_variables(query)) {
    if (!given.is_array()) continue;
    Array one = given.as_array();
    for (const char* name : {"error", "size"}) one.set_text(name, as_numbers(one.peek(Value(name))));
    out.set_key(key, one);
  }
  return out;
}

// ---- The functions ----

bool is_uploaded_file(String path) { return web_host().has_upload(path); }

bool move_uploaded_file(String from, String to) {
  need_path("move_uploaded_file", 2, "to", to);
  if (!web_host().has_upload(from)) return false;
  const bool moved = ::rename(from.data(), to.data()) == 0 || copy_file(from.data(), to.data());
  if (!moved) {
    warning(concat({"move_uploaded_file(", to, "): Failed to open stream: ", std::strerror(errno)}));
    warning(concat({"move_uploaded_file(): Unable to move \"", from, "\" to \"", to, "\""}));
    return false;
  }
  const mode_t mask = ::umask(077);
  ::umask(mask);
  ::chmod(to.data(), 0666 & ~mask);
  web_host().forget_upload(from);
  return true;
}

}  // namespace

void fill_from_form(std::string_view boundary, std::string_view body) {
  FormReader reader;
  reader.read(boundary, body);
  superglobal_place("_POST") = parse_variables(reader.fields);
  superglobal_place("_FILES") = described(reader.files);
}

void register_upload_functions() {
  register_function("is_uploaded_file", is_uploaded_file).named({"filename"});
  register_function("move_uploaded_file", move_uploaded_file).named({"from", "to"});
}

}  // namespace banyan::php_mount
