//go:build go1.23

package php

import "iter"

// Since Go 1.23 the body of a generator is a coroutine of Go's own: the switch costs little more than a call.

// routine runs a body step by step.
type routine struct {
	next    func() (yield, bool)
	suspend func(yield) bool
	given   resumption
}

// start makes a routine of a body, which has not begun.
func (r *routine) start(body func()) {
	r.next, _ = iter.Pull(func(suspend func(yield) bool) {
		r.suspend = suspend
		body()
	})
}

// resume runs the body to where it yields; false says that it ended.
func (r *routine) resume(given resumption) (yield, bool) {
	r.given = given
	return r.next()
}

// yield hands y to who resumed the body, and gives what it is resumed with.
func (r *routine) yield(y yield) resumption {
	r.suspend(y)
	return r.given
}
