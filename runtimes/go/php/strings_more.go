package php

import (
	"strings"
)

// More of https://www.php.net/manual/en/ref.strings.php: tokens, tags, queries and addresses.

var token struct {
	text string
	at   int
}

// Strtok is strtok(): with two arguments a new string, with one the next token of the one before.
func Strtok(s string, separators Value) (string, bool) {
	if separators == nil {
		separators = s
	} else {
		token.text, token.at = s, 0
	}
	set := ToString(separators)
	for token.at < len(token.text) && strings.IndexByte(set, token.text[token.at]) >= 0 {
		token.at++
	}
	if token.at >= len(token.text) {
		token.text, token.at = "", 0
		return "", false
	}
	start := token.at
	for token.at < len(token.text) && strings.IndexByte(set, token.text[token.at]) < 0 {
		token.at++
	}
	found := token.text[start:token.at]
	if token.at < len(token.text) {
		token.at++
	}
	return found, true
}

// ParseStr is parse_str(): the variables of a query string.
func ParseStr(s string, result **Array) {
	a := NewArray()
	for _, part := range strings.Split(s, "&") {
		if part == "" {
			continue
		}
		name, v, _ := strings.Cut(part, "=")
		setQueryVariable(a, Urldecode(name), Urldecode(v))
	}
	*result = a
}

// setQueryVariable stores a[b][] = v by its written name.
func setQueryVariable(a *Array, name string, v Value) {
	name = strings.TrimLeft(name, " ")
	if i := strings.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	bracket := strings.IndexByte(name, '[')
	if bracket == 0 {
		return
	}
	base := name
	if bracket > 0 {
		base = name[:bracket]
	}
	base = strings.NewReplacer(" ", "_", ".", "_").Replace(base)
	if base == "" {
		return
	}
	if bracket < 0 {
		a.SetStr(base, v)
		return
	}
	key, rest := Value(base), name[bracket:]
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			if key == Value(base) {
				a.SetStr(base+"_"+strings.NewReplacer(" ", "_", ".", "_").Replace(rest[1:]), v)
				return
			}
			break
		}
		if key == nil {
			a = a.AppendArray()
		} else {
			if !IsArray(a.Peek(key)) {
				a.Set(key, NewArray())
			}
			a = a.ArrayAt(key)
		}
		key = nil
		if inner := rest[1:end]; inner != "" {
			key = inner
		}
		rest = rest[end+1:]
	}
	if key == nil {
		a.Append(v)
	} else {
		a.Set(key, v)
	}
}

// StripTags is strip_tags() without a list of tags to keep, or with "<a><b>".
func StripTags(s string, allowed Value) string {
	keep := map[string]bool{}
	switch allowed := allowed.(type) {
	case string:
		for _, name := range strings.FieldsFunc(lower(allowed), func(r rune) bool { return r == '<' || r == '>' }) {
			keep[strings.TrimSpace(strings.Trim(name, "/"))] = true
		}
	case *Array:
		for _, v := range allowed.Values() {
			keep[lower(ToString(v))] = true
		}
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == 0 {
			i++
			continue
		}
		if s[i] != '<' || i+1 < len(s) && isSpace(s[i+1]) {
			b.WriteByte(s[i])
			i++
			continue
		}
		end := tagEnd(s, i)
		tag := s[i:end]
		if strings.HasPrefix(tag, "<?") && (i == 0 || !strings.HasPrefix(lower(tag), "<?xml")) {
			i = processingEnd(s, i)
			continue
		}
		if keep[tagName(tag)] && tag[len(tag)-1] == '>' {
			b.WriteString(tag)
		}
		i = end
	}
	return b.String()
}

// processingEnd is where <? ... ?> ends that begins at i.
func processingEnd(s string, i int) int {
	var quote byte
	for j := i + 2; j < len(s); j++ {
		switch c := s[j]; {
		case quote != 0:
			if c == quote && s[j-1] != '\\' {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>' && s[j-1] == '?':
			return j + 1
		}
	}
	return len(s)
}

func tagName(tag string) string {
	name := lower(strings.TrimLeft(strings.Trim(tag, "<>"), "/"))
	for i := 0; i < len(name); i++ {
		if isSpace(name[i]) || name[i] == '/' {
			return name[:i]
		}
	}
	return name
}

// tagEnd is where the tag that begins at i ends; quotes may hold its bracket.
func tagEnd(s string, i int) int {
	if strings.HasPrefix(s[i:], "<!--") {
		if end := strings.Index(s[i:], "-->"); end >= 0 {
			return i + end + 3
		}
		return len(s)
	}
	var quote byte
	depth := 0
	for j := i + 1; j < len(s); j++ {
		c := s[j]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			depth++
		case c == '>':
			if depth == 0 {
				return j + 1
			}
			depth--
		}
	}
	return len(s)
}

// The parts of parse_url() in the order of its result.
var urlParts = []string{"scheme", "host", "port", "user", "pass", "path", "query", "fragment"}

// ParseUrl is parse_url(): an array of the parts there are, one part for a component from 0 to 7, or false.
func ParseUrl(url string, component int) Value {
	parts, ok := splitURL(url)
	if !ok {
		return false
	}
	if component < 0 {
		return parts
	}
	if component > 7 {
		badArgument("parse_url", 2, "component", "must be a valid URL component identifier, "+ToString(component)+" given")
	}
	return parts.Peek(urlOrder[component])
}

var urlOrder = []string{"scheme", "host", "port", "user", "pass", "path", "query", "fragment"}

// urlReader takes the parts off a URL as PHP does, which is more lenient than any standard.
type urlReader struct {
	found map[string]Value
	rest  string
}

func splitURL(url string) (*Array, bool) {
	u := &urlReader{map[string]Value{}, url}
	host, ok := u.begin()
	if ok && host {
		ok = u.authority()
	}
	if !ok {
		return nil, false
	}
	if _, begun := u.found["scheme"]; u.rest != "" || !host && !begun {
		u.path()
	}
	parts := NewArray()
	for _, name := range urlParts {
		if v, ok := u.found[name]; ok {
			parts.SetStr(name, v)
		}
	}
	return parts, true
}

// urlText is a part without control characters.
func urlText(s string) string {
	clean := []byte(s)
	for i, c := range clean {
		if c < 32 || c == 127 {
			clean[i] = '_'
		}
	}
	return string(clean)
}

// begin takes the scheme, and says whether a host follows; not ok where PHP refuses the whole.
func (u *urlReader) begin() (host, ok bool) {
	colon := strings.IndexByte(u.rest, ':')
	switch {
	case colon < 0:
		return u.slashes(), true
	case colon == 0:
		return u.beginsWithPort(colon)
	case !isScheme(u.rest[:colon]):
		if end := strings.IndexAny(u.rest, "?#"); colon+1 < len(u.rest) && (end < 0 || colon < end) {
			return u.beginsWithPort(colon)
		}
		return u.slashes(), true
	}
	after := u.rest[colon+1:]
	if after != "" && after[0] != '/' {
		digits := 0
		for digits < len(after) && digits < 6 && isDigit(after[digits]) {
			digits++
		}
		if digits < 6 && (digits == len(after) || after[digits] == '/') {
			return u.beginsWithPort(colon)
		}
	}
	scheme := u.rest[:colon]
	u.found["scheme"], u.rest = urlText(scheme), after
	if !strings.HasPrefix(after, "//") {
		return false, true
	}
	u.rest = after[2:]
	if strings.EqualFold(scheme, "file") && strings.HasPrefix(u.rest, "/") {
		if len(u.rest) > 2 && u.rest[2] == ':' {
			u.rest = u.rest[1:] // a drive
		}
		return false, true
	}
	return true, true
}

// slashes takes off the two before a host.
func (u *urlReader) slashes() bool {
	if !strings.HasPrefix(u.rest, "//") || len(u.rest) < 2 {
		return false
	}
	u.rest = u.rest[2:]
	return true
}

// beginsWithPort is begin for what has no scheme, but maybe a host with a port.
func (u *urlReader) beginsWithPort(colon int) (host, ok bool) {
	after := u.rest[colon+1:]
	digits := 0
	for digits < len(after) && digits < 6 && isDigit(after[digits]) {
		digits++
	}
	switch {
	case digits > 0 && digits < 6 && (digits == len(after) || after[digits] == '/'):
		port := StringToInt(after[:digits])
		u.found["port"] = port
		u.slashes()
		return true, port <= 65535
	case after == "":
		return false, false
	}
	return u.slashes(), true
}

// authority takes user, password, host and port.
func (u *urlReader) authority() bool {
	authority := u.rest
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		authority = authority[:i]
	}
	u.rest = u.rest[len(authority):]
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, pass, ok := strings.Cut(authority[:i], ":")
		u.found["user"] = urlText(user)
		if ok {
			u.found["pass"] = urlText(pass)
		}
		authority = authority[i+1:]
	}
	isAddress := strings.HasPrefix(authority, "[") && strings.HasSuffix(authority, "]")
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !isAddress {
		port := authority[i+1:]
		authority = authority[:i]
		if known, _ := u.found["port"].(int); known == 0 && port != "" {
			n := StringToInt(port)
			if !beginsWithInt(port) || len(port) > 5 || n < 0 || n > 65535 {
				return false
			}
			u.found["port"] = n
		}
	}
	u.found["host"] = urlText(authority)
	return authority != ""
}

// beginsWithInt says whether strtol() of C would find a number.
func beginsWithInt(s string) bool {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return s != "" && isDigit(s[0])
}

// path takes what is left.
func (u *urlReader) path() {
	rest, isEmpty := u.rest, u.rest == ""
	if head, fragment, ok := strings.Cut(rest, "#"); ok {
		rest, u.found["fragment"] = head, urlText(fragment)
	}
	if head, query, ok := strings.Cut(rest, "?"); ok {
		rest, u.found["query"] = head, urlText(query)
	}
	if rest != "" || isEmpty {
		u.found["path"] = urlText(rest)
	}
}

func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && strings.IndexByte("+-.", s[i]) < 0 {
			return false
		}
	}
	return true
}

// Checkdate is checkdate().
func Checkdate(month, day, year int) bool {
	return year >= 1 && year <= 32767 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}
