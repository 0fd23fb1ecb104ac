package php

// try, catch and finally of converted code, throw as an expression, and ends that come unasked.

// TryCatch runs body. What it throws is offered to handler; then last runs, whatever happened. Each answers how control
// leaves the statement: 0 behind it, anything else as the converted code numbers its ways out. What last answers goes
// before all else, an exception that is under way included.
func TryCatch(body func() int, handler func(thrown Value) (int, bool), last func() int) (exit int) {
	if last != nil {
		end := within()
		defer func() {
			end()
			r := recover()
			if _, ends := r.(exitRequest); ends {
				panic(r)
			}
			if left := finally(last, r); left != 0 {
				exit = left
				return
			}
			if r != nil {
				panic(r)
			}
		}()
	}
	return caught(body, handler)
}

// finally runs last. What last throws gets the exception under way as the first of its chain.
func finally(last func() int, underWay any) int {
	if first, ok := underWay.(Throwable); ok {
		defer func() {
			if r := recover(); r != nil {
				if thrown, ok := r.(Throwable); ok {
					chainAfter(thrown, first)
				}
				panic(r)
			}
		}()
	}
	return last()
}

func caught(body func() int, handler func(thrown Value) (int, bool)) (exit int) {
	if handler == nil {
		return body()
	}
	thrown, exit := attempt(body)
	if thrown == nil {
		return exit
	}
	exit, ok := handler(thrown)
	if !ok {
		panic(thrown)
	}
	return exit
}

func attempt(body func() int) (thrown Throwable, exit int) {
	defer func() {
		if r := recover(); r != nil {
			thrown = Caught(r)
		}
	}()
	return nil, body()
}

// Raise is throw; it does not return.
func Raise(v Value) Value {
	e, ok := Deref(v).(Throwable)
	switch {
	case ok:
	case IsObject(v):
		ThrowError("Cannot throw objects that do not implement Throwable")
	default:
		ThrowError("Can only throw objects")
	}
	panic(e)
}

// Leave is exit; it does not return.
func Leave(v Value) Value {
	Exit(v)
	return nil
}

// NoMatch is what match does without an arm for v; it does not return.
func NoMatch(v Value) Value {
	ThrowUnhandledMatch(v)
	return nil
}

// Refused is what was not converted; it does not return.
func Refused(reason string) Value { panic("not converted: " + reason) }
