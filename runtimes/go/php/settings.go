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

// settingsOfPlaces are those that say where and how long a program runs, and change nothing of what it does here.
const settingsOfPlaces = " default_socket_timeout display_startup_errors error_log ignore_user_abort implicit_flush log_errors " +
	"log_errors_max_len max_execution_time max_input_time memory_limit output_buffering user_agent "

// SetOption is ini_set() whose result nobody reads.
func SetOption(option string, v Value) Value {
	text := strings.ToLower(ToString(v))
	known, has := settings[option]
	switch {
	case option == "display_errors" && text != "stderr":
		errorState.hidden = !isOn(text)
	case option == "error_reporting":
		errorState.reporting = ToInt(text)
	case option == "date.timezone" && text != "":
		DateDefaultTimezoneSet(ToString(v))
	case has && text == strings.ToLower(known), strings.Contains(settingsOfPlaces, " "+option+" "):
	case option == "html_errors" && !isOn(text), option == "zend.assertions" && text == "1":
	default:
		Stop("builtin-missing", "the setting "+option+" cannot be "+ToString(v)+" in this runtime")
	}
	return nil
}

// isOn is how PHP reads a setting that is on or off.
func isOn(text string) bool {
	return text == "on" || text == "yes" || text == "true" || text == "stdout" || ToInt(text) != 0
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
