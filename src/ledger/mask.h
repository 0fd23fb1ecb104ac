// Takes out of a request or an answer what must not be kept: credentials always, and what the configuration names.
//
//   mask: ["$.email", "$..token", "header:x-session", "query:code"]
//
// A place is a path into a JSON body (json/path.h), a header field, or a parameter of the query. What stands there
// becomes "***", whatever it was; below an object or an array that is named, nothing is left either.
//
// Always masked are the fields cookie and set-cookie, and whatever has the name of a secret: fields, members of JSON
// bodies at any depth, and parameters of the query, of the path behind a ';' and of the fragment, also those of
// Location fields. A name is one that ends in password, passwd, passphrase, pwd, secret, token, apikey, privatekey,
// authorization, sessid or sessionid, or is pass; letters of either case, strokes and digits do not count: newPassword,
// client_secret, X-Api-Key, PHPSESSID. A member that is null, true or false stays: it holds no secret. A string of a
// JSON body, another field or another parameter in which a secret is given ("?token=...", GraphQL's password: "...") is
// masked whole.
//
// A body that cannot be read as JSON is not kept at all where a path is named, or where it gives a secret: it would
// carry what was to be hidden. What is not found: a secret by another name, and one in a coding of its own.
//
// Pure; the cost is one pass over the document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/path.h"

namespace banyan {

inline constexpr std::string_view kMasked = "***";

enum class Credentials : unsigned char { kHidden, kKept };

struct MaskedBody {
  // One JSON value, compact: the body where it is JSON and there is room for it once masked, else a string, of the
  // body's text as far as there is room, or "***".
  std::string json;
  bool hidden = false;  // something was
};

// Immutable once made, so any thread may use it.
class Mask {
 public:
  // Credentials alone.
  Mask();
  // And these places; with kKept these alone. Errors: kInvalidArgument, naming the place that is none.
  static Result<Mask> parse(const std::vector<std::string>& places, Credentials credentials = Credentials::kHidden);

  // The field's value as it may be kept. `name` in any case.
  std::string header(std::string_view name, std::string_view value) const;
  // The same of a request target or an absolute URL; the rest of it stays byte for byte.
  std::string target(std::string_view target) const;
  // The body as it may be kept, in at most `bytes_max` bytes.
  MaskedBody body(std::string_view body, std::size_t bytes_max) const;
  bool names_bodies() const { return !paths_.empty(); }
  // Whether a place of a JSON body ("$.user.password") lies at or below what has the name of a secret.
  bool hides_place(std::string_view place) const;

 private:
  bool is_hidden_parameter(std::string_view written) const;
  void append_parameters(std::string& out, std::string_view text, std::string_view separators) const;

  std::vector<json::PathPattern> paths_;
  std::vector<std::string> headers_;     // in lower case
  std::vector<std::string> parameters_;  // as they are written
  bool secrets_ = true;                  // what has the name of one is hidden
};

}  // namespace banyan
