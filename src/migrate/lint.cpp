#include "migrate/lint.h"

#include <algorithm>
#include <set>

#include "migrate/sql_script.h"

namespace banyan::migrate {
namespace {

using Words = std::vector<std::string>;

bool begins(const Words& words, const std::vector<std::string_view>& with) {
  return words.size() >= with.size() && std::equal(with.begin(), with.end(), words.begin());
}
bool has(const Words& words, const std::vector<std::string_view>& run) {
  return std::search(words.begin(), words.end(), run.begin(), run.end()) != words.end();
}

// The table of a CREATE TABLE, ALTER TABLE or CREATE INDEX; empty for others.
std::string table_of(const Words& words) {
  const bool table = words.size() > 2 && words[1] == "TABLE";
  auto at = table ? words.begin() + 2 : std::find(words.begin(), words.end(), "ON");
  if (!table && at != words.end()) ++at;
  while (at != words.end() && (*at == "IF" || *at == "NOT" || *at == "EXISTS" || *at == "ONLY")) ++at;
  return at == words.end() ? "" : *at;
}

class Linter {
 public:
  explicit Linter(SqlDialect dialect) : dialect_(dialect) {}

  void look_at(const SqlStatement& statement) {
    statement_ = &statement;
    words_ = sql_words(statement.text);
    if (begins(words_, {"CREATE", "TABLE"})) {
      made_.insert(table_of(words_));
    } else if (begins(words_, {"DROP"}) || begins(words_, {"TRUNCATE"})) {
      if (words_.size() > 1 && words_[1] == "INDEX") return;
      tell("drop",
           "what is dropped is gone for good, and programs of the version before may still use it: deploy a "
           "version that does not, and drop then");
    } else if (begins(words_, {"ALTER", "TABLE"})) {
      alter_table();
    } else if (begins(words_, {"CREATE", "INDEX"}) || begins(words_, {"CREATE", "UNIQUE", "INDEX"})) {
      create_index();
    } else if (begins(words_, {"UPDATE"}) || begins(words_, {"DELETE"})) {
      if (!has(words_, {"WHERE"})) tell("no-where", "every row is changed in one transaction: do it in batches");
    } else if (begins(words_, {"LOCK"}) || begins(words_, {"VACUUM", "FULL"}) || begins(words_, {"CLUSTER"})) {
      tell("lock", "the table is locked for everybody until this ends");
    }
  }
  std::vector<LintFinding> findings;

 private:
  void tell(std::string_view rule, std::string message) {
    if (statement_->waived.find(rule) != std::string::npos) return;
    findings.push_back({statement_->line, rule, std::move(message)});
  }

  void alter_table() {
    if (made_.contains(table_of(words_))) return;
    if (has(words_, {"DROP", "COLUMN"})) {
      tell("drop",
           "the column is gone for good, and programs of the version before still name it: deploy a version "
           "that does not, and drop then");
    }
    if (has(words_, {"RENAME"})) {
      tell("rename",
           "programs of the version before know only the old name: add the new one beside it, write both, "
           "and drop the old one in a later version");
    }
    const bool adds = has(words_, {"ADD", "COLUMN"});
    if (adds && has(words_, {"NOT", "NULL"}) && !has(words_, {"DEFAULT"})) {
      tell("not-null",
           "rows that are there have no value for it: give it a DEFAULT, or add it nullable, fill it and "
           "then set NOT NULL");
    }
    if (dialect_ == SqlDialect::kSqlite) return;
    if (has(words_, {"SET", "NOT", "NULL"})) {
      tell("not-null",
           "every row is read while nobody may use the table, and a null makes it fail: add a CHECK (... IS "
           "NOT NULL) NOT VALID and validate it first");
    }
    if (has(words_, {"TYPE"}) || begins_with_modify()) {
      tell("rewrite",
           "the table may be written anew while nobody may use it: add a column of the new type, fill it in "
           "batches, and change over");
    }
    const bool constraint = has(words_, {"ADD", "CONSTRAINT"}) || has(words_, {"ADD", "FOREIGN"});
    if (constraint && has(words_, {"FOREIGN", "KEY"}) && !has(words_, {"NOT", "VALID"})) {
      tell("lock",
           "both tables are locked against writing while every row is checked: add it NOT VALID, and VALIDATE "
           "CONSTRAINT in a migration of its own");
    }
    if (constraint && has(words_, {"UNIQUE"}) && !has(words_, {"USING", "INDEX"})) {
      tell("lock",
           "the table is locked while the index is built: CREATE UNIQUE INDEX CONCURRENTLY first, then ADD "
           "CONSTRAINT ... USING INDEX");
    }
  }
  bool begins_with_modify() const { return has(words_, {"MODIFY"}) || has(words_, {"CHANGE", "COLUMN"}); }

  void create_index() {
    if (dialect_ != SqlDialect::kPostgres || made_.contains(table_of(words_)) || has(words_, {"CONCURRENTLY"})) return;
    tell("index",
         "nobody may write to the table while the index is built: CREATE INDEX CONCURRENTLY, in a migration "
         "that begins with the line -- banyan: no transaction");
  }

  SqlDialect dialect_;
  std::set<std::string> made_;
  const SqlStatement* statement_ = nullptr;
  Words words_;
};

}  // namespace

std::vector<LintFinding> lint_sql(std::string_view script, SqlDialect dialect) {
  Linter linter(dialect);
  for (const SqlStatement& statement : split_sql(script)) linter.look_at(statement);
  return std::move(linter.findings);
}

}  // namespace banyan::migrate
