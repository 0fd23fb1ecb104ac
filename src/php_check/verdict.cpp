#include "php_check/verdict.h"

#include <algorithm>
#include <iterator>

namespace banyan::php {

namespace {

// In order of code.
constexpr VerdictCode kCodes[] = {
    {"autoload", false, "registers an autoloader",
     "It tells PHP how to load classes that are not there yet, by code that turns names into files. A native program "
     "has all its classes from the start. If the rule is that of composer.json the call can go; else list the classes "
     "it loads and make sure that each is converted."},
    {"builtin-missing", false, "calls a function of PHP that has no native twin",
     "The function reaches into PHP's own machinery or an extension that our runtimes do not have. Replace it by one "
     "they have, or keep the endpoints that need it in PHP for now."},
    {"class-alias", false, "gives a class a second name at run time",
     "class_alias() makes a name that exists only once the line has run. Declare a subclass or a use alias in its "
     "place, so that the name is known before the program runs."},
    {"declares-class", false, "declares a class inside of a function",
     "The class exists only once the function has run, and PHP may hold another of its name until then. Move the "
     "declaration to the top of its file; if two versions are chosen between, give them two names."},
    {"declares-function", false, "declares a function inside of a function",
     "The inner function exists everywhere once the outer one has run, and a second run is a fatal error. Move it to "
     "the top of its file, or make it a closure."},
    {"dyn-call", false, "calls a function or method whose name is computed",
     "What is called is known only at run time: $f(), $a->$m(), call_user_func($x). Native code needs the possible "
     "targets. Name them, with a match over the names or a table of closures; the call graph leaves these calls out, "
     "so look at what they may do."},
    {"dyn-class", false, "uses a class whose name is computed",
     "new $c and $c::f() make or use whatever class the string names. Name the possible classes in a match or a table "
     "of factories."},
    {"dyn-constant", false, "reads or makes a constant whose name is computed",
     "constant($x) and define($x, ...) need a table of names at run time. Use an array or a match in its place."},
    {"dyn-property", false, "reads or writes a property whose name is computed",
     "$a->$p needs objects that keep their properties by name. Where the names are few, write them out; where they are "
     "data, keep them in an array in place of an object."},
    {"dyn-var", true, "reads or makes variables whose names are computed",
     "$$x, extract(), get_defined_vars() and parse_str() with one argument can touch every variable of the function, "
     "so none of them has a type or even a certain existence. Put the values into an array and read them from there."},
    {"error-handler", false, "replaces PHP's handler of errors or exceptions",
     "Warnings do not exist in native code, and errors are values. Decide what the handler is for (logging, an error "
     "page, turning warnings into exceptions) and give that to the service once, where requests enter."},
    {"error-suppression", false, "silences errors with @",
     "@ hides warnings and goes on with false or null. Native code has to say what happens in that case: check for the "
     "failure and handle it, then leave out the @."},
    {"eval", true, "runs code made at run time",
     "eval() and create_function() need the whole of PHP at run time. Find out which code is made, and write it as "
     "functions; a template engine that compiles to PHP needs its compiled files converted."},
    {"func-get-args", false, "reads its arguments by position",
     "func_get_args() takes what the signature does not name. Declare ...$rest, which says the same and can be "
     "converted."},
    {"generator", false, "is a generator",
     "A function with yield is suspended and goes on later. It is converted to an object that keeps the local "
     "variables between the steps; check that nobody relies on when its code runs, and that what it holds open is "
     "closed when it is left early."},
    {"global", false, "uses global variables",
     "What the function does depends on variables that anybody may change, and in a service many requests run at once. "
     "Pass the value as a parameter, or make it part of the state of the request."},
    {"global-write", false, "changes global variables",
     "Another function sees the change, so order matters, and in a service requests would see each other's. Return the "
     "new value, or keep it in the state of the request."},
    {"globals-array", false, "uses $GLOBALS",
     "$GLOBALS reaches every global variable by a name that may be computed. See `global`; where the name is computed, "
     "use an array of your own."},
    {"goto", true, "jumps with goto",
     "There is no general way to convert a jump so that it stays readable. Write a loop with break, or a function with "
     "an early return."},
    {"include-dynamic", true, "includes a file whose path is computed",
     "Which code runs is known only at run time, and it runs with the variables of the includer. Where the files are "
     "few, include each by its name in a match; where they are templates, turn each into a function."},
    {"include-in-function", false, "includes a file inside of a function",
     "The file's code sees and changes the variables of the function. Turn it into a function that takes what it needs "
     "and gives back what it makes."},
    {"late-static", false, "uses static:: or new static",
     "Which class is meant is decided by the call. It is converted with a description of the class passed along; where "
     "no class extends this one, write self:: and it is not needed."},
    {"magic-method", false, "belongs to a class with __get, __set or __call, or is such a method",
     "Properties and methods that are not declared come into being when they are used. Declare those there are; what "
     "is really open needs a map from names to values, which has no types."},
    {"object-inspection", false, "lists the properties of an object",
     "get_object_vars() needs objects that know their properties by name. Write a method that gives an array of what "
     "is meant."},
    {"output-buffering", false, "catches its own output",
     "ob_start() makes echo write elsewhere for a while, for all that is called meanwhile. Have the functions that "
     "write give back a string, and put the strings together."},
    {"ref-alias", false, "makes two variables of one",
     "$a = &$b ties two names to one value until one of them is unset. Most of the time it is meant to save a copy, "
     "which PHP does not make anyway: leave out the &. Else write to the one place it should go."},
    {"ref-capture", false, "has a closure that captures by reference",
     "use (&$x) shares the variable between the closure and the function, also after the function has ended. It is "
     "converted to a shared box; where the closure is only called inside of the function, check that this is so."},
    {"ref-escape", false, "keeps a reference in an array or an object",
     "A reference inside of an array or a property outlives the statement and is copied with the array, so any later "
     "write may change values elsewhere. Keep an object there, or write the value back where it belongs."},
    {"ref-return", false, "returns a reference",
     "Whoever calls may write into what the function holds. Give back the value, and have a method for changing it."},
    {"setting", false, "changes a setting of PHP",
     "ini_set() and setlocale() change how other functions work from then on, for the whole process. Native functions "
     "take such things as parameters; decide whether it is still needed."},
    {"shell", false, "runs a command of the shell",
     "The command has to be there where the native service runs too, and starting it takes far longer than a request "
     "should. Use a library, or keep it and pass the arguments as a list, without a shell."},
    {"shutdown-function", false, "registers code for the end of the request",
     "It runs after the answer is made, also after a fatal error. A service has a place for what comes after a "
     "request; move it there and decide what happens if it fails."},
    {"stack-inspection", true, "looks at the call stack",
     "debug_backtrace() gives names, arguments and lines of the callers, which native code does not keep. Pass on what "
     "is needed as a parameter; for logging, the logger knows the place."},
    {"static-property", false, "changes a static property",
     "It is a global variable with a class before its name: see `global-write`. Make it part of an object that the "
     "request owns, or of the configuration if it is set only once."},
    {"static-variable", false, "keeps static variables",
     "A static variable lives from one call to the next. In PHP it begins anew with each request, in a service it does "
     "not. As a cache within a request, make it part of the request's state; as a cache for all, give it a bound and a "
     "lock."},
    {"superglobal", false, "reads what came with the request from a superglobal",
     "$_GET, $_POST, $_SERVER and their like are the request, and may hold strings or arrays of any depth. The "
     "converted function takes the request as a parameter; check each value for its type where it is read."},
    {"superglobal-write", false, "changes a superglobal",
     "Others will read what this function put there, so it is a global variable: see `global-write`."},
    {"syntax-error", true, "stands in a file that cannot be read",
     "The file has errors of syntax for the version of PHP it was read as. `banyan php lint` says where; perhaps it is "
     "for another version."},
    {"ticks", true, "relies on ticks",
     "declare(ticks=N) calls a function after every few statements. Nothing native does this. For time limits use "
     "deadlines, for signals the service's own handling."},
    {"undefined-class", false, "uses a class that is nowhere",
     "Neither the code base nor PHP has it. It comes from a library that was not among the files (give them too), or "
     "is checked for before it is used, or is a mistake."},
    {"undefined-function", false, "calls a function that is nowhere",
     "Neither the code base nor PHP has it. It comes from a library or an extension that was not among the files (give "
     "them too), or is checked for before the call, or is a mistake."},
    {"undefined-method", false, "calls a method its class does not have",
     "The class is known, and neither it nor its ancestors have such a method. It is a mistake, or the object is of "
     "another class than the code says."},
    {"unknown-parent", false, "belongs to a class whose ancestors are not all there",
     "A parent, interface or trait is not among the files, so methods and properties may come from there. Give those "
     "files too."},
    {"unresolved-call", false, "calls a method of an object whose class cannot be told",
     "Nothing says what the object is: no type, no docblock, no new. Add a type to the parameter or property it comes "
     "from; then what the call does is known, and so is what this function does."},
    {"unserialize", false, "reads serialized objects",
     "unserialize() makes objects of any class the text names, and calls their __wakeup and __destruct. Read JSON in "
     "its place; where old data is stored in this form, allow no classes, or a list of them."},
};

}  // namespace

std::span<const VerdictCode> verdict_codes() { return kCodes; }

const VerdictCode* find_verdict_code(std::string_view code) {
  const std::string_view name = code.substr(0, code.find(':'));
  const auto* const found = std::lower_bound(std::begin(kCodes), std::end(kCodes), name,
                                             [](const VerdictCode& one, std::string_view w) { return one.code < w; });
  return found != std::end(kCodes) && found->code == name ? found : nullptr;
}

}  // namespace banyan::php
