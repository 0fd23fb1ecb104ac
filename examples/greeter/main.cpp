#include "service/server.h"

using namespace banyan;
using json::field;

struct Greet {
  std::string name;
  int times = 1;
  static service::Inputs inputs() {
    return {service::path(field<&Greet::name>().length(1, 40)),
            service::query(field<&Greet::times>().range(1, 3).optional())};
  }
};
struct Greeting {
  std::string text;
  static json::Fields fields() { return {field<&Greeting::text>()}; }
};

Task<Result<Greeting>> greet(Greet in, service::Context&) {
  std::string text = "hello";
  for (int i = 0; i < in.times; ++i) text += " " + in.name;
  co_return Greeting{text};
}
Task<Result<void>> build(service::Service& app, const Arguments&) {
  app.get("/greetings/:name", greet).says("greets somebody by name");
  co_return {};
}
int main(int argc, char** argv) {
  return service::run_service({.name = "greeter", .summary = "greets people", .build = build}, argc, argv);
}
