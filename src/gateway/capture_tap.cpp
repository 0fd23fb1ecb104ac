#include "gateway/capture_tap.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"
#include "json/write.h"

namespace banyan {
namespace {

bool is_text(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

// Whether a field of that name stands before `here`.
bool stands_before(const Fields& fields, const Fields::Entry* here) {
  return std::any_of(fields.begin(), here,
                     [here](const Fields::Entry& one) { return equals_ignoring_case(one.name, here->name); });
}

// All values of that name in one.
std::string joined(const Fields& fields, const Fields::Entry& first) {
  std::string value(first.value);
  for (const Fields::Entry* one = &first + 1; one != fields.end(); ++one) {
    if (equals_ignoring_case(one->name, first.name)) {
      value.append(first.id == FieldId::kCookie ? "; " : ", ").append(one->value);
    }
  }
  return value;
}

// False where a field is no text. `*masked` becomes true where one is left out.
bool write_fields(json::Writer& out, const Fields& fields, const Mask& mask, bool* masked) {
  out.key("headers").begin_object();
  for (const Fields::Entry& field : fields) {
    if (stands_before(fields, &field)) continue;
    const std::string whole = joined(fields, field);
    const std::string value = mask.header(field.name, whole);
    if (!is_text(value)) return false;
    *masked |= value != whole;
    if (value != kMasked) out.key(field.name).string(value);
  }
  out.end_object();
  return true;
}

// "" where the body must not be kept.
std::string masked_body(const std::string& body, std::string_view type, const Mask& mask, bool* masked) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  if (!mask.names_bodies() && ascii_equal_ignoring_case(type.substr(0, kForm.size()), kForm)) {
    const std::string kept = mask.target("?" + body).substr(1);
    *masked |= kept != body;
    return kept;
  }
  // Masked values are longer than the shortest, a digit and a comma, by less than four times.
  MaskedBody kept = mask.body(body, 4 * RecordedExchange::kBodyBytesMax);
  if (!kept.hidden) return body;
  *masked = true;
  return kept.json == "\"***\"" ? "" : std::move(kept.json);
}

}  // namespace

std::string capture_line(RecordedExchange& request, const Mask& mask) {
  const std::optional<std::string> body = request.take_body();
  if (!body || !request.framing().upgrade.empty() || !is_text(request.target())) return "";
  std::string line;
  json::Writer out(line);
  const std::string target = mask.target(request.target());
  bool masked = target != request.target();
  out.begin_object().key("method").string(request.method()).key("path").string(target);
  if (!write_fields(out, request.fields(), mask, &masked)) return "";
  if (!body->empty()) {
    const std::string kept = masked_body(*body, request.fields().value(FieldId::kContentType), mask, &masked);
    if (kept.empty() || !is_text(kept)) return "";
    out.key("body").string(kept);
  }
  if (masked) out.key("masked").boolean(true);
  out.end_object();
  return line;
}

CaptureTap::Listener::~Listener() {
  const std::scoped_lock guard(tap_.lock_);
  tap_.wanted_.store(false, std::memory_order_relaxed);
  tap_.rules_ = nullptr;
  tap_.lines_ = {};
  tap_.bytes_ = 0;
  tap_.skipped_ = 0;
}

std::deque<std::string> CaptureTap::Listener::take(std::uint64_t* skipped) {
  const std::scoped_lock guard(tap_.lock_);
  *skipped = tap_.skipped_;
  tap_.bytes_ = 0;
  return std::exchange(tap_.lines_, {});
}

std::unique_ptr<CaptureTap::Listener> CaptureTap::listen(CaptureRules rules) {
  auto shared = std::make_shared<const CaptureRules>(std::move(rules));
  const std::scoped_lock guard(lock_);
  if (rules_ != nullptr) return nullptr;
  rules_ = std::move(shared);
  wanted_.store(true, std::memory_order_relaxed);
  return std::make_unique<Listener>(*this);
}

void CaptureTap::skip_one() {
  const std::scoped_lock guard(lock_);
  if (rules_ != nullptr) ++skipped_;
}

std::unique_ptr<RecordedExchange> CaptureTap::record(Exchange& client) {
  if (!wanted()) return nullptr;
  if (under_way_.fetch_add(1, std::memory_order_relaxed) < kUnderWayMax) {
    return std::make_unique<RecordedExchange>(client, under_way_);
  }
  under_way_.fetch_sub(1, std::memory_order_relaxed);
  skip_one();
  return nullptr;
}

void CaptureTap::offer(std::string_view route, RecordedExchange& request) {
  std::shared_ptr<const CaptureRules> rules;
  {
    const std::scoped_lock guard(lock_);
    rules = rules_;
  }
  if (rules == nullptr || (!rules->route.empty() && rules->route != route)) return;
  std::string line = capture_line(request, rules->mask);  // outside the lock: a long body takes a while
  const std::scoped_lock guard(lock_);
  if (rules_ != rules) return;
  if (line.empty() || bytes_ + line.size() > kQueueBytesMax) {
    ++skipped_;
    return;
  }
  bytes_ += line.size();
  lines_.push_back(std::move(line));
}

}  // namespace banyan
