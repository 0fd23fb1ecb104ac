// mysqli_result: rows, and the columns they have.
#include <algorithm>

#include "php_mysqli/mysqli_objects.h"
#include "php_runtime/place.h"

namespace banyan::php_runtime {

namespace {

// The values of the next row; false: there is none.
bool next_row(MysqliRows& rows, std::vector<Value>& out) {
  const std::string_view* const row = rows.rows == nullptr ? nullptr : rows.rows->next();
  rows.lengths.clear();
  if (row == nullptr) return false;
  const bool good = rows.is_binary ? read_binary_row(*row, rows.fields, out)
                                   : read_text_row(*row, rows.fields, rows.native_numbers, out);
  if (!good) stop("database", "the server broke MySQL's protocol");
  for (const Value& v : out) rows.lengths.push_back(v.is_null() ? 0 : length_of(to_string(v)));
  return true;
}

Value row_array(MysqliRows& rows, Int mode) {
  std::vector<Value> values;
  if (!next_row(rows, values)) return {};
  Array out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Key number(static_cast<Int>(i));
    if ((mode & kMysqliNum) != 0 && out.lookup(number) == nullptr) out.set_key(number, values[i]);
    if ((mode & kMysqliAssoc) != 0) out.set_text(rows.fields[i].name, values[i]);
  }
  return out;
}

Value fetch_array(const MysqliCall& call) {
  const Int mode = call.integer(1, "mode", kMysqliBoth);
  MysqliRows& rows = call.rows();
  if (mode < kMysqliAssoc || mode > kMysqliBoth) {
    call.refuse(1, "mode", "must be one of MYSQLI_NUM, MYSQLI_ASSOC, or MYSQLI_BOTH");
  }
  return row_array(rows, mode);
}

Value fetch_all(const MysqliCall& call) {
  const Int mode = call.integer(1, "mode", kMysqliNum);
  MysqliRows& rows = call.rows();
  if (mode < kMysqliAssoc || mode > kMysqliBoth) {
    call.refuse(1, "mode", "must be one of MYSQLI_NUM, MYSQLI_ASSOC, or MYSQLI_BOTH");
  }
  Array out;
  for (Value row = row_array(rows, mode); row.is_array(); row = row_array(rows, mode)) out.append(row);
  return out;
}

Value fetch_column(const MysqliCall& call) {
  const Int column = call.integer(1, "column");
  MysqliRows& rows = call.rows();
  if (column < 0) call.refuse(1, "column", "must be greater than or equal to 0");
  if (static_cast<std::size_t>(column) >= rows.fields.size()) {
    call.refuse(1, "column", "must be less than the number of fields for this result set");
  }
  std::vector<Value> values;
  if (!next_row(rows, values)) return false;
  return values[static_cast<std::size_t>(column)];
}

// Properties first, the constructor then.
Value fetch_object(const MysqliCall& call) {
  Class* of = find_class("stdClass");
  if (call.has(1)) {
    const String name = call.text(1, "class");
    of = load_class(name);
    if (of == nullptr) {
      throw_type_error(concat({call.place(1, "class"), " must be a valid class name, ", name, " given"}));
    }
  }
  const Array arguments = call.has(2) ? param_array(call.at(2), call.place(2, "constructor_args")) : Array();
  MysqliRows& rows = call.rows();
  std::vector<Value> values;
  if (!next_row(rows, values)) return {};
  const ObjectPtr o = begin_object(*of);
  // A class that declares no properties gets them as they are.
  const bool is_open = o->properties.empty() && of->find_method("__set") == nullptr;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_open) {
      o->properties.set_text(rows.fields[i].name, values[i]);
    } else {
      set_prop(Value(o), rows.fields[i].name, of, values[i]);
    }
  }
  const bool constructs = of->find_method("__construct") != nullptr;
  if (constructs) construct(o, of, values_of(arguments));
  if (!constructs && !arguments.empty()) {
    throw_new("Exception", concat({call.place(2, "constructor_args"), " must be empty when the specified class (",
                                   of->name, ") does not have a constructor"}));
  }
  return o;
}

// ---- Columns ----

Value field_object(const MysqlField& field) {
  const Value made = new_object(*find_class("stdClass"), nullptr);
  Array& out = made.as_object().properties;
  const std::pair<std::string_view, Value> properties[] = {{"name", field.name},
                                                           {"orgname", field.original_name},
                                                           {"table", field.table},
                                                           {"orgtable", field.original_table},
                                                           {"def", ""},
                                                           {"db", field.database},
                                                           {"catalog", "def"},
                                                           {"max_length", 0},
                                                           {"length", field.length},
                                                           {"charsetnr", field.charset},
                                                           {"flags", field.flags},
                                                           {"type", static_cast<Int>(field.type)},
                                                           {"decimals", field.decimals}};
  for (const auto& [name, value] : properties) out.set_text(name, value);
  return made;
}

Value fetch_field(const MysqliCall& call) {
  MysqliRows& rows = call.rows();
  return rows.field < rows.fields.size() ? field_object(rows.fields[rows.field++]) : Value(false);
}

Value fetch_fields(const MysqliCall& call) {
  Array out;
  for (const MysqlField& one : call.rows().fields) out.append(field_object(one));
  return out;
}

std::size_t checked_field(const MysqliCall& call) {
  const Int number = call.integer(1, "index");
  if (number < 0) call.refuse(1, "index", "must be greater than or equal to 0");
  if (static_cast<std::size_t>(number) >= call.rows().fields.size()) {
    call.refuse(1, "index", "must be less than the number of fields for this result set");
  }
  return static_cast<std::size_t>(number);
}

Value fetch_field_direct(const MysqliCall& call) {
  const std::size_t number = checked_field(call);
  return field_object(call.rows().fields[number]);
}

Value field_seek(const MysqliCall& call) {
  call.rows().field = checked_field(call);
  return true;
}

// ---- Where it is ----

Value lengths_of(const MysqliRows& rows, Value none) {
  if (rows.lengths.empty()) return none;
  Array out;
  for (const Int one : rows.lengths) out.append(one);
  return out;
}

Value data_seek(const MysqliCall& call) {
  const Int row = call.integer(1, "offset");
  if (row < 0) call.refuse(1, "offset", "must be greater than or equal to 0");
  MysqliRows& rows = call.rows();
  if (rows.unbuffered()) throw_error(concat({call.name, "() cannot be used in MYSQLI_USE_RESULT mode"}));
  if (rows.rows == nullptr || static_cast<std::uint64_t>(row) >= rows.rows->count()) return false;
  rows.rows->seek(static_cast<std::uint64_t>(row));
  rows.lengths.clear();
  return true;
}

// Of a result that is fetched as it comes: those fetched so far.
std::uint64_t row_count(const MysqliRows& rows) {
  if (rows.rows == nullptr) return 0;
  if (!rows.unbuffered()) return rows.rows->count();
  return rows.rows->through() ? rows.rows->count() : 0;
}

Value num_rows(const MysqliCall& call) {
  MysqliRows& rows = call.rows();
  if (rows.unbuffered() && !rows.rows->through()) {
    throw_error("mysqli_num_rows() cannot be used in MYSQLI_USE_RESULT mode");
  }
  return count_value(row_count(rows));
}

Value free_result(const MysqliCall& call) {
  MysqliRows& rows = call.rows();
  rows.rows = nullptr;
  rows.freed = true;
  return {};
}

// ---- foreach ----

class MysqliWalk final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  void next() {
    row = row_array(static_cast<MysqliRows&>(*rows), kMysqliAssoc);
    if (row.is_array()) ++key;
  }
  void rewind() {
    auto& of = static_cast<MysqliRows&>(*rows);
    if (of.unbuffered() && of.rows->through()) {
      return warning("main(): Data fetched with MYSQLI_USE_RESULT can be iterated only once");
    }
    if (!of.unbuffered() && of.rows != nullptr) of.rows->seek(0);
    key = -1;
    next();
  }
  ObjectPtr rows;
  Value row;
  Int key = -1;
};
MysqliWalk& walk_of(const ObjectPtr& o) { return static_cast<MysqliWalk&>(*o); }

ObjectPtr iterator(const ObjectPtr& o) {
  static_cast<void>(MysqliCall{.name = "mysqli_result::getIterator", .is_method = true, .self = o, .given = {}}.rows());
  const ObjectPtr made = ObjectPtr::adopt(new MysqliWalk(find_class("MysqliRowIterator")));
  walk_of(made).rows = o;
  return made;
}

// To a program it is an InternalIterator; that name leads to the one of PDO's rows, which walks in another way.
void declare_walk() {
  Class& c = new_builtin("MysqliRowIterator", kFinal);
  c.interfaces.push_back(find_class("Iterator"));
  c.method("current", kPublic, +[](const ObjectPtr& o) { return walk_of(o).row; });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return walk_of(o).key; });
  c.method("next", kPublic, +[](const ObjectPtr& o) { walk_of(o).next(); });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return walk_of(o).row.is_array(); });
  c.method("rewind", kPublic, +[](const ObjectPtr& o) { walk_of(o).rewind(); });
  declare_builtin(c);
  c.name = "InternalIterator";
}

Value construct_rows(const MysqliCall& call) {
  const Value& link = call.at(1);
  if (!is_a(link, "mysqli")) refuse_param(call.place(1, "mysql"), "mysqli", link);
  const Int mode = call.integer(2, "result_mode", kMysqliStore);
  const MysqliCall on_link{.name = call.name, .is_method = true, .self = link.object(), .given = {}};
  MysqlClient& client = on_link.client();
  if (mode != kMysqliStore && mode != kMysqliUse) {
    call.refuse(2, "result_mode", "must be either MYSQLI_STORE_RESULT or MYSQLI_USE_RESULT");
  }
  auto rows = mode == kMysqliStore ? client.store_result() : client.use_result();
  if (rows == nullptr) {
    mysqli_report(call.name, client.error());
    return false;
  }
  auto& self = static_cast<MysqliRows&>(*call.self);
  self.fields = rows->fields();
  self.rows = std::move(rows);
  self.native_numbers = on_link.link().native_numbers;
  self.freed = false;
  return {};
}

template <PropertyName kName>
Value property_of(const MysqliCall& call) {
  return *mysqli_rows_property(call.rows(), kName.bytes);
}

constexpr MysqliEntry kRowEntries[] = {
    {"fetch_array", "mysqli_fetch_array", 0, 1, fetch_array},
    {"fetch_assoc", "mysqli_fetch_assoc", 0, 0, +[](const MysqliCall& c) { return row_array(c.rows(), kMysqliAssoc); }},
    {"fetch_row", "mysqli_fetch_row", 0, 0, +[](const MysqliCall& c) { return row_array(c.rows(), kMysqliNum); }},
    {"fetch_all", "mysqli_fetch_all", 0, 1, fetch_all},
    {"fetch_column", "mysqli_fetch_column", 0, 1, fetch_column},
    {"fetch_object", "mysqli_fetch_object", 0, 2, fetch_object},
    {"fetch_field", "mysqli_fetch_field", 0, 0, fetch_field},
    {"fetch_fields", "mysqli_fetch_fields", 0, 0, fetch_fields},
    {"fetch_field_direct", "mysqli_fetch_field_direct", 1, 1, fetch_field_direct},
    {"field_seek", "mysqli_field_seek", 1, 1, field_seek},
    {"", "mysqli_field_tell", 0, 0, property_of<"current_field">},
    {"", "mysqli_num_fields", 0, 0, property_of<"field_count">},
    {"", "mysqli_num_rows", 0, 0, num_rows},
    {"", "mysqli_fetch_lengths", 0, 0, +[](const MysqliCall& c) { return lengths_of(c.rows(), false); }},
    {"data_seek", "mysqli_data_seek", 1, 1, data_seek},
    {"free_result", "mysqli_free_result", 0, 0, free_result},
    {"free", "", 0, 0, free_result},
    {"close", "", 0, 0, free_result}};

constexpr MysqliEntry kRowConstructor[] = {{"__construct", "", 1, 2, construct_rows}};

}  // namespace

Object* MysqliRows::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

std::optional<Value> mysqli_rows_property(MysqliRows& rows, std::string_view name) {
  constexpr std::string_view kNames[] = {"current_field", "field_count", "lengths", "num_rows", "type"};
  if (std::ranges::find(kNames, name) == std::end(kNames)) return std::nullopt;
  if (rows.freed) {
    throw_error(name == "lengths" || name == "type" ? "Property access is not allowed yet"
                                                    : rows.of().name + " object is already closed");
  }
  if (name == "current_field") return Value(rows.field);
  if (name == "field_count") return Value(rows.fields.size());
  if (name == "lengths") return lengths_of(rows, {});
  if (name == "num_rows") return count_value(row_count(rows));
  return Value(rows.unbuffered() ? kMysqliUse : kMysqliStore);
}

ObjectPtr new_mysqli_rows(std::shared_ptr<MysqlResult> rows, bool is_binary, bool native_numbers) {
  const ObjectPtr made = ObjectPtr::adopt(new MysqliRows(find_class("mysqli_result")));
  auto& out = static_cast<MysqliRows&>(*made);
  out.fields = rows->fields();
  out.rows = std::move(rows);
  out.is_binary = is_binary;
  out.native_numbers = native_numbers;
  return made;
}

void declare_mysqli_rows() {
  declare_walk();
  Class& c = *find_class("mysqli_result");
  c.interfaces.push_back(find_class("IteratorAggregate"));
  c.make = +[](Class& of) -> Object* {
    auto* const made = new MysqliRows(&of);
    made->freed = true;  // until it is constructed
    return made;
  };
  declare_methods(c, kRowConstructor, std::size(kRowConstructor));
  declare_methods(c, kRowEntries, std::size(kRowEntries));
  c.method("getIterator", kPublic, iterator);
  declare_read_properties<MysqliRows>(c, mysqli_rows_property);
}

void register_mysqli_rows() { register_entries("mysqli_result", "result", kRowEntries, std::size(kRowEntries)); }

}  // namespace banyan::php_runtime
