#include "telemetry/baggage.h"

#include "http/target.h"

namespace banyan {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Walks the members of all lines, in order; empty ones are passed over.
class MemberReader {
 public:
  explicit MemberReader(const Fields& fields) : next_(fields.begin()), end_(fields.end()) {}

  bool next(std::string_view& member) {
    for (;;) {
      while (rest_.empty()) {
        while (next_ != end_ && next_->id != FieldId::kBaggage) ++next_;
        if (next_ == end_) return false;
        rest_ = (next_++)->value;
      }
      const std::size_t comma = rest_.find(',');
      member = trim(rest_.substr(0, comma));
      rest_ = comma == rest_.npos ? std::string_view() : rest_.substr(comma + 1);
      if (!member.empty()) return true;
    }
  }

 private:
  const Fields::Entry* next_;
  const Fields::Entry* end_;
  std::string_view rest_;
};

bool has_name(std::string_view member, std::string_view name) {
  return member.starts_with(name) && trim(member.substr(name.size())).starts_with('=');
}

bool is_there(const Fields& fields, std::string_view name) {
  MemberReader reader(fields);
  for (std::string_view member; reader.next(member);) {
    if (has_name(member, name)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> baggage_member(const Fields& fields, std::string_view name) {
  if (!fields.has(FieldId::kBaggage)) return std::nullopt;
  MemberReader reader(fields);
  for (std::string_view member; reader.next(member);) {
    if (!has_name(member, name)) continue;
    const std::string_view pair = member.substr(0, member.find(';'));
    std::string value;
    if (!percent_decode(trim(pair.substr(pair.find('=') + 1)), value)) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

void put_baggage_member(std::string_view name, std::string_view value, Fields& fields) {
  const bool present = fields.has(FieldId::kBaggage);
  if (value.empty() && (!present || !is_there(fields, name))) return;
  std::string line;
  std::size_t members = 0;
  if (!value.empty()) {
    line.append(name).append("=").append(value);
    members = 1;
  }
  MemberReader reader(fields);
  for (std::string_view member; present && reader.next(member);) {
    if (has_name(member, name)) continue;
    if (members == kBaggageMembersMax || line.size() + 1 + member.size() > kBaggageBytesMax) break;
    if (!line.empty()) line += ',';
    line += member;
    ++members;
  }
  if (line.empty()) {
    fields.remove(FieldId::kBaggage);
  } else {
    fields.set_copy(FieldId::kBaggage, line);
  }
}

}  // namespace banyan
