package php

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Functions about functions, classes and the program, after https://www.php.net/manual/en/book.funchand.php and
// https://www.php.net/manual/en/book.classobj.php.

// Those about classes are called here as from outside of all classes; lang_class_functions.go has them.

// FunctionExists is function_exists().
func FunctionExists(name string) bool { return FunctionExistsIn(nil, name) }

// ClassExists is class_exists().
func ClassExists(name string, autoload bool) bool { return ClassExistsIn(nil, name, autoload) }

// InterfaceExists is interface_exists().
func InterfaceExists(name string, autoload bool) bool { return InterfaceExistsIn(nil, name, autoload) }

// GetClass is get_class() of an object.
func GetClass(o Object) string { return ClassName(o) }

// GetParentClass is get_parent_class() called by its name as a value, where nil is no argument: outside of a class.
func GetParentClass(v Value) (string, bool) {
	if v == nil {
		return "", false
	}
	name, ok := ParentClassOf(nil, v).(string)
	return name, ok
}

// MethodExists is method_exists().
func MethodExists(v Value, name string) bool { return MethodExistsIn(nil, v, name) }

// PropertyExists is property_exists().
func PropertyExists(v Value, name string) bool { return PropertyExistsIn(nil, v, name) }

// GetObjectVars is get_object_vars() from outside: the public properties.
func GetObjectVars(o Object) *Array { return ObjectVars(o, nil).(*Array) }

// IsSubclassOf is is_subclass_of().
func IsSubclassOf(v Value, class string, allowString bool) bool {
	return IsSubclassOfIn(nil, v, class, allowString)
}

// IsAFunction is is_a().
func IsAFunction(v Value, class string, allowString bool) bool {
	return IsAClass(nil, v, class, allowString)
}

// SplObjectId is spl_object_id().
func SplObjectId(o Object) int {
	sureOfNumber(o)
	return o.PHPBase().id
}

// SplObjectHash is spl_object_hash(): the object's number in 16 digits, and 16 zeros.
func SplObjectHash(o Object) string {
	text := strconv.FormatInt(int64(SplObjectId(o)), 16)
	return strings.Repeat("0", 16-len(text)) + text + strings.Repeat("0", 16)
}

// IteratorToArray is iterator_to_array().
func IteratorToArray(v Value, preserveKeys bool) *Array {
	return IteratorToArrayIn(nil, v, preserveKeys)
}

// IteratorCount is iterator_count().
func IteratorCount(v Value) int { return IteratorCountIn(nil, v) }

// Constant is constant().
func Constant(name string) Value { return ConstantNamed(name, nil) }

var userConstants = map[string]Value{}

// Define is define().
func Define(name string, v Value, caseInsensitive bool) bool { return DefineValue(name, Copy(v)) }

// Defined is defined().
func Defined(name string) bool { return DefinedIn(name, nil) }

// Microtime is microtime().
func Microtime(asFloat bool) Value {
	now := time.Now()
	if asFloat {
		return float64(now.UnixMicro()) / 1e6
	}
	return Sprintf("%.8F %d", float64(now.UnixMicro()%1e6)/1e6, int(now.Unix()))
}

// Hrtime is hrtime().
func Hrtime(asNumber bool) Value {
	n := int(time.Since(started).Nanoseconds())
	if asNumber {
		return n
	}
	return List(n/1e9, n%1e9)
}

var started = time.Now()

// Usleep is usleep().
func Usleep(microseconds int) {
	if microseconds < 0 {
		badArgument("usleep", 1, "microseconds", "must be greater than or equal to 0")
	}
	time.Sleep(time.Duration(microseconds) * time.Microsecond)
}

// Uniqid is uniqid().
func Uniqid(prefix string, moreEntropy bool) string {
	now := time.Now()
	id := prefix + Sprintf("%08x%05x", int(now.Unix()), now.Nanosecond()/1000)
	if moreEntropy {
		id += Sprintf("%.8F", float64(RandomInt(0, 999999999))/1e8)
	}
	return id
}

// Getenv is getenv() of one name.
func Getenv(name Value, localOnly bool) Value {
	if name == nil {
		a := NewArray()
		for _, pair := range os.Environ() {
			k, v, _ := strings.Cut(pair, "=")
			a.SetStr(k, v)
		}
		return a
	}
	v, ok := os.LookupEnv(ToString(name))
	return OrFalse(v, ok)
}

// Phpversion is phpversion(), of an extension too, which has the version of PHP.
func Phpversion(extension Value) (string, bool) {
	return PhpVersion, extension == nil || ExtensionLoaded(ToString(extension))
}

// ZendVersion is zend_version(): that of the engine, which goes along with PHP's own.
func ZendVersion() string { return "4" + PhpVersion[1:] }

// Extensions that come with PHP: those whose functions and classes this runtime has, and those it has not.
const (
	extensionsHere  = " core ctype date filter hash iconv intl json mbstring pcre random spl standard "
	extensionsOfPHP = " bcmath bz2 calendar com_dotnet curl dba dom enchant exif ffi fileinfo ftp gd gettext gmp imap ldap " +
		"libxml mysqli mysqlnd oci8 odbc openssl pcntl pdo pdo_mysql pdo_odbc pdo_pgsql pdo_sqlite pgsql phar posix pspell " +
		"readline reflection session shmop simplexml snmp soap sockets sodium sqlite3 sysvmsg sysvsem sysvshm tidy tokenizer " +
		"xml xmlreader xmlwriter xsl zend opcache zip zlib "
)

// ExtensionLoaded is extension_loaded(). Whether one is there that comes with PHP but is not in this runtime depends on
// how that PHP was made; all others are not there.
func ExtensionLoaded(extension string) bool {
	if strings.Contains(extension, " ") {
		return false
	}
	name := " " + lower(extension) + " "
	if strings.Contains(extensionsOfPHP, name) {
		Stop("builtin-missing", "extension_loaded() is asked for an extension that this runtime does not have")
	}
	return strings.Contains(extensionsHere, name)
}
