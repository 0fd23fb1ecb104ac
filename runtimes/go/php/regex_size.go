package php

import "unicode/utf8"

// How many bytes PCRE2 makes of a pattern, which it refuses beyond a limit: pcre2_compile.c, with links of two bytes as
// Debian builds it. Classes take more or less by what is in them, so a size is a range.

// regexBytesMax is what a compiled pattern may have.
const regexBytesMax = 1 << 16

const (
	regexGroupBytes = 6 // what opens and closes a group
	regexLinkBytes  = 3 // an operation with a link: what opens, closes or divides a group
	regexCountBytes = 3 // an operation with a number
	regexCopyBytes  = 7 // what is about each copy of a group that may be left out
)

type regexSize struct{ least, most int }

func exactly(n int) regexSize { return regexSize{n, n} }

func (s regexSize) plus(o regexSize) regexSize { return regexSize{s.least + o.least, s.most + o.most} }

func (s regexSize) times(n int) regexSize { return regexSize{s.least * n, s.most * n} }

// sizeOf is the size of a whole pattern.
func sizeOf(root *regexNode) regexSize { return exactly(regexGroupBytes + 1).plus(root.size()) }

func (n *regexNode) size() regexSize {
	switch n.kind {
	case nodeEmpty:
		return exactly(0)
	case nodeChar:
		return exactly(1).plus(n.operand())
	case nodeSet:
		return n.operand()
	case nodeSequence:
		sum := exactly(0)
		for _, child := range n.children {
			sum = sum.plus(child.size())
			if child.kind == nodeSequence { // a group, or what follows a setting
				sum.most += regexGroupBytes
			} else if child.kind == nodeAlternation {
				sum = sum.plus(exactly(regexGroupBytes))
			}
		}
		return sum
	case nodeAlternation:
		sum := exactly(regexLinkBytes * (len(n.children) - 1))
		for _, child := range n.children {
			sum = sum.plus(child.size())
		}
		return sum
	case nodeRepeat:
		return n.repeated()
	case nodeGroup:
		return exactly(regexGroupBytes + 2).plus(n.children[0].size())
	case nodeAtomic, nodeLook:
		sum := exactly(regexGroupBytes).plus(n.children[0].size())
		if n.behind { // each branch says how far back it begins
			sum.most += regexLinkBytes * MaxInt(len(n.children[0].children), 1)
		}
		return sum
	case nodeConditional:
		sum := regexSize{regexGroupBytes, 4 * regexGroupBytes}
		for _, child := range n.children {
			sum = sum.plus(child.size())
		}
		return sum
	case nodeBackref, nodeRecursion:
		return regexSize{regexCountBytes, 2*regexCountBytes + regexGroupBytes}
	}
	return exactly(1)
}

// operand is what a character takes behind the operation that is about it, or a set, behind one that repeats it.
func (n *regexNode) operand() regexSize {
	if n.kind == nodeChar {
		bytes := utf8.RuneLen(n.r)
		if bytes < 1 || n.r < 256 && bytes > 1 {
			return regexSize{1, 4}
		}
		if n.fold {
			return regexSize{1, MaxInt(bytes, 2)}
		}
		return exactly(bytes)
	}
	if !n.single {
		return regexSize{1, 40 + 9*len(n.set.ranges)/2 + 4*len(n.set.sets)}
	}
	if n.property {
		return exactly(3)
	}
	return exactly(1)
}

func (n *regexNode) repeated() regexSize {
	of := n.children[0]
	switch of.kind {
	case nodeChar, nodeSet:
		return n.repeatedItem(of.operand())
	case nodeNewline, nodeGrapheme:
		return n.repeatedItem(exactly(1))
	case nodeSequence, nodeAlternation:
		return n.repeatedGroup(of.size().plus(exactly(regexGroupBytes)))
	}
	return n.repeatedGroup(of.size())
}

// repeatedItem is x{least,most} of what takes so many bytes beside its operation.
func (n *regexNode) repeatedItem(operand regexSize) regexSize {
	once, counted := exactly(1).plus(operand), exactly(regexCountBytes).plus(operand)
	switch {
	case n.most == 0:
		return exactly(0)
	case n.least == 0 && (n.most == 1 || n.most < 0), n.least == 1 && (n.most == 1 || n.most < 0):
		return once
	case n.least == 0, n.least == n.most:
		return counted
	case n.least == 1:
		return once.plus(counted)
	case n.most < 0:
		return counted.plus(once)
	}
	return counted.times(2)
}

// repeatedGroup is (...){least,most}: all copies are written out, those that may be left out within each other.
func (n *regexNode) repeatedGroup(group regexSize) regexSize {
	sum := group.times(MaxInt(n.least, 1))
	if n.least == 0 {
		sum = sum.plus(regexSize{1, 1 + regexLinkBytes})
	}
	if n.possessive {
		sum.most += regexGroupBytes
	}
	if left := n.most - MaxInt(n.least, 1); left > 0 {
		sum = sum.plus(group.plus(exactly(regexCopyBytes)).times(left)).plus(exactly(1 - regexCopyBytes))
	}
	return sum
}
