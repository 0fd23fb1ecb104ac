package php

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Matching by backtracking: each node becomes a function that matches at a place and hands on to what follows it. Work is
// bounded by pcre.backtrack_limit.

const backtrackLimit = 1000000

type regexProgram struct {
	match      step
	groups     int
	names      []groupName
	flags      regexFlags
	groupSteps []step // for recursion, by number
	hasVerbs   bool

	verbInGroup, recurses, recursesWhole bool
	literal                              string // what every match begins with, for a fast search
}

// regexRun is one attempt on one subject.
type regexRun struct {
	subject string
	caps    []int // pairs; -1 where a group has not matched
	start   int   // where \G is
	keep    int   // where the match begins after \K, -1 for none
	steps   int
	depth   int
	utf8    bool
}

// next is what follows; it answers whether the whole matches from there.
type next func(at int) bool

// step matches at a place and calls what follows for each way to match.
type step func(m *regexRun, at int, k next) bool

// backtrackExceeded ends an attempt that takes too long.
type backtrackExceeded struct{ recursion bool }

const regexRecursionMax = 50000

func (m *regexRun) count() {
	m.steps++
	if m.steps > backtrackLimit*8 {
		panic(backtrackExceeded{})
	}
}

func (m *regexRun) char(at int) (rune, int) {
	if at >= len(m.subject) {
		return 0, 0
	}
	c := m.subject[at]
	if !m.utf8 || c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(m.subject[at:])
}

type regexCompiler struct {
	program *regexProgram
	flags   regexFlags
	groups  int // how many are around what is compiled
}

func (c *regexCompiler) group(name string, index int) int {
	if name == "" {
		return index
	}
	for _, g := range c.program.names {
		if g.name == name {
			return g.index
		}
	}
	panic(regexFailure{"reference to non-existent subpattern", 0})
}

func (c *regexCompiler) compile(n *regexNode) step {
	switch n.kind {
	case nodeChar:
		return c.char(n)
	case nodeSet:
		return c.set(n.set)
	case nodeSequence:
		return c.sequence(n.children)
	case nodeAlternation:
		return c.alternation(n.children)
	case nodeRepeat:
		return c.repeat(n)
	case nodeGroup:
		c.groups++
		defer func() { c.groups-- }()
		return c.capture(n)
	case nodeAtomic:
		return atomic(c.compile(n.children[0]))
	case nodeLook:
		return c.look(n)
	case nodeBackref:
		return c.backref(n)
	case nodeAssertion:
		return c.assertion(n)
	case nodeConditional:
		return c.conditional(n)
	case nodeRecursion:
		return c.recursion(n)
	case nodeKeep:
		return func(m *regexRun, at int, k next) bool {
			old := m.keep
			m.keep = at
			if k(at) {
				return true
			}
			m.keep = old
			return false
		}
	case nodeVerb:
		return c.verb(n.r == 's')
	case nodeFail:
		return func(*regexRun, int, next) bool { return false }
	case nodeNewline:
		return atomic(newlineStep)
	case nodeGrapheme:
		return graphemeStep
	}
	return func(m *regexRun, at int, k next) bool { return k(at) }
}

// passedVerb ends what is tried from a start, of the whole or of an assertion: what follows a verb has not matched.
type passedVerb struct{ skipTo int }

// verb is (*SKIP) or (*PRUNE): behind it there is no way back. The next start is where (*SKIP) stands, or the one in turn.
func (c *regexCompiler) verb(skips bool) step {
	c.program.hasVerbs = true
	c.program.verbInGroup = c.program.verbInGroup || c.groups > 0
	return func(m *regexRun, at int, k next) bool {
		if k(at) {
			return true
		}
		if !skips {
			at = 0
		}
		panic(passedVerb{at})
	}
}

// held matches from a start: where a verb ends that, skipTo is where the next start is at the earliest.
func (p *regexProgram) held(match step, m *regexRun, at int, k next) (matches bool, skipTo int) {
	if p.hasVerbs {
		defer func() {
			if r := recover(); r != nil {
				passed, ok := r.(passedVerb)
				if !ok {
					panic(r)
				}
				skipTo = passed.skipTo
			}
		}()
	}
	return match(m, at, k), 0
}

func newlineStep(m *regexRun, at int, k next) bool {
	if strings.HasPrefix(m.subject[at:], "\r\n") && k(at+2) {
		return true
	}
	r, n := m.char(at)
	return n > 0 && isVertical(r) && k(at+n)
}

func graphemeStep(m *regexRun, at int, k next) bool {
	_, n := m.char(at)
	if n == 0 {
		return false
	}
	at += n
	for {
		r, n := m.char(at)
		if n == 0 || !unicode.Is(unicode.M, r) {
			return k(at)
		}
		at += n
	}
}

func sameFolded(a, b rune, utf bool) bool {
	if a == b {
		return true
	}
	if !utf {
		return a < 128 && b < 128 && upperByte(byte(a)) == upperByte(byte(b))
	}
	for f := unicode.SimpleFold(a); f != a; f = unicode.SimpleFold(f) {
		if f == b {
			return true
		}
	}
	return false
}

// single is the test of a node that takes exactly one character, nil for others.
func (c *regexCompiler) single(n *regexNode) func(r rune) bool {
	switch {
	case n.kind == nodeSet:
		return n.set.matches
	case n.kind == nodeChar && n.fold:
		r, utf := n.r, c.flags.utf8
		return func(x rune) bool { return sameFolded(r, x, utf) }
	case n.kind == nodeChar:
		r := n.r
		return func(x rune) bool { return x == r }
	case n.kind == nodeSequence && len(n.children) == 1:
		return c.single(n.children[0])
	}
	return nil
}

func (c *regexCompiler) char(n *regexNode) step {
	test := c.single(n)
	return func(m *regexRun, at int, k next) bool {
		r, size := m.char(at)
		return size > 0 && test(r) && k(at+size)
	}
}

func (c *regexCompiler) set(s *charSet) step {
	return func(m *regexRun, at int, k next) bool {
		r, size := m.char(at)
		return size > 0 && s.matches(r) && k(at+size)
	}
}

func (c *regexCompiler) sequence(children []*regexNode) step {
	steps := make([]step, len(children))
	for i, n := range children {
		steps[i] = c.compile(n)
	}
	switch len(steps) {
	case 0:
		return func(m *regexRun, at int, k next) bool { return k(at) }
	case 1:
		return steps[0]
	}
	return chain(steps)
}

func chain(steps []step) step {
	if len(steps) == 1 {
		return steps[0]
	}
	head, tail := steps[0], chain(steps[1:])
	return func(m *regexRun, at int, k next) bool {
		return head(m, at, func(at int) bool { return tail(m, at, k) })
	}
}

func (c *regexCompiler) alternation(children []*regexNode) step {
	steps := make([]step, len(children))
	for i, n := range children {
		steps[i] = c.compile(n)
	}
	return func(m *regexRun, at int, k next) bool {
		m.count()
		for _, s := range steps {
			if s(m, at, k) {
				return true
			}
		}
		return false
	}
}

// atomic matches s once and never goes back into it.
func atomic(s step) step {
	return func(m *regexRun, at int, k next) bool {
		end := -1
		saved := append([]int{}, m.caps...)
		if !s(m, at, func(at int) bool { end = at; return true }) {
			return false
		}
		if k(end) {
			return true
		}
		copy(m.caps, saved)
		return false
	}
}

func (c *regexCompiler) repeat(n *regexNode) step {
	var s step
	if test := c.single(n.children[0]); test != nil {
		s = repeatSingle(test, n)
	} else {
		s = repeatGroup(c.compile(n.children[0]), n)
	}
	if n.possessive {
		return atomic(s)
	}
	return s
}

// repeatSingle repeats one character without recursion.
func repeatSingle(test func(r rune) bool, n *regexNode) step {
	least, most := n.least, n.most
	if n.lazy {
		return func(m *regexRun, at int, k next) bool {
			for count := 0; ; count++ {
				if count >= least {
					m.count()
					if k(at) {
						return true
					}
				}
				r, size := m.char(at)
				if count == most || size == 0 || !test(r) {
					return false
				}
				at += size
			}
		}
	}
	return func(m *regexRun, at int, k next) bool {
		begin, count := at, 0
		for count != most {
			r, size := m.char(at)
			if size == 0 || !test(r) {
				break
			}
			at += size
			count++
		}
		for ; count >= least; count-- {
			m.count()
			if k(at) {
				return true
			}
			if at == begin {
				return false
			}
			at--
			for m.utf8 && at > begin && m.subject[at]&0xc0 == 0x80 {
				at--
			}
		}
		return false
	}
}

func repeatGroup(s step, n *regexNode) step {
	least, most, lazy := n.least, n.most, n.lazy
	var loop func(m *regexRun, at, count int, k next) bool
	loop = func(m *regexRun, at, count int, k next) bool {
		m.count()
		m.depth++
		if m.depth > regexRecursionMax {
			panic(backtrackExceeded{true})
		}
		defer func() { m.depth-- }()
		again := func() bool {
			return (most < 0 || count < most) && s(m, at, func(end int) bool {
				if end == at && count >= least {
					return k(end) // an empty turn ends the loop
				}
				return loop(m, end, count+1, k)
			})
		}
		if count < least {
			return again()
		}
		if lazy {
			return k(at) || again()
		}
		return again() || k(at)
	}
	return func(m *regexRun, at int, k next) bool { return loop(m, at, 0, k) }
}

func (c *regexCompiler) capture(n *regexNode) step {
	inner := c.compile(n.children[0])
	i := n.index * 2
	s := func(m *regexRun, at int, k next) bool {
		oldStart, oldEnd := m.caps[i], m.caps[i+1]
		if inner(m, at, func(end int) bool {
			innerStart, innerEnd := m.caps[i], m.caps[i+1]
			m.caps[i], m.caps[i+1] = at, end
			if k(end) {
				return true
			}
			m.caps[i], m.caps[i+1] = innerStart, innerEnd
			return false
		}) {
			return true
		}
		m.caps[i], m.caps[i+1] = oldStart, oldEnd
		return false
	}
	for len(c.program.groupSteps) <= n.index {
		c.program.groupSteps = append(c.program.groupSteps, nil)
	}
	if c.program.groupSteps[n.index] == nil {
		c.program.groupSteps[n.index] = s
	}
	return s
}

func (c *regexCompiler) recursion(n *regexNode) step {
	index := n.index
	if n.name != "" {
		index = c.group(n.name, 0)
	}
	if index > c.program.groups || index < 0 {
		panic(regexFailure{"reference to non-existent subpattern", 0})
	}
	program := c.program
	program.recurses = true
	program.recursesWhole = program.recursesWhole || index == 0
	return func(m *regexRun, at int, k next) bool {
		m.count()
		m.depth++
		defer func() { m.depth-- }()
		if m.depth > regexRecursionMax/10 {
			panic(backtrackExceeded{true})
		}
		target := program.match
		if index > 0 {
			target = program.groupSteps[index]
		}
		saved := append([]int{}, m.caps...)
		return target(m, at, func(end int) bool { // groups set inside are forgotten outside
			inside := append([]int{}, m.caps...)
			copy(m.caps, saved)
			if k(end) {
				return true
			}
			copy(m.caps, inside)
			return false
		})
	}
}

func (c *regexCompiler) look(n *regexNode) step {
	inner := c.compile(n.children[0])
	behind, negative := n.behind, n.negative
	program := c.program
	try := func(m *regexRun, at int) bool {
		if !behind {
			matches, _ := program.held(inner, m, at, func(int) bool { return true })
			return matches
		}
		for from := at; from >= 0; from-- {
			if matches, _ := program.held(inner, m, from, func(end int) bool { return end == at }); matches {
				return true
			}
		}
		return false
	}
	return func(m *regexRun, at int, k next) bool {
		saved := append([]int{}, m.caps...)
		if try(m, at) == negative {
			copy(m.caps, saved)
			return false
		}
		if negative {
			copy(m.caps, saved)
		}
		if k(at) {
			return true
		}
		copy(m.caps, saved)
		return false
	}
}

func (c *regexCompiler) backref(n *regexNode) step {
	index := c.group(n.name, n.index)
	if index > c.program.groups || index < 1 {
		panic(regexFailure{"reference to non-existent subpattern", 0})
	}
	fold, utf := n.fold, c.flags.utf8
	return func(m *regexRun, at int, k next) bool {
		from, to := m.caps[2*index], m.caps[2*index+1]
		if from < 0 {
			return false
		}
		if !fold {
			text := m.subject[from:to]
			return strings.HasPrefix(m.subject[at:], text) && k(at+len(text))
		}
		for from < to {
			a, n := m.char(from)
			b, size := m.char(at)
			if size == 0 || !sameFolded(a, b, utf) {
				return false
			}
			from, at = from+n, at+size
		}
		return k(at)
	}
}

func (c *regexCompiler) conditional(n *regexNode) step {
	last := len(n.children)
	yes, no := c.compile(n.children[last-2]), c.compile(n.children[last-1])
	if last == 3 {
		condition := c.compile(n.children[0])
		return func(m *regexRun, at int, k next) bool {
			if condition(m, at, func(int) bool { return true }) {
				return yes(m, at, k)
			}
			return no(m, at, k)
		}
	}
	if n.index < 0 {
		return no
	}
	index := c.group(n.name, n.index)
	if index > c.program.groups {
		panic(regexFailure{"reference to non-existent subpattern", 0})
	}
	return func(m *regexRun, at int, k next) bool {
		if m.caps[2*index] >= 0 {
			return yes(m, at, k)
		}
		return no(m, at, k)
	}
}

func (c *regexCompiler) assertion(n *regexNode) step {
	is := assertionTest(n.r, c.flags.utf8)
	return func(m *regexRun, at int, k next) bool { return is(m, at) && k(at) }
}

func assertionTest(kind rune, utf bool) func(m *regexRun, at int) bool {
	switch kind {
	case 'A':
		return func(m *regexRun, at int) bool { return at == 0 }
	case 'm':
		return func(m *regexRun, at int) bool {
			return at == 0 || m.subject[at-1] == '\n' && at < len(m.subject)
		}
	case 'z':
		return func(m *regexRun, at int) bool { return at == len(m.subject) }
	case 'Z':
		return func(m *regexRun, at int) bool {
			return at == len(m.subject) || at == len(m.subject)-1 && m.subject[at] == '\n'
		}
	case 'M':
		return func(m *regexRun, at int) bool { return at == len(m.subject) || m.subject[at] == '\n' }
	case 'G':
		return func(m *regexRun, at int) bool { return at == m.start }
	}
	word := isWordRune
	if utf {
		word = isUnicodeWord
	}
	boundary := func(m *regexRun, at int) bool {
		before, after := false, false
		if at > 0 {
			r := rune(m.subject[at-1])
			if utf {
				r, _ = utf8.DecodeLastRuneInString(m.subject[:at])
			}
			before = word(r)
		}
		if r, n := m.char(at); n > 0 {
			after = word(r)
		}
		return before != after
	}
	if kind == 'B' {
		return func(m *regexRun, at int) bool { return !boundary(m, at) }
	}
	return boundary
}

// find looks for the first match from an offset on; the result is pairs of offsets, nil for none.
func (p *regexProgram) find(subject string, offset int, notEmptyAnchored bool) []int {
	m := &regexRun{subject: subject, start: offset, utf8: p.flags.utf8, caps: make([]int, 2*(p.groups+1))}
	for at := offset; at <= len(subject); {
		if p.literal != "" && !notEmptyAnchored && !p.flags.anchored {
			i := strings.Index(subject[at:], p.literal)
			if i < 0 {
				return nil
			}
			at += i
		}
		for i := range m.caps {
			m.caps[i] = -1
		}
		m.keep = -1
		matches, skipTo := p.held(p.match, m, at, func(end int) bool {
			if notEmptyAnchored && (end == at && m.keep < 0) {
				return false
			}
			m.caps[1] = end
			return true
		})
		if matches {
			m.caps[0] = at
			if m.keep >= 0 {
				m.caps[0] = m.keep
			}
			return m.caps
		}
		if notEmptyAnchored || p.flags.anchored {
			return nil
		}
		_, n := m.char(at)
		at = MaxInt(at+MaxInt(n, 1), skipTo)
	}
	return nil
}

// compileRegex makes a program of a pattern without delimiters; failure says what is wrong with it.
func compileRegex(pattern string, flags regexFlags) (program *regexProgram, failure *regexFailure) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(regexFailure)
			if !ok {
				panic(r)
			}
			program, failure = nil, &f
		}
	}()
	p := &regexParser{pattern: pattern, flags: flags}
	if flags.utf8 && !validUTF8(pattern) {
		what, at := utf8Fault(pattern)
		p.fail("UTF-8 error: "+what, at)
	}
	root := p.parse()
	if size := sizeOf(root); size.least > regexBytesMax {
		p.fail("regular expression is too large", len(pattern))
	} else if size.most > regexBytesMax {
		Stop("preg-size", "a regular expression so large that PHP may refuse it")
	}
	program = &regexProgram{groups: p.groups, names: p.names, flags: flags, groupSteps: make([]step, p.groups+1)}
	c := &regexCompiler{program: program, flags: flags}
	program.match = c.compile(root)
	if program.verbInGroup && program.recurses || program.hasVerbs && program.recursesWhole {
		Stop("preg-verb", "this runtime has no regular expressions with verbs that recursion may reach, such as "+pattern)
	}
	program.literal = literalPrefix(root)
	return program, nil
}

// literalPrefix is the text that every match begins with.
func literalPrefix(n *regexNode) string {
	switch n.kind {
	case nodeChar:
		if !n.fold && n.r < 128 {
			return string(n.r)
		}
	case nodeSequence:
		text := ""
		for _, child := range n.children {
			if child.kind != nodeChar || child.fold || child.r >= 128 {
				if text == "" && child.kind == nodeGroup {
					return literalPrefix(child)
				}
				break
			}
			text += string(child.r)
		}
		return text
	case nodeGroup:
		return literalPrefix(n.children[0])
	}
	return ""
}
