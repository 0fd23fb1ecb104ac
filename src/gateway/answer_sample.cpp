#include "gateway/answer_sample.h"

#include "answers/content_coding.h"
#include "json/write.h"
#include "ledger/masked_sample.h"
#include "ledger/records.h"

namespace banyan {
namespace {

constexpr std::string_view kHeaderPlace = "header ";
constexpr std::string_view kCookiePlace = "cookie ";
constexpr std::size_t kPlainBytesMax = std::size_t{4} << 20;
constexpr std::size_t kValueBytesMax = 512;

char type_of(std::string_view value) {
  const char first = value.front();
  if (first == '-' || (first >= '0' && first <= '9')) return '0';
  return first == 'f' ? 't' : first;
}

std::string shown(std::string_view place, const std::string& value, const Mask& mask, bool body_hidden) {
  return masked_value(place, value, mask, body_hidden).substr(0, kValueBytesMax);
}

}  // namespace

std::string sample_of(const ComparedAnswer& answer, const Mask& mask, bool* body_hidden) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("status").integer(answer.status).key("headers").begin_object();
  for (const auto& [name, value] : answer.headers) {
    if (text.size() > Sample::kAnswerBytesMax / 4) break;
    out.key(name.substr(0, kValueBytesMax))
        .string(std::string_view(mask.header(name, value)).substr(0, kValueBytesMax));
  }
  out.end_object().key("body");
  const Result<std::string> plain = decode_body(answer.header("content-encoding"), answer.body, kPlainBytesMax);
  if (plain.ok()) {
    const MaskedBody body = mask.body(*plain, Sample::kAnswerBytesMax - text.size() - 1);
    out.raw(body.json);
    *body_hidden |= body.hidden;
  } else {
    *body_hidden = true;
    out.string("(in a coding not known here)");
  }
  out.end_object();
  return text;
}

std::string_view kind_of(const AnswerDifference& difference) {
  if (difference.place == "status") return "status";
  if (difference.place.starts_with(kHeaderPlace) || difference.place.starts_with(kCookiePlace)) return "header";
  if (!difference.place.starts_with('$')) return "value";
  if (difference.old_side.empty()) return "extra";
  if (difference.new_side.empty()) return "missing";
  return type_of(difference.old_side) == type_of(difference.new_side) ? "value" : "type";
}

std::string sample_differences(const std::vector<AnswerDifference>& differences, const Mask& mask, bool body_hidden) {
  std::string text;
  json::Writer out(text);
  out.begin_array();
  for (const AnswerDifference& one : differences) {
    if (text.size() > Sample::kDifferencesBytesMax / 2) break;
    out.begin_object().key("path").string(std::string_view(one.place).substr(0, kValueBytesMax));
    out.key("kind").string(kind_of(one)).key("old").string(shown(one.place, one.old_side, mask, body_hidden));
    out.key("new").string(shown(one.place, one.new_side, mask, body_hidden)).end_object();
  }
  out.end_array();
  return text;
}

}  // namespace banyan
