// Package php is what converted PHP code runs on: PHP's values, operators, arrays, exceptions, output and builtin
// functions, written for Go programs that read as Go.
//
// A PHP int is an int, a float a float64, a string a string of bytes, a bool a bool and null is nil. Value is any of
// these, an *Array or an Object; converted code uses it only where a type is not known. Builtins have PHP's names in
// CamelCase (str_replace is StrReplace) and typed parameters; builtins.tsv beside this module says exactly how.
//
// A program is one PHP request: output buffers, handlers and the position that diagnostics name belong to the package,
// as they belong to the process in php-cli. One goroutine at a time may use them; generators keep to that.
//
// Sources: the PHP manual and the observable behaviour of PHP 8.2, against which every builtin is tested.
package php
