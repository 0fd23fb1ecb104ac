#include "migrate/import.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"

namespace banyan::migrate {
namespace {

constexpr std::string_view kKeywords[] = {
    "alignas",  "and",       "asm",      "auto",     "bool",      "break",  "case",     "catch",    "char",
    "class",    "const",     "continue", "default",  "delete",    "do",     "double",   "else",     "enum",
    "explicit", "export",    "extern",   "false",    "float",     "for",    "friend",   "goto",     "if",
    "inline",   "int",       "long",     "mutable",  "namespace", "new",    "not",      "operator", "or",
    "private",  "protected", "public",   "register", "return",    "schema", "short",    "signed",   "sizeof",
    "static",   "struct",    "switch",   "template", "this",      "throw",  "true",     "try",      "typedef",
    "typename", "union",     "unsigned", "using",    "virtual",   "void",   "volatile", "while",    "xor"};

bool is_identifier(std::string_view name) {
  if (name.empty() || name.size() > 63 || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::ranges::all_of(name, [](char c) { return is_ascii_alnum(c) || c == '_'; });
}

// "order_items" to "OrderItem".
std::string struct_name(std::string_view table) {
  std::string name;
  bool up = true;
  for (const char c : table) {
    if (c == '_') {
      up = true;
      continue;
    }
    name.push_back(up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    up = false;
  }
  if (name.ends_with("ies")) return name.substr(0, name.size() - 3) + "y";
  if (name.ends_with("sses") || name.ends_with("xes")) return name.substr(0, name.size() - 2);
  const bool plural = name.size() > 2 && name.ends_with("s") && !name.ends_with("ss") && !name.ends_with("us");
  return plural ? name.substr(0, name.size() - 1) : name;
}

std::string_view cpp_type(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kBool:
      return "bool";
    case ColumnKind::kInt32:
      return "std::int32_t";
    case ColumnKind::kInt64:
      return "std::int64_t";
    case ColumnKind::kDouble:
      return "double";
    case ColumnKind::kBytes:
      return "banyan::SqlBytes";
    case ColumnKind::kTimestamp:
      return "banyan::SqlTimestamp";
    case ColumnKind::kDecimal:
      return "banyan::SqlDecimal";
    case ColumnKind::kText:
    case ColumnKind::kOther:
      break;
  }
  return "std::string";
}

// What the ORM calls a column of this kind; "" for what it has no type for.
std::string_view own_type(SqlDialect dialect, ColumnKind kind, bool indexed) {
  constexpr std::string_view kTypes[][3] = {{"INTEGER", "boolean", "tinyint(1)"},
                                            {"INTEGER", "integer", "int(11)"},
                                            {"INTEGER", "bigint", "bigint(20)"},
                                            {"REAL", "double precision", "double"},
                                            {"TEXT", "text", "longtext"},
                                            {"BLOB", "bytea", "longblob"},
                                            {"INTEGER", "timestamp with time zone", "datetime(6)"},
                                            {"TEXT", "numeric", "decimal(38,10)"}};
  if (kind == ColumnKind::kOther) return "";
  if (kind == ColumnKind::kText && indexed && dialect == SqlDialect::kMariadb) return "varchar(255)";
  return kTypes[static_cast<std::size_t>(kind)][static_cast<std::size_t>(dialect)];
}

// As orm::sql_type wants it.
bool is_sql_type(std::string_view type) {
  return std::ranges::all_of(type, [](char c) {
    return is_identifier({&c, 1}) || (c >= '0' && c <= '9') || std::string_view(" (),'[]").contains(c);
  });
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    c == '\n' ? out.append("\\n") : out.append(1, c);
  }
  return out + "\"";
}

class Entity {
 public:
  Entity(const CatalogueTable& table, std::string name) : table_(table), name_(std::move(name)) {}

  const CatalogueTable& table() const { return table_; }
  const std::string& name() const { return name_; }
  static std::string member(const CatalogueColumn& column) {
    return std::ranges::find(kKeywords, column.name) == std::end(kKeywords) ? column.name : column.name + "_";
  }
  std::string pointer(std::string_view column) const {
    const CatalogueColumn* const found = table_.column(column);
    return "&" + name_ + "::" + (found == nullptr ? std::string(column) : member(*found));
  }
  bool has(std::string_view column) const { return table_.column(column) != nullptr && is_identifier(column); }

 private:
  const CatalogueTable& table_;
  std::string name_;
};

// What stands in the way of an entity; empty if nothing does.
std::string obstacle(const CatalogueTable& table) {
  if (!is_identifier(table.name)) return "its name is no identifier";
  if (table.key.size() != 1) return table.key.empty() ? "it has no primary key" : "its key has several columns";
  if (!is_identifier(table.key[0])) return "the name of its key is no identifier";
  return "";
}

class Header {
 public:
  Header(const Catalogue& catalogue, SqlDialect dialect) : dialect_(dialect) {
    std::set<std::string, std::less<>> names;
    for (const CatalogueTable& table : catalogue.tables) {
      if (const std::string why = obstacle(table); !why.empty()) {
        left_out_ += "// The table " + table.name + " is left out: " + why + ".\n";
        continue;
      }
      std::string name = struct_name(table.name);
      while (!names.insert(name).second) name += "Row";
      entities_.emplace_back(table, std::move(name));
    }
  }

  std::string text(std::string_view name_space) const {
    std::string out =
        "// Entities of an existing database, written by `migrate import`. Read and rename; then they are yours.\n"
        "#pragma once\n\n#include <cstdint>\n#include <optional>\n#include <string>\n\n#include \"orm/orm.h\"\n\n";
    out.append("namespace ").append(name_space).append(" {\n\n").append(left_out_);
    for (const Entity& entity : entities_) out += "struct " + entity.name() + ";\n";
    for (const Entity& entity : entities_) out += "\n" + struct_text(entity);
    for (const Entity& entity : entities_) out += "\n" + schema_text(entity);
    return out + "\n}  // namespace " + std::string(name_space) + "\n";
  }

 private:
  const Entity* find(std::string_view table) const {
    for (const Entity& entity : entities_) {
      if (entity.table().name == table) return &entity;
    }
    return nullptr;
  }
  // The entity a foreign key leads to, if the ORM can follow it: to the key, of the same type.
  const Entity* target_of(const Entity& entity, const CatalogueForeignKey& key) const {
    const Entity* const target = find(key.table);
    if (target == nullptr || !entity.has(key.column)) return nullptr;
    const std::string& there = target->table().key[0];
    return key.target.empty() || key.target == there ? target : nullptr;
  }
  // "author_id" to "author"; made different from the members.
  static std::string edge_name(const Entity& entity, const CatalogueForeignKey& key) {
    std::string name = key.column.ends_with("_id") ? key.column.substr(0, key.column.size() - 3) : key.column + "_row";
    while (entity.table().column(name) != nullptr || !is_identifier(name) ||
           std::ranges::find(kKeywords, name) != std::end(kKeywords)) {
      name += "_row";
    }
    return name;
  }

  std::string struct_text(const Entity& entity) const {
    std::string out = "struct " + entity.name() + " {\n";
    for (const CatalogueColumn& column : entity.table().columns) {
      if (!is_identifier(column.name)) {
        out += "  // The column \"" + column.name + "\" is left out: its name is no identifier.\n";
        continue;
      }
      std::string type(cpp_type(column.kind));
      const bool zero = !column.nullable && (type[0] != 'b' || type == "bool") && type != "std::string";
      if (column.nullable) type = "std::optional<" + type + ">";
      out += "  " + type + " " + Entity::member(column) + (zero ? (type == "bool" ? " = false" : " = 0") : "") + ";";
      out += "\n";
    }
    for (const CatalogueForeignKey& key : entity.table().foreign_keys) {
      const Entity* const target = target_of(entity, key);
      if (target == nullptr) continue;
      out += "  banyan::orm::One<" + target->name() + "> " + edge_name(entity, key) + ";\n";
    }
    return out + "  struct schema;\n};\n";
  }

  static bool is_unique(const CatalogueTable& table, const std::string& column) {
    return std::ranges::any_of(table.indexes, [&](const CatalogueIndex& index) {
      return index.unique && index.columns == std::vector<std::string>{column};
    });
  }

  // The type, where it is not what the ORM would choose.
  std::string type_option(const CatalogueTable& table, const CatalogueColumn& column) const {
    const bool indexed = column.name == table.key[0] || is_foreign_key(table, column.name) ||
                         std::ranges::any_of(table.indexes, [&](const CatalogueIndex& index) {
                           return std::ranges::find(index.columns, column.name) != index.columns.end();
                         });
    const bool made = column.generated && dialect_ == SqlDialect::kSqlite;  // by its type
    if (made || column.type == own_type(dialect_, column.kind, indexed) || !is_sql_type(column.type)) return "";
    return ", banyan::orm::sql_type<\"" + column.type + "\">";
  }

  std::string default_option(const CatalogueColumn& column) const {
    const std::string& value = column.default_value;
    if (value.empty() || column.generated) return "";
    const bool words = dialect_ == SqlDialect::kPostgres;
    const bool number = value.find_first_not_of("0123456789") == std::string::npos && value.size() < 10;
    if (column.kind == ColumnKind::kBool && value == (words ? "true" : "1")) return ", banyan::orm::Default{true}";
    if (column.kind == ColumnKind::kBool && value == (words ? "false" : "0")) return ", banyan::orm::Default{false}";
    if ((column.kind == ColumnKind::kInt32 || column.kind == ColumnKind::kInt64) && number) {
      return ", banyan::orm::Default{" + value + "}";
    }
    if (column.kind == ColumnKind::kTimestamp && value == (words ? "now()" : "utc_timestamp(6)")) {
      return ", banyan::orm::default_now";
    }
    const std::size_t end = value.rfind('\'');
    if (column.kind == ColumnKind::kText && value[0] == '\'' && end > 0) {
      const std::string inner = value.substr(1, end - 1);
      const std::string_view cast = std::string_view(value).substr(end + 1);  // PostgreSQL's
      const bool plain = cast.empty() || cast == "::text" || cast == "::character varying" || cast == "::bpchar";
      if (plain && inner.find_first_of("'\\\"\n") == std::string::npos) {
        return ", banyan::orm::DefaultText{\"" + inner + "\"}";
      }
    }
    return ", banyan::orm::UnsafeDefault{" + literal(value) + "}";
  }

  std::string column_text(const Entity& entity, const CatalogueColumn& column) const {
    const CatalogueTable& table = entity.table();
    const std::string pointer = entity.pointer(column.name);
    std::string options;
    if (Entity::member(column) != column.name) options += ", banyan::orm::column<\"" + column.name + "\">";
    options += type_option(table, column);
    if (column.name == table.key[0]) return "banyan::orm::Key<" + pointer + options + ">";
    options += default_option(column);
    if (is_unique(table, column.name)) options += ", banyan::orm::unique";
    for (const CatalogueForeignKey& key : table.foreign_keys) {
      if (key.column != column.name || target_of(entity, key) == nullptr) continue;
      if (key.cascade) options += ", banyan::orm::on_delete_cascade";
      if (!has_index(table, key.column)) options += ", banyan::orm::not_indexed";
      return "banyan::orm::BelongsTo<&" + entity.name() + "::" + edge_name(entity, key) + ", " + pointer + options +
             ">";
    }
    return "banyan::orm::Field<" + pointer + options + ">";
  }

  std::string schema_text(const Entity& entity) const {
    const CatalogueTable& table = entity.table();
    std::string out = "struct " + entity.name() + "::schema : banyan::orm::Table<\"" + table.name + "\"";
    for (const CatalogueColumn& column : table.columns) {
      if (is_identifier(column.name)) out += ",\n    " + column_text(entity, column);
    }
    for (const CatalogueIndex& index : table.indexes) {
      const bool known = std::ranges::all_of(index.columns, [&](const std::string& one) { return entity.has(one); });
      const bool told = index.columns.size() == 1 && (index.unique || is_foreign_key(table, index.columns[0]));
      if (!known || told) continue;
      out += index.unique ? ",\n    banyan::orm::UniqueIndex<" : ",\n    banyan::orm::Index<";
      for (std::size_t i = 0; i < index.columns.size(); ++i) {
        out += (i == 0 ? "" : ", ") + entity.pointer(index.columns[i]);
      }
      out += ">";
    }
    return out + "> {};\n";
  }
  // Of its own. MariaDB makes one for every foreign key.
  bool has_index(const CatalogueTable& table, const std::string& column) const {
    return dialect_ == SqlDialect::kMariadb || std::ranges::any_of(table.indexes, [&](const CatalogueIndex& index) {
             return index.columns == std::vector<std::string>{column};
           });
  }
  static bool is_foreign_key(const CatalogueTable& table, const std::string& column) {
    return std::ranges::any_of(table.foreign_keys, [&](const auto& key) { return key.column == column; });
  }

  SqlDialect dialect_;
  std::vector<Entity> entities_;
  std::string left_out_;
};

}  // namespace

std::string entities_of(const Catalogue& catalogue, SqlDialect dialect, std::string_view name_space) {
  return Header(catalogue, dialect).text(name_space);
}

}  // namespace banyan::migrate
