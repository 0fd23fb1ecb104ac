// What one file says on its own: its functions, classes, constants, includes, and what each function does at first
// sight. Made without any other file, so that it can be kept by the hash of the file's bytes.
//
// Names: `name` is as it was written, with the namespace before it; `key` is what PHP compares (in lower case, but for
// constants). Text is held in std::string; nothing points into the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_check/effect.h"
#include "php_check/type.h"
#include "php_parse/ast.h"

namespace banyan::php {

// Where something stands: byte offsets, and line and column from 1.
struct Place {
  std::uint32_t offset = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

struct ParameterDeclaration {
  std::string name;  // without the dollar sign
  Type native;       // nothing where none is written
  Type doc;          // nothing where no docblock says one; marked unverified
  bool has_native = false;
  bool by_reference = false;
  bool variadic = false;
  bool optional = false;
  bool promoted = false;
  std::string default_text;
};

enum class FunctionKind : std::uint8_t { kFunction, kMethod, kClosure, kArrowFunction, kHook, kFile };

// How a call names what it calls.
enum class CallKind : std::uint8_t {
  kFunction,     // f()
  kMethod,       // $a->m()
  kStatic,       // A::m(), self::m(), parent::m()
  kConstructor,  // new A
  kCallback,     // a function passed by its name or as [object, "name"]
  kClosure,      // a closure written here, called here or passed on
  kDynamic,      // $f(), $a->$m(), new $c: the name is computed
};

// What is known about the object before "->" without looking at other files.
enum class ReceiverKind : std::uint8_t { kUnknown, kClass, kThis, kStatic, kParent, kProperty };

struct CallSite {
  CallKind kind = CallKind::kFunction;
  ReceiverKind receiver = ReceiverKind::kUnknown;
  bool doc_only = false;  // a docblock alone says the receiver's class
  bool spreads = false;   // has ...$arguments
  std::uint16_t arguments = 0;
  NodeId node;
  Place place;
  std::string name;        // key of the function or method; of a constructor, "__construct"; empty if computed
  std::string written;     // as it stands in the source, for people
  std::string fallback;    // of an unqualified function in a namespace: its name in the global one
  std::string class_name;  // key of the class, for kClass; the name of the property of $this for kProperty
};

// Something about a function that its conversion has to answer for; `code` is one of verdict.h.
struct Hazard {
  const char* code = "";
  std::string subject;  // what it is about: a name, or empty
  Place place;
};

struct EffectSite {
  Effects effect = 0;  // one bit
  Place place;
};

// "throw new A": the key of A; of any other throw "throwable".
struct ThrowSite {
  std::string class_name;
  Place place;
};

// What is thrown between the offsets, by this function or what it calls, and is one of the classes stays inside.
struct TryRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::vector<std::string> catches;  // keys
};

struct FunctionDeclaration {
  FunctionKind kind = FunctionKind::kFunction;
  std::string name;                // "A\f", "A\B::m", "{closure}", "{file}"
  std::string key;                 // "a\f"; of a method "m"; else empty
  std::int32_t class_index = -1;   // of the file's classes, for methods and closures within them
  std::int32_t parent_index = -1;  // of the file's functions: what a closure stands in
  NodeId node;
  Place place;  // the whole of it
  Place name_place;
  std::uint32_t end_line = 1;
  std::uint16_t modifiers = 0;  // of NodeFlag, with a visibility for methods
  bool by_reference = false;
  bool is_generator = false;
  bool is_conditional = false;  // declared inside of another function, or of if
  bool has_body = true;
  bool has_native_return = false;
  bool is_deprecated = false;
  Type native_return;
  Type doc_return;  // marked unverified
  std::vector<std::string> templates;
  std::vector<ParameterDeclaration> parameters;
  std::vector<std::pair<std::string, Type>> doc_globals;  // @global, by name
  std::vector<std::string> doc_throws;                    // keys of classes
  std::vector<CallSite> calls;                            // in order of offset
  std::vector<Hazard> hazards;                            // in order of offset, at most kHazardsMax
  std::vector<EffectSite> effects;                        // the first of each kind
  std::vector<ThrowSite> throws;
  std::vector<TryRange> tries;        // innermost last
  std::vector<Place> unreachable;     // statements nothing leads to
  std::vector<std::string> mentions;  // keys of what it names otherwise: classes, constants, members; sorted
  std::string doc;                    // its docblock, at most kDocBytesMax of it
  std::uint32_t statements = 0;
  std::uint32_t branches = 0;  // cyclomatic complexity less one

  static constexpr std::size_t kHazardsMax = 64;
  static constexpr std::size_t kDocBytesMax = 4096;
};

struct PropertyDeclaration {
  std::string name;
  Type native;
  Type doc;
  bool has_native = false;
  std::uint16_t modifiers = 0;
  Place place;
};

struct ConstantDeclaration {
  std::string name;  // with the namespace; of a class's constant or case alone
  Type type;         // of its value, where that is a literal
  std::uint16_t modifiers = 0;
  bool is_case = false;  // of an enum
  Place place;
};

struct TraitAlias {
  std::string trait;  // key, or empty: any
  std::string method;
  std::string alias;  // key, or empty: only other modifiers
  std::uint16_t modifiers = 0;
};

struct TraitExclusion {
  std::string method;
  std::string trait;  // the one that loses
};

enum class ClassKind : std::uint8_t { kClass, kInterface, kTrait, kEnum };

struct ClassDeclaration {
  ClassKind kind = ClassKind::kClass;
  std::string name;  // "class@anonymous" for those
  std::string key;   // unique also for anonymous ones
  std::string parent;
  std::vector<std::string> interfaces;  // of an interface: what it extends
  std::vector<std::string> traits;
  std::vector<TraitAlias> aliases;
  std::vector<TraitExclusion> exclusions;
  std::vector<std::string> templates;
  std::vector<ClassType> extended;  // @extends Base<User>, @implements
  std::uint16_t modifiers = 0;
  bool is_conditional = false;
  std::vector<std::int32_t> methods;  // of the file's functions
  std::vector<PropertyDeclaration> properties;
  std::vector<ConstantDeclaration> constants;
  NodeId node;
  Place place;
  Place name_place;
  std::uint32_t end_line = 1;
  std::string doc;
};

struct IncludeSite {
  bool once = false;
  bool required = false;
  bool is_constant = false;  // the path is known
  std::string path;          // relative to the project's root where it could be made so
  Place place;
  std::int32_t function = 0;
};

// Everything one file says. functions[0] is the file's own code.
struct FileDeclarations {
  std::uint64_t content_hash = 0;
  std::uint32_t bytes = 0;
  std::uint32_t lines = 0;
  bool has_syntax_errors = false;
  std::vector<FunctionDeclaration> functions;
  std::vector<ClassDeclaration> classes;
  std::vector<ConstantDeclaration> constants;  // const A = 1; define('A', 1)
  std::vector<IncludeSite> includes;
};

}  // namespace banyan::php
