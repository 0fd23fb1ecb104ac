// Cases of tests as data: what goes in and what comes out, side by side in one file under testdata/.
//
//   == refuse 400: white space before the colon
//   GET / HTTP/1.1\r\n
//   Host : a\r\n
//   \r\n
//   --
//   error 400 at 16: white space stands between a field name and its colon
//
// Line ends of the file mean nothing in the input; what it holds is written \r \n \t \\ \xNN, and \{a*100} for a
// hundred times "a". A name begins with what the answer must be ("accept", "refuse STATUS", "more"), so that a rewrite
// of the expected part cannot turn a refusal into an acceptance unseen. BANYAN_UPDATE=1 in the environment rewrites the
// expected parts; the difference is then reviewed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan {

struct Transcript {
  std::string name;
  std::string source;  // the input as written in the file
  std::string input;
  std::string expected;
};

// All cases of a file; empty where it cannot be read.
std::vector<Transcript> read_transcripts(const std::string& path);

// Runs `describe` on each case's input and compares. Gives a text of the differences, "" where there are none. An empty
// or missing file, and a name that does not fit the answer's first word and status, are differences too.
std::string check_transcripts(const std::string& path, const std::function<std::string(std::string_view)>& describe);

// The bytes as the files write them.
std::string escape_bytes(std::string_view bytes);

}  // namespace banyan
