package php

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// Exceptions, after https://www.php.net/manual/en/language.exceptions.php. A throw is a panic with the exception; a catch
// recovers and asks for the class. A class that extends Exception embeds it:
//
//	type NotFound struct{ php.Exception }
//
//	func NewNotFound(message string) *NotFound { return php.InitException(&NotFound{}, notFound, message, 0, nil) }

// Throwable is whatever can be thrown.
type Throwable interface {
	Object
	GetMessage() string
	GetCode() Value
	GetPrevious() Throwable
	GetFile() string
	GetLine() int
	GetTrace() *Array
	GetTraceAsString() string
	thrown() *Exception
}

// Exception holds what every exception and error has.
type Exception struct {
	Base
	Message  Value     `php:"message,protected"` // a child may assign anything, or refer to something
	Text     string    `php:"string,private"`
	Code     Value     `php:"code,protected"`
	File     string    `php:"file,protected"`
	Line     int       `php:"line,protected"`
	Trace    *Array    `php:"trace,private"`
	Previous Throwable `php:"previous,private"`
	within   bool      // made in a function, whose call belongs into the trace but is not known
}

// ErrorException is an error that a handler made an exception of.
type ErrorException struct {
	Exception
	Severity Value `php:"severity,protected"`
}

// GetSeverity is ErrorException::getSeverity().
func (e *ErrorException) GetSeverity() Value { return Deref(e.Severity) }

func constructErrorException(e *ErrorException, arguments ...Value) {
	place := e.class.Name + "::__construct(): Argument #"
	given := func(i int) Value {
		if i < len(arguments) {
			return Deref(arguments[i])
		}
		return nil
	}
	constructException(&e.Exception, given(0), given(1), given(5))
	e.Severity = EError
	if v := given(2); v != nil {
		e.Severity = ParamInt(v, place+"3 ($severity)")
	}
	if v := given(3); v != nil {
		e.File = ParamString(v, place+"4 ($filename)")
		e.Line = 0
	}
	if v := given(4); v != nil {
		e.Line = ParamInt(v, place+"5 ($line)")
	}
}

func (e *Exception) thrown() *Exception { return e }

// GetMessage is Throwable::getMessage().
func (e *Exception) GetMessage() string { return ToString(Deref(e.Message)) }

// GetCode is Throwable::getCode().
func (e *Exception) GetCode() Value { return Deref(e.Code) }

// GetPrevious is Throwable::getPrevious(); nil where there is none.
func (e *Exception) GetPrevious() Throwable { return e.Previous }

// GetFile is Throwable::getFile().
func (e *Exception) GetFile() string { return e.File }

// GetLine is Throwable::getLine().
func (e *Exception) GetLine() int { return e.Line }

// GetTrace is Throwable::getTrace().
func (e *Exception) GetTrace() *Array {
	e.sureOfTrace()
	return e.Trace.Clone()
}

// sureOfTrace stops the program where it shows a trace that lacks calls.
func (e *Exception) sureOfTrace() {
	if e.within {
		Stop("trace", "the calls in the trace of an exception are not known")
	}
}

// GetTraceAsString is Throwable::getTraceAsString().
func (e *Exception) GetTraceAsString() string {
	e.sureOfTrace()
	var b strings.Builder
	number := 0
	for _, v := range e.Trace.Values() {
		frame := v.(*Array)
		b.WriteString("#" + strconv.Itoa(number) + " ")
		if frame.Has("file") {
			b.WriteString(ToString(frame.Peek("file")) + "(" + ToString(frame.Peek("line")) + "): ")
		} else {
			b.WriteString("[internal function]: ")
		}
		b.WriteString(ToString(frame.Peek("class")) + ToString(frame.Peek("type")) + ToString(frame.Peek("function")))
		b.WriteString("(" + traceArguments(frame.Peek("args")) + ")\n")
		number++
	}
	return b.String() + "#" + strconv.Itoa(number) + " {main}"
}

func traceArguments(v Value) string {
	a, ok := v.(*Array)
	if !ok {
		return ""
	}
	var parts []string
	for _, v := range a.Values() {
		parts = append(parts, traceArgument(v))
	}
	return strings.Join(parts, ", ")
}

func traceArgument(v Value) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		if v {
			return "true"
		}
		return "false"
	case string:
		if len(v) > 15 {
			return "'" + v[:15] + "...'"
		}
		return "'" + v + "'"
	case *Array:
		return "Array"
	case Object:
		return "Object(" + ClassName(v) + ")"
	}
	return ToString(v)
}

// chainAfter puts first at the end of the exceptions before thrown, unless it is among them.
func chainAfter(thrown, first Throwable) {
	for at := thrown.thrown(); ; at = at.Previous.thrown() {
		if at == first.thrown() {
			return
		}
		if at.Previous == nil {
			at.Previous = first
			return
		}
	}
}

// String is Throwable::__toString(): the exceptions before it first.
func (e *Exception) String() string {
	var chain []*Exception
	for at := e; at != nil; {
		chain = append([]*Exception{at}, chain...)
		if at.Previous == nil {
			break
		}
		at = at.Previous.thrown()
	}
	var parts []string
	for _, at := range chain {
		head := at.class.Name
		if message := at.GetMessage(); message != "" {
			head += ": " + message
		}
		parts = append(parts, head+" in "+at.File+":"+strconv.Itoa(at.Line)+"\nStack trace:\n"+at.GetTraceAsString())
	}
	return strings.Join(parts, "\n\nNext ")
}

// InitException fills a new exception: its class, what the constructor got, and where it was made.
func InitException[T Throwable](e T, class *Class, message string, code Value, previous Throwable) T {
	Init(e, class)
	x := e.thrown()
	x.Message, x.Code, x.Previous = withoutPaths(message), code, previous
	x.within = inFunction()
	locate()
	x.File, x.Line, x.Trace = position.file, position.line, currentTrace()
	return e
}

// Construct is Exception::__construct() called by a child's constructor.
func (e *Exception) Construct(message string, code int, previous Throwable) {
	e.Message, e.Code, e.Previous = message, code, previous
}

// Throw is throw.
func Throw(e Throwable) { panic(e) }

// Caught is what a recovered panic threw: a Throwable, also for Go's own run time errors that PHP has an error for.
// Anything else, such as the end of the program, goes on.
func Caught(recovered any) Throwable {
	switch r := recovered.(type) {
	case nil:
		return nil
	case Throwable:
		return r
	case runtime.Error:
		if strings.Contains(r.Error(), "divide by zero") {
			return NewDivisionByZeroError("Division by zero")
		}
	}
	panic(recovered)
}

// Try runs body; an exception it throws is handed to catch, which answers whether it took it. Else it goes on.
func Try(body func(), catch func(e Throwable) bool) {
	defer func() {
		if r := recover(); r != nil {
			if e := Caught(r); !catch(e) {
				panic(e)
			}
		}
	}()
	body()
}

var throwableInterface = Declare(&Class{Name: "Throwable", Interface: true,
	Interfaces: []*Class{stringableInterface}})

// The classes of PHP's own exceptions.
var (
	ExceptionClass          = exceptionClass("Exception", nil)
	ErrorClass              = exceptionClass("Error", nil)
	CompileErrorClass       = exceptionClass("CompileError", ErrorClass)
	ParseErrorClass         = exceptionClass("ParseError", CompileErrorClass)
	TypeErrorClass          = exceptionClass("TypeError", ErrorClass)
	ValueErrorClass         = exceptionClass("ValueError", ErrorClass)
	ArithmeticErrorClass    = exceptionClass("ArithmeticError", ErrorClass)
	DivisionByZeroClass     = exceptionClass("DivisionByZeroError", ArithmeticErrorClass)
	ArgumentCountErrorClass = exceptionClass("ArgumentCountError", TypeErrorClass)
	AssertionErrorClass     = exceptionClass("AssertionError", ErrorClass)
	UnhandledMatchClass     = exceptionClass("UnhandledMatchError", ErrorClass)
	ErrorExceptionClass     = exceptionClass("ErrorException", ExceptionClass)
	JSONExceptionClass      = exceptionClass("JsonException", ExceptionClass)
	LogicExceptionClass     = exceptionClass("LogicException", ExceptionClass)
	RuntimeExceptionClass   = exceptionClass("RuntimeException", ExceptionClass)
	BadFunctionCallClass    = exceptionClass("BadFunctionCallException", LogicExceptionClass)
	BadMethodCallClass      = exceptionClass("BadMethodCallException", BadFunctionCallClass)
	DomainExceptionClass    = exceptionClass("DomainException", LogicExceptionClass)
	InvalidArgumentClass    = exceptionClass("InvalidArgumentException", LogicExceptionClass)
	LengthExceptionClass    = exceptionClass("LengthException", LogicExceptionClass)
	OutOfRangeClass         = exceptionClass("OutOfRangeException", LogicExceptionClass)
	OutOfBoundsClass        = exceptionClass("OutOfBoundsException", RuntimeExceptionClass)
	OverflowClass           = exceptionClass("OverflowException", RuntimeExceptionClass)
	RangeExceptionClass     = exceptionClass("RangeException", RuntimeExceptionClass)
	UnderflowClass          = exceptionClass("UnderflowException", RuntimeExceptionClass)
	UnexpectedValueClass    = exceptionClass("UnexpectedValueException", RuntimeExceptionClass)
)

var exceptionMethods = []Method{
	{Name: "getMessage", Func: (*Exception).GetMessage}, {Name: "getCode", Func: (*Exception).GetCode},
	{Name: "getPrevious", Func: (*Exception).GetPrevious}, {Name: "getFile", Func: (*Exception).GetFile},
	{Name: "getLine", Func: (*Exception).GetLine}, {Name: "getTrace", Func: (*Exception).GetTrace},
	{Name: "getTraceAsString", Func: (*Exception).GetTraceAsString}, {Name: "__toString", Func: (*Exception).String},
}

var exceptionClasses []*Class

func exceptionClass(name string, parent *Class) *Class {
	c := &Class{Name: name, Parent: parent}
	exceptionClasses = append(exceptionClasses, c)
	return Declare(c)
}

// What refers to the functions above is filled in late, as they refer to the classes.
func init() {
	for _, c := range exceptionClasses {
		c := c
		if c.Parent == nil {
			c.Interfaces, c.Methods = []*Class{stringableInterface, throwableInterface}, exceptionMethods
		}
		c.New = func() Object { return InitException(&Exception{}, c, "", 0, nil) }
		c.Construct = constructException
		c.ConstructNames = []string{"message", "code", "previous"}
	}
	c := ErrorExceptionClass
	c.New = func() Object { return InitException(&ErrorException{Severity: EError}, c, "", 0, nil) }
	c.Construct = constructErrorException
	c.ConstructNames = []string{"message", "code", "severity", "filename", "line", "previous"}
	c.Methods = []Method{{Name: "getSeverity", Func: (*ErrorException).GetSeverity}}
}

func constructException(e *Exception, arguments ...Value) {
	if len(arguments) > 0 && arguments[0] != nil {
		e.Message = ParamString(arguments[0], e.class.Name+"::__construct(): Argument #1 ($message)")
	}
	if len(arguments) > 1 && arguments[1] != nil {
		e.Code = ParamInt(arguments[1], e.class.Name+"::__construct(): Argument #2 ($code)")
	}
	if len(arguments) > 2 && arguments[2] != nil {
		previous, ok := Deref(arguments[2]).(Throwable)
		if !ok {
			refuseParam(e.class.Name+"::__construct(): Argument #3 ($previous)", "?Throwable", arguments[2])
		}
		e.Previous = previous
	}
}

// NewException is new of one of PHP's own classes: php.NewException(php.InvalidArgumentClass, "no such user", 0, nil).
func NewException(class *Class, message string, code int, previous Throwable) *Exception {
	return InitException(&Exception{}, class, message, code, previous)
}

func newOf(class *Class, message string) *Exception { return NewException(class, message, 0, nil) }

// NewError is new Error($message).
func NewError(message string) *Exception { return newOf(ErrorClass, message) }

// NewTypeError is new TypeError($message).
func NewTypeError(message string) *Exception { return newOf(TypeErrorClass, message) }

// NewValueError is new ValueError($message).
func NewValueError(message string) *Exception { return newOf(ValueErrorClass, message) }

// NewArithmeticError is new ArithmeticError($message).
func NewArithmeticError(message string) *Exception { return newOf(ArithmeticErrorClass, message) }

// NewDivisionByZeroError is new DivisionByZeroError($message).
func NewDivisionByZeroError(message string) *Exception { return newOf(DivisionByZeroClass, message) }

// ThrowError throws Error.
func ThrowError(message string) { Throw(NewError(message)) }

// ThrowTypeError throws TypeError.
func ThrowTypeError(message string) { Throw(NewTypeError(message)) }

// ThrowValueError throws ValueError.
func ThrowValueError(message string) { Throw(NewValueError(message)) }

// ThrowArgumentCount throws ArgumentCountError.
func ThrowArgumentCount(message string) { Throw(newOf(ArgumentCountErrorClass, message)) }

// ThrowDivisionByZero throws DivisionByZeroError.
func ThrowDivisionByZero(message string) { Throw(NewDivisionByZeroError(message)) }

// escapedShort is a string as messages about a value show it: its first bytes, those escaped that cannot be seen.
func escapedShort(s string) string {
	const shown = 15
	var out strings.Builder
	for i := 0; i < len(s) && i < shown; i++ {
		c := s[i]
		switch at := strings.IndexByte("\r\n\t\f\v\\\x1b", c); {
		case at >= 0:
			out.WriteString("\\" + "rntfv\\e"[at:at+1])
		case c < 32 || c > 126:
			out.WriteString(fmt.Sprintf("\\x%02X", c))
		default:
			out.WriteByte(c)
		}
	}
	if len(s) > shown {
		out.WriteString("...")
	}
	return out.String()
}

// ThrowUnhandledMatch throws what match without an arm for v throws.
func ThrowUnhandledMatch(v Value) {
	text := "of type " + TypeName(v)
	switch v := Deref(v).(type) {
	case nil, bool, int, float64, string:
		text = VarExportString(v)
		if s, ok := v.(string); ok {
			text = "'" + escapedShort(s) + "'"
		}
	}
	Throw(newOf(UnhandledMatchClass, "Unhandled match case "+text))
}
