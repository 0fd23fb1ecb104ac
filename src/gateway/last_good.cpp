#include "gateway/last_good.h"

#include <algorithm>
#include <iterator>
#include <mutex>

#include "gateway/client_certificate.h"
#include "ledger/mask.h"

namespace banyan {
namespace {

constexpr std::size_t kEntryOverhead = 256;

bool same(std::string_view a, std::string_view b) { return equals_ignoring_case(a, b); }

// Whether a list of directives or names has this one; what follows a '=' does not matter.
bool lists(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    item = item.substr(0, item.find('='));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (same(item, wanted)) return true;
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  }
  return false;
}

bool tells_who(const Fields::Entry& field) {
  static const Mask credentials;
  return credentials.header(field.name, "") == kMasked || same(field.name, kClientCertField);
}

}  // namespace

std::size_t GoodAnswer::bytes() const {
  std::size_t sum = body.size() + kEntryOverhead;
  for (const auto& [name, value] : fields) sum += name.size() + value.size() + sizeof fields[0];
  return sum;
}

void LastGoodStore::drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->answer->bytes() + entry->key.size();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

bool LastGoodStore::wants(const std::string& key, TimePoint now) const {
  std::lock_guard guard(lock_);
  const auto found = by_key_.find(key);
  return found == by_key_.end() || now - found->second->answer->at >= kRenewEvery;
}

void LastGoodStore::put(const std::string& key, GoodAnswer answer) {
  const std::size_t bytes = answer.bytes() + key.size();
  if (bytes > kStoreBytesMax) return;
  auto kept = std::make_shared<const GoodAnswer>(std::move(answer));
  std::lock_guard guard(lock_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
  while (bytes_ + bytes > kStoreBytesMax) drop(std::prev(entries_.end()));
  entries_.push_front({key, std::move(kept)});
  by_key_[entries_.front().key] = entries_.begin();
  bytes_ += bytes;
}

std::shared_ptr<const GoodAnswer> LastGoodStore::find(const std::string& key, Duration age_max, TimePoint now) const {
  std::lock_guard guard(lock_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || now - found->second->answer->at > age_max) return nullptr;
  return found->second->answer;
}

std::size_t LastGoodStore::bytes() const {
  std::lock_guard guard(lock_);
  return bytes_;
}

std::string last_good_key(std::string_view route, const RequestHead& head) {
  const Fields& fields = head.fields;
  if (head.method != Method::kGet || fields.has(FieldId::kRange)) return "";
  if (std::any_of(fields.begin(), fields.end(), &tells_who)) return "";
  std::string key(route);
  key.append("\n").append(head.authority).append("\n").append(head.path).append("?").append(head.query);
  return key.append("\n").append(fields.value(FieldId::kAcceptEncoding));
}

bool may_be_kept(const ResponseHead& head) {
  if (head.status != 200 || head.fields.has(FieldId::kSetCookie)) return false;
  for (const Fields::Entry& field : head.fields) {
    if (field.id == FieldId::kCacheControl && (lists(field.value, "private") || lists(field.value, "no-store"))) {
      return false;
    }
    if (field.id == FieldId::kVary && !same(field.value, "accept-encoding")) return false;
  }
  return true;
}

GoodAnswer good_answer_of(const ResponseHead& head, TimePoint now) {
  GoodAnswer answer;
  answer.at = now;
  for (const Fields::Entry& field : head.fields) {
    // These belong to the one exchange.
    if (field.id == FieldId::kContentLength || field.id == FieldId::kXRequestId || field.id == FieldId::kAge) continue;
    answer.fields.emplace_back(field.name, field.value);
  }
  return answer;
}

}  // namespace banyan
