#include "gateway/change_note.h"

#include <algorithm>

#include "base/utf8.h"
#include "json/parse.h"

namespace banyan {
namespace {

bool fits(std::string_view text, std::size_t characters_max) { return utf8_prefix(text, characters_max) == text; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_name(std::string_view text) {
  return !text.empty() && fits(text, ChangeNote::kWhoCharactersMax) && std::ranges::none_of(text, is_control);
}

}  // namespace

std::string ChangeNote::named(std::string_view source) const {
  return who.empty() ? std::string(source) : who + " (" + std::string(source) + ")";
}

Result<ChangeNote> read_change_note(std::string_view body) {
  ChangeNote note;
  const Result<json::Document> document = json::parse(body);
  if (!document.ok()) return note;
  if (const json::Value said = document->root()["reason"]; !said.absent()) {
    const std::optional<std::string_view> reason = said.to_string();
    if (!reason || !fits(*reason, ChangeNote::kReasonCharactersMax)) {
      return Error(ErrorCode::kInvalidArgument, "\"reason\" is a text of at most 500 characters");
    }
    note.reason = *reason;
  }
  if (const json::Value said = document->root()["who"]; !said.absent()) {
    const std::optional<std::string_view> who = said.to_string();
    if (!who || !is_name(*who)) {
      return Error(ErrorCode::kInvalidArgument, "\"who\" is a name of at most 100 characters, in one line");
    }
    note.who = *who;
  }
  return note;
}

}  // namespace banyan
