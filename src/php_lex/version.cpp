#include "php_lex/version.h"

namespace banyan::php {

namespace {

// A feature is there from `since` on and, where `until` is set, before `until`.
struct Row {
  Feature feature;
  PhpVersion since;
  PhpVersion until = {255, 0};
};

constexpr PhpVersion k56{5, 6}, k70{7, 0}, k71{7, 1}, k72{7, 2}, k73{7, 3}, k74{7, 4};
constexpr PhpVersion k80{8, 0}, k81{8, 1}, k82{8, 2}, k83{8, 3}, k84{8, 4}, k85{8, 5};

constexpr Row kRows[] = {
    {Feature::kScriptTags, k56, k70},
    {Feature::kCoalesce, k70},
    {Feature::kSpaceship, k70},
    {Feature::kYieldFrom, k70},
    {Feature::kGroupUse, k70},
    {Feature::kSemiReservedNames, k70},
    {Feature::kUnicodeEscape, k70},
    {Feature::kUniformVariableSyntax, k70},
    {Feature::kScalarTypes, k70},
    {Feature::kReturnTypes, k70},
    {Feature::kAnonymousClasses, k70},
    {Feature::kThrowableKeywords, k70},
    {Feature::kNullableTypes, k71},
    {Feature::kVoidType, k71},
    {Feature::kIterableType, k71},
    {Feature::kKeyedList, k71},
    {Feature::kMultiCatch, k71},
    {Feature::kClassConstantModifiers, k71},
    {Feature::kNegativeStringOffset, k71},
    {Feature::kObjectType, k72},
    {Feature::kGroupUseTrailingComma, k72},
    {Feature::kFlexibleHeredoc, k73},
    {Feature::kCallTrailingComma, k73},
    {Feature::kListReference, k73},
    {Feature::kArrowFunction, k74},
    {Feature::kTypedProperty, k74},
    {Feature::kCoalesceAssign, k74},
    {Feature::kNumericSeparator, k74},
    {Feature::kArraySpread, k74},
    {Feature::kBraceIndex, k56, k80},
    {Feature::kRealCast, k56, k80},
    {Feature::kNestedTernary, k56, k80},
    {Feature::kUnsetCast, k56, k80},
    {Feature::kLowConcat, k80},
    {Feature::kNameTokens, k80},
    {Feature::kAttribute, k80},
    {Feature::kNullsafe, k80},
    {Feature::kMatch, k80},
    {Feature::kNamedArgument, k80},
    {Feature::kUnionType, k80},
    {Feature::kStaticReturnType, k80},
    {Feature::kMixedType, k80},
    {Feature::kPromotedProperty, k80},
    {Feature::kThrowExpression, k80},
    {Feature::kCatchWithoutVariable, k80},
    {Feature::kParameterTrailingComma, k80},
    {Feature::kClassOnObject, k80},
    {Feature::kEnum, k81},
    {Feature::kReadonlyProperty, k81},
    {Feature::kIntersectionType, k81},
    {Feature::kNeverType, k81},
    {Feature::kFirstClassCallable, k81},
    {Feature::kNewInInitializer, k81},
    {Feature::kExplicitOctal, k81},
    {Feature::kFinalConstant, k81},
    {Feature::kReadonlyClass, k82},
    {Feature::kDnfType, k82},
    {Feature::kStandaloneNull, k82},
    {Feature::kTrueType, k82},
    {Feature::kTraitConstant, k82},
    {Feature::kEnumInConstant, k82},
    {Feature::kTypedClassConstant, k83},
    {Feature::kDynamicClassConstant, k83},
    {Feature::kDynamicStaticVariable, k83},
    {Feature::kCommentInYieldFrom, k83},
    {Feature::kReadonlyAnonymousClass, k83},
    {Feature::kPropertyHook, k84},
    {Feature::kAsymmetricVisibility, k84},
    {Feature::kNewWithoutParentheses, k84},
    {Feature::kExitFunction, k84},
    {Feature::kAbstractProperty, k84},
    {Feature::kPipe, k85},
    {Feature::kCloneWith, k85},
    {Feature::kClosureInConstant, k85},
    {Feature::kConstantAttribute, k85},
    {Feature::kFinalPromotion, k85},
    {Feature::kStaticAsymmetric, k85},
    {Feature::kVoidCast, k85},
};
static_assert(std::size(kRows) == static_cast<std::size_t>(Feature::kCount));

}  // namespace

std::string PhpVersion::text() const { return std::to_string(major) + "." + std::to_string(minor); }

std::optional<PhpVersion> parse_php_version(std::string_view text) {
  for (const PhpVersion version : kPhpVersions) {
    const std::string known = version.text();
    if (text == known) return version;
    if (text.size() > known.size() + 1 && text.starts_with(known) && text[known.size()] == '.') {
      const std::string_view patch = text.substr(known.size() + 1);
      if (patch.find_first_not_of("0123456789") == std::string_view::npos) return version;
    }
  }
  return std::nullopt;
}

Features::Features(PhpVersion version) : version_(version) {
  for (const Row& row : kRows) {
    if (version < row.since || version >= row.until) continue;
    const auto bit = static_cast<unsigned>(row.feature);
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

PhpVersion first_version(Feature feature) {
  for (const Row& row : kRows) {
    if (row.feature == feature) return row.since;
  }
  return kPhpVersions.front();
}

}  // namespace banyan::php
