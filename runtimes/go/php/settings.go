package php

import (
	"strings"
)

// What PHP's configuration says, as far as it is the same everywhere, and its locale.

// settings are those that this runtime has by its nature.
var settings = map[string]string{"precision": "14", "serialize_precision": "-1", "default_charset": "UTF-8"}

// settingsOfPHP are the extensions that come with PHP, with their settings behind them: others of theirs are not there.
const settingsOfPHP = " assert.active assert.bail assert.callback assert.exception assert.warning ctype. " +
	"date.default_latitude date.default_longitude date.sunrise_zenith date.sunset_zenith date.timezone filter.default " +
	"filter.default_flags hash. json. mbstring.detect_order mbstring.encoding_translation mbstring.http_input " +
	"mbstring.http_output mbstring.http_output_conv_mimetypes mbstring.internal_encoding mbstring.language " +
	"mbstring.regex_retry_limit mbstring.regex_stack_limit mbstring.strict_detection mbstring.substitute_character " +
	"pcre.backtrack_limit pcre.jit pcre.recursion_limit random. reflection. spl. standard. tokenizer. "

// IniGet is ini_get() of the settings that do not depend on where the program runs.
func IniGet(option string) (string, bool) {
	if v, ok := settings[option]; ok {
		return v, true
	}
	extension, _, dotted := strings.Cut(option, ".")
	bundled := dotted && extension != "" && !strings.Contains(option, " ") && strings.Contains(settingsOfPHP, " "+extension+".")
	if option != "" && (!bundled || strings.Contains(settingsOfPHP, " "+option+" ")) {
		Stop("builtin-missing", "the setting "+option+" is not part of this runtime")
	}
	return "", false
}

var localeOfCharacters = ""

// Setlocale is setlocale() of the locale C, and the question which one there is.
func Setlocale(category int, locales Value, rest ...Value) (string, bool) {
	for _, given := range append([]Value{locales}, rest...) {
		if a, ok := given.(*Array); ok && a.Len() > 0 {
			given = Deref(a.pairs()[0].val)
		}
		name := ToString(given)
		all := category == LcAll || category == LcCtype
		if category < 0 || category > LcAll || name != "0" && name != "C" && name != "POSIX" || all && name == "0" && localeOfCharacters == "" {
			break
		}
		if all && name != "0" {
			localeOfCharacters = "C"
		}
		return "C", true
	}
	Stop("locale", "setlocale(): this runtime has the locale C alone")
	return "", false
}

// ExtensionConstants is get_defined_constants(true)[extension] of an extension all of whose constants this runtime has.
func ExtensionConstants(extension string) *Array {
	a := NewArray()
	if extension != "pcre" {
		Stop("builtin-missing", "the constants of the extension "+extension+" are not part of this runtime")
	}
	for _, name := range pcreConstants {
		a.SetStr(name, constantTable[name])
	}
	return a
}

var pcreConstants = strings.Fields("PREG_PATTERN_ORDER PREG_SET_ORDER PREG_OFFSET_CAPTURE PREG_UNMATCHED_AS_NULL PREG_SPLIT_NO_EMPTY " +
	"PREG_SPLIT_DELIM_CAPTURE PREG_SPLIT_OFFSET_CAPTURE PREG_GREP_INVERT PREG_NO_ERROR PREG_INTERNAL_ERROR " +
	"PREG_BACKTRACK_LIMIT_ERROR PREG_RECURSION_LIMIT_ERROR PREG_BAD_UTF8_ERROR PREG_BAD_UTF8_OFFSET_ERROR " +
	"PREG_JIT_STACKLIMIT_ERROR PCRE_VERSION PCRE_VERSION_MAJOR PCRE_VERSION_MINOR PCRE_JIT_SUPPORT")
