#include "php_runtime/builtin_iconv.h"

#include <iconv.h>

#include <array>
#include <cerrno>

#include "php_runtime/diagnostic.h"

namespace banyan::php_runtime {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kPieceBytes = 4096;

// A converter of the system.
class Converter {
 public:
  Converter(const std::string& to, const std::string& from) : handle_(iconv_open(to.c_str(), from.c_str())) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Appends all of s, or the end that a stateful encoding needs where it is empty; 0 or the number of an error.
  // What cannot be converted is passed over where `ignores` says so.
  int convert(std::string_view s, std::string& out, bool ignores) {
    char* in = s.empty() ? nullptr : const_cast<char*>(s.data());  // which iconv() only reads
    std::size_t left = s.size();
    for (;;) {
      std::array<char, kPieceBytes> piece;
      char* to = piece.data();
      std::size_t room = piece.size();
      const bool failed = ::iconv(handle_, in == nullptr ? nullptr : &in, &left, &to, &room) == std::size_t(-1);
      const int error = failed ? errno : 0;
      out.append(piece.data(), piece.size() - room);
      if (error == E2BIG) continue;
      if (error != EILSEQ || !ignores) return error;
      if (left <= 1) return 0;
      ++in;
      --left;
    }
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::optional<String> iconv(const String& from_encoding, const String& to_encoding, const String& s) {
  if (from_encoding.size() >= kNameMax || to_encoding.size() >= kNameMax) {
    warn_function("iconv", "Encoding parameter exceeds the maximum allowed length of 64 characters");
    return std::nullopt;
  }
  const std::string from(c_string(from_encoding)), to(c_string(to_encoding));
  Converter converter(to, from);
  if (!converter.is_open()) {
    warn_function("iconv", concat({"Wrong encoding, conversion from \"", from, "\" to \"", to, "\" is not allowed"}));
    return std::nullopt;
  }
  const bool ignores = to.contains("//IGNORE");
  std::string out;
  int error = s.empty() ? 0 : converter.convert(s, out, ignores);
  if (error == 0) error = converter.convert({}, out, ignores);
  if (error == 0) return String(out);
  notice(error == EINVAL ? "iconv(): Detected an incomplete multibyte character in input string"
                         : "iconv(): Detected an illegal character in input string");
  return std::nullopt;
}

}  // namespace banyan::php_runtime
