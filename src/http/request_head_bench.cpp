// How long the parse of one request head takes: the 394 bytes an everyday browser sends, in nanoseconds, the median of
// 21 rounds. Prints one line per parser. Run it on a quiet core; the second figure is the best round.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include "http/message_framing.h"
#include "http/request_head.h"

#ifdef BANYAN_LLHTTP
#include <llhttp.h>
#endif

namespace {

constexpr std::string_view kRequest =
    "GET /user/profile?id=4711&lang=en HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=9f86d081884c7d659a2feaa0c55ad015; theme=dark\r\n"
    "Referer: http://www.example.com/a\r\n\r\n";
static_assert(kRequest.size() == 394);

constexpr int kRounds = 21;
constexpr int kParsesPerRound = 200'000;

template <class Parse>
void measure(const char* name, Parse parse) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> rounds;
  bool ok = true;
  for (int round = 0; round < kRounds; ++round) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < kParsesPerRound; ++i) ok = parse() && ok;
    const std::chrono::duration<double, std::nano> spent = Clock::now() - start;
    rounds.push_back(spent.count() / kParsesPerRound);
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-24s %7.1f ns median %7.1f ns best%s\n", name, rounds[kRounds / 2], rounds[0], ok ? "" : "  FAILED");
}

void hide(void* pointer) { asm volatile("" : : "r"(pointer) : "memory"); }

void measure_ours() {
  banyan::RequestHead head;
  banyan::RequestHeadParser parser;
  measure("head", [&] {
    parser.reset();
    const bool done = parser.parse(kRequest, head).done();
    hide(&head);
    return done;
  });
  measure("head and framing", [&] {
    parser.reset();
    const bool done = parser.parse(kRequest, head).done() && banyan::frame_request(head).has_value();
    hide(&head);
    return done;
  });
}

#ifdef BANYAN_LLHTTP
int take_span(llhttp_t* parser, const char* at, size_t length) {
  static_cast<std::vector<std::string_view>*>(parser->data)->push_back({at, length});
  return 0;
}

// With the callbacks a server needs, which keep the views: a parse that throws everything away would be no comparison.
void measure_llhttp() {
  std::vector<std::string_view> views;
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_url = settings.on_header_field = settings.on_header_value = take_span;
  llhttp_t parser;
  measure("llhttp", [&] {
    views.clear();
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &views;
    const bool done = llhttp_execute(&parser, kRequest.data(), kRequest.size()) == HPE_OK;
    hide(&views);
    return done;
  });
}
#endif

}  // namespace

int main() {
  measure_ours();
#ifdef BANYAN_LLHTTP
  measure_llhttp();
#else
  std::printf("llhttp                   SKIPPED: install node-llhttp to compare\n");
#endif
}
