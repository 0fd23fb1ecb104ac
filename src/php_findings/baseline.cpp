#include "php_findings/baseline.h"

#include <algorithm>

#include "json/parse.h"
#include "json/write.h"

namespace banyan::php {

namespace {

constexpr std::size_t kBytesMax = std::size_t{256} << 20;
constexpr std::size_t kNodesMax = 16'000'000;
constexpr std::int64_t kCountMax = 1'000'000;

BaselineKey key_of(const Finding& finding) { return {finding.file, finding.code, finding.message}; }

Error malformed(const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, what + ": write it again with --generate-baseline");
}

Result<std::string> text_at(json::Value entry, const char* key, std::size_t index) {
  const auto text = entry[key].to_string();
  if (text) return std::string(*text);
  return malformed("entry " + std::to_string(index) + " has no text '" + key + "'");
}

}  // namespace

Result<Baseline> Baseline::parse(std::string_view text) {
  const Result<json::Document> document = json::parse(text, {.bytes_max = kBytesMax, .nodes_max = kNodesMax});
  if (!document) return document.error();
  const json::Value root = document->root();
  if (root["version"].to_int64() != 1 || !root["findings"].is_array()) {
    return malformed("not a baseline of version 1 ({\"version\":1,\"findings\":[...]})");
  }
  Baseline baseline;
  std::size_t index = 0;
  for (const json::Value entry : root["findings"].elements()) {
    ++index;
    BaselineKey key;
    BANYAN_TRY(key.file, text_at(entry, "file", index));
    BANYAN_TRY(key.code, text_at(entry, "code", index));
    BANYAN_TRY(key.message, text_at(entry, "message", index));
    const auto count = entry["count"].to_int64();
    if (!count || *count < 1 || *count > kCountMax) {
      return malformed("entry " + std::to_string(index) + " has no 'count' of 1 to " + std::to_string(kCountMax));
    }
    baseline.counts_[std::move(key)] += static_cast<std::size_t>(*count);
  }
  return baseline;
}

Baseline Baseline::of(std::span<const Finding> findings) {
  Baseline baseline;
  for (const Finding& finding : findings) ++baseline.counts_[key_of(finding)];
  return baseline;
}

std::size_t Baseline::apply(std::vector<Finding>& findings) const {
  std::map<BaselineKey, std::size_t> left = counts_;
  return std::erase_if(findings, [&left](const Finding& finding) {
    const auto entry = left.find(key_of(finding));
    if (entry == left.end() || entry->second == 0) return false;
    --entry->second;
    return true;
  });
}

Baseline Baseline::pruned(std::span<const Finding> findings) const {
  const Baseline now = of(findings);
  Baseline result;
  for (const auto& [key, count] : counts_) {
    const auto found = now.counts_.find(key);
    if (found != now.counts_.end()) result.counts_.emplace(key, std::min(count, found->second));
  }
  return result;
}

std::string Baseline::text() const {
  std::string out = "{\"version\":1,\"findings\":[";
  bool any = false;
  for (const auto& [key, count] : counts_) {
    out += any ? ",\n" : "\n";
    any = true;
    json::Writer json(out);
    json.begin_object().key("file").string(key.file).key("code").string(key.code);
    json.key("message").string(key.message).key("count").unsigned_integer(count).end_object();
  }
  return out + "\n]}\n";
}

std::size_t Baseline::size() const {
  std::size_t sum = 0;
  for (const auto& [key, count] : counts_) sum += count;
  return sum;
}

}  // namespace banyan::php
