#include "ledger/masked_sample.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace banyan {
namespace {

std::string text_of(json::Value value) { return std::string(value.to_string().value_or("")); }

void write_body(json::Writer& out, json::Value body, const Mask& mask, bool* hidden) {
  if (body.to_string()) {
    *hidden |= mask.names_bodies();
    out.string(mask.names_bodies() ? std::string(kMasked) : text_of(body));
    return;
  }
  std::string text;
  json::append_value(text, body);
  const MaskedBody masked = mask.body(text, Sample::kAnswerBytesMax);
  *hidden |= masked.hidden;
  out.raw(masked.json);
}

std::string masked_answer(const std::string& answer, const Mask& mask, bool* body_hidden) {
  std::string text;
  json::Writer out(text);
  const Result<json::Document> document = json::parse(answer);
  if (!document.ok()) {
    *body_hidden = true;
    out.string(kMasked);
    return text;
  }
  const json::Value kept = document->root();
  out.begin_object().key("status").integer(kept["status"].to_int64().value_or(0)).key("headers").begin_object();
  for (const json::Member field : kept["headers"].members()) {
    out.key(field.key).string(mask.header(field.key, text_of(field.value)));
  }
  out.end_object().key("body");
  write_body(out, kept["body"], mask, body_hidden);
  out.end_object();
  return text;
}

std::string masked_differences(const std::string& differences, const Mask& mask, bool body_hidden) {
  std::string text;
  json::Writer out(text);
  out.begin_array();
  const Result<json::Document> document = json::parse(differences);
  if (document.ok()) {
    for (json::Value one : document->root().elements()) {
      const std::string place = text_of(one["path"]);
      out.begin_object().key("path").string(place).key("kind").string(text_of(one["kind"]));
      out.key("old").string(masked_value(place, text_of(one["old"]), mask, body_hidden));
      out.key("new").string(masked_value(place, text_of(one["new"]), mask, body_hidden)).end_object();
    }
  }
  out.end_array();
  return text;
}

}  // namespace

std::string masked_value(std::string_view place, std::string_view value, const Mask& mask, bool body_hidden) {
  constexpr std::string_view kHeader = "header ";
  if (place.starts_with(kHeader)) return mask.header(place.substr(kHeader.size()), value);
  if (place == "status" || place.starts_with("cookie ")) return std::string(value);
  const bool hidden =
      mask.names_bodies() ||
      (place.starts_with('$') ? mask.hides_place(place) || mask.body(value, value.size()).hidden : body_hidden);
  return std::string(hidden ? kMasked : value);
}

void mask_again(Sample& sample, const Mask& mask) {
  const std::size_t blank = std::min(sample.request_line.find(' '), sample.request_line.size());
  const std::size_t target = std::min(blank + 1, sample.request_line.size());
  sample.request_line.replace(target, std::string::npos,
                              mask.target(std::string_view(sample.request_line).substr(target)));
  bool body_hidden = false;
  sample.old_answer = masked_answer(sample.old_answer, mask, &body_hidden);
  sample.new_answer = masked_answer(sample.new_answer, mask, &body_hidden);
  sample.differences = masked_differences(sample.differences, mask, body_hidden);
}

}  // namespace banyan
