// The inside of messages: integers in network order, texts that end with a zero byte, and what servers put together
// from them. Nothing of a body is trusted: what does not fit makes the reader fail, and a failed reader gives zeros.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::pg {

inline std::uint32_t read_u32(const char* p) {
  const auto byte = [p](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(p[i])); };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}
inline std::uint16_t read_u16(const char* p) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(p[0]) << 8 | static_cast<unsigned char>(p[1]));
}
inline std::uint64_t read_u64(const char* p) { return static_cast<std::uint64_t>(read_u32(p)) << 32 | read_u32(p + 4); }

class BodyReader {
 public:
  explicit BodyReader(std::string_view body) : rest_(body) {}
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::string_view text();  // up to a zero byte, which is taken too
  std::string_view bytes(std::size_t count);
  std::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }
  // Everything was read, and nothing was missing.
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// Object ids of built-in types, from the server's catalogue pg_type. They are part of the protocol in all but name.
enum class Oid : std::uint32_t {
  kUnknown = 0,
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
  kVarchar = 1043,
  kDate = 1082,
  kTimestamp = 1114,
  kTimestamptz = 1184,
  kNumeric = 1700,
};

struct Column {
  std::string name;
  Oid type = Oid::kUnknown;
  bool binary = false;  // the format in which to ask for it
};

// RowDescription. Nullopt: malformed. `binary` is set from the type.
std::optional<std::vector<Column>> read_row_description(std::string_view body);
// ParameterDescription. Nullopt: malformed.
std::optional<std::vector<Oid>> read_parameter_description(std::string_view body);
// CommandComplete's tag, such as "INSERT 0 5": the rows changed or copied. 0 where it tells of none, or of rows read.
std::uint64_t rows_of_tag(std::string_view tag);

// NotificationResponse.
struct Notification {
  std::int32_t process = 0;
  std::string channel;
  std::string payload;
};
std::optional<Notification> read_notification(std::string_view body);

}  // namespace banyan::pg
