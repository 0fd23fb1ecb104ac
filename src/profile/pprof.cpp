#include "profile/pprof.h"

#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/check.h"

namespace banyan::profile {
namespace {

// The wire format of protocol buffers: a key, then a varint or a length and bytes.
class Message {
 public:
  void number(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    varint(std::uint64_t{field} << 3);
    varint(value);
  }
  void signed_number(std::uint32_t field, std::int64_t value) { number(field, static_cast<std::uint64_t>(value)); }
  void bytes(std::uint32_t field, std::string_view value) {
    varint((std::uint64_t{field} << 3) | 2);
    varint(value.size());
    text_ += value;
  }
  void message(std::uint32_t field, const Message& value) { bytes(field, value.text_); }
  template <class T>
  void packed(std::uint32_t field, const std::vector<T>& values) {
    Message inner;
    for (T value : values) inner.varint(static_cast<std::uint64_t>(value));
    message(field, inner);
  }
  std::string take() { return std::move(text_); }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

class Encoder {
 public:
  explicit Encoder(const Profile& profile) : profile_(profile) { (void)string_index(""); }

  std::string encode() {
    for (const ValueKind& kind : profile_.kinds) out_.message(1, value_type(kind));
    for (const Sample& sample : profile_.samples) write_sample(sample);
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) write_mapping(i);
    // Locations and functions were numbered as the samples named them.
    for (const auto& [frame, id] : locations_) write_location(frame, id);
    for (const auto& [name, id] : functions_) write_function(name, id);
    out_.signed_number(9, profile_.time_ns);
    out_.signed_number(10, profile_.duration_ns);
    if (!profile_.period_kind.type.empty()) out_.message(11, value_type(profile_.period_kind));
    out_.signed_number(12, profile_.period);
    if (!profile_.comment.empty()) out_.number(13, string_index(profile_.comment));
    for (std::string_view text : strings_) out_.bytes(6, text);
    return out_.take();
  }

 private:
  std::uint64_t string_index(std::string_view text) {
    const auto [known, is_new] = string_indexes_.emplace(text, strings_.size());
    if (is_new) strings_.push_back(known->first);
    return known->second;
  }

  Message value_type(const ValueKind& kind) {
    Message message;
    message.number(1, string_index(kind.type));
    message.number(2, string_index(kind.unit));
    return message;
  }

  void write_sample(const Sample& sample) {
    std::vector<std::uint64_t> ids;
    for (const Frame& frame : sample.stack) {
      ids.push_back(locations_.emplace(frame, locations_.size() + 1).first->second);
    }
    Message message;
    message.packed(1, ids);
    message.packed(2, sample.values);
    out_.message(2, message);
  }

  void write_mapping(std::size_t index) {
    const Mapping& mapping = profile_.mappings[index];
    Message message;
    message.number(1, index + 1);
    message.number(2, mapping.start);
    message.number(3, mapping.end);
    message.number(4, mapping.offset);
    message.number(5, string_index(mapping.file));
    message.number(6, string_index(mapping.build_id));
    message.number(7, mapping.has_functions ? 1 : 0);
    out_.message(3, message);
  }

  void write_location(const Frame& frame, std::uint64_t id) {
    Message message;
    message.number(1, id);
    if (frame.mapping >= 0) message.number(2, static_cast<std::uint64_t>(frame.mapping) + 1);
    message.number(3, frame.address);
    if (!frame.function.empty()) {
      Message line;
      line.number(1, functions_.emplace(frame.function, functions_.size() + 1).first->second);
      message.message(4, line);
    }
    out_.message(4, message);
  }

  void write_function(const std::string& name, std::uint64_t id) {
    Message message;
    message.number(1, id);
    message.number(2, string_index(name));
    message.number(3, string_index(name));
    out_.message(5, message);
  }

  const Profile& profile_;
  Message out_;
  std::map<std::string, std::uint64_t, std::less<>> string_indexes_;
  std::vector<std::string_view> strings_;
  std::map<Frame, std::uint64_t> locations_;
  std::map<std::string, std::uint64_t> functions_;
};

std::string name_of(const Frame& frame) {
  if (!frame.function.empty()) return frame.function;
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(frame.address));
  return text;
}

std::string value_text(std::int64_t value, const std::string& unit) {
  char text[48];
  if (unit == "nanoseconds") {
    std::snprintf(text, sizeof text, "%.2fs", static_cast<double>(value) / 1e9);
  } else {
    std::snprintf(text, sizeof text, "%lld", static_cast<long long>(value));
  }
  return text;
}

}  // namespace

std::string encode(const Profile& profile) { return Encoder(profile).encode(); }

std::string encode_gzipped(const Profile& profile) { return gzip(encode(profile)); }

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  BANYAN_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  BANYAN_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string top_text(const Profile& profile, std::size_t kind, std::size_t rows_max) {
  BANYAN_CHECK(kind < profile.kinds.size());
  struct Cost {
    std::int64_t flat = 0;
    std::int64_t cum = 0;
  };
  std::map<std::string, Cost> costs;
  std::int64_t total = 0;
  for (const Sample& sample : profile.samples) {
    const std::int64_t value = sample.values[kind];
    total += value;
    std::set<std::string> seen;  // recursion counts once
    for (std::size_t i = 0; i < sample.stack.size(); ++i) {
      const std::string name = name_of(sample.stack[i]);
      if (i == 0) costs[name].flat += value;
      if (seen.insert(name).second) costs[name].cum += value;
    }
  }
  std::vector<std::pair<std::string, Cost>> rows(costs.begin(), costs.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.second.flat != b.second.flat ? a.second.flat > b.second.flat : a.second.cum > b.second.cum;
  });
  const std::string& unit = profile.kinds[kind].unit;
  std::string out = "Total: " + value_text(total, unit) + " in " + std::to_string(profile.samples.size()) +
                    " different stacks\n      flat  flat%        cum   cum%\n";
  const double whole = total > 0 ? static_cast<double>(total) : 1;
  for (std::size_t i = 0; i < rows.size() && i < rows_max; ++i) {
    const Cost& cost = rows[i].second;
    char line[96];
    std::snprintf(line, sizeof line, "%10s %5.1f%% %10s %5.1f%%  ", value_text(cost.flat, unit).c_str(),
                  100 * static_cast<double>(cost.flat) / whole, value_text(cost.cum, unit).c_str(),
                  100 * static_cast<double>(cost.cum) / whole);
    out.append(line).append(rows[i].first).append("\n");
  }
  return out;
}

}  // namespace banyan::profile
