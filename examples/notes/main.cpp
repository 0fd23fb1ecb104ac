#include "notes.h"
#include "service/server.h"

namespace {

notes::Notes all_notes;

banyan::Task<banyan::Result<void>> build(banyan::service::Service& app, const banyan::Arguments&) {
  all_notes.serve(app);
  app.ready_when("notes", []() -> banyan::Task<banyan::Result<void>> { co_return banyan::Result<void>(); });
  co_return {};
}

}  // namespace

int main(int argc, char** argv) {
  return banyan::service::run_service(
      {.name = "notes",
       .summary = "keeps notes in memory",
       .examples = {{"notes --listen 127.0.0.1:9100 --access-log -", "serve on the loopback"}},
       .build = build},
      argc, argv);
}
