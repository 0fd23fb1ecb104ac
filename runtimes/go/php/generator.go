package php

// Generators, after https://www.php.net/manual/en/language.generators.php. The body runs as a coroutine: it runs only while
// the generator is asked for its next value, so no two run at once. One that is not run to its end stays suspended until
// the program ends.
//
//	php.NewGenerator(func(y *php.Yielder) php.Value {
//		sent := y.Value(1)          // yield 1
//		y.Pair("k", 2)              // yield "k" => 2
//		result := y.From(other)     // yield from
//		return result
//	})

// Generator is PHP's Generator.
type Generator struct {
	Base
	body     func(y *Yielder) Value
	yielder  *Yielder
	routine  routine
	panicked any // what ended the body
	key      Value
	value    Value
	last     Value // of those yielded
	result   Value
	auto     int // the next key that is not given
	started  bool
	finished bool
	running  bool
	moved    bool // beyond the first yield
	returned bool // it came to its end, and was not left by an exception
	delegate *Generator
	finals   int // statements with finally that it is within
}

// current is the generator whose body runs, if one does.
var current *Generator

// unfinished are generators that may still have something to do when they die.
var unfinished = map[*Generator]bool{}

// within notes that the body which runs enters a statement with finally; what it gives back ends that.
func within() func() {
	g := current
	if g == nil {
		return func() {}
	}
	g.finals++
	unfinished[g] = true
	return func() {
		g.finals--
		if g.finals == 0 {
			delete(unfinished, g)
		}
	}
}

// stopUnfinished stops the program where PHP runs the rest of a suspended generator as it dies.
func stopUnfinished() {
	for g := range unfinished {
		if !g.finished && !g.running {
			Stop("generator-finally", "a generator dies within a statement with finally")
		}
	}
}

type resumption struct {
	sent  Value
	throw Throwable
}

type yield struct{ key, value Value }

// Yielder is what the body of a generator yields with.
type Yielder struct{ g *Generator }

var generatorClass = Declare(&Class{Name: "Generator", Final: true, Interfaces: []*Class{IteratorInterface}})

func init() {
	generatorClass.Methods = []Method{
		{Name: "current", Func: (*Generator).Current}, {Name: "key", Func: (*Generator).Key},
		{Name: "next", Func: (*Generator).Next}, {Name: "valid", Func: (*Generator).Valid},
		{Name: "rewind", Func: (*Generator).Rewind}, {Name: "send", Func: (*Generator).Send},
		{Name: "throw", Func: (*Generator).Throw}, {Name: "getReturn", Func: (*Generator).GetReturn},
	}
}

// NewGenerator makes a generator that has not begun.
func NewGenerator(body func(y *Yielder) Value) *Generator {
	g := &Generator{body: body}
	g.yielder = &Yielder{g}
	return Init(g, generatorClass)
}

// begin runs the body up to its first yield.
func (g *Generator) begin() {
	if g.started {
		return
	}
	g.started = true
	g.running = true
	outer := current
	current = g
	defer func() { current = outer }()
	g.routine.start(func() {
		defer func() { g.panicked = recover() }()
		g.result = Deref(g.body(g.yielder))
		g.returned = true
	})
	g.receive(resumption{})
}

// receive resumes the body and takes what it yields next.
func (g *Generator) receive(r resumption) {
	y, ok := g.routine.resume(r)
	g.running = false
	g.key, g.value = y.key, y.value
	if ok {
		g.last = y.value
		return
	}
	g.finished = true
	if g.panicked != nil {
		panic(g.panicked)
	}
}

func (g *Generator) step(r resumption) {
	if g.running {
		ThrowError("Cannot resume an already running generator")
	}
	g.moved = true
	g.running = true
	outer := current
	current = g
	defer func() { current = outer }()
	g.receive(r)
}

// settle gives the generator that is asked. One whose inner generator somebody else brought to its end stands at the last
// value of that until it goes on.
func (g *Generator) settle() *Generator {
	if g.delegate == nil {
		return g
	}
	inner := g.delegate.settle()
	if !g.delegate.finished {
		return inner
	}
	g.value, g.delegate = g.delegate.last, nil
	return g
}

func (y *Yielder) suspend(key, v Value) Value {
	r := y.g.routine.yield(yield{key, v})
	if r.throw != nil {
		Throw(r.throw)
	}
	return r.sent
}

// Nothing is yield without a value.
func (y *Yielder) Nothing() Value { return y.Value(nil) }

// Value is yield $v: it gives what send() sends.
func (y *Yielder) Value(v Value) Value {
	key := y.g.auto
	y.g.auto++
	return y.suspend(key, v)
}

// Pair is yield $key => $v.
func (y *Yielder) Pair(key, v Value) Value {
	if n, ok := Deref(key).(int); ok && n >= y.g.auto {
		y.g.auto = n + 1
	}
	return y.suspend(key, v)
}

// From is yield from: it gives what a generator returns.
func (y *Yielder) From(v Value) Value {
	switch v := Deref(v).(type) {
	case *Array:
		v.Each(func(k Key, v Value) bool {
			y.suspend(k.Value(), Copy(v))
			return true
		})
		return nil
	case *Generator:
		return y.fromGenerator(v)
	case Object:
		if IsA(v, "Traversable") {
			foreachObject(v, func(k, v Value) bool {
				y.suspend(k, v)
				return true
			})
			return nil
		}
	}
	ThrowError("Can use \"yield from\" only with arrays and Traversables")
	return nil
}

func (y *Yielder) fromGenerator(inner *Generator) Value {
	if inner.running {
		ThrowError("Impossible to yield from the Generator being currently run")
	}
	if inner.finished && !inner.returned {
		ThrowError("Generator passed to yield from was aborted without proper return and is unable to continue")
	}
	inner.begin()
	y.g.delegate = inner
	defer func() { y.g.delegate = nil }()
	for !inner.finished {
		r := y.g.routine.yield(yield{})
		if inner.finished {
			break
		}
		if r.throw != nil {
			inner.Throw(r.throw)
		} else {
			inner.settle()
			inner.step(r)
		}
	}
	if !inner.returned {
		Throw(NewException(NeedClass("ClosedGeneratorException"), "Generator yielded from aborted, no return value available", 0, nil))
	}
	return inner.result
}

// Current is Generator::current().
func (g *Generator) Current() Value {
	g.begin()
	return g.settle().value
}

// Key is Generator::key().
func (g *Generator) Key() Value {
	g.begin()
	return g.settle().key
}

// Next is Generator::next().
func (g *Generator) Next() {
	g.begin()
	g.settle()
	if !g.finished {
		g.step(resumption{})
	}
}

// Valid is Generator::valid().
func (g *Generator) Valid() bool {
	g.begin()
	g.settle()
	return !g.finished
}

// Rewind is Generator::rewind(): it throws once the generator is beyond its first yield.
func (g *Generator) Rewind() {
	g.begin()
	if g.moved {
		message := "Cannot rewind a generator that was already run"
		if g.finished {
			message = "Cannot traverse an already closed generator"
		}
		Throw(NewException(ExceptionClass, message, 0, nil))
	}
}

// Send is Generator::send().
func (g *Generator) Send(v Value) Value {
	g.begin()
	g.settle()
	if g.finished {
		return nil
	}
	g.step(resumption{sent: v})
	return g.settle().value
}

// Throw is Generator::throw().
func (g *Generator) Throw(e Throwable) Value {
	g.begin()
	g.settle()
	if g.finished {
		Throw(e)
	}
	g.step(resumption{throw: e})
	return g.settle().value
}

// GetReturn is Generator::getReturn().
func (g *Generator) GetReturn() Value {
	g.begin()
	g.settle()
	if !g.returned {
		Throw(NewException(ExceptionClass, "Cannot get return value of a generator that hasn't returned", 0, nil))
	}
	return g.result
}
