// What is known about a PHP code base: start here.
//
// The problem: whoever leaves PHP has to know what each function does, what it calls, what types its values have, and
// whether it can be converted. The idea: every file is parsed and described on its own (declarations.h), on several
// threads, and kept until it changes; then everything is linked and the functions are looked at from the leaves
// of the call graph up, so that each is seen when the summaries of what it calls are known.
//
//   Project project({.threads = 2});
//   for (...) project.set_file("src/a.php", content);
//   const Facts& facts = project.analyze();
//   for (const FunctionInfo& function : facts.functions()) use(function.declared->name, function.readiness);
//
// Everything is in order of path, then of offset: the same files give the same facts, whatever the threads and whatever
// was analysed before. Ids are indices and hold for one Facts only.
//
// Bounds: a call has at most 8 candidates, a class 256 ancestors, a type the limits of type.h, a path of taint 24
// steps, a value 4 origins, a function 32 flows, 64 hazards and 32 thrown classes, a circle of the call graph 4 rounds.
// What is beyond becomes wider or unknown. A function with more than 200,000 visited nodes, or with goto, is not
// evaluated: its types are those it declares.
//
// Not seen: what happens through references other than "may change"; the order in which includes run; properties
// changed from outside their class; code made by eval. Values of properties are not followed between functions,
// what closures capture is not followed into them, and what a call gives back that cannot be resolved counts as clean.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_check/composer_autoload.h"
#include "php_check/declarations.h"
#include "php_check/verdict.h"
#include "php_parse/parse.h"

namespace banyan::php {

struct FileId {
  std::uint32_t value = UINT32_MAX;
  explicit operator bool() const { return value != UINT32_MAX; }
  friend auto operator<=>(FileId, FileId) = default;
};
struct ClassId {
  std::uint32_t value = UINT32_MAX;
  explicit operator bool() const { return value != UINT32_MAX; }
  friend auto operator<=>(ClassId, ClassId) = default;
};
struct FunctionId {
  std::uint32_t value = UINT32_MAX;
  explicit operator bool() const { return value != UINT32_MAX; }
  friend auto operator<=>(FunctionId, FunctionId) = default;
};

struct BuiltinFunction;  // builtins.h
struct BuiltinClass;

enum class Resolution : std::uint8_t {
  kResolved,    // one function of the code base
  kBuiltin,     // one of PHP's own
  kCandidates,  // one of several, as far as the types tell
  kUnknown,     // cannot be told, or is not there
};

struct Call {
  static constexpr std::size_t kCandidatesMax = 8;
  const CallSite* site = nullptr;
  Resolution resolution = Resolution::kUnknown;
  bool by_name_only = false;  // the candidates are all the methods of that name: nothing tells the class
  bool is_undefined = false;  // the name is known, and neither the code base nor PHP has it
  std::vector<FunctionId> targets;
  const BuiltinFunction* builtin = nullptr;
  const BuiltinClass* builtin_class = nullptr;  // whose method is called
};

enum class Readiness : std::uint8_t { kConvertible, kReview, kRefused };
// "convertible", "review", "refused".
std::string_view readiness_name(Readiness readiness);

struct Reason {
  const char* code = "";  // of verdict.h
  std::string subject;    // "builtin-missing" is about a name; else empty
  Place place;            // the first of them
  std::uint32_t count = 1;
  // "builtin-missing:dl", or the code alone.
  std::string text() const;
};

struct FunctionInfo {
  FileId file;
  ClassId owner;            // the class it is declared in
  FunctionId parent;        // what a closure stands in
  std::uint32_t index = 0;  // among its file's functions
  const FunctionDeclaration* declared = nullptr;
  std::vector<Call> calls;  // as many as declared->calls, in their order
  // Each once, in order: what a call resolves to, candidates the types leave, a method whose name only one class has,
  // and the closures that stand in it.
  std::vector<FunctionId> callees;
  std::vector<FunctionId> callers;  // each once, in order
  Effects own_effects = 0;          // done here or by PHP's own functions called here
  Effects effects = 0;              // with those of everything it calls
  std::vector<std::string> throws;  // keys of classes that may leave it
  Type return_type;                 // the best there is: native, else inferred, else the docblock's (unverified)
  Type inferred_return;             // what the code gives back, nothing where it was not evaluated
  bool was_evaluated = false;
  bool doc_return_contradicted = false;  // the docblock's return type and the code's have no value in common
  Readiness readiness = Readiness::kConvertible;
  std::vector<Reason> reasons;  // each code and subject once, gravest first
  // The strongly connected component of the call graph it is in, and how far above the leaves that is: functions with
  // level 0 call nothing of the code base; whoever converts in order of level has the callees done.
  std::uint32_t component = 0;
  std::uint32_t level = 0;
  bool is_referenced = false;  // called, or named somewhere in a way that may call it

  const FunctionDeclaration& declaration() const { return *declared; }
};

struct ClassInfo {
  FileId file;
  std::uint32_t index = 0;  // among its file's classes
  const ClassDeclaration* declared = nullptr;
  ClassId parent;                     // none where it has none, or it is PHP's own, or unknown
  std::vector<ClassId> ancestors;     // parents, interfaces and traits, nearest first; only those of the code base
  std::vector<ClassId> children;      // that name it as parent, interface or trait
  std::vector<FunctionId> methods;    // declared in it
  bool has_unknown_ancestor = false;  // one that neither the code base nor PHP has: anything may be inherited
  bool has_magic_call = false;        // __call or __callStatic, its own or inherited
  bool has_magic_properties = false;  // __get, __set...
  bool is_in_cycle = false;           // it is its own ancestor

  const ClassDeclaration& declaration() const { return *declared; }
};

struct FileInfo {
  std::string path;
  std::shared_ptr<const FileDeclarations> declarations;
  std::vector<FunctionId> functions;  // the first is the file's own code
  std::vector<ClassId> classes;
  std::vector<FileId> includes;         // each once, in order; those that are known
  std::vector<FileId> include_targets;  // of declarations->includes, one each; none where it is not known
};

// ---- Taint ----

enum class TaintSink : std::uint8_t { kSql, kHtml, kShell, kCode, kUnserialize, kPath, kHeader };
inline constexpr std::array<std::string_view, 7> kTaintSinkNames = {"sql",         "html", "shell", "code",
                                                                    "unserialize", "path", "header"};

struct FlowStep {
  FileId file;
  Place place;
  std::string text;  // "$_GET", "passed to A\f()", "given back by g()"
};

// A way from what a client sent to where it does harm.
struct TaintFlow {
  static constexpr std::size_t kStepsMax = 24;
  TaintSink sink = TaintSink::kSql;
  FunctionId function;          // where it ends
  std::string sink_name;        // "mysqli_query", "echo", "include"
  std::vector<FlowStep> steps;  // from the source to the sink
};

// ---- Dead code ----

enum class DeadKind : std::uint8_t { kUnreachable, kUnusedFunction, kUnusedMethod, kUnusedProperty, kUnusedConstant };
inline constexpr std::array<std::string_view, 5> kDeadKindNames = {"unreachable", "unused-function", "unused-method",
                                                                   "unused-property", "unused-constant"};

struct DeadCode {
  DeadKind kind = DeadKind::kUnreachable;
  FileId file;
  FunctionId function;  // the unused one, or the one that cannot be reached within
  std::string name;     // "A\B::m"; empty for statements
  Place place;
};

class Facts {
 public:
  std::span<const FileInfo> files() const { return files_; }
  std::span<const ClassInfo> classes() const { return classes_; }
  std::span<const FunctionInfo> functions() const { return functions_; }
  const FileInfo& at(FileId id) const { return files_[id.value]; }
  const ClassInfo& at(ClassId id) const { return classes_[id.value]; }
  const FunctionInfo& at(FunctionId id) const { return functions_[id.value]; }

  // By name as PHP looks it up: any case, with or without a leading backslash. None where there is none; the first in
  // order of path where there are several.
  FileId find_file(std::string_view path) const;
  ClassId find_class(std::string_view name) const;
  FunctionId find_function(std::string_view name) const;
  const ConstantDeclaration* find_constant(std::string_view name) const;
  // The method an object of the class has: its own, its traits', or inherited from classes of the code base.
  FunctionId find_method(ClassId of, std::string_view name) const;
  // The property or class constant, own or inherited, and (if wanted) the class that declares it.
  const PropertyDeclaration* find_property(ClassId of, std::string_view name, ClassId* owner = nullptr) const;
  const ConstantDeclaration* find_class_constant(ClassId of, std::string_view name, ClassId* owner = nullptr) const;
  // Whether the class is the other one or has it among its ancestors; PHP's own classes too. Names as keys.
  bool is_subclass(std::string_view name, std::string_view ancestor) const;
  // The innermost function that holds the offset; the file's own code where none does.
  FunctionId function_at(FileId file, std::uint32_t offset) const;
  // The nearest functions that cause an effect of this one: a chain from it to one that has it on its own. Empty where
  // it has not that effect.
  std::vector<FunctionId> why(FunctionId function, Effects effect) const;
  // "A\B::m(int $a, ?string $b = null): array<int, User>", with the best types there are.
  std::string signature(FunctionId function) const;
  // A type with its classes spelt as they are declared.
  std::string type_text(const Type& type) const;

  std::span<const TaintFlow> taint_flows() const { return flows_; }  // in order of where they end
  std::span<const DeadCode> dead_code() const { return dead_; }      // in order of place

 private:
  friend class Linker;
  friend class CallResolver;
  friend class Analysis;
  std::vector<FileInfo> files_;
  std::vector<ClassInfo> classes_;
  std::vector<FunctionInfo> functions_;
  std::vector<TaintFlow> flows_;
  std::vector<DeadCode> dead_;
  std::unordered_map<std::string_view, ClassId> class_index_;
  std::unordered_map<std::string_view, FunctionId> function_index_;
  std::unordered_map<std::string_view, const ConstantDeclaration*> constant_index_;
  std::unordered_map<std::string_view, FileId> file_index_;
  std::unordered_map<std::string_view, std::vector<FunctionId>> same_functions_;  // those declared more than once
  std::unordered_map<std::string_view, std::vector<FunctionId>> methods_by_name_;
  std::vector<std::unordered_map<std::string_view, FunctionId>> method_tables_;  // by class: its own and its traits'
};

// The type of every expression of one file, for editors and rules; made on demand.
class ExpressionTypes {
 public:
  // Nothing (is_nothing()) for what is no expression or was not evaluated. A node evaluated more than once, as in a
  // loop, has the join.
  Type at(NodeId node) const;
  void add(NodeId node, const Type& type);

 private:
  std::unordered_map<std::uint32_t, Type> types_;
};

struct ProjectOptions {
  ParseOptions parse;
  std::size_t threads = 1;    // 1 to 256
  ComposerAutoload autoload;  // decides where a class is declared more than once
  bool evaluate = true;       // types and taint; without them the call graph is by declared types alone
  // Effects, exceptions, readiness, dead code, and calls and return types as the evaluation found them. Without these
  // the flows and the types of expressions are the same, and are there sooner; evaluate has to be set.
  bool verdicts = true;
};

// A code base that changes. Keeps what it learnt about a file until its bytes change, so that analysing again costs the
// linking of all and the evaluation of what may have changed. Memory: the declarations and summaries, and the source
// text; trees are made again when needed. Not for several threads at once, but for const functions between changes.
//
// What was learnt can outlive the program: save() gives it as bytes, and another Project of the same options, in the
// same build of the program, starts from them with restore(). The facts are the same with and without.
class Project {
 public:
  explicit Project(ProjectOptions options = {});
  ~Project();
  Project(Project&&) noexcept;
  Project& operator=(Project&&) noexcept;

  // Adds the file or puts it in the place of what was there. `path` is relative to the root, with "/" and without "..".
  // A file of 4 GiB or more is an error for the caller (see parse.h).
  void set_file(std::string path, std::string content);
  void remove_file(std::string_view path);

  // Brings the facts up to date. They live until the next call, or the project's end.
  const Facts& analyze();
  const Facts& facts() const;
  // The bytes of a file as they were set; they live until it is set again.
  std::string_view source(FileId file) const;
  // The files whose expressions may have other types than before the last analyze(), in order; all after the first one.
  std::vector<FileId> retyped_files() const;

  // Before the first set_file: takes what save() gave. False, and nothing is taken, where the bytes are not whole; they
  // must come from the same build and the same options, which the caller has to look after. Copies them.
  bool restore(std::string saved);
  // What is known after analyze(); empty where nothing was evaluated.
  std::string save() const;

  // Types of every expression of a file, as of the last analyze(): nodes of `tree`, which was made from the same bytes.
  ExpressionTypes expression_types(FileId file, const SyntaxTree& tree, std::string_view source) const;

 private:
  friend class LazyTypes;
  struct State;
  std::unique_ptr<State> state_;
};

// The same for whoever asks about few nodes: a function is looked at when the first of its nodes is asked for. The
// project (not changed meanwhile), the tree and the source must outlive it. Not for several threads at once.
class LazyTypes {
 public:
  LazyTypes(const Project& project, FileId file, const SyntaxTree& tree, std::string_view source);
  ~LazyTypes();
  LazyTypes(LazyTypes&&) noexcept;
  LazyTypes& operator=(LazyTypes&&) noexcept;

  Type at(NodeId node);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace banyan::php
