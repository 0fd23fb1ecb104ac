#include "php_verify/verification.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "php_check/facts.h"
#include "php_verify/process.h"
#include "php_verify/seeds.h"
#include "php_verify/shrink.h"
#include "php_verify/subject.h"

namespace banyan::php {

namespace {

constexpr std::size_t kPhpDeathsMax = 3;
constexpr std::size_t kConvertedDeathsMax = 5;
constexpr unsigned kPatience = 5;  // times the limit that PHP has
constexpr std::size_t kSeedCallsMax = 60;
constexpr std::size_t kTriesMax = 20;       // for one input that was not there yet
constexpr std::size_t kNearRoundsMax = 16;  // each of which PHP may end in, kPhpDeathsMax times
constexpr std::size_t kConfirmedMax = 5;    // differing inputs that are tried alone
constexpr std::size_t kCandidatesMax = 40;  // of one step of making smaller
constexpr std::size_t kStepsMax = 60;
constexpr std::size_t kSlowWeight = 1 << 30;

struct Input {
  InputValue object;
  std::vector<InputValue> arguments;
};

std::size_t weight(const Input& input) {
  std::size_t out = weight(input.object);
  for (const InputValue& one : input.arguments) out += weight(one);
  return out;
}

// Where the facts keep a file: relative, as they want it.
std::string fact_path(const std::string& absolute) { return absolute.substr(absolute.starts_with('/') ? 1 : 0); }

bool stops(const CallAnswer& answer) {
  return answer.text.starts_with("!stopped:") || answer.text.starts_with("!not converted: ");
}

std::string shown(const CallAnswer& answer) {
  switch (answer.end) {
    case CallEnd::kAnswered:
      return readable_answer(answer.text);
    case CallEnd::kTime:
      return "does not end in " + std::to_string(kPatience) + " s of the processor, where PHP takes less than 1 s";
    case CallEnd::kMemory:
      return "runs out of memory";
    case CallEnd::kDied:
      return answer.text;
    case CallEnd::kNotMade:
      break;
  }
  return "was not called";
}

}  // namespace

struct Verification::State {
  VerifyOptions options;
  Project project;
  std::vector<FileSeeds> seeds;  // of each file, then of the tests
  std::vector<Subject> subjects;
  std::vector<std::size_t> runnable;  // of the subjects
  std::vector<std::string> php;       // the command line up to PLAN
  Evidence evidence;

  explicit State(const VerifyOptions& given) : options(given), project({.parse = given.parse}) {}
  const Facts& facts() const { return project.facts(); }
};

namespace {

// One function on its way: its inputs are made, run and compared.
class Comparison {
 public:
  Comparison(const Facts& facts, const VerifyOptions& options, const Subject& subject, std::size_t number)
      : facts_(facts),
        options_(options),
        subject_(subject),
        declared_(facts.at(subject.function).declaration()),
        generator_(facts, options.seed * 0x100000001B3U + number),
        place_(options.folder + "/run" + std::to_string(number)) {}

  Generator& generator() { return generator_; }

  void run(const std::vector<std::vector<InputValue>>& seeds, const std::vector<std::string>& php, const Build& build,
           FunctionEvidence& evidence) {
    php_ = {.argv = php, .plan = plan(), .calls = place_ + ".php.calls", .log = place_ + ".php.log"};
    converted_ = {.argv = {build.program},
                  .plan = plan(),
                  .calls = place_ + ".converted.calls",
                  .log = place_ + ".converted.log"};
    if (build.is_sanitized) converted_.memory_bytes = 0;
    std::vector<Input> batch;
    for (const std::vector<InputValue>& one : seeds) add({.object = object(), .arguments = one}, batch);
    for (const Wildness wildness : {Wildness::kWild, Wildness::kTame, Wildness::kTiny}) {
      generator_.set_wildness(wildness);
      make(options_.inputs - std::min(options_.inputs, evidence.compared), batch);
      if (batch.empty()) break;
      const bool all_made = compare(batch, evidence);
      // Of those that PHP does not answer there are others.
      if ((all_made && evidence.compared >= options_.inputs) || !failure_.empty()) break;
      batch.clear();
    }
    // Types with few awkward values have others, and near what PHP answers there is more that it answers.
    for (std::size_t round = 0; round < kNearRoundsMax && wants_more(evidence); ++round) {
      batch.clear();
      make_near(options_.inputs - evidence.compared, batch);
      if (batch.empty()) break;
      compare(batch, evidence);
    }
    evidence.inputs = seen_.size();
    conclude(evidence);
  }

 private:
  std::string plan() const { return options_.folder + "/plan" + std::to_string(subject_.file); }

  InputValue object() {
    for (int i = 0; i < 8 && subject_.form == CallForm::kMethod; ++i) {
      if (std::optional<InputValue> made = generator_.object(subject_.of)) return *std::move(made);
    }
    return {};
  }

  std::string line(const Input& input) const {
    return call_line(facts_, subject_, encoded(input.object), input.arguments);
  }

  void add(Input input, std::vector<Input>& batch) {
    if (seen_.insert(line(input)).second) batch.push_back(std::move(input));
  }

  void make(std::size_t count, std::vector<Input>& batch) {
    for (std::size_t tries = count * kTriesMax; tries > 0 && batch.size() < count; --tries) {
      InputValue on = object();
      add({.object = std::move(on), .arguments = generator_.arguments(declared_)}, batch);
    }
  }

  bool wants_more(const FunctionEvidence& evidence) const {
    return evidence.compared < options_.inputs && failure_.empty() && different_.empty() && !answered_.empty();
  }

  // Steps away from what PHP has answered.
  void make_near(std::size_t count, std::vector<Input>& batch) {
    for (std::size_t tries = count * kTriesMax; tries > 0 && batch.size() < count; --tries) {
      Input input = answered_[generator_.below(answered_.size())];
      if (input.object.kind == ValueKind::kNew && generator_.below(2) == 0) {
        generator_.vary(input.object, Type());
      } else {
        generator_.vary(declared_, input.arguments);
      }
      add(std::move(input), batch);
    }
  }

  Result<std::vector<CallAnswer>> answers(const Harness& harness, const std::vector<const Input*>& inputs,
                                          std::size_t deaths_max, unsigned patience) {
    std::string text;
    for (const Input* const one : inputs) text += line(*one) + "\n";
    BANYAN_TRY_VOID(write_whole_file(harness.calls, text));
    CallLimits limits;
    limits.processor_time *= patience;
    limits.wall_time *= patience;
    return make_calls(harness, inputs.size(), deaths_max, limits);
  }

  // Both sides make the calls; false where PHP ended too often to make them all.
  bool compare(const std::vector<Input>& batch, FunctionEvidence& evidence) {
    std::vector<const Input*> all;
    for (const Input& one : batch) all.push_back(&one);
    const auto php = answers(php_, all, kPhpDeathsMax, 1);
    if (!php) {
      failure_ = php.error().message();
      evidence.state = VerifyState::kNotRun;
      evidence.reason = "php-load";
      return false;
    }
    std::vector<const Input*> answered;
    std::vector<std::string> wanted;
    bool all_made = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const CallAnswer& one = (*php)[i];
      all_made = all_made && one.end != CallEnd::kNotMade;
      php_died_ = php_died_ || one.end != CallEnd::kAnswered;
      if (one.end != CallEnd::kAnswered) continue;
      answered.push_back(all[i]);
      answered_.push_back(*all[i]);
      wanted.push_back(one.text);
    }
    if (answered.empty()) return all_made;
    const auto given = answers(converted_, answered, kConvertedDeathsMax, kPatience);
    if (!given) {
      failure_ = given.error().message();
      evidence.state = failure_.starts_with("!") ? VerifyState::kStopped : VerifyState::kDifferent;
      evidence.reason = std::string(options_.language->key) + "-load";
      return false;
    }
    for (std::size_t i = 0; i < answered.size(); ++i) note(*answered[i], wanted[i], (*given)[i], evidence);
    return all_made;
  }

  void note(const Input& input, const std::string& wanted, const CallAnswer& given, FunctionEvidence& evidence) {
    if (given.end == CallEnd::kNotMade) return;
    ++evidence.compared;
    if (given.end == CallEnd::kAnswered && given.text == wanted) return;
    if (stops(given)) {
      ++evidence.stopped;
      if (!stopped_ || weight(input) < weight(stopped_->first)) {
        stopped_ = {
            input,
            {readable_call(facts_, subject_, input.object, input.arguments), readable_answer(wanted), shown(given)}};
      }
      return;
    }
    ++evidence.differing;
    different_.push_back({input,
                          {readable_call(facts_, subject_, input.object, input.arguments), readable_answer(wanted),
                           shown(given), 0, true, given.end == CallEnd::kTime}});
  }

  // Whether the call differs in processes that have done nothing else, and how.
  std::optional<Counterexample> alone(const Input& input) {
    const auto php = answers(php_, {&input}, 0, 1);
    if (!php || php->front().end != CallEnd::kAnswered) return std::nullopt;
    const auto again = answers(php_, {&input}, 0, 1);
    if (!again || again->front().text != php->front().text) {
      unsteady_ = true;
      return std::nullopt;
    }
    const auto given = answers(converted_, {&input}, 0, kPatience);
    if (!given || stops(given->front())) return std::nullopt;
    if (given->front().end == CallEnd::kAnswered && given->front().text == php->front().text) return std::nullopt;
    return Counterexample{readable_call(facts_, subject_, input.object, input.arguments),
                          readable_answer(php->front().text),
                          shown(given->front()),
                          0,
                          false,
                          given->front().end == CallEnd::kTime};
  }

  // The first of the candidates that both sides answer differently.
  std::optional<Input> first_different(const std::vector<Input>& candidates) {
    std::vector<const Input*> all;
    for (const Input& one : candidates) all.push_back(&one);
    const auto php = answers(php_, all, kPhpDeathsMax, 1);
    if (!php) return std::nullopt;
    const auto converted = answers(converted_, all, kConvertedDeathsMax, kPatience);
    if (!converted) return std::nullopt;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const CallAnswer& given = (*converted)[i];
      const bool differs = (*php)[i].end == CallEnd::kAnswered && given.end != CallEnd::kNotMade && !stops(given) &&
                           given.end != CallEnd::kTime &&
                           (given.end != CallEnd::kAnswered || given.text != (*php)[i].text);
      if (differs) return candidates[i];
    }
    return std::nullopt;
  }

  std::vector<Input> simpler_inputs(const Input& input) const {
    std::size_t required = 0;
    for (const ParameterDeclaration& one : declared_.parameters) required += one.optional || one.variadic ? 0 : 1;
    std::vector<Input> out;
    if (subject_.form == CallForm::kMethod) {
      for (std::vector<InputValue>& one : simpler({input.object}, 1, kCandidatesMax / 2)) {
        out.push_back({.object = std::move(one[0]), .arguments = input.arguments});
      }
    }
    for (std::vector<InputValue>& one : simpler(input.arguments, required, kCandidatesMax)) {
      out.push_back({.object = input.object, .arguments = std::move(one)});
    }
    return out;
  }

  Counterexample shrunk(Input input, Counterexample example) {
    std::size_t steps = 0;
    for (; steps < kStepsMax; ++steps) {
      const std::vector<Input> candidates = simpler_inputs(input);
      if (candidates.empty()) break;
      const std::optional<Input> found = first_different(candidates);
      if (!found) break;
      std::optional<Counterexample> confirmed = alone(*found);
      if (!confirmed) break;
      input = *found;
      example = *std::move(confirmed);
    }
    example.steps = steps;
    return example;
  }

  void conclude(FunctionEvidence& evidence) {
    if (!failure_.empty()) {
      evidence.why = readable_answer(failure_);
      return;
    }
    std::vector<std::pair<std::size_t, std::size_t>> lightest;
    for (std::size_t i = 0; i < different_.size(); ++i) {
      // What only takes long comes last: it says less, and cannot be made smaller in good time.
      const auto& [input, example] = different_[i];
      lightest.emplace_back(weight(input) + (example.is_slow ? kSlowWeight : 0), i);
    }
    std::sort(lightest.begin(), lightest.end());
    for (std::size_t i = 0; i < std::min(different_.size(), kConfirmedMax) && !unsteady_; ++i) {
      if (std::optional<Counterexample> found = alone(different_[lightest[i].second].first)) {
        evidence.state = VerifyState::kDifferent;
        evidence.example = found->is_slow ? *found : shrunk(different_[lightest[i].second].first, *std::move(found));
        return;
      }
    }
    if (unsteady_) {
      evidence.state = VerifyState::kNotRun;
      evidence.reason = "non-deterministic";
      evidence.why = "PHP answers the same call in two ways";
    } else if (!different_.empty() && !php_died_) {
      evidence.state = VerifyState::kDifferent;
      evidence.example = different_[lightest[0].second].second;
    } else if (stopped_) {
      evidence.state = VerifyState::kStopped;
      evidence.example = stopped_->second;
    } else {
      // What differs only since PHP was started anew in between says nothing.
      evidence.compared -= different_.size();
      evidence.differing = 0;
      evidence.state = evidence.compared > 0 ? VerifyState::kEqual : VerifyState::kUndecided;
    }
  }

  const Facts& facts_;
  const VerifyOptions& options_;
  const Subject& subject_;
  const FunctionDeclaration& declared_;
  Generator generator_;
  std::string place_;
  Harness php_, converted_;
  std::set<std::string> seen_;
  std::vector<Input> answered_;  // by PHP
  std::vector<std::pair<Input, Counterexample>> different_;
  std::optional<std::pair<Input, Counterexample>> stopped_;
  std::string failure_;
  bool php_died_ = false;
  bool unsteady_ = false;
};

// "php8.2 -n ...", which reads no configuration of the machine. Extensions that are not installed are left out without
// a word: functions that need them then differ in an error that names them.
std::vector<std::string> php_command(const VerifyOptions& options) {
  std::vector<std::string> out = {options.php, "-n"};
  for (const char* const setting :
       {"display_errors=1", "display_startup_errors=0", "html_errors=0", "error_reporting=-1", "memory_limit=256M",
        "date.timezone=UTC", "extension=ctype", "extension=mbstring", "extension=intl", "extension=iconv",
        "opcache.enable_cli=0", "allow_url_fopen=0",
        "disable_functions=exec,shell_exec,system,passthru,proc_open,popen,pcntl_fork,pcntl_exec,mail,unlink,rmdir"}) {
    out.emplace_back("-d");
    out.emplace_back(setting);
  }
  out.push_back(options.folder + "/harness.php");
  return out;
}

Result<std::string> php_version(const VerifyOptions& options) {
  const Result<RunResult> said =
      run_program({options.php, "-n", "-r", "echo PHP_VERSION;"}, options.folder, std::chrono::seconds(30));
  if (!said || said->status != 0) {
    return Error(ErrorCode::kNotFound, "PHP cannot be run as " + options.php + ": install php" + options.php_version +
                                           "-cli, or give --php-program");
  }
  const std::string version = said->output.substr(said->output.rfind('\n') + 1);
  if (version.starts_with(options.php_version + ".")) return version;
  return Error(ErrorCode::kFailedPrecondition, options.php + " is PHP " + version + ", and the files are for " +
                                                   options.php_version + ": give --php-program or --php");
}

// PLAN for the harnesses, see there.
std::string plan_text(const Facts& facts, FileId file) {
  std::string out;
  for (const FileId one : load_order(facts, file)) out += "load\t/" + facts.at(one).path + "\n";
  for (const ClassInfo& one : facts.classes()) {
    if (one.declaration().name != "class@anonymous") {
      out += "class\t" + one.declaration().key + "\t/" + facts.at(one.file).path + "\n";
    }
  }
  return out;
}

}  // namespace

Verification::Verification(std::unique_ptr<State> state) : state_(std::move(state)) {}
Verification::Verification(Verification&&) noexcept = default;
Verification& Verification::operator=(Verification&&) noexcept = default;
Verification::~Verification() = default;

Result<Verification> Verification::prepare(std::vector<VerifySource> sources, const VerifyOptions& options) {
  auto state = std::make_unique<State>(options);
  Evidence& evidence = state->evidence;
  const Language& language = *options.language;
  evidence.language = language.key;
  evidence.title = language.title;
  evidence.seed = options.seed;
  evidence.inputs = options.inputs;
  BANYAN_TRY(evidence.php, php_version(options));
  state->php = php_command(options);
  std::vector<std::string> takers;
  for (const VerifySource& one : sources) {
    const std::vector<std::string> own = reference_takers(one.text, options.parse);
    takers.insert(takers.end(), own.begin(), own.end());
  }
  for (VerifySource& one : sources) {
    state->seeds.push_back(find_seeds(parse(one.text, options.parse), one.text));
    state->project.set_file(fact_path(one.absolute), one.text);
    VerifiedFile file{.path = std::move(one.path), .absolute = std::move(one.absolute), .text = std::move(one.text)};
    file.conversion = language.convert(file.absolute, file.text,
                                       {.parse = options.parse,
                                        .package = language.package(one.converted_path),
                                        .is_alone = sources.size() == 1,
                                        .reference_takers = takers});
    file.converted_path = std::move(one.converted_path);
    file.code = one.edited.empty() ? file.conversion.*language.code : std::move(one.edited);
    evidence.files.push_back(std::move(file));
  }
  for (const std::string& text : options.tests) state->seeds.push_back(find_seeds(parse(text, options.parse), text));
  const Facts& facts = state->project.analyze();
  BANYAN_TRY_VOID(write_whole_file(options.folder + "/harness.php", verify_file("harness/harness.php")));
  BANYAN_TRY(evidence.build, language.build(options.folder, options.tools, evidence.files));
  for (std::size_t i = 0; i < evidence.files.size(); ++i) {
    const VerifiedFile& file = evidence.files[i];
    const std::string path = fact_path(file.absolute);
    if (const FileId id = facts.find_file(path)) {
      BANYAN_TRY_VOID(write_whole_file(options.folder + "/plan" + std::to_string(i), plan_text(facts, id)));
    }
    for (Subject& subject : find_subjects(facts, path, file.conversion, i)) {
      const ConvertedFunction& converted = *subject.converted;
      const auto lines = language.lines(file.code, converted.target);
      FunctionEvidence one{.name = converted.name,
                           .file = i,
                           .reason = subject.not_run,
                           .why = subject.why,
                           .dynamic = converted.state == ConversionState::kDynamic,
                           .line = converted.line,
                           .end_line = converted.end_line,
                           .converted_line = lines.first,
                           .converted_end_line = lines.second};
      if (converted.state == ConversionState::kRefused) {
        one.state = VerifyState::kRefused;
      } else if (!file.unbuilt.empty()) {
        one.state = VerifyState::kUnbuilt;
        one.why = file.unbuilt;
      } else if (subject.not_run.empty()) {
        state->runnable.push_back(state->subjects.size());
      }
      evidence.functions.push_back(std::move(one));
      state->subjects.push_back(std::move(subject));
    }
  }
  return Verification(std::move(state));
}

std::size_t Verification::count() const { return state_->runnable.size(); }

void Verification::run(std::size_t index) {
  const std::size_t number = state_->runnable[index];
  const Subject& subject = state_->subjects[number];
  const FunctionDeclaration& declared = state_->facts().at(subject.function).declaration();
  Comparison comparison(state_->facts(), state_->options, subject, number);
  std::vector<InputValue> literals;
  for (const auto& [offset, value] : state_->seeds[subject.file].literals) {
    if (offset >= declared.place.offset && offset < declared.place.end) literals.push_back(value);
  }
  comparison.generator().set_literals(std::move(literals));
  std::vector<std::vector<InputValue>> seeds;
  const std::size_t begin = declared.name.find_last_of(":\\");
  const std::string name = ascii_lower(declared.name.substr(begin == declared.name.npos ? 0 : begin + 1));
  std::size_t required = 0;
  for (const ParameterDeclaration& one : declared.parameters) required += one.optional || one.variadic ? 0 : 1;
  for (const FileSeeds& file : state_->seeds) {
    for (const SeedCall& call : file.calls) {
      if (call.name == name && call.arguments.size() >= required && seeds.size() < kSeedCallsMax) {
        seeds.push_back(call.arguments);
      }
    }
  }
  comparison.run(seeds, state_->php, state_->evidence.build, state_->evidence.functions[number]);
}

const Evidence& Verification::evidence() const { return state_->evidence; }

}  // namespace banyan::php
