// The inside of packets: integers, lowest byte first, texts with their length before or a zero byte behind, and what
// servers put together from them. Nothing of a body is trusted: what does not fit makes the reader fail, and a failed
// reader gives zeros. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::maria {

inline std::uint32_t read_u24(const char* p) {
  const auto byte = [p](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(p[i])); };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

class BodyReader {
 public:
  explicit BodyReader(std::string_view body) : rest_(body) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  // A number of one to nine bytes.
  std::uint64_t packed();
  // A text with its packed length before it.
  std::string_view packed_text() { return bytes(packed()); }
  std::string_view text();  // up to a zero byte, which is taken too
  std::string_view bytes(std::uint64_t count);
  std::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }
  // Everything was read, and nothing was missing.
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::uint64_t number(std::size_t bytes);
  std::string_view rest_;
  bool failed_ = false;
};

// What both sides can do; those bits that matter here.
namespace capability {
inline constexpr std::uint64_t kMysql = 1;  // not set: MariaDB, with capabilities of its own in the upper half
inline constexpr std::uint64_t kFoundRows = 1 << 1;
inline constexpr std::uint64_t kLongFlags = 1 << 2;
inline constexpr std::uint64_t kDatabase = 1 << 3;
inline constexpr std::uint64_t kIgnoreSpace = 1 << 8;
inline constexpr std::uint64_t kProtocol41 = 1 << 9;
inline constexpr std::uint64_t kTls = 1 << 11;
inline constexpr std::uint64_t kTransactions = 1 << 13;
inline constexpr std::uint64_t kSecureConnection = 1 << 15;
inline constexpr std::uint64_t kMultiStatements = 1 << 16;
inline constexpr std::uint64_t kMultiResults = 1 << 17;
inline constexpr std::uint64_t kPreparedMultiResults = 1 << 18;
inline constexpr std::uint64_t kPlugins = 1 << 19;
inline constexpr std::uint64_t kLongProof = 1 << 21;
inline constexpr std::uint64_t kSessionTrack = 1 << 23;
inline constexpr std::uint64_t kNoEof = 1 << 24;                         // CLIENT_DEPRECATE_EOF
inline constexpr std::uint64_t kCachedColumns = std::uint64_t{1} << 36;  // MARIADB_CLIENT_CACHE_METADATA
}  // namespace capability

// The first packet of a connection. Views the body.
struct Greeting {
  std::string_view version;
  std::uint32_t thread = 0;
  std::uint64_t capabilities = 0;
  std::uint8_t charset = 0;  // the server's own
  std::uint16_t status = 0;
  std::string nonce;
  std::string_view plugin;
};
std::optional<Greeting> read_greeting(std::string_view body);

// Statuses of an OK.
inline constexpr std::uint16_t kStatusInTransaction = 1;
inline constexpr std::uint16_t kStatusMoreResults = 8;
inline constexpr std::uint16_t kStatusNoBackslashEscapes = 0x200;
inline constexpr std::uint16_t kStatusSessionChanged = 0x4000;

// Views the body.
struct Ok {
  std::uint64_t rows_affected = 0;
  std::uint64_t last_insert_id = 0;
  std::uint16_t status = 0;
  std::uint16_t warnings = 0;
  std::string_view remark;                 // for people: "Records: 2  Duplicates: 0  Warnings: 0"
  std::optional<std::string_view> schema;  // the session's from now on, if it has changed
};
// `body` with its first byte, which is 0x00 or 0xFE. `tracks`: changes of sessions are told (kSessionTrack).
std::optional<Ok> read_ok(std::string_view body, bool tracks = true);

enum class FieldType : std::uint8_t {
  kDecimal = 0,
  kTiny = 1,
  kShort = 2,
  kLong = 3,
  kFloat = 4,
  kDouble = 5,
  kNull = 6,
  kTimestamp = 7,
  kLongLong = 8,
  kInt24 = 9,
  kDate = 10,
  kTime = 11,
  kDatetime = 12,
  kYear = 13,
  kVarchar = 15,
  kBit = 16,
  kJson = 245,
  kNewDecimal = 246,
  kEnum = 247,
  kSet = 248,
  kTinyBlob = 249,
  kMediumBlob = 250,
  kLongBlob = 251,
  kBlob = 252,
  kVarString = 253,
  kString = 254,
  kGeometry = 255,
};

struct Column {
  std::string name;
  FieldType type = FieldType::kNull;
  bool is_unsigned = false;
  bool is_binary = false;     // bytes, not text of a character set
  std::uint8_t decimals = 0;  // digits of a second's fraction; over 6: as many as it takes
};
std::optional<Column> read_column(std::string_view body);

// The answer to COM_STMT_PREPARE; the definitions of parameters and columns follow it.
struct Prepared {
  std::uint32_t id = 0;
  std::uint16_t columns = 0;
  std::uint16_t parameters = 0;
};
std::optional<Prepared> read_prepared(std::string_view body);

}  // namespace banyan::maria
