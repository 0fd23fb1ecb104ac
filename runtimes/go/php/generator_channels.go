//go:build !go1.23

package php

// Before Go 1.23 the body of a generator is a goroutine that runs only while it is waited for.

// routine runs a body step by step.
type routine struct {
	begin   func()
	resumed chan resumption
	yielded chan yield
}

// start makes a routine of a body, which has not begun.
func (r *routine) start(body func()) {
	r.resumed, r.yielded = make(chan resumption), make(chan yield)
	r.begin = func() {
		body()
		close(r.yielded)
	}
}

// resume runs the body to where it yields; false says that it ended.
func (r *routine) resume(given resumption) (yield, bool) {
	if begin := r.begin; begin != nil {
		r.begin = nil
		go begin()
	} else {
		r.resumed <- given
	}
	y, ok := <-r.yielded
	return y, ok
}

// yield hands y to who resumed the body, and gives what it is resumed with.
func (r *routine) yield(y yield) resumption {
	r.yielded <- y
	return <-r.resumed
}
