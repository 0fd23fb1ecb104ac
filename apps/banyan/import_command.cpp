// banyan import: an nginx configuration becomes a proposal for the gateway's.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "commands.h"
#include "nginx_import/convert.h"
#include "nginx_import/proposal_text.h"
#include "nginx_import/traffic_ranking.h"

namespace banyan {
namespace {

constexpr std::size_t kEndpointsShown = 30;
constexpr std::size_t kEndpointsInJson = 1000;

int fail(const std::string& text) {
  std::fprintf(stderr, "banyan import: %s\n", text.c_str());
  return kExitBadUse;
}

Result<void> read_log(const std::string& path, nginx::TrafficRanking& ranking, std::uint64_t& unreadable) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  php::AccessLogReader reader([&ranking](const php::LoggedRequest& request) { ranking.add(request); });
  char buffer[64 * 1024];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) reader.feed({buffer, n});
  if (std::ferror(file.get()) != 0) return Error::from_errno(errno, path);
  reader.finish();
  unreadable += reader.unreadable_count();
  return {};
}

// A file that is there already may hold somebody's work, and is left alone.
Result<void> write_new(const std::string& path, const std::string& text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST) {
    return Error(ErrorCode::kAlreadyExists, path + " is there already: delete it, or name another file with -o");
  }
  if (descriptor < 0) return Error::from_errno(errno, path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(fdopen(descriptor, "wb"), std::fclose);
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) {
    return Error::from_errno(errno, path);
  }
  return {};
}

std::string json_text(const nginx::Proposal& proposal, const nginx::Configuration& configuration,
                      const std::string& yaml, const nginx::TrafficRanking* ranking) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  nginx::write_proposal_members(writer, proposal, configuration, yaml);
  if (ranking != nullptr) nginx::write_ranking_member(writer, *ranking, kEndpointsInJson);
  writer.end_object();
  return out + "\n";
}

int run_import(const Arguments& arguments) {
  nginx::DiskFiles disk;
  const nginx::Configuration configuration = nginx::load(*arguments.value("NGINX_CONF"), disk);
  if (!configuration.diagnostics.empty()) {
    std::fputs(diagnostics_text(configuration.diagnostics).c_str(), stderr);
    return kExitBadUse;
  }
  nginx::TrafficRanking ranking;
  std::uint64_t unreadable = 0;
  const std::vector<std::string>& logs = arguments.values("access-log");
  for (const std::string& log : logs) {
    if (const Result<void> read = read_log(log, ranking, unreadable); !read.ok()) return fail(read.error().text());
  }
  const Result<nginx::Proposal> proposal = nginx::convert(configuration);
  if (!proposal.ok()) return fail(proposal.error().text());
  const std::string yaml = nginx::proposal_yaml(*proposal, configuration);
  const auto output = arguments.value("output");
  if (output) {
    if (const Result<void> written = write_new(*output, yaml); !written.ok()) return fail(written.error().text());
  }
  if (arguments.flag("json")) {
    std::fputs(json_text(*proposal, configuration, yaml, logs.empty() ? nullptr : &ranking).c_str(), stdout);
    return kExitDone;
  }
  if (!output) std::fputs(yaml.c_str(), stdout);
  // What a person reads goes where it does not mix with the file.
  std::FILE* const report = output ? stdout : stderr;
  std::fputs(nginx::notes_text(*proposal, configuration, arguments.flag("all")).c_str(), report);
  if (!logs.empty()) {
    std::fprintf(report, "\nEndpoints by traffic; move the first ones first:\n%s",
                 nginx::ranking_text(ranking, kEndpointsShown).c_str());
    if (unreadable > 0) {
      std::fprintf(report, "%llu lines are neither combined log lines nor Banyan's\n",
                   static_cast<unsigned long long>(unreadable));
    }
  }
  if (output) std::fprintf(report, "\nWrote %s. Next: banyan check -c %s\n", output->c_str(), output->c_str());
  return kExitDone;
}

}  // namespace

Command import_command() {
  return {
      .name = "import",
      .summary = "propose a configuration from nginx's",
      .description =
          "Reads the file with all it includes, proposes the configuration that does the same, and lists every "
          "directive that is not the same afterwards, with what to do instead (docs/import-nginx.md). The proposal "
          "goes to standard output and the list to standard error; with -o, the proposal to the file and the list to "
          "standard output.\n"
          "Exit code 2 where nginx would refuse the file, or a file cannot be read or written.",
      .options = {{.name = "access-log",
                   .value = "FILE",
                   .about = "rank the endpoints it shows by traffic; may be given several times",
                   .repeated = true},
                  {.name = "output", .letter = 'o', .value = "FILE", .about = "a new file for the proposal"},
                  {.name = "all", .about = "list also what needs nothing"},
                  {.name = "json", .about = "print one JSON object: config, notes, traffic"}},
      .positionals = {{.name = "NGINX_CONF", .about = "nginx's main file, or that of one site"}},
      .examples = {{"banyan import /etc/nginx/nginx.conf -o banyan.yaml", "propose banyan.yaml, and list what differs"},
                   {"banyan import site.conf --access-log access.log", "and say which endpoints to move first"}},
      .run = run_import};
}

}  // namespace banyan
