#include "php_runtime/builtin_settings.h"

#include <algorithm>
#include <string>

#include "php_runtime/builtin_date.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

struct Setting {
  std::string_view name, value;
};
// Those that this runtime has by its nature.
constexpr Setting kSettings[] = {{"precision", "14"}, {"serialize_precision", "-1"}, {"default_charset", "UTF-8"}};

// The extensions that come with PHP, with their settings behind them: others of theirs are not there.
constexpr std::string_view kSettingsOfPhp =
    " assert.active assert.bail assert.callback assert.exception assert.warning ctype. date.default_latitude "
    "date.default_longitude date.sunrise_zenith date.sunset_zenith date.timezone filter.default "
    "filter.default_flags hash. json. mbstring.detect_order mbstring.encoding_translation mbstring.http_input "
    "mbstring.http_output mbstring.http_output_conv_mimetypes mbstring.internal_encoding mbstring.language "
    "mbstring.regex_retry_limit mbstring.regex_stack_limit mbstring.strict_detection "
    "mbstring.substitute_character pcre.backtrack_limit pcre.jit pcre.recursion_limit random. reflection. spl. "
    "standard. tokenizer. ";

constexpr std::string_view kPcreConstants[] = {"PREG_PATTERN_ORDER",
                                               "PREG_SET_ORDER",
                                               "PREG_OFFSET_CAPTURE",
                                               "PREG_UNMATCHED_AS_NULL",
                                               "PREG_SPLIT_NO_EMPTY",
                                               "PREG_SPLIT_DELIM_CAPTURE",
                                               "PREG_SPLIT_OFFSET_CAPTURE",
                                               "PREG_GREP_INVERT",
                                               "PREG_NO_ERROR",
                                               "PREG_INTERNAL_ERROR",
                                               "PREG_BACKTRACK_LIMIT_ERROR",
                                               "PREG_RECURSION_LIMIT_ERROR",
                                               "PREG_BAD_UTF8_ERROR",
                                               "PREG_BAD_UTF8_OFFSET_ERROR",
                                               "PREG_JIT_STACKLIMIT_ERROR",
                                               "PCRE_VERSION",
                                               "PCRE_VERSION_MAJOR",
                                               "PCRE_VERSION_MINOR",
                                               "PCRE_JIT_SUPPORT"};

// LC_CTYPE and LC_ALL, whose locale PHP takes from its environment.
constexpr Int kCharacters = 0, kAll = 6;

struct Locale {
  bool is_known = false;  // that of characters
};

// Those that say where and how long a program runs, and change nothing of what it does here.
constexpr std::string_view kSettingsOfPlaces =
    " default_socket_timeout display_startup_errors error_log ignore_user_abort implicit_flush log_errors "
    "log_errors_max_len max_execution_time max_input_time memory_limit output_buffering user_agent ";

struct Display {
  bool is_hidden = false;
};

// How PHP reads a setting that is on or off.
bool is_on(const std::string& text) {
  return text == "on" || text == "yes" || text == "true" || text == "stdout" || to_int(Value(text)) != 0;
}

}  // namespace

std::optional<String> ini_get(const String& option) {
  for (const Setting& one : kSettings) {
    if (option.view() == one.name) return String(one.value);
  }
  const std::string name(option.view());
  const std::size_t dot = name.find('.');
  const bool is_bundled = dot != std::string::npos && dot > 0 && !name.contains(' ') &&
                          kSettingsOfPhp.contains(" " + name.substr(0, dot + 1));
  if (!name.empty() && (!is_bundled || kSettingsOfPhp.contains(" " + name + " "))) {
    stop("builtin-missing", concat({"the setting ", name, " is not part of this runtime"}));
  }
  return std::nullopt;
}

Value set_option(const String& option, const Value& v) {
  const std::string name(option.view());
  const std::string text = lower(to_string(v));
  const auto* const known = std::ranges::find(kSettings, name, &Setting::name);
  const bool is_same = known != std::end(kSettings) && lower(known->value) == text;
  if (name == "display_errors" && text != "stderr") {
    request_state<Display>().is_hidden = !is_on(text);
  } else if (name == "error_reporting") {
    context().reporting = to_int(Value(text));
  } else if (name == "date.timezone" && !text.empty()) {
    date_default_timezone_set(to_string(v));
  } else if (!is_same && !kSettingsOfPlaces.contains(" " + name + " ") && !(name == "html_errors" && !is_on(text)) &&
             !(name == "zend.assertions" && text == "1")) {
    stop("builtin-missing", concat({"the setting ", name, " cannot be ", to_string(v), " in this runtime"}));
  }
  return {};
}

bool shows_errors() { return !request_state<Display>().is_hidden; }

std::optional<String> setlocale(Int category, const Value& locales, Arguments) {
  Value given = locales;
  if (given.is_array() && !given.as_array().empty()) given = values_of(given.as_array())[0];
  const String name = to_string(given);
  Locale& locale = request_state<Locale>();
  const bool asks = name.view() == "0", of_characters = category == kAll || category == kCharacters;
  if (category < 0 || category > kAll || (!asks && name.view() != "C" && name.view() != "POSIX") ||
      (of_characters && asks && !locale.is_known)) {
    stop("locale", "setlocale(): this runtime has the locale C alone");
  }
  locale.is_known = locale.is_known || (of_characters && !asks);
  return String("C");
}

Array extension_constants(std::string_view extension) {
  if (extension != "pcre") {
    stop("builtin-missing", concat({"the constants of the extension ", extension, " are not part of this runtime"}));
  }
  Array out;
  for (const std::string_view name : kPcreConstants) out.set_text(name, constant_of({Value(String(name))}));
  return out;
}

}  // namespace banyan::php_runtime
