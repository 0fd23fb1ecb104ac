// The colour of a request in its fields: `x-gray-tag: green`, and a member of W3C baggage, `baggage: x-gray-tag=green`.
//
// Both are written, since some services pass on one and some the other. Where both came, the field counts. A colour is
// a name as the configuration has them; anything else is no colour.
#pragma once

#include <string>
#include <string_view>

#include "http/fields.h"

namespace banyan {

class ColourFields {
 public:
  // `name` in small letters.
  explicit ColourFields(std::string name) : id_(field_id(name)), name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  // Whether there is anything to read or remove: a bit test for the usual name.
  bool present(const Fields& fields) const;
  // The colour they carry, or "".
  std::string read(const Fields& fields) const;
  // "" only removes. In a request: the field and the member; in an answer: the field.
  void put_in_request(std::string_view colour, Fields& fields) const;
  void put_in_answer(std::string_view colour, Fields& fields) const;

 private:
  FieldId id_;
  std::string name_;
};

bool is_colour(std::string_view text);

}  // namespace banyan
