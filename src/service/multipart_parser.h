// multipart/form-data (RFC 7578, RFC 2046 section 5.1) as a pure function of bytes, however they are cut.
//
// Strict where leniency would let two programs see different forms: lines end in CRLF, every part has a
// Content-Disposition of form-data with a name, the last delimiter must come. Memory: what was fed and not yet taken,
// and the fields of one part, which have a limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::service {

struct FormPart {
  std::string name;
  std::optional<std::string> filename;  // as the client says: never a path to be opened
  std::string content_type;             // "" where the part has none
};

class MultipartParser {
 public:
  static constexpr std::size_t kPartFieldsMax = 8 * 1024;
  static constexpr std::size_t kPartsMax = 1000;

  enum class Event : std::uint8_t {
    kNeedMore,  // feed() more, or the body has broken off
    kPart,      // part() begins
    kData,      // data() of it, not empty
    kPartEnd,
    kEnd,    // of the form; what follows is ignored
    kError,  // error() says why; nothing more comes
  };

  explicit MultipartParser(std::string_view boundary) : delimiter_("\r\n--" + std::string(boundary)) {}

  void feed(std::string_view bytes);
  Event next();
  const FormPart& part() const { return part_; }
  std::string_view data() const { return data_; }  // until feed()
  std::string_view error() const { return error_; }

 private:
  enum class State : std::uint8_t { kPreamble, kAfterDelimiter, kFields, kData, kDone, kFailed };
  Event fail(std::string_view why);
  Event body(bool in_part);
  Event after_delimiter();
  Event fields();
  bool field(std::string_view line);
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  std::string delimiter_;
  std::string buffer_ = "\r\n";  // so that a delimiter at the very beginning is one like the others
  std::size_t at_ = 0;           // what was taken of it
  State state_ = State::kPreamble;
  std::size_t parts_ = 0;
  FormPart part_;
  bool named_ = false;
  std::string_view data_;
  std::string_view error_;
};

// The boundary of a Content-Type of multipart/form-data; nothing where it is another type, or not 1 to 70 characters
// that may be a boundary.
std::optional<std::string> form_boundary(std::string_view content_type);

}  // namespace banyan::service
