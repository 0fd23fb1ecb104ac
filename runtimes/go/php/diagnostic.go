package php

import (
	"strconv"
	"strings"
)

// Warnings, notices and deprecations, after https://www.php.net/manual/en/book.errorfunc.php: shown in the output as
// php-cli shows them, handed to the handler that set_error_handler() set, or kept silent by @.

// The levels of error_reporting().
const (
	unsilenceable    = 1 | 16 | 64 | 256 | 4096 | 4
	traceFramesLimit = 1 << 16
)

// position is where in the PHP source the program is, as far as the converted code told.
var position struct {
	file string
	line int
}

// Line tells which line of the PHP source runs; converted code calls it where what follows may warn or throw.
func Line(n int) { position.line = n }

// File tells which PHP source runs, by its full path.
func File(path string) { position.file = path }

// Frame is one call in the stack of converted code, for traces.
type Frame struct {
	Function, Class, Type string
	Args                  []Value
	file                  string
	line                  int
}

var frames []Frame

// Enter notes a call of converted code for traces; what it gives back ends the call:
//
//	defer php.Enter(php.Frame{Function: "f"})()
func Enter(f Frame) func() {
	f.file, f.line = position.file, position.line
	if len(frames) >= traceFramesLimit {
		ThrowError("Maximum function nesting level reached")
	}
	frames = append(frames, f)
	depth := len(frames) - 1
	return func() {
		position.file, position.line = frames[depth].file, frames[depth].line
		frames = frames[:depth]
	}
}

func currentTrace() *Array {
	trace := NewArray()
	for i := len(frames) - 1; i >= 0; i-- {
		f := frames[i]
		frame := Map("file", f.file, "line", f.line, "function", f.Function)
		if f.Class != "" {
			frame.SetStr("class", f.Class)
			frame.SetStr("type", f.Type)
		}
		if f.Args != nil {
			frame.SetStr("args", List(f.Args...))
		}
		trace.Append(frame)
	}
	return trace
}

var errorState = struct {
	reporting int
	handlers  []errorHandler
	inHandler bool
	hidden    bool // errors are not displayed
	last      *Array
}{reporting: EAll}

type errorHandler struct {
	callback *Closure
	levels   int
}

// Warning gives a warning with PHP's text.
func Warning(message string) { Diagnose(EWarning, message) }

// Notice gives a notice.
func Notice(message string) { Diagnose(ENotice, message) }

// Deprecated gives a deprecation.
func Deprecated(message string) { Diagnose(EDeprecated, message) }

// Diagnose gives a message of a level: to the handler there is, else to the output unless silenced.
func Diagnose(level int, message string) {
	locate()
	diagnoseHere(level, message)
}

// diagnoseHere is Diagnose for the line that is already known.
func diagnoseHere(level int, message string) {
	message = withoutPaths(message)
	state := &errorState
	if n := len(state.handlers); n > 0 && !state.inHandler {
		if h := state.handlers[n-1]; h.callback != nil && h.levels&level != 0 {
			state.inHandler = true
			handled := func() Value {
				defer func() { state.inHandler = false }()
				return h.callback.Call(level, message, position.file, position.line)
			}()
			if handled != false {
				return
			}
		}
	}
	state.last = Map("type", level, "message", message, "file", position.file, "line", position.line)
	if state.reporting&level == 0 {
		return
	}
	display("\n" + levelName(level) + ": " + message + " in " + position.file + " on line " +
		strconv.Itoa(position.line) + "\n")
	if level == EUserError {
		panic(exitRequest{status: 255})
	}
}

// display shows an error unless the program has said that none are shown.
func display(message string) {
	if !errorState.hidden {
		Echo(message)
	}
}

func levelName(level int) string {
	switch level {
	case EWarning, EUserWarning:
		return "Warning"
	case ENotice, EUserNotice:
		return "Notice"
	case EDeprecated, EUserDeprecated:
		return "Deprecated"
	}
	return "Fatal error"
}

// Silence is @ before an expression: what f diagnoses is not shown.
func Silence[T any](f func() T) T {
	old := errorState.reporting
	errorState.reporting &= unsilenceable
	defer func() {
		if errorState.reporting == old&unsilenceable {
			errorState.reporting = old
		}
	}()
	return f()
}

// SetErrorHandler is set_error_handler(): it gives the handler there was, or nil.
func SetErrorHandler(callback *Closure, levels int) Value {
	var old Value
	if n := len(errorState.handlers); n > 0 && errorState.handlers[n-1].callback != nil {
		old = errorState.handlers[n-1].callback.asGiven()
	}
	errorState.handlers = append(errorState.handlers, errorHandler{callback, levels})
	return old
}

// RestoreErrorHandler is restore_error_handler().
func RestoreErrorHandler() bool {
	if n := len(errorState.handlers); n > 0 {
		errorState.handlers = errorState.handlers[:n-1]
	}
	return true
}

// ErrorReporting is error_reporting(): nil only asks.
func ErrorReporting(level Value) int {
	old := errorState.reporting
	if level != nil {
		errorState.reporting = ToInt(level)
	}
	return old
}

// TriggerError is trigger_error().
func TriggerError(message string, level int) bool { return trigger("trigger_error", message, level) }

// UserError is user_error().
func UserError(message string, level int) bool { return trigger("user_error", message, level) }

func trigger(function, message string, level int) bool {
	switch level {
	case EUserError, EUserWarning, EUserNotice, EUserDeprecated:
	default:
		ThrowValueError(function + "(): Argument #2 ($error_level) must be one of E_USER_ERROR, E_USER_WARNING," +
			" E_USER_NOTICE, or E_USER_DEPRECATED")
	}
	Diagnose(level, message)
	return true
}

// ErrorGetLast is error_get_last().
func ErrorGetLast() *Array {
	if errorState.last == nil {
		return nil
	}
	return errorState.last.Clone()
}

// ErrorClearLast is error_clear_last().
func ErrorClearLast() { errorState.last = nil }

// warnFunction is a warning that names the builtin it comes from.
func warnFunction(function string, parts ...string) {
	Warning(function + "(): " + strings.Join(parts, ""))
}

// CompileDeprecated is a deprecation that PHP gives before the program begins.
func CompileDeprecated(line int, message string) {
	if errorState.reporting&EDeprecated != 0 {
		Echo("\nDeprecated: " + message + " in " + position.file + " on line " + strconv.Itoa(line) + "\n")
	}
}
