// The middle of the converter: PHP as a typed tree in which every coercion is written out.
//
// The problem: what PHP does silently (a string becomes a number, an int overflows to a float, an array is copied) a
// typed language has to say. The idea: every expression has a representation, every change of one is a node kConvert,
// every copy a node kCopy, and what no operator of a typed language does is a named operation of the runtime. Passes
// take away what the types prove void; printers for each language only spell what is left.
//
// Nothing here is of one target language: operations have PHP's meaning and neutral names, which printers spell.
// Limits: nesting is bounded by the parser's depth.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace banyan::php::hir {

// How a value is held. kNothing is the bottom: not known yet, or never there. kValue holds any of PHP's.
// kNumber is an int or a float: what arithmetic gives. Only variables and expressions within a function are numbers.
enum class Rep : std::uint8_t { kNothing, kNull, kBool, kInt, kFloat, kNumber, kString, kArray, kValue };
// The least representation that holds both.
Rep join(Rep a, Rep b);

enum class ExprKind : std::uint8_t {
  kNull,
  kBool,         // integer: 0 or 1
  kInt,          // integer
  kFloat,        // number
  kString,       // text: the bytes
  kVariable,     // variable: what it holds
  kBox,          // variable: the reference it is bound to
  kPlace,        // variable: where its dynamic value is, to be written through
  kConvert,      // children[0] to `rep`, as PHP converts; text "held": it is that already
  kCopy,         // children[0], an array of its own
  kBinary,       // text: an operator on equal native representations
  kUnary,        // text
  kRuntime,      // text: an operation of the runtime, on the children
  kMethod,       // text: an operation of children[0], on the rest
  kBuiltin,      // text: the runtime's name of one of PHP's own functions
  kCall,         // function: a converted function
  kArrayList,    // children: the elements
  kArrayMap,     // children: key, value, key, value...
  kConditional,  // condition, then, else
  kAssign,       // children[0] (kVariable) becomes children[1]; gives it
  kLambda,       // function: a closure made here; children: what it captures
  kBody,         // statements that give a value by kReturn
  kValueList,    // children as a list of arguments, of which some may be spread
  kSpread,       // children[0] in a kValueList
  kFunctionRef,  // function: the converted function as a value of the target language
  kNil,          // no value of the target language
  kVerbatim,     // text: a name of the target language (a class descriptor, an argument list)
};

struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;
using Block = std::vector<StmtPtr>;

struct Expr {
  ExprKind kind = ExprKind::kNull;
  Rep rep = Rep::kValue;
  std::uint32_t offset = 0;  // in the PHP source
  std::uint32_t told = 0;    // an offset on the line that PHP names where this complains; 0: that of the statement
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  std::int32_t variable = -1;
  std::int32_t function = -1;
  std::vector<ExprPtr> children;
  Block body;
};

enum class StmtKind : std::uint8_t {
  kExpression,  // expr
  kAssign,      // variable = expr
  kBind,        // variable's box becomes expr (a reference)
  kIf,          // expr, body, otherwise
  kLoop,        // init, expr (may be absent), step, body
  kDoLoop,      // body, then expr
  kForeach,     // expr (an iterator), variable/key, body: see ForeachParts
  kSwitch,      // cases
  kBreak,       // target
  kContinue,    // target
  kReturn,      // expr (may be absent)
  kTry,         // body, catches, otherwise (finally)
  kBlock,       // body
  kComment,     // text
  kDeclare,     // variable, without a value; placed by the printer
};

struct Case {
  std::vector<ExprPtr> conditions;  // empty: the default
  Block body;
  bool is_default = false;
  bool falls_through = false;
};

struct Catch {
  std::vector<std::string> classes;  // full names; empty: everything
  std::int32_t variable = -1;
  Block body;
};

struct Stmt {
  StmtKind kind = StmtKind::kExpression;
  std::uint32_t offset = 0;
  std::int32_t variable = -1;
  std::int32_t target = -1;  // of jumps and of what they leave: the number of a loop or switch; -1 none
  ExprPtr expr;
  ExprPtr key;
  std::string text;
  Block init;
  Block step;
  Block body;
  Block otherwise;
  std::vector<Case> cases;
  std::vector<Catch> catches;
};

// Where a variable lives.
enum class Storage : std::uint8_t {
  kLocal,  // in a variable of the function
  kBox,    // in a reference that something else may share
};

struct Variable {
  std::string name;    // as in PHP, without the dollar sign; "" for one the conversion made
  std::string target;  // as in the target language; filled by the printer's naming
  Rep rep = Rep::kNothing;
  Rep asked = Rep::kNothing;  // of one the conversion made: what it was made for, which `rep` may have outgrown
  Storage storage = Storage::kLocal;
  bool is_parameter = false;
  bool may_be_undefined = false;  // read where nothing was assigned on some path
  bool captured = false;          // belongs to the closure's surroundings
  bool kept = false;              // something else goes on holding its reference: a closure, or the static variable
  bool holds_references = false;  // an array, whose elements may have become references
};

struct Parameter {
  std::int32_t variable = -1;
  std::string name;
  std::string type;  // as PHP writes it, with full class names; empty where there is none
  Rep rep = Rep::kValue;
  bool by_reference = false;
  bool variadic = false;
  bool optional = false;
  ExprPtr default_value;
};

// A variable that a closure takes from where it is made.
struct Capture {
  std::string name;
  std::int32_t outer = -1;
  std::int32_t inner = -1;
  Rep rep = Rep::kValue;
  bool by_reference = false;
  bool defines = false;   // the reference is to a variable that was not assigned
  bool assigned = false;  // it surely has a value where the closure is made
  bool warns = false;     // PHP says so where it has none
};

struct Reason {
  std::string code;
  std::uint32_t line = 1;
};

struct Function {
  std::string name;        // "A\f", "A\B::m", "{closure}", "{file}"
  std::string short_name;  // "f"
  std::string target;      // as in the target language
  std::string comment;     // what stands above it in the source
  std::uint32_t offset = 0;
  std::uint32_t line = 1;
  std::uint32_t end_line = 1;
  std::vector<Variable> variables;
  std::vector<Parameter> parameters;
  std::string return_type;  // as PHP writes it
  Rep result = Rep::kNothing;
  bool is_closure = false;
  bool is_generator = false;
  bool is_main = false;
  bool by_reference = false;
  bool is_static = false;
  bool is_conditional = false;  // declared when the code runs
  bool uses_arguments = false;  // func_get_args and its like
  bool has_scope = false;       // its variables are found by computed names
  std::int32_t this_variable = -1;
  std::int32_t class_index = -1;
  std::vector<Capture> captures;
  bool uses_this = false;
  bool is_rebindable = false;  // a closure that may get another object and class
  bool writes_this = false;    // its own code has $this in it
  Block body;
  std::vector<Reason> reasons;  // why it is refused; empty where it is converted
};

}  // namespace banyan::php::hir
