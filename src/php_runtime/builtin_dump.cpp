#include "php_runtime/builtin_dump.h"

#include <unordered_set>

#include "php_runtime/diagnostic.h"
#include "php_runtime/resource.h"
#include "php_runtime/spl.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// Marks an object as being printed, which ends a recursion.
class Busy {
 public:
  explicit Busy(Object& o) : object_(o) { object_.busy = true; }
  ~Busy() { object_.busy = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  Object& object_;
};

String enum_case_of(const Object& o) { return to_string(*o.properties.lookup(Key(String("name")))); }

// The function that a closure is of, what it captured, its object, its parameters.
std::vector<Property> closure_parts(const Closure& c) {
  std::vector<Property> out;
  auto add = [&](std::string_view name, const Value& v) {
    out.push_back({std::string(name), "public", nullptr, v, false});
  };
  if (!c.function().name.ends_with("{closure}")) add("function", Value(c.function().name));
  if (!c.captured.empty()) add("static", c.captured);
  if (c.target.self) add("this", c.target.self);
  Array parameters;
  const Function& f = c.function();
  for (std::size_t i = 0; i < f.names.size(); ++i) {
    parameters.set_text(concat({f.wants_reference(i) ? "&$" : "$", f.names[i]}),
                        static_cast<int>(i) < f.required ? "<required>" : "<optional>");
  }
  if (!parameters.empty()) add("parameter", parameters);
  return out;
}

std::vector<Property> debug_info(const Value& object) {
  const Value given = call_method(object.as_object(), "__debugInfo").deref();
  if (!given.is_array() && !given.is_null()) fatal("__debuginfo() must return an array");
  std::vector<Property> out;
  if (given.is_null()) return out;
  for (const auto& [key, value] : given.as_array()) {
    Property made{key.string().str(), "public", nullptr, value, false};
    // Its key may say, as those of (array) do, what a property it is.
    if (const std::size_t end = made.name.rfind('\0'); made.name.starts_with('\0') && end > 0) {
      const std::string declarer = made.name.substr(1, end - 1);
      made.visibility = declarer == "*" ? "protected" : "private";
      if (declarer != "*") made.declarer = find_class(declarer);
      made.name.erase(0, end + 1);
    }
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace

std::vector<Property> shown_properties(const Value& object) {
  const Object& o = object.as_object();
  if (o.native() == Native::kClosure) return closure_parts(static_cast<const Closure&>(o));
  if (o.of().find_method("__debugInfo") != nullptr) return debug_info(object);
  if (const auto* container = dynamic_cast<const Container*>(&o)) return container->shown();
  return properties_of(o);
}

namespace {

std::string_view printed_name(const Class& c) { return c_string(c.name); }

class Dumper {
 public:
  void value(const Value& given, std::size_t depth) {
    const bool marked = depth > 0 && given.is_reference() && !given.as_reference().alone();
    const std::string_view mark = marked ? "&" : "";
    const Value& v = given.deref();
    switch (v.kind()) {
      case Kind::kBool:
        return line(depth, {mark, "bool(", v.as_bool() ? "true" : "false", ")"});
      case Kind::kInt:
        return line(depth, {mark, "int(", std::to_string(v.as_int()), ")"});
      case Kind::kFloat:
        return line(depth, {mark, "float(", float_repr(v.as_float()), ")"});
      case Kind::kString:
        return line(depth, {mark, "string(", std::to_string(v.as_string().size()), ") \"", v.as_string(), "\""});
      case Kind::kArray:
        return array(v.as_array(), depth, mark);
      case Kind::kObject:
        return object(v, depth, mark);
      case Kind::kResource:
        return line(depth, {mark, "resource(", std::to_string(v.as_resource().id()), ") of type (",
                            v.as_resource().kind(), ")"});
      default:
        return line(depth, {mark, "NULL"});
    }
  }
  std::string out;

 private:
  void line(std::size_t depth, std::initializer_list<std::string_view> parts) {
    out.append(2 * depth, ' ');
    for (std::string_view part : parts) out += part;
    out += '\n';
  }

  void array(const Array& a, std::size_t depth, std::string_view mark) {
    if (a.body() != nullptr && !seen_.insert(a.body()).second) return line(depth, {"*RECURSION*"});
    line(depth, {mark, "array(", std::to_string(a.size()), ") {"});
    for (const auto& [key, element] : a) {
      const std::string_view quote = key.is_text() ? "\"" : "";
      line(depth + 1, {"[", quote, key.string(), quote, "]=>"});
      value(element, depth + 1);
    }
    line(depth, {"}"});
    seen_.erase(a.body());
  }

  void object(const Value& v, std::size_t depth, std::string_view mark) {
    Object& o = v.as_object();
    if (o.of().has_flag(kEnum)) return line(depth, {mark, "enum(", o.of().name, "::", enum_case_of(o), ")"});
    if (o.busy) return line(depth, {"*RECURSION*"});
    const Busy busy(o);
    const std::vector<Property> all = shown_properties(v);
    std::size_t count = 0;
    for (const Property& p : all) count += p.value.is_undefined() ? 0 : 1;
    line(depth,
         {mark, "object(", printed_name(o.of()), ")#", std::to_string(o.number()), " (", std::to_string(count), ") {"});
    for (const Property& p : all) {
      const std::string_view quote = p.number ? "" : "\"";
      line(depth + 1, {"[", quote, p.name, quote, dump_mark(p), "]=>"});
      if (p.value.is_undefined()) {
        line(depth + 1, {"uninitialized(", type_of(o, p), ")"});
      } else {
        value(p.value, depth + 1);
      }
    }
    line(depth, {"}"});
  }

  static std::string dump_mark(const Property& p) {
    if (p.visibility == "protected") return ":protected";
    if (p.visibility != "private") return {};
    return concat({":\"", p.declarer != nullptr ? printed_name(*p.declarer) : "", "\":private"});
  }

  static std::string type_of(const Object& o, const Property& p) {
    const ClassProperty* declared = o.of().find_property(p.name, false);
    return declared != nullptr ? declared->types : "mixed";
  }

  std::unordered_set<const ArrayBody*> seen_;
};

}  // namespace

void var_dump(const Value& value, Arguments values) {
  auto dump = [](const Value& v) {
    Dumper dumper;
    dumper.value(v, 0);
    echo(dumper.out);
  };
  dump(value);
  for (const Value& v : values) dump(v);
}

namespace {

class Printer {
 public:
  void value(const Value& v, std::size_t indent) {
    if (v.is_array()) return array(v.as_array(), indent);
    if (v.is_object()) return object(v, indent);
    out += to_string(v);
  }
  std::string out;

 private:
  void open(std::size_t indent) { out += std::string(indent, ' ') + "(\n"; }
  void close(std::size_t indent) { out += std::string(indent, ' ') + ")\n"; }
  void item(std::size_t indent, std::string_view name, const Value& v) {
    out.append(indent, ' ');
    out += concat({"    [", name, "] => "});
    value(v.deref(), indent + 8);
    out += '\n';
  }

  void array(const Array& a, std::size_t indent) {
    if (a.body() != nullptr && !seen_.insert(a.body()).second) {
      out += "Array\n *RECURSION*";
      return;
    }
    out += "Array\n";
    open(indent);
    for (const auto& [key, element] : a) item(indent, key.string(), element);
    close(indent);
    seen_.erase(a.body());
  }

  void object(const Value& v, std::size_t indent) {
    Object& o = v.as_object();
    out += o.of().name;
    if (o.of().has_flag(kEnum)) {
      const Value* backing = o.properties.lookup(Key(String("value")));
      out += backing == nullptr ? std::string(" Enum\n") : concat({" Enum:", type_name(*backing), "\n"});
    } else {
      out += " Object\n";
    }
    if (o.busy) {
      out += " *RECURSION*";
      return;
    }
    const Busy busy(o);
    open(indent);
    for (const Property& p : shown_properties(v)) {
      if (p.value.is_undefined()) continue;
      std::string mark;
      if (p.visibility == "protected") mark = ":protected";
      if (p.visibility == "private") mark = concat({":", p.declarer != nullptr ? p.declarer->name : "", ":private"});
      item(indent, p.name + mark, p.value);
    }
    close(indent);
  }

  std::unordered_set<const ArrayBody*> seen_;
};

}  // namespace

// Prints, or gives the text where asked to.
Value print_r(const Value& value, bool give) {
  Printer printer;
  printer.value(value.deref(), 0);
  if (give) return printer.out;
  echo(printer.out);
  return true;
}

namespace {

std::string export_string(std::string_view s) {
  std::string out = "'";
  for (char c : s) {
    if (c == '\0') {
      out += "' . \"\\0\" . '";
      continue;
    }
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

class Exporter {
 public:
  void value(const Value& v, std::size_t depth) {
    switch (v.kind()) {
      case Kind::kBool:
        out += v.as_bool() ? "true" : "false";
        return;
      case Kind::kInt:
        out += v.as_int() == INT64_MIN ? "-9223372036854775807-1" : std::to_string(v.as_int());
        return;
      case Kind::kFloat: {
        const std::string text = float_repr(v.as_float()).str();
        out += text;
        if (text.find_first_of(".EN") == std::string::npos) out += ".0";
        return;
      }
      case Kind::kString:
        out += export_string(v.as_string());
        return;
      case Kind::kArray:
        return array(v.as_array(), depth);
      case Kind::kObject:
        return object(v, depth);
      default:
        out += "NULL";
    }
  }
  std::string out;

 private:
  void array(const Array& a, std::size_t depth) {
    if (a.body() != nullptr && !seen_.insert(a.body()).second) {
      warning("var_export does not handle circular references");
      out += "NULL";
      return;
    }
    const std::string pad(2 * depth, ' ');
    if (depth > 0) out += "\n" + pad;
    out += "array (\n";
    for (const auto& [key, element] : a) {
      out += concat({pad, "  ", key.is_text() ? export_string(key.text()) : std::to_string(key.number()), " => "});
      value(element.deref(), depth + 1);
      out += ",\n";
    }
    out += pad + ")";
    seen_.erase(a.body());
  }

  void object(const Value& v, std::size_t depth) {
    Object& o = v.as_object();
    if (o.busy) {
      warning("var_export does not handle circular references");
      out += "NULL";
      return;
    }
    const Busy busy(o);
    const std::string pad(2 * depth, ' ');
    if (depth > 0) out += "\n" + pad;
    if (o.of().has_flag(kEnum)) {
      out += concat({"\\", o.of().name, "::", enum_case_of(o)});
      return;
    }
    const bool standard = o.of().name == "stdClass";
    out += standard ? "(object) array(\n" : concat({"\\", o.of().name, "::__set_state(array(\n"});
    const auto* container = dynamic_cast<const Container*>(&o);
    const bool is_open = container != nullptr && container->is_open();
    for (const Property& p : is_open ? container->shown() : properties_of(o)) {
      if (p.value.is_undefined()) continue;
      out += concat({pad, "   ", export_string(p.name), " => "});
      value(p.value.deref(), depth + 1);
      out += ",\n";
    }
    out += pad + (standard ? ")" : "))");
  }

  std::unordered_set<const ArrayBody*> seen_;
};

}  // namespace

Value var_export(const Value& value, bool give) {
  Exporter exporter;
  exporter.value(value.deref(), 0);
  if (give) return exporter.out;
  echo(exporter.out);
  return {};
}

}  // namespace banyan::php_runtime
