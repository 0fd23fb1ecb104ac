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

func splitURL(url string) (*Array, bool) {
	found := map[string]Value{}
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < 32 || r == 127 {
				return '_'
			}
			return r
		}, s)
	}
	rest := url
	if head, fragment, ok := strings.Cut(rest, "#"); ok {
		rest, found["fragment"] = head, clean(fragment)
	}
	if head, query, ok := strings.Cut(rest, "?"); ok {
		rest, found["query"] = head, clean(query)
	}
	if i := strings.IndexByte(rest, ':'); i > 0 && isScheme(rest[:i]) {
		after := rest[i+1:]
		if strings.HasPrefix(after, "//") || !looksLikePort(after) {
			found["scheme"], rest = rest[:i], after
		}
	}
	if strings.HasPrefix(rest, "//") {
		authority := rest[2:]
		rest = ""
		if i := strings.IndexByte(authority, '/'); i >= 0 {
			authority, rest = authority[:i], authority[i:]
		}
		if authority == "" && rest != "" && found["scheme"] == "file" {
			authority = "" // a path of this machine
		} else if !splitAuthority(authority, found, clean) {
			return nil, false
		}
	} else if found["scheme"] == nil {
		if i := strings.IndexByte(rest, ':'); i > 0 && looksLikePort(rest[i+1:]) {
			authority := rest
			rest = ""
			if j := strings.IndexByte(authority, '/'); j >= 0 {
				authority, rest = authority[:j], authority[j:]
			}
			if !splitAuthority(authority, found, clean) {
				return nil, false
			}
		}
	}
	if rest != "" || url == "" {
		found["path"] = clean(rest)
	}
	parts := NewArray()
	for _, name := range urlParts {
		if v, ok := found[name]; ok && v != nil {
			parts.SetStr(name, v)
		}
	}
	return parts, true
}

func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && strings.IndexByte("+-.", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

func looksLikePort(s string) bool {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n > 0 && n < 6 && (n == len(s) || s[n] == '/')
}

func splitAuthority(authority string, found map[string]Value, clean func(string) string) bool {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, pass, ok := strings.Cut(authority[:i], ":")
		found["user"] = clean(user)
		if ok {
			found["pass"] = clean(pass)
		}
		authority = authority[i+1:]
	}
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		if port := authority[i+1:]; port != "" {
			n := StringToInt(port)
			if len(port) > 5 || n < 0 || n > 65535 || !isDigit(port[0]) {
				return false
			}
			found["port"] = n
		}
		authority = authority[:i]
	}
	if authority == "" {
		return false
	}
	found["host"] = clean(authority)
	return true
}

// Checkdate is checkdate().
func Checkdate(month, day, year int) bool {
	return year >= 1 && year <= 32767 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}
