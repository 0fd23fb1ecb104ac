#include "gateway/filter.h"

#include "gateway/file_body.h"

namespace banyan {

Task<void> FilterNext::operator()() const {
  FilterCall& call = *call_;
  const std::size_t next = position_ + 1;
  if (next < call.chain_.size()) {
    call.position_ = next;
    return call.chain_[next].filter->handle(call, FilterNext(call, next));
  }
  call.in_route_ = true;
  return call.route_(call.route_argument_);
}

BodySource& FilterAnswer::body() {
  if (file_) {
    bodies_.push_back(std::make_unique<FileBody>(*file_));
    body_ = bodies_.back().get();
    file_.reset();
  } else if (body_ == nullptr) {
    bodies_.push_back(std::make_unique<EmptyBody>());
    body_ = bodies_.back().get();
  }
  return *body_;
}

void FilterAnswer::set_body(std::unique_ptr<BodySource> body) {
  file_.reset();
  body_ = body.get();
  bodies_.push_back(std::move(body));
}

void FilterAnswer::reset(int status) {
  status_ = status;
  own_fields_.reset();
  fields_ = &own_fields_;
  body_ = nullptr;
  file_.reset();
}

void FilterCall::set_target(std::string target) {
  targets_.push_back(std::make_unique<std::string>(std::move(target)));
  const std::string_view text = *targets_.back();
  RequestHead& head = exchange_.head();
  const std::size_t question = text.find('?');
  head.form = TargetForm::kOrigin;
  head.target = text;
  head.path = text.substr(0, question);
  head.has_query = question != text.npos;
  head.query = head.has_query ? text.substr(question + 1) : std::string_view();
}

bool FilterCall::has_body() const { return body_ != nullptr || exchange_.framing().body.has_body(); }

BodySource& FilterCall::body() { return body_ != nullptr ? *body_ : exchange_.body(); }

void FilterCall::set_body(std::unique_ptr<BodySource> body) {
  body_ = body.get();
  bodies_.push_back(std::move(body));
}

void FilterCall::respond(int status, std::string body, std::string_view type) {
  answer_.reset(status);
  if (!body.empty()) {
    answer_.fields().set_copy(FieldId::kContentType, type);
    answer_.set_body(StringBody::owned(std::move(body)));
  }
  if (!in_route_) answered_by_ = &chain_[position_];
}

void FilterCall::refuse(int status, std::string_view why) {
  std::string body = "{\"error\":\"";
  for (const char c : why) body += c == '"' || c == '\\' ? '\'' : c;
  respond(status, body + "\"}\n", "application/json");
}

}  // namespace banyan
