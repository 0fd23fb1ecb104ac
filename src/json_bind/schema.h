// What a bound type allows, as JSON Schema 2020-12, the dialect of OpenAPI 3.1.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "json/write.h"
#include "json_bind/field.h"

namespace banyan::json {

// Gives structs names, and remembers which were asked for: each is written once, under `definitions`.
class SchemaWriter {
 public:
  // `prefix` comes before a name in a $ref: "#/components/schemas/".
  explicit SchemaWriter(std::string_view prefix) : prefix_(prefix) {}

  // The schema of a type; a struct becomes a $ref.
  void write(Writer& out, const BoundType& type) { write(out, type, nullptr, nullptr); }
  // That of a field, with its rules and what it says about itself.
  void write_field(Writer& out, const Field& field) { write(out, field.type(), &field, nullptr); }
  // The members of an object {"Name": schema, ...} for all structs named so far and those they hold.
  void write_definitions(Writer& out);

 private:
  void write(Writer& out, const BoundType& type, const Field* field, const void* value);
  void write_kind(Writer& out, const BoundType& type, const Field* field);
  void write_object(Writer& out, const BoundType& type);
  std::string name_of(const BoundType& type);

  std::string prefix_;
  std::map<const ObjectType*, std::string> names_;
  std::map<std::string, const BoundType*> types_;
};

}  // namespace banyan::json
