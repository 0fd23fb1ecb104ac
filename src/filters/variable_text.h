// Text with variables: "${client} by ${header:user-agent}". The few values of a request that configurations put into
// fields and addresses; anything more is a filter's job.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/filter.h"

namespace banyan {

class VariableText {
 public:
  VariableText() = default;
  // A '$' without a brace stands for itself. Errors: kInvalidArgument, naming the variables there are.
  static Result<VariableText> parse(std::string_view text);

  std::string expand(FilterCall& call) const;
  bool empty() const { return parts_.empty(); }

 private:
  enum class Variable : unsigned char {
    kNone,  // `text` itself
    kClient,
    kColour,
    kHost,
    kMethod,
    kPath,
    kQuery,
    kRequestId,
    kRoute,
    kScheme,
    kTraceId,
    kUri,
    kHeader,  // `text` is its name
  };
  struct Name {
    std::string_view word;
    Variable variable;
  };
  struct Part {
    Variable variable = Variable::kNone;
    std::string text;
  };

  static const std::vector<Name>& names();
  static void append(const Part& part, FilterCall& call, std::string& out);

  std::vector<Part> parts_;
};

// The request's path as routes see it: without dot segments and double slashes.
std::string normal_path(const RequestHead& head);

}  // namespace banyan
