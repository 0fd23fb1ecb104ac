#include "ledger/ledger.h"

#include <utility>

#include "ledger/ledger_file.h"
#include "ledger/ledger_writer.h"
#include "runtime/blocking.h"

namespace banyan {

Ledger::Ledger(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::open(LedgerOptions options) {
  BANYAN_TRY(std::unique_ptr<LedgerFile> file, LedgerFile::open_to_write(options.file));
  // The whole of it must be understood before anything is added.
  BANYAN_TRY_VOID([&]() -> Result<void> {
    Result<std::vector<RouteHistory>> routes = file->routes();
    if (!routes.ok()) return std::move(routes).error();
    return {};
  }());
  BANYAN_TRY(std::unique_ptr<LedgerFile> reader, LedgerFile::open_to_read(options.file));
  return std::unique_ptr<Ledger>(
      new Ledger(std::make_unique<Writer>(std::move(options), std::move(file), std::move(reader))));
}

Result<std::vector<RouteHistory>> Ledger::load() {
  return writer_->with_reader([](LedgerFile& file) { return file.routes(); });
}

Result<std::vector<PlaceCount>> Ledger::places(const std::string& route, std::uint64_t epoch) {
  return writer_->with_reader([&](LedgerFile& file) { return file.places(route, epoch); });
}

Result<std::string> Ledger::moved_by(const std::string& route) {
  constexpr std::size_t kLooked = 10'000;
  BANYAN_TRY(const std::vector<Transition> newest_first,
             writer_->with_reader([&](LedgerFile& file) { return file.transitions(route, kLooked); }));
  for (const Transition& made : newest_first) {
    if (made.to != made.from) return made.by;
  }
  return std::string();
}

Task<Result<void>> Ledger::append(std::string route, Transition transition) {
  co_return co_await blocking([&] { return writer_->append(std::move(route), std::move(transition)); });
}

void Ledger::append_later(std::string route, Transition transition) {
  writer_->append_later(std::move(route), std::move(transition));
}

void Ledger::note_evidence(EvidenceNote note) { writer_->note_evidence(std::move(note)); }
void Ledger::note_places(PlacesNote note) { writer_->note_places(std::move(note)); }
void Ledger::keep_samples(Duration keep) { writer_->keep_samples(keep); }
void Ledger::note_sample(Sample sample) { writer_->note_sample(std::move(sample)); }
LedgerHealth Ledger::health() const { return writer_->health(); }

Task<Result<std::vector<Transition>>> Ledger::transitions(std::string route, std::size_t limit) {
  co_return co_await blocking(
      [&] { return writer_->with_reader([&](LedgerFile& file) { return file.transitions(route, limit); }); });
}

Task<Result<std::vector<Sample>>> Ledger::samples(std::string route, std::size_t limit) {
  co_return co_await blocking(
      [&] { return writer_->with_reader([&](LedgerFile& file) { return file.samples(route, limit); }); });
}

}  // namespace banyan
