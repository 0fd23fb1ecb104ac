#include "service/inputs.h"

#include <algorithm>

#include "base/check.h"
#include "http/target.h"

namespace banyan::service {
namespace {

constexpr std::string_view source_name(Source source) {
  constexpr std::string_view kNames[] = {"path", "query", "header", "body"};
  return kNames[static_cast<std::size_t>(source)];
}

// One parameter's values, one after the other, into its member.
class Binding {
 public:
  Binding(const Input& input, void* object, std::vector<InvalidValue>& invalid)
      : input_(input), object_(object), invalid_(invalid) {}

  void add(std::string_view text) {
    const bool list = input_.field.type().kind == json::TypeKind::kArray;
    if (list && !given_) input_.field.type().ops->clear(input_.field.member(object_));
    if (given_ && !list) return refuse("is given more than once");
    given_ = true;
    std::string message;
    if (!json::decode_text(text, input_.field, object_, &message)) refuse(std::move(message));
  }
  void end() {
    std::string message;
    if (!given_ && !input_.field.may_be_absent) return refuse("is missing");
    if (given_ && !refused_ && !json::check_whole(input_.field, object_, &message)) refuse(std::move(message));
  }

 private:
  void refuse(std::string message) {
    if (!refused_)
      invalid_.push_back({std::string(source_name(input_.source)), std::string(input_.field.name), std::move(message)});
    refused_ = true;
  }
  const Input& input_;
  void* object_;
  std::vector<InvalidValue>& invalid_;
  bool given_ = false;
  bool refused_ = false;
};

void bind_path(const Input& input, const Router::Match& match, Binding& binding) {
  for (const Router::Capture& capture : match.captured()) {
    if (capture.name != input.field.name) continue;
    std::string decoded;
    (void)percent_decode(capture.value, decoded);  // the path was normalised: it decodes
    binding.add(decoded);
  }
}

void bind_query(const Input& input, std::string_view query, Binding& binding) {
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (!form_equals(parameter.name, input.field.name)) continue;
    std::string decoded;
    form_decode(parameter.value, decoded);
    binding.add(decoded);
  }
}

void bind_header(const Input& input, const Fields& fields, Binding& binding) {
  for (const Fields::Entry& entry : fields) {
    if (equals_ignoring_case(entry.name, input.field.name)) binding.add(entry.value);
  }
}

}  // namespace

const Input* InputType::body() const {
  const auto found = std::ranges::find(inputs, Source::kBody, &Input::source);
  return found == inputs.end() ? nullptr : &*found;
}

InputType make_input_type(Inputs inputs, const json::BoundType* whole_body) {
  BANYAN_CHECK(std::ranges::count(inputs, Source::kBody, &Input::source) <= 1);
  for (Input& input : inputs) json::prepare(input.field);
  return {std::move(inputs), whole_body};
}

void bind_parameters(const InputType& type, const Parameters& from, void* object, std::vector<InvalidValue>& invalid) {
  for (const Input& input : type.inputs) {
    if (input.source == Source::kBody) continue;
    Binding binding(input, object, invalid);
    if (input.source == Source::kPath) bind_path(input, from.match, binding);
    if (input.source == Source::kQuery) bind_query(input, from.query, binding);
    if (input.source == Source::kHeader) bind_header(input, from.fields, binding);
    binding.end();
  }
}

void bind_body(const InputType& type, std::string_view text, void* object, std::vector<InvalidValue>& invalid) {
  const Input* const input = type.body();
  const json::BoundType& body_type = input == nullptr ? *type.whole_body : input->field.type();
  void* const where = input == nullptr ? object : input->field.member(object);
  if (text.empty() && input != nullptr && input->field.may_be_absent) return;
  for (json::Mistake& mistake : json::decode_value(text, body_type, where, {.bytes_max = text.size()})) {
    invalid.push_back({"body", std::move(mistake.pointer), std::move(mistake.message)});
  }
}

}  // namespace banyan::service
