// How long parsing, writing and comparing one answer of a user service takes: an object of 865 bytes as a PHP back end
// sends it. Prints nanoseconds per operation and MB/s, the best of several rounds.
#include <chrono>
#include <cstdio>
#include <string>

#include "json/compare.h"
#include "json/parse.h"
#include "json/write.h"

namespace {

constexpr std::size_t kBytes = 865;

std::string body() {
  std::string text =
      R"({"code":0,"message":"ok","data":{"id":10086,"name":"\u5f20\u4e09","email":"zhang.san@example.com","age":31,)"
      R"("score":98.75,"active":true,"avatar":"https:\/\/cdn.example.com\/u\/10086.png","tags":["vip","beta","early"],)"
      R"("address":{"country":"CN","city":"Shanghai","street":"Nanjing Road 1","zip":"200001","geo":[31.2304,121.4737]},)"
      R"("roles":[{"id":1,"name":"admin","since":"2021-03-04T05:06:07Z"},{"id":2,"name":"editor","since":"2022-01-01T00:00:00Z"}],)"
      R"("settings":{"theme":"dark","lang":"zh-CN","mail":false,"limits":{"daily":100,"monthly":2500}},"parent":null,)"
      R"("created_at":"2019-08-07 06:05:04","updated_at":"2024-11-20 12:13:14","balance":"1024.50","note":")";
  std::string end = R"("},"request_id":"7f3b6c1a-0d7e-4b59-9f55-0c2a4f3e1d22"})";
  text.append(kBytes - text.size() - end.size(), 'n');
  return text + end;
}

template <class Operation>
void measure(const char* name, Operation operation) {
  constexpr int kRounds = 15;
  constexpr int kTimes = 20000;
  double best_ns = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kTimes; ++i) operation();
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best_ns = std::min(best_ns, spent.count() / kTimes);
  }
  std::printf("%-22s %8.0f ns  %7.0f MB/s\n", name, best_ns, kBytes * 1e3 / best_ns);
}

}  // namespace

int main() {
  using namespace banyan::json;
  std::string text = body();
  auto left = parse(text);
  auto right = parse(text);
  if (!left.ok() || !right.ok()) return 1;
  std::size_t sink = 0;
  std::string out;
  auto strict = Comparer::open({});
  auto lenient = Comparer::open({.ignored = {"$.request_id", "$..updated_at"}, .unordered = {"$.data.tags"}});
  std::printf("%zu bytes, %zu nodes\n", text.size(), left->node_count());
  measure("parse", [&] { sink += parse(text)->node_count(); });
  measure("write", [&] { out.clear(), append_value(out, left->root()), sink += out.size(); });
  measure("canonical", [&] { out.clear(), append_canonical(out, left->root()), sink += out.size(); });
  measure("compare", [&] { sink += strict->compare(left->root(), right->root()).differences.size(); });
  measure("compare with 3 rules", [&] { sink += lenient->compare(left->root(), right->root()).differences.size(); });
  return sink == 0 ? 1 : 0;
}
