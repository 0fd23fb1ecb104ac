#include "mariadb/packet_writer.h"

#include <algorithm>

#include "mariadb/packet_buffer.h"
#include "mariadb/value_codec.h"

namespace banyan::maria {
namespace {

constexpr std::size_t kHeaderBytes = 4;
constexpr std::uint32_t kPacketBytesMax = 1U << 30;  // what servers allow at most

void overwrite_header(std::string& out, std::size_t at, std::size_t length, std::uint8_t sequence) {
  for (std::size_t i = 0; i < 3; ++i) out[at + i] = static_cast<char>(length >> (8 * i) & 0xff);
  out[at + 3] = static_cast<char>(sequence);
}

}  // namespace

void put(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i) & 0xff));
}

void put_packed(std::string& out, std::uint64_t number) {
  if (number < 0xfb) {
    put(out, number, 1);
  } else if (number <= 0xffff) {
    put(out, 0xfc, 1);
    put(out, number, 2);
  } else if (number <= 0xffffff) {
    put(out, 0xfd, 1);
    put(out, number, 3);
  } else {
    put(out, 0xfe, 1);
    put(out, number, 8);
  }
}

void put_packed_text(std::string& out, std::string_view text) {
  put_packed(out, text.size());
  out.append(text);
}

std::size_t begin_packet(std::string& out) {
  out.append(kHeaderBytes, '\0');
  return out.size() - kHeaderBytes;
}

std::uint8_t end_packet(std::string& out, std::size_t header, std::uint8_t sequence) {
  for (;;) {
    const std::size_t length = out.size() - header - kHeaderBytes;
    if (length < kPartBytesMax) {
      overwrite_header(out, header, length, sequence++);
      return sequence;
    }
    overwrite_header(out, header, kPartBytesMax, sequence++);
    header += kHeaderBytes + kPartBytesMax;
    out.insert(header, kHeaderBytes, '\0');
  }
}

std::uint8_t sequence_after(std::string_view packets) {
  std::uint8_t sequence = 0;
  while (packets.size() >= kHeaderBytes) {
    sequence = static_cast<std::uint8_t>(packets[3]);
    packets.remove_prefix(std::min(packets.size(), kHeaderBytes + read_u24(packets.data())));
    ++sequence;
  }
  return sequence;
}

void put_tls_request(std::string& out, std::uint64_t capabilities, std::uint8_t charset) {
  put(out, capabilities, 4);
  put(out, kPacketBytesMax, 4);
  put(out, charset, 1);
  out.append(19, '\0');
  put(out, capabilities >> 32, 4);
}

void put_handshake_response(std::string& out, const HandshakeResponse& response) {
  put_tls_request(out, response.capabilities, response.charset);
  out.append(response.user).push_back('\0');
  put_packed_text(out, response.proof);
  if (!response.database.empty()) out.append(response.database).push_back('\0');
  out.append(response.plugin).push_back('\0');
}

void write_command(std::string& out, Command command, std::string_view argument) {
  const std::size_t header = begin_packet(out);
  out.push_back(static_cast<char>(command));
  out.append(argument);
  end_packet(out, header, 0);
}

void write_close_statement(std::string& out, std::uint32_t id) {
  const std::size_t header = begin_packet(out);
  out.push_back(static_cast<char>(Command::kClose));
  put(out, id, 4);
  end_packet(out, header, 0);
}

void write_multi_statements(std::string& out, bool on) {
  const std::size_t header = begin_packet(out);
  out.push_back(static_cast<char>(Command::kSetOption));
  put(out, on ? 0 : 1, 2);
  end_packet(out, header, 0);
}

SqlResult<void> write_execute(std::string& out, std::uint32_t id, std::span<const SqlValue> parameters) {
  const std::size_t header = begin_packet(out);
  out.push_back(static_cast<char>(Command::kExecute));
  put(out, id, 4);
  put(out, 0, 1);  // no cursor
  put(out, 1, 4);  // run once
  if (!parameters.empty()) {
    const std::size_t nulls = out.size();
    out.append((parameters.size() + 7) / 8, '\0');
    put(out, 1, 1);  // types follow
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const SqlType type = sql_type_of(parameters[i]);
      if (type == SqlType::kNull) out[nulls + i / 8] = static_cast<char>(out[nulls + i / 8] | 1 << i % 8);
      put(out, static_cast<std::uint8_t>(type_of_parameter(type)), 2);
    }
    for (const SqlValue& value : parameters) {
      SqlResult<void> encoded = encode_value(out, value);
      if (!encoded.ok()) {
        out.resize(header);
        return encoded;
      }
    }
  }
  end_packet(out, header, 0);
  return {};
}

}  // namespace banyan::maria
