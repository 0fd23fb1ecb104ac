#include "postgres/request_writer.h"

#include <bit>
#include <cstring>

#include "postgres/value_codec.h"

namespace banyan::pg {
namespace {

constexpr std::uint32_t kProtocol = 3U << 16;
constexpr std::uint32_t kSslRequest = 80877103;
constexpr std::uint32_t kCancelRequest = 80877102;

// Fills in, at its end, the length of the message that begins here.
class Frame {
 public:
  explicit Frame(std::string& out) : out_(out), begin_(out.size()) { put_u32(out_, 0); }
  Frame(std::string& out, char type) : out_(out), begin_(out.size() + 1) {
    out.push_back(type);
    put_u32(out_, 0);
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() { overwrite_u32(out_, begin_, static_cast<std::uint32_t>(out_.size() - begin_)); }

 private:
  std::string& out_;
  std::size_t begin_;
};

void put_text(std::string& out, std::string_view text) { out.append(text).push_back('\0'); }

void write_plain(std::string& out, char type) { const Frame frame(out, type); }

void write_bytes(std::string& out, char type, std::string_view bytes) {
  const Frame frame(out, type);
  out.append(bytes);
}

void write_named(std::string& out, char type, std::string_view statement) {
  const Frame frame(out, type);
  out.push_back('S');
  put_text(out, statement);
}

// The number, from 1, of the first value that its type cannot hold; 0: there is none.
std::size_t put_values(std::string& out, std::span<const SqlValue> values, std::span<const Oid> types) {
  put_u16(out, static_cast<std::uint16_t>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t length_at = out.size();
    put_u32(out, 0xffffffff);  // NULL, unless something follows
    if (sql_type_of(values[i]) == SqlType::kNull) continue;
    if (!encode_value(out, values[i], types[i])) return i + 1;
    overwrite_u32(out, length_at, static_cast<std::uint32_t>(out.size() - length_at - 4));
  }
  return 0;
}

template <class Number>
void put_big_endian(std::string& out, Number number) {
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

}  // namespace

void put_u16(std::string& out, std::uint16_t number) { put_big_endian(out, number); }
void put_u32(std::string& out, std::uint32_t number) { put_big_endian(out, number); }
void put_u64(std::string& out, std::uint64_t number) { put_big_endian(out, number); }

void overwrite_u32(std::string& out, std::size_t at, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<char>(number >> (24 - 8 * i));
}

void write_ssl_request(std::string& out) {
  const Frame frame(out);
  put_u32(out, kSslRequest);
}

void write_cancel_request(std::string& out, std::uint32_t process, std::uint32_t key) {
  const Frame frame(out);
  put_u32(out, kCancelRequest);
  put_u32(out, process);
  put_u32(out, key);
}

void write_startup(std::string& out, std::span<const StartupParameter> parameters) {
  const Frame frame(out);
  put_u32(out, kProtocol);
  for (const auto& [name, value] : parameters) {
    put_text(out, name);
    put_text(out, value);
  }
  out.push_back('\0');
}

void write_password(std::string& out, std::string_view password) {
  const Frame frame(out, 'p');
  put_text(out, password);
}

void write_sasl_initial(std::string& out, std::string_view mechanism, std::string_view data) {
  const Frame frame(out, 'p');
  put_text(out, mechanism);
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  out.append(data);
}

void write_sasl_response(std::string& out, std::string_view data) { write_bytes(out, 'p', data); }

void write_query(std::string& out, std::string_view text) {
  const Frame frame(out, 'Q');
  put_text(out, text);
}

void write_parse(std::string& out, std::string_view statement, std::string_view text, std::span<const Oid> types) {
  const Frame frame(out, 'P');
  put_text(out, statement);
  put_text(out, text);
  put_u16(out, static_cast<std::uint16_t>(types.size()));
  for (const Oid type : types) put_u32(out, static_cast<std::uint32_t>(type));
}

void write_describe_statement(std::string& out, std::string_view statement) { write_named(out, 'D', statement); }
void write_describe_portal(std::string& out) {
  const Frame frame(out, 'D');
  out.push_back('P');
  put_text(out, "");
}
void write_close_statement(std::string& out, std::string_view statement) { write_named(out, 'C', statement); }

SqlResult<void> write_bind(std::string& out, std::string_view statement, std::span<const SqlValue> parameters,
                           std::span<const Oid> types, std::span<const Column> columns) {
  const std::size_t before = out.size();
  std::size_t refused = 0;
  {
    const Frame frame(out, 'B');
    put_text(out, "");
    put_text(out, statement);
    put_u16(out, static_cast<std::uint16_t>(parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      put_u16(out, encodes_binary(sql_type_of(parameters[i]), types[i]) ? 1 : 0);
    }
    refused = put_values(out, parameters, types);
    put_u16(out, static_cast<std::uint16_t>(columns.size()));
    for (const Column& column : columns) put_u16(out, column.binary ? 1 : 0);
  }
  if (refused == 0) return {};
  out.resize(before);
  return SqlError(SqlErrorKind::kInvalid, "the value of parameter $" + std::to_string(refused) +
                                              " is beyond what the parameter's type can hold");
}

void write_execute(std::string& out) {
  const Frame frame(out, 'E');
  out.push_back('\0');
  put_u32(out, 0);  // all rows
}

void write_sync(std::string& out) { write_plain(out, 'S'); }
void write_terminate(std::string& out) { write_plain(out, 'X'); }
void write_copy_data(std::string& out, std::string_view data) { write_bytes(out, 'd', data); }
void write_copy_done(std::string& out) { write_plain(out, 'c'); }
void write_copy_fail(std::string& out, std::string_view reason) {
  const Frame frame(out, 'f');
  put_text(out, reason);
}

}  // namespace banyan::pg
