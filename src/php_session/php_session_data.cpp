#include "php_session/php_session_data.h"

#include <algorithm>

#include "php_session/php_session_parser.h"

namespace banyan {
namespace {

using Kind = PhpValue::Kind;

// Counts values as PHP's own reader does: each has the next number, but for references, which have that of their
// target.
class Writer {
 public:
  explicit Writer(const std::vector<PhpValue>& shared) : shared_(shared), numbers_(shared.size(), 0) {}

  std::string out;

  void value(const PhpValue& value) {
    if (value.kind == Kind::kShared) {
      place(value);
      return;
    }
    ++count_;
    plain(value);
  }
  void entries(const std::vector<PhpEntry>& entries) {
    out.append(std::to_string(entries.size())).append(":{");
    for (const PhpEntry& entry : entries) {
      key(entry.key);
      value(entry.value);
    }
    out += '}';
  }
  void count_one() { ++count_; }

 private:
  void place(const PhpValue& place) {
    const auto node = static_cast<std::size_t>(place.integer);
    if (numbers_[node] == 0) {
      numbers_[node] = ++count_;
      plain(shared_[node]);
      return;
    }
    if (!place.reference) ++count_;
    out.append(place.reference ? "R:" : "r:").append(std::to_string(numbers_[node])).append(";");
  }
  void key(const PhpKey& key) {
    if (key.is_integer) {
      out.append("i:").append(std::to_string(key.integer)).append(";");
    } else {
      quoted("s", key.text);
      out += ';';
    }
  }
  void quoted(const char* mark, std::string_view text) {
    out.append(mark).append(":").append(std::to_string(text.size())).append(":\"").append(text).append("\"");
  }
  void plain(const PhpValue& value) {
    switch (value.kind) {
      case Kind::kNull:
        out += "N;";
        return;
      case Kind::kBool:
        out += value.integer != 0 ? "b:1;" : "b:0;";
        return;
      case Kind::kInt:
        out.append("i:").append(std::to_string(value.integer)).append(";");
        return;
      case Kind::kFloat:
        out.append("d:").append(value.text.empty() ? php_float_text(value.real) : value.text).append(";");
        return;
      case Kind::kString:
        quoted("s", value.text);
        out += ';';
        return;
      case Kind::kArray:
        out += "a:";
        entries(value.entries);
        return;
      case Kind::kObject:
        quoted("O", value.text);
        out += ':';
        entries(value.entries);
        return;
      case Kind::kCustom:
        quoted("C", value.text);
        out.append(":").append(std::to_string(value.raw.size())).append(":{").append(value.raw).append("}");
        return;
      case Kind::kEnum:
        quoted("E", value.text);
        out += ';';
        return;
      case Kind::kShared:
        return;  // a node is never another node
    }
  }

  const std::vector<PhpValue>& shared_;
  std::vector<std::uint64_t> numbers_;  // of each node, once it is written
  std::uint64_t count_ = 0;
};

}  // namespace

Result<PhpSessionData> PhpSessionData::parse(std::string_view bytes, PhpSessionFormat format) {
  return PhpSessionParser(bytes).parse(format);
}

Result<std::string> PhpSessionData::write(PhpSessionFormat format) const {
  Writer writer(shared_);
  if (format == PhpSessionFormat::kPhpSerialize) {
    writer.count_one();
    writer.out = "a:";
    writer.entries(entries_);
    return std::move(writer.out);
  }
  for (const PhpEntry& entry : entries_) {
    if (entry.key.is_integer || entry.key.text.find('|') != std::string::npos) {
      return Error(ErrorCode::kInvalidArgument,
                   "php session: the format `php` cannot hold a key that is a number or has a | in it; use others, or "
                   "session.serialize_handler = php_serialize");
    }
    writer.out.append(entry.key.text).append("|");
    writer.value(entry.value);
  }
  return std::move(writer.out);
}

const PhpValue& PhpSessionData::resolve(const PhpValue& value) const {
  return value.kind == Kind::kShared ? shared_[static_cast<std::size_t>(value.integer)] : value;
}

const PhpValue* PhpSessionData::get(std::string_view key) const {
  for (const PhpEntry& entry : entries_) {
    if (entry.key == PhpKey::of(key)) return &resolve(entry.value);
  }
  return nullptr;
}

void PhpSessionData::set(std::string_view key, PhpValue value) {
  for (PhpEntry& entry : entries_) {
    if (entry.key != PhpKey::of(key)) continue;
    const bool reference = entry.value.kind == Kind::kShared && entry.value.reference;
    (reference ? shared_[static_cast<std::size_t>(entry.value.integer)] : entry.value) = std::move(value);
    return;
  }
  entries_.push_back({PhpKey::of(key), std::move(value)});
}

void PhpSessionData::erase(std::string_view key) {
  std::erase_if(entries_, [&](const PhpEntry& entry) { return entry.key == PhpKey::of(key); });
}

}  // namespace banyan
