package php

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Regular expressions as PCRE2 has them, after https://www.php.net/manual/en/reference.pcre.pattern.syntax.php: the pattern
// becomes a tree of nodes (here), the tree a matcher that backtracks (regex_match.go). Callouts, script runs and verbs
// beside (*FAIL), (*SKIP) and (*PRUNE) are refused.

type nodeKind int

const (
	nodeEmpty nodeKind = iota
	nodeChar           // one character, r
	nodeSet            // a class, \d, a dot
	nodeSequence
	nodeAlternation
	nodeRepeat
	nodeGroup       // capturing, number index
	nodeAtomic      // (?>...)
	nodeLook        // lookahead or lookbehind
	nodeBackref     // index, or name
	nodeAssertion   // ^ $ \b and the like, r says which
	nodeConditional // (?(index)yes|no)
	nodeRecursion   // (?R), (?1)
	nodeKeep        // \K
	nodeNewline     // \R
	nodeGrapheme    // \X
	nodeVerb        // (*SKIP) and (*PRUNE), r says which
	nodeFail        // (*FAIL)
)

type regexNode struct {
	kind        nodeKind
	r           rune
	set         *charSet
	single      bool // a set that is one escape, or a dot
	property    bool // of which PCRE2 makes a property and its value
	children    []*regexNode
	least, most int // most is -1 for no bound
	lazy        bool
	possessive  bool
	index       int
	name        string
	behind      bool
	negative    bool
	fold        bool
	flags       regexFlags
}

type regexFlags struct{ fold, multiline, dotAll, extended, ungreedy, utf8, dollarEnd, anchored, dupNames, noCapture bool }

type regexParser struct {
	pattern string
	at      int
	flags   regexFlags
	groups  int
	names   []groupName
	depth   int
}

type groupName struct {
	name  string
	index int
}

// regexFailure ends the reading of a pattern.
type regexFailure struct {
	message string
	at      int
}

const regexDepthMax = 250

func (p *regexParser) fail(message string, at int) { panic(regexFailure{message, at}) }

func (p *regexParser) more() bool { return p.at < len(p.pattern) }

func (p *regexParser) peek() byte {
	if p.more() {
		return p.pattern[p.at]
	}
	return 0
}

func (p *regexParser) has(s string) bool { return strings.HasPrefix(p.pattern[p.at:], s) }

func (p *regexParser) take(s string) bool {
	if p.has(s) {
		p.at += len(s)
		return true
	}
	return false
}

// rune reads one character.
func (p *regexParser) rune() rune {
	if p.flags.utf8 {
		r, n := utf8.DecodeRuneInString(p.pattern[p.at:])
		p.at += n
		return r
	}
	p.at++
	return rune(p.pattern[p.at-1])
}

func (p *regexParser) parse() *regexNode {
	node := p.alternation()
	if p.more() {
		p.fail("unmatched closing parenthesis", p.at)
	}
	return node
}

func (p *regexParser) alternation() *regexNode {
	p.depth++
	if p.depth > regexDepthMax {
		p.fail("parentheses are too deeply nested", p.at)
	}
	saved := p.flags
	branches := []*regexNode{p.sequence()}
	for p.take("|") {
		branches = append(branches, p.sequence())
	}
	p.flags = saved
	p.depth--
	if len(branches) == 1 {
		return branches[0]
	}
	return &regexNode{kind: nodeAlternation, children: branches}
}

func (p *regexParser) sequence() *regexNode {
	seq := &regexNode{kind: nodeSequence}
	for p.more() && p.peek() != '|' && p.peek() != ')' {
		if p.skipIgnored() {
			continue
		}
		if node := p.atom(); node != nil {
			seq.children = append(seq.children, p.quantified(node))
		}
	}
	return seq
}

// skipIgnored skips comments, ends of quotes, and white space under x.
func (p *regexParser) skipIgnored() bool {
	if p.take("\\Q\\E") || p.take("\\E") {
		return true
	}
	if p.has("(?#") {
		end := strings.IndexByte(p.pattern[p.at:], ')')
		if end < 0 {
			p.fail("missing ) after (?# comment", len(p.pattern))
		}
		p.at += end + 1
		return true
	}
	if !p.flags.extended {
		return false
	}
	if isSpace(p.peek()) {
		p.at++
		return true
	}
	if p.peek() == '#' {
		for p.more() && p.peek() != '\n' {
			p.at++
		}
		return true
	}
	return false
}

func (p *regexParser) skipAllIgnored() {
	for p.more() && p.skipIgnored() {
		continue
	}
}

// quantified is what stands there with the quantifier behind it, if any.
func (p *regexParser) quantified(node *regexNode) *regexNode {
	p.skipAllIgnored()
	least, most, ok := p.quantifier()
	if !ok {
		return node
	}
	if node.kind == nodeAssertion || node.kind == nodeKeep || node.kind == nodeVerb || node.kind == nodeFail {
		p.failQuantifier()
	}
	repeat := &regexNode{kind: nodeRepeat, children: []*regexNode{node}, least: least, most: most, lazy: p.flags.ungreedy}
	p.skipAllIgnored()
	if p.take("?") {
		repeat.lazy = !repeat.lazy
	} else if p.take("+") {
		repeat.possessive, repeat.lazy = true, false
	}
	return repeat
}

// failQuantifier ends the parsing at a quantifier just read that nothing can be repeated by.
func (p *regexParser) failQuantifier() {
	p.fail("quantifier does not follow a repeatable item", p.at-1)
}

func (p *regexParser) quantifier() (least, most int, ok bool) {
	switch p.peek() {
	case '*':
		p.at++
		return 0, -1, true
	case '+':
		p.at++
		return 1, -1, true
	case '?':
		p.at++
		return 0, 1, true
	case '{':
		return p.braces()
	}
	return 0, 0, false
}

// braces reads {2}, {2,} or {2,5}; anything else is a literal brace.
func (p *regexParser) braces() (least, most int, ok bool) {
	end := strings.IndexByte(p.pattern[p.at:], '}')
	if end < 0 {
		return 0, 0, false
	}
	text := p.pattern[p.at+1 : p.at+end]
	low, high, comma := strings.Cut(text, ",")
	least, err := strconv.Atoi(low)
	if err != nil || !isDigit(low[0]) {
		return 0, 0, false
	}
	most = least
	if comma && high == "" {
		most = -1
	} else if comma {
		most, err = strconv.Atoi(high)
		if err != nil || !isDigit(high[0]) {
			return 0, 0, false
		}
	}
	if least > 65535 {
		p.fail("number too big in {} quantifier", p.at+1+tooBigAt(low))
	}
	if most > 65535 {
		p.fail("number too big in {} quantifier", p.at+1+len(low)+1+tooBigAt(high))
	}
	if most >= 0 && most < least {
		p.fail("numbers out of order in {} quantifier", p.at+end)
	}
	p.at += end + 1
	return least, most, true
}

// tooBigAt is where PCRE stops to read a number: behind the digit by which it is more than a quantifier may have.
func tooBigAt(digits string) int {
	for i := range digits {
		if n, err := strconv.Atoi(digits[:i+1]); err != nil || n > 65535 {
			return i + 1
		}
	}
	return len(digits)
}

func (p *regexParser) atom() *regexNode {
	if _, _, ok := p.quantifier(); ok {
		p.failQuantifier()
	}
	switch c := p.peek(); c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '.':
		p.at++
		return &regexNode{kind: nodeSet, set: dotSet(p.flags.dotAll), single: true}
	case '^':
		p.at++
		if p.flags.multiline {
			return &regexNode{kind: nodeAssertion, r: 'm'}
		}
		return &regexNode{kind: nodeAssertion, r: 'A'}
	case '$':
		p.at++
		switch {
		case p.flags.multiline:
			return &regexNode{kind: nodeAssertion, r: 'M'}
		case p.flags.dollarEnd:
			return &regexNode{kind: nodeAssertion, r: 'z'}
		}
		return &regexNode{kind: nodeAssertion, r: 'Z'}
	}
	return p.literal(p.rune())
}

func (p *regexParser) literal(r rune) *regexNode {
	return &regexNode{kind: nodeChar, r: r, fold: p.flags.fold}
}

func (p *regexParser) close() {
	if !p.take(")") {
		p.fail("missing closing parenthesis", len(p.pattern))
	}
}

// verb is what follows the bracket of (*FAIL), (*SKIP) or (*PRUNE); nil where another stands there.
func (p *regexParser) verb() *regexNode {
	switch {
	case p.take("*FAIL)"), p.take("*F)"):
		return &regexNode{kind: nodeFail}
	case p.take("*SKIP)"):
		return &regexNode{kind: nodeVerb, r: 's'}
	case p.take("*PRUNE)"):
		return &regexNode{kind: nodeVerb, r: 'p'}
	}
	return nil
}

func (p *regexParser) group() *regexNode {
	start := p.at
	p.at++
	if p.has("*") {
		if node := p.verb(); node != nil {
			return node
		}
		if name := strings.TrimLeft(p.pattern[p.at+1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_8"); len(name) > 0 && strings.IndexByte("):=", name[0]) >= 0 {
			Stop("preg-verb", "this runtime has no regular expressions with verbs such as those of "+p.pattern)
		}
		p.fail("(*VERB) not recognized or malformed", p.at+1)
	}
	if !p.take("?") {
		if p.flags.noCapture {
			return p.closed(p.alternation())
		}
		return p.capture("")
	}
	look := func(behind, negative bool) *regexNode {
		node := &regexNode{kind: nodeLook, behind: behind, negative: negative, children: []*regexNode{p.alternation()}}
		p.close()
		return node
	}
	switch {
	case p.take(":"):
		return p.closed(p.alternation())
	case p.take("|"):
		return p.branchReset()
	case p.take(">"):
		return p.closed(&regexNode{kind: nodeAtomic, children: []*regexNode{p.alternation()}})
	case p.take("="):
		return look(false, false)
	case p.take("!"):
		return look(false, true)
	case p.take("<="):
		return look(true, false)
	case p.take("<!"):
		return look(true, true)
	case p.take("P<"), p.take("<"):
		return p.capture(p.name('>'))
	case p.take("'"):
		return p.capture(p.name('\''))
	case p.take("P="):
		return p.closed(&regexNode{kind: nodeBackref, name: p.nameUntil(')'), fold: p.flags.fold})
	case p.take("P>"), p.take("&"):
		return p.closed(&regexNode{kind: nodeRecursion, name: p.nameUntil(')')})
	case p.take("R"):
		return p.closed(&regexNode{kind: nodeRecursion})
	case p.has("("):
		return p.conditional()
	}
	if c := p.peek(); isDigit(c) || (c == '+' || c == '-') && p.at+1 < len(p.pattern) && isDigit(p.pattern[p.at+1]) {
		return p.closed(&regexNode{kind: nodeRecursion, index: p.relative()})
	}
	return p.options(start)
}

func (p *regexParser) closed(node *regexNode) *regexNode {
	p.close()
	return node
}

// relative reads a group number, perhaps relative to here.
func (p *regexParser) relative() int {
	sign := byte(0)
	if c := p.peek(); c == '+' || c == '-' {
		sign = c
		p.at++
	}
	n := 0
	for isDigit(p.peek()) && n < 100000 {
		n = n*10 + int(p.peek()-'0')
		p.at++
	}
	switch sign {
	case '-':
		return p.groups - n + 1
	case '+':
		return p.groups + n
	}
	return n
}

func (p *regexParser) capture(name string) *regexNode {
	p.groups++
	node := &regexNode{kind: nodeGroup, index: p.groups}
	if name != "" {
		p.names = append(p.names, groupName{name, p.groups})
	}
	node.children = []*regexNode{p.alternation()}
	p.close()
	return node
}

// name reads the name of a new group.
func (p *regexParser) name(end byte) string {
	start := p.at
	name := p.nameUntil(end)
	p.at++
	for _, g := range p.names {
		if g.name == name && !p.flags.dupNames {
			p.fail("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", start+len(name)+1)
		}
	}
	return name
}

func (p *regexParser) nameUntil(end byte) string {
	start := p.at
	for p.more() && (isAlnum(p.peek()) || p.peek() == '_' || p.peek() >= 128) {
		p.at++
	}
	name := p.pattern[start:p.at]
	if name == "" {
		p.fail("subpattern name expected", p.at)
	}
	if isDigit(name[0]) {
		p.fail("subpattern name must start with a non-digit", start)
	}
	if p.peek() != end {
		p.fail("syntax error in subpattern name (missing terminator?)", p.at)
	}
	return name
}

// branchReset: each branch of (?|...) counts its groups from the same number.
func (p *regexParser) branchReset() *regexNode {
	first, most := p.groups, p.groups
	var branches []*regexNode
	for {
		p.groups = first
		branches = append(branches, p.sequence())
		most = MaxInt(most, p.groups)
		if !p.take("|") {
			break
		}
	}
	p.groups = most
	return p.closed(&regexNode{kind: nodeAlternation, children: branches})
}

// options reads (?i-s) for the rest of the group, or (?i:...).
func (p *regexParser) options(start int) *regexNode {
	saved := p.flags
	on := true
	for p.more() {
		c := p.peek()
		p.at++
		switch c {
		case 'i':
			p.flags.fold = on
		case 'm':
			p.flags.multiline = on
		case 's':
			p.flags.dotAll = on
		case 'x':
			p.flags.extended = on
		case 'U':
			p.flags.ungreedy = on
		case 'J':
			p.flags.dupNames = on
		case '-':
			on = false
		case '^':
			p.flags.fold, p.flags.multiline, p.flags.dotAll, p.flags.extended = false, false, false, false
		case ')':
			return nil
		case ':':
			node := p.alternation()
			p.close()
			p.flags = saved
			return node
		default:
			p.fail("unrecognized character after (? or (?-", p.at-1)
		}
	}
	p.fail("missing closing parenthesis", len(p.pattern))
	return nil
}

func (p *regexParser) conditional() *regexNode {
	node := &regexNode{kind: nodeConditional}
	switch {
	case p.has("(?=") || p.has("(?!") || p.has("(?<=") || p.has("(?<!"):
		node.children = []*regexNode{p.group()}
	case p.take("(<"):
		node.name = p.nameUntil('>')
		p.at++
		p.close()
	case p.take("('"):
		node.name = p.nameUntil('\'')
		p.at++
		p.close()
	case p.take("(DEFINE)"):
		node.index = -1
	default:
		p.at++
		if c := p.peek(); isDigit(c) || c == '+' || c == '-' {
			node.index = p.relative()
		} else {
			node.name = p.nameUntil(')')
		}
		p.close()
	}
	branches := p.alternation()
	p.close()
	yes, no := branches, &regexNode{kind: nodeEmpty}
	if branches.kind == nodeAlternation {
		if len(branches.children) > 2 {
			p.fail("conditional subpattern contains more than two branches", p.at-1)
		}
		yes, no = branches.children[0], branches.children[1]
	}
	node.children = append(node.children, yes, no)
	return node
}

// escape reads what a backslash begins, outside a class.
func (p *regexParser) escape() *regexNode {
	p.at++
	if !p.more() {
		p.fail("\\ at end of pattern", p.at)
	}
	c := p.peek()
	switch c {
	case 'A', 'z', 'Z', 'b', 'B', 'G':
		p.at++
		return &regexNode{kind: nodeAssertion, r: rune(c), flags: p.flags}
	case 'K':
		p.at++
		return &regexNode{kind: nodeKeep}
	case 'R':
		p.at++
		return &regexNode{kind: nodeNewline}
	case 'X':
		p.at++
		return &regexNode{kind: nodeGrapheme}
	case 'Q':
		return p.quoted()
	case 'g':
		return p.groupReference()
	case 'k':
		return p.namedReference()
	case 'N':
		p.at++
		return &regexNode{kind: nodeSet, set: dotSet(false), single: true}
	}
	if c >= '1' && c <= '9' {
		if node := p.numberedReference(); node != nil {
			return node
		}
	}
	if set := p.setEscape(); set != nil {
		asks := p.flags.utf8 && strings.IndexByte("dswDSW", c) >= 0
		return &regexNode{kind: nodeSet, set: set, single: true, property: asks || c|32 == 'p'}
	}
	return p.literal(p.charEscape(false))
}

func (p *regexParser) quoted() *regexNode {
	p.at++
	seq := &regexNode{kind: nodeSequence}
	for p.more() && !p.has("\\E") {
		seq.children = append(seq.children, p.literal(p.rune()))
	}
	p.take("\\E")
	if n := len(seq.children); n > 0 { // a quantifier takes the last character alone
		last := p.quantified(seq.children[n-1])
		seq.children[n-1] = last
		if _, _, again := p.quantifier(); again && last.kind == nodeRepeat {
			p.failQuantifier()
		}
	}
	return seq
}

// numberedReference reads \1 to \9, and \10 and more where there are that many groups; else it is an octal number.
func (p *regexParser) numberedReference() *regexNode {
	end := p.at
	for end < len(p.pattern) && isDigit(p.pattern[end]) && end-p.at < 5 {
		end++
	}
	n, _ := strconv.Atoi(p.pattern[p.at:end])
	if n > 9 && n > p.totalGroups() {
		return nil
	}
	p.at = end
	return &regexNode{kind: nodeBackref, index: n, fold: p.flags.fold}
}

// totalGroups estimates the number of groups of the whole pattern.
func (p *regexParser) totalGroups() int {
	return strings.Count(p.pattern, "(") - strings.Count(p.pattern, "(?") - strings.Count(p.pattern, "\\(") +
		strings.Count(p.pattern, "(?P<") + strings.Count(p.pattern, "(?'")
}

func (p *regexParser) groupReference() *regexNode {
	p.at++
	kind := nodeBackref
	var end byte
	switch {
	case p.take("{"):
		end = '}'
	case p.take("<"):
		end, kind = '>', nodeRecursion
	case p.take("'"):
		end, kind = '\'', nodeRecursion
	}
	node := &regexNode{kind: kind, fold: p.flags.fold}
	if c := p.peek(); isDigit(c) || c == '-' || c == '+' {
		node.index = p.relative()
	} else if end != 0 {
		node.name = p.nameUntil(end)
	} else {
		p.fail("a numbered reference must not be zero", p.at)
	}
	if end != 0 {
		p.at++
	}
	return node
}

func (p *regexParser) namedReference() *regexNode {
	p.at++
	ends := map[byte]byte{'<': '>', '\'': '\'', '{': '}'}
	end, ok := ends[p.peek()]
	if !ok {
		p.fail("\\k is not followed by a braced, angle-bracketed, or quoted name", p.at)
	}
	p.at++
	node := &regexNode{kind: nodeBackref, name: p.nameUntil(end), fold: p.flags.fold}
	p.at++
	return node
}

// charEscape reads an escape that stands for one character.
func (p *regexParser) charEscape(inClass bool) rune {
	c := p.peek()
	switch c {
	case 'n', 'r', 't', 'f', 'e', 'a':
		p.at++
		return rune("\n\r\t\f\x1b\a"[strings.IndexByte("nrtfea", c)])
	case 'b':
		if inClass {
			p.at++
			return '\b'
		}
	case 'x':
		p.at++
		return p.hexEscape()
	case 'o':
		if p.has("o{") {
			end := strings.IndexByte(p.pattern[p.at:], '}')
			if end > 0 {
				n, _ := strconv.ParseUint(p.pattern[p.at+2:p.at+end], 8, 32)
				p.at += end + 1
				return rune(n)
			}
		}
	case 'c':
		if p.at+1 < len(p.pattern) {
			p.at += 2
			return rune(upperByte(p.pattern[p.at-1]) ^ 64)
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := digitsFrom(p.pattern[p.at:], 3, 8)
		code, _ := strconv.ParseUint(p.pattern[p.at:p.at+n], 8, 32)
		p.at += n
		return rune(code)
	}
	if isAlnum(c) {
		p.fail("unrecognized character follows \\", p.at)
	}
	return p.rune()
}

func (p *regexParser) hexEscape() rune {
	if p.peek() == '{' {
		end := strings.IndexByte(p.pattern[p.at:], '}')
		if end > 0 {
			n, err := strconv.ParseUint(p.pattern[p.at+1:p.at+end], 16, 32)
			if err != nil {
				p.fail("non-hex character in \\x{} (closing brace missing?)", p.at+1)
			}
			if !p.flags.utf8 && n > 255 {
				p.fail("character code point value in \\x{} or \\o{} is too large", p.at+end)
			}
			p.at += end + 1
			return rune(n)
		}
	}
	n := digitsFrom(p.pattern[p.at:], 2, 16)
	code, _ := strconv.ParseUint("0"+p.pattern[p.at:p.at+n], 16, 32)
	p.at += n
	return rune(code)
}
