// Profiles in the format of the public tool pprof: gzipped protocol buffers of the message perftools.profiles.Profile.
//
// Only what is needed is written, by hand, since it is a dozen fields: https://github.com/google/pprof,
// proto/profile.proto. A profile is a list of stacks, each with as many values as there are kinds of samples. Stacks
// hold either addresses within mappings, or names alone (of tasks). Pure, but for gzip's use of zlib.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan::profile {

struct ValueKind {
  std::string type;  // "samples", "cpu"
  std::string unit;  // "count", "nanoseconds"
};

// A file mapped into memory, in whose range addresses lie.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  // of `start` in the file
  std::string file;
  std::string build_id;  // in hexadecimal; "" where the file has none
  bool has_functions = false;
};

struct Frame {
  std::uint64_t address = 0;  // 0: a name alone
  int mapping = -1;           // index; -1: none
  std::string function;       // "" where it is not known
  bool operator<(const Frame& other) const {
    return address != other.address ? address < other.address : function < other.function;
  }
};

struct Sample {
  std::vector<Frame> stack;  // the innermost frame first
  std::vector<std::int64_t> values;
};

struct Profile {
  std::vector<ValueKind> kinds;
  std::vector<Mapping> mappings;
  std::vector<Sample> samples;
  std::int64_t time_ns = 0;  // since 1970
  std::int64_t duration_ns = 0;
  ValueKind period_kind;
  std::int64_t period = 0;
  std::string comment;
};

// The message, not compressed.
std::string encode(const Profile& profile);
// As pprof wants it in a file.
std::string encode_gzipped(const Profile& profile);
std::string gzip(std::string_view bytes);

// The functions by what they cost, as `pprof -top` shows them: flat is what they took themselves, cum with all they
// called. `kind` is the index of the value; at most `rows_max` rows.
std::string top_text(const Profile& profile, std::size_t kind, std::size_t rows_max);

}  // namespace banyan::profile
