// Which PHP is read: a version, and what it has as feature bits.
//
// The lexer and the parser hold one grammar for PHP 5.6 to 8.5. They never ask for a version, they ask for a feature,
// so that a change of the language is one row of the table in version.cpp and one question where it matters. Source:
// the UPGRADING notes of each release.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::php {

struct PhpVersion {
  std::uint8_t major = 8;
  std::uint8_t minor = 2;

  friend auto operator<=>(const PhpVersion&, const PhpVersion&) = default;
  // "8.2".
  std::string text() const;
};

// Every version that is read, oldest first.
inline constexpr std::array<PhpVersion, 12> kPhpVersions = {{
    {5, 6},
    {7, 0},
    {7, 1},
    {7, 2},
    {7, 3},
    {7, 4},
    {8, 0},
    {8, 1},
    {8, 2},
    {8, 3},
    {8, 4},
    {8, 5},
}};

// "8.2" as a version of kPhpVersions; nothing for any other text. A third number ("8.2.36") is accepted and ignored.
std::optional<PhpVersion> parse_php_version(std::string_view text);

enum class Feature : std::uint8_t {
  kScriptTags,              // <script language="php">, until 7.0
  kCoalesce,                // ??
  kSpaceship,               // <=>
  kYieldFrom,               // yield from
  kGroupUse,                // use A\{B, C};
  kSemiReservedNames,       // keywords as names of members
  kUnicodeEscape,           // "\u{1F600}"
  kUniformVariableSyntax,   // $a->b()() and (expr)->b
  kScalarTypes,             // int, string, float, bool as types
  kReturnTypes,             // function f(): T
  kAnonymousClasses,        // new class {}
  kThrowableKeywords,       // yield as an expression without parentheses
  kNullableTypes,           // ?T
  kVoidType,                // void
  kIterableType,            // iterable
  kKeyedList,               // ['a' => $b] = ...
  kMultiCatch,              // catch (A | B $e)
  kClassConstantModifiers,  // private const
  kNegativeStringOffset,    // "$a[-1]"
  kObjectType,              // object
  kGroupUseTrailingComma,   // use A\{B,};
  kFlexibleHeredoc,         // an indented closing label
  kCallTrailingComma,       // f($a,)
  kListReference,           // [&$a] = ...
  kArrowFunction,           // fn() => 1
  kTypedProperty,           // public int $a
  kCoalesceAssign,          // ??=
  kNumericSeparator,        // 1_000
  kArraySpread,             // [...$a]
  kBraceIndex,              // $a{0}, until 8.0
  kRealCast,                // (real), until 8.0
  kNestedTernary,           // a ? b : c ? d : e, until 8.0
  kUnsetCast,               // (unset), until 8.0
  kLowConcat,               // . binds looser than + and -
  kNameTokens,              // A\B is one token
  kAttribute,               // #[A]
  kNullsafe,                // ?->
  kMatch,                   // match
  kNamedArgument,           // f(a: 1)
  kUnionType,               // A|B
  kStaticReturnType,        // static
  kMixedType,               // mixed
  kPromotedProperty,        // constructor promotion
  kThrowExpression,         // throw inside an expression
  kCatchWithoutVariable,    // catch (A)
  kParameterTrailingComma,  // function f($a,)
  kClassOnObject,           // $a::class
  kEnum,                    // enum
  kReadonlyProperty,        // readonly
  kIntersectionType,        // A&B
  kNeverType,               // never
  kFirstClassCallable,      // f(...)
  kNewInInitializer,        // function f($a = new B)
  kExplicitOctal,           // 0o17
  kFinalConstant,           // final const
  kReadonlyClass,           // readonly class
  kDnfType,                 // (A&B)|C
  kStandaloneNull,          // null and false alone as types
  kTrueType,                // true
  kTraitConstant,           // const inside a trait
  kEnumInConstant,          // ->name and ->value inside a constant expression
  kTypedClassConstant,      // const int A = 1
  kDynamicClassConstant,    // A::{$b}
  kDynamicStaticVariable,   // static $a = f()
  kCommentInYieldFrom,      // yield /* */ from
  kReadonlyAnonymousClass,  // new readonly class
  kPropertyHook,            // public $a { get => 1; }
  kAsymmetricVisibility,    // private(set)
  kNewWithoutParentheses,   // new A()->b()
  kExitFunction,            // exit as a function
  kAbstractProperty,        // abstract and final properties
  kPipe,                    // |>
  kCloneWith,               // clone($a, [...])
  kClosureInConstant,       // static closures and f(...) inside a constant expression
  kConstantAttribute,       // #[A] const B = 1
  kFinalPromotion,          // final as modifier of a promoted property
  kStaticAsymmetric,        // private(set) static
  kVoidCast,                // (void) f()
  kCount
};

// What a version has. Cheap to copy and to ask.
class Features {
 public:
  explicit Features(PhpVersion version = {});
  bool has(Feature feature) const {
    const auto bit = static_cast<unsigned>(feature);
    return ((words_[bit / 64] >> (bit % 64)) & 1) != 0;
  }
  PhpVersion version() const { return version_; }

 private:
  std::array<std::uint64_t, 2> words_ = {};
  PhpVersion version_;
};

// The first version that has the feature, for "needs PHP 8.4".
PhpVersion first_version(Feature feature);

}  // namespace banyan::php
