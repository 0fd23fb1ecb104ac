#include "nginx_import/route_filters.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/json_text.h"
#include "config/units.h"
#include "http/field_id.h"
#include "http/fields.h"
#include "nginx_import/filter_text.h"

namespace banyan::nginx {
namespace {

bool is_on(const Scope& scope, std::string_view name) {
  const Directive* const directive = scope.find(name);
  return directive != nullptr && directive->argument(0) == "on";
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "[" : ", ").append(flow_text(text));
  return out + "]";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void append_changes(std::string_view name, const ProposedFields& fields, std::string& out) {
  std::string changes;
  const auto member = [&](std::string_view key, const std::string& value) {
    changes.append(changes.empty() ? "" : ", ").append(key).append(": ").append(value);
  };
  const auto mapping = [](const Pairs& pairs) {
    std::string text;
    for (const auto& [field, value] : pairs) {
      text.append(text.empty() ? "{" : ", ").append(field).append(": ").append(flow_text(value));
    }
    return text + "}";
  };
  if (!fields.removed.empty()) member("remove", list_of(fields.removed));
  if (!fields.set.empty()) member("set", mapping(fields.set));
  if (!fields.added.empty()) member("add", mapping(fields.added));
  if (changes.empty()) return;
  out.append(out.empty() ? "" : ", ").append(name).append(": {").append(changes).append("}");
}

// NAME of "NAME=value" among the words of a directive; "" where it is not there.
std::string_view option(const Directive& directive, std::string_view name) {
  for (std::string_view word : directive.arguments) {
    if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=') {
      return word.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace

std::string flow_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string client_key(std::string_view text) {
  if (text == "$binary_remote_addr" || text == "$remote_addr") return "ip";
  if (text == "$host" || text == "$http_host") return "host";
  if (text == "$uri") return "path";
  if (text == "$request_method") return "method";
  for (const auto& [start, kind] : {std::pair{"$http_", "header:"}, {"$cookie_", "cookie:"}, {"$arg_", "query:"}}) {
    if (!text.starts_with(start)) continue;
    std::string name(text.substr(std::string_view(start).size()));
    if (name.empty() || name.find_first_of("$ ") != name.npos) return "";
    if (kind[0] == 'h') std::replace(name.begin(), name.end(), '_', '-');
    return kind + name;
  }
  return "";
}

// --- Fields ----------------------------------------------------------------------------------------------------------

void RouteFilters::add_field(const Directive& directive, std::string_view name, std::string_view value,
                             ProposedFields& fields) {
  ledger_.carry(directive);
  if (value.empty()) return;  // nginx sends no empty ones
  const auto text = filter_text(value);
  const std::string field = ascii_lower(name);
  const auto known =
      std::find_if(fields.added.begin(), fields.added.end(), [&](const auto& pair) { return pair.first == field; });
  if (!text || !is_token(field) || (known != fields.added.end() && field == "set-cookie")) {
    ledger_.note(NoteKind::kMissing, directive,
                 !text ? "the field is not sent: filters do not have its variable" : "the field is not sent");
    return;
  }
  if (known != fields.added.end()) {
    known->second.append(", ").append(*text);  // a list in two lines and in one are the same (RFC 9110 section 5.3)
  } else {
    fields.added.emplace_back(field, *text);
  }
  if (directive.argument(2) == "always" || directive.name != "add_header") return;
  ledger_.note(NoteKind::kDiffers, directive, "errors have the field, too, as with `always`");
}

void RouteFilters::read_expires(const Scope& scope, ProposedFields& fields) {
  const Directive* const expires = scope.find("expires");
  if (expires == nullptr || expires->argument(0) == "off") return ledger_.carry(expires);
  std::string_view word = expires->argument(0);
  std::string value;
  if (word == "epoch" || word.starts_with('-')) value = "no-cache";
  if (word == "max") value = "max-age=315360000";
  if (value.empty() && expires->arguments.size() == 1) {
    if (const auto time = read_time(word)) {
      value = "max-age=" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*time).count());
    }
  }
  if (value.empty()) {
    ledger_.note(NoteKind::kMissing, *expires, "write Cache-Control by the filter `headers` (docs/filters.md)");
    return;
  }
  fields.set.emplace_back("cache-control", value);
  fields.removed.emplace_back("expires");
  ledger_.note(NoteKind::kDiffers, *expires, "it is said by Cache-Control alone, of errors too");
}

ProposedFields RouteFilters::answer_fields(const Scope& scope, const Scope& server) {
  ProposedFields fields;
  for (std::string_view name : {"proxy_hide_header", "fastcgi_hide_header", "grpc_hide_header"}) {
    for (const Directive* hidden : server.all(name)) {
      const std::string field = ascii_lower(hidden->argument(0));
      const bool known = std::find(fields.removed.begin(), fields.removed.end(), field) != fields.removed.end();
      if (is_token(field) && !known) fields.removed.push_back(field);
      ledger_.carry(hidden);
    }
  }
  read_expires(scope, fields);
  for (const Directive* added : scope.all("add_header"))
    add_field(*added, added->argument(0), added->argument(1), fields);
  return fields;
}

std::vector<std::string> RouteFilters::fields(const Scope& scope, const ProposedFields& request, const Scope& server) {
  std::string changes;
  append_changes("request", request, changes);
  append_changes("answer", answer_fields(scope, server), changes);
  if (changes.empty()) return {};
  return {"headers: {" + changes + "}"};
}

// --- Rates -----------------------------------------------------------------------------------------------------------

const Directive* RouteFilters::zone_of(const Directive& limit) {
  const std::string_view wanted = option(limit, "zone");
  for (const Directive* zone : http_.all_own("limit_req_zone")) {
    const std::string_view name = option(*zone, "zone");
    if (!wanted.empty() && name.substr(0, name.find(':')) == wanted) return zone;
  }
  return nullptr;
}

std::string RouteFilters::rate(const Directive& limit) {
  const Directive* const zone = zone_of(limit);
  const std::string key = zone != nullptr ? client_key(zone->argument(0)) : "";
  std::string_view rate = zone != nullptr ? option(*zone, "rate") : std::string_view();
  const bool by_minute = rate.ends_with("r/m");
  const auto requests =
      by_minute || rate.ends_with("r/s") ? read_number(rate.substr(0, rate.size() - 3)) : std::nullopt;
  const std::string_view burst_word = option(limit, "burst");
  const auto burst = burst_word.empty() ? std::optional<std::int64_t>(0) : read_number(burst_word);
  constexpr std::int64_t kMax = 999'999;
  if (key.empty() || !requests || *requests < 1 || *requests > kMax || !burst || *burst > kMax) {
    ledger_.note(NoteKind::kMissing, limit,
                 "requests are not limited: write the filter `rate_limit` with a key it has (docs/filters.md)");
    return "";
  }
  ledger_.carry(zone);
  const bool at_once = burst_word.empty() ||
                       std::find(limit.arguments.begin(), limit.arguments.end(), "nodelay") != limit.arguments.end();
  ledger_.note(NoteKind::kDiffers, limit,
               std::string("what is beyond gets 429 with Retry-After; each route counts by itself") +
                   (at_once ? "" : "; what is within the burst passes at once, as with `nodelay`"));
  return "rate_limit: {requests: " + std::to_string(*requests) + ", period: " + (by_minute ? "1m" : "1s") +
         ", burst: " + std::to_string(*burst + 1) + ", key: " + flow_text(key) + "}";
}

std::vector<std::string> RouteFilters::rates(const Scope& scope) {
  std::vector<std::string> all;
  for (const Directive* limit : scope.all("limit_req")) {
    std::string one = rate(*limit);
    if (!one.empty()) all.push_back(std::move(one));
  }
  if (!all.empty()) ledger_.carry(scope.find("limit_req_status"));
  return all;
}

// --- Answers ---------------------------------------------------------------------------------------------------------

std::string RouteFilters::compression(const Scope& scope) {
  std::vector<std::string> codings;
  const Directive* types = nullptr;
  for (const auto& [name, coding] : {std::pair{"zstd", "zstd"}, {"brotli", "br"}, {"gzip", "gzip"}}) {
    if (!is_on(scope, name)) continue;
    codings.emplace_back(coding);
    for (std::string_view part : {"", "_types", "_min_length", "_comp_level", "_vary", "_proxied"}) {
      const Directive* const directive = scope.find(std::string(name).append(part));
      ledger_.carry(directive);
      if (part == "_types" && directive != nullptr) types = directive;
    }
  }
  if (codings.empty()) return "";
  std::vector<std::string> media = {"text/html"};
  for (const std::string& type : types != nullptr ? types->arguments : std::vector<std::string>()) {
    const bool known = std::find(media.begin(), media.end(), type) != media.end();
    if (type == "*") {
      ledger_.note(NoteKind::kMissing, *types, "name the media types that are compressed");
    } else if (!known) {
      media.push_back(type);
    }
  }
  std::string out = "compress: {codings: " + list_of(codings) + ", types: " + list_of(media);
  const Directive* const length = scope.find(codings.back() == "gzip" ? "gzip_min_length" : "brotli_min_length");
  const auto bytes = length != nullptr ? read_size(length->argument(0)) : std::nullopt;
  out += ", min_bytes: " + std::to_string(std::min<std::int64_t>(bytes.value_or(20), 16 << 20));
  if (codings.size() == 1 && codings[0] == "gzip") {
    const Directive* const level = scope.find("gzip_comp_level");
    const auto number = level != nullptr ? read_number(level->argument(0)) : std::nullopt;
    out += ", level: " + std::to_string(std::clamp<std::int64_t>(number.value_or(1), 1, 9));
  }
  return out + "}";
}

// What is not carried over where a cache depends on it: an answer kept for the wrong client is worse than none.
std::string RouteFilters::cache(const Scope& scope, std::string_view protocol) {
  const std::string prefix(protocol);
  const Directive* const cache = scope.find(prefix + "_cache");
  if (cache == nullptr || cache->argument(0) == "off") return "";
  for (std::string_view part : {"_cache_bypass", "_no_cache", "_ignore_headers", "_cache_methods"}) {
    const Directive* const condition = scope.find(prefix + std::string(part));
    if (condition == nullptr) continue;
    ledger_.note(NoteKind::kMissing, *cache,
                 "answers are not kept: the filter `cache` knows no condition like " + condition->name +
                     "; let the application say by Cache-Control what may be kept");
    return "";
  }
  std::string out = "cache: {";
  for (const Directive* valid : scope.all(prefix + "_cache_valid")) {
    const auto& words = valid->arguments;
    if (words.empty()) continue;
    const bool of_ok =
        words.size() == 1 || std::find(words.begin(), words.end() - 1, "200") != words.end() - 1 || words[0] == "any";
    const auto time = read_time(words.back());
    if (!of_ok || !time || *time > std::chrono::hours(24)) continue;
    out += "default_ttl: " + format_duration(*time);
    ledger_.note(NoteKind::kDiffers, *valid, "the time holds for every answer that says nothing of its own");
    break;
  }
  ledger_.note(NoteKind::kDiffers, *cache,
               "answers are kept in memory, 64 MiB on each route, by method, host, path and query");
  for (const Directive* path : http_.all_own(prefix + "_cache_path")) {
    const std::string_view zone = option(*path, "keys_zone");
    if (zone.substr(0, zone.find(':')) == cache->argument(0)) ledger_.carry(path);
  }
  ledger_.carry(scope.find(prefix + "_cache_lock"));
  ledger_.carry(scope.find(prefix + "_cache_revalidate"));
  return out == "cache: {" ? "cache: {}" : out + "}";
}

std::vector<std::string> RouteFilters::answers(const Scope& scope) {
  std::vector<std::string> all;
  std::string compress = compression(scope);
  if (!compress.empty()) all.push_back(std::move(compress));
  for (std::string_view protocol : {"proxy", "fastcgi"}) {
    if (scope.own(std::string(protocol) + "_pass") == nullptr) continue;
    std::string kept = cache(scope, protocol);
    if (!kept.empty()) all.push_back(std::move(kept));
  }
  return all;
}

}  // namespace banyan::nginx
