package php

// Assert is assert() where assertions are active, as they are unless php.ini says otherwise: what describes the assertion
// is the message of what is thrown, or is thrown itself.
func Assert(holds bool, description Value) bool {
	thrown, is := description.(Throwable)
	if !is {
		description = ParamUnion(description, "Throwable|string|null", "assert(): Argument #2 ($description)")
	}
	if holds {
		return true
	}
	if !is {
		made := newOf(AssertionErrorClass, ToString(description))
		made.Code, made.within = 1, true // E_ERROR
		thrown = made
	}
	Throw(thrown)
	return false
}
