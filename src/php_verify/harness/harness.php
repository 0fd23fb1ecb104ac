<?php
// Calls the functions of a project as it is told and writes down what each call did: PHP's half of a comparison.
//
//   php harness.php PLAN CALLS FIRST
//
// PLAN says what to load: "load PATH", and "class NAME PATH" for what is loaded when it is asked for. CALLS holds one
// call a line, of which those from number FIRST on are made: F function, S class method or M class method object, then
// the arguments, all between tabs; & before an argument hands it over by reference. One answer a line goes to descriptor 3,
// the first of all being "ready": R and the result or E class;message; then the object, what was handed over by
// reference and the objects among the arguments, then what was printed, warnings included.
//
// Values: N, T, F, i12; d and 16 hex digits of the float; s and the bytes; (%XX for what is not printable); a, keys and
// values in turn, e. Given only: n class;arguments e is a new object, k class::name; a constant, c number; a closure.
// Answered only: O class;properties e, * number; the object met as that one, C a closure, G a generator run to its end.
namespace banyan\verify;

const ANSWER_BYTES_MAX = 65536;
const YIELDS_MAX = 100;
const DEPTH_MAX = 40;

final class Reader
{
    private int $at = 0;

    public function __construct(private string $text)
    {
    }

    private function text(): string
    {
        $end = strpos($this->text, ';', $this->at);
        $out = substr($this->text, $this->at, $end - $this->at);
        $this->at = $end + 1;
        return $out;
    }

    public function value(): mixed
    {
        switch ($this->text[$this->at++]) {
            case 'T':
                return true;
            case 'F':
                return false;
            case 'i':
                return (int) $this->text();
            case 'd':
                return unpack('E', hex2bin($this->text()))[1];
            case 's':
                return rawurldecode($this->text());
            case 'a':
                return $this->elements();
            case 'n':
                $class = $this->text();
                return new $class(...$this->elements(false));
            case 'k':
                return constant($this->text());
            case 'c':
                return closure((int) $this->text());
        }
        return null;
    }

    private function elements(bool $keys = true): array
    {
        $out = [];
        while ($this->text[$this->at] !== 'e') {
            if ($keys) {
                $key = $this->value();
                $out[$key] = $this->value();
            } else {
                $out[] = $this->value();
            }
        }
        $this->at++;
        return $out;
    }
}

// The callables that are handed over; harness.go has the same ones.
function closure(int $number): \Closure
{
    return [
        fn(...$a) => $a[0] ?? null,
        fn(...$a) => (bool) ($a[0] ?? null),
        fn(...$a) => ($a[0] ?? null) <=> ($a[1] ?? null),
        fn(...$a) => count($a),
        fn(...$a) => $a,
    ][$number];
}

function escaped(string $bytes): string
{
    static $map = null;
    if ($map === null) {
        for ($i = 0; $i < 256; $i++) {
            $map[chr($i)] = $i < 32 || $i > 126 || $i === 37 || $i === 59 ? sprintf('%%%02X', $i) : chr($i);
        }
    }
    return strtr($bytes, $map);
}

function encoded(mixed $value, array &$seen, int $depth = 0): string
{
    if ($depth > DEPTH_MAX) {
        return '...';
    }
    switch (true) {
        case $value === null:
            return 'N';
        case is_bool($value):
            return $value ? 'T' : 'F';
        case is_int($value):
            return "i$value;";
        case is_float($value):
            return is_nan($value) ? 'dNAN;' : 'd' . bin2hex(pack('E', $value)) . ';';
        case is_string($value):
            return 's' . escaped($value) . ';';
        case is_array($value):
            return 'a' . elements($value, $seen, $depth);
        case is_object($value):
            return object($value, $seen, $depth);
    }
    return '?' . get_debug_type($value) . ';';
}

function elements(array $values, array &$seen, int $depth): string
{
    $out = '';
    foreach ($values as $key => $value) {
        $out .= encoded($key, $seen) . encoded($value, $seen, $depth + 1);
    }
    return $out . 'e';
}

function object(object $value, array &$seen, int $depth): string
{
    foreach ($seen as $number => $one) {
        if ($one === $value) {
            return "*$number;";
        }
    }
    $seen[] = $value;
    if ($value instanceof \Closure) {
        return 'C';
    }
    if ($value instanceof \UnitEnum) {
        return 'K' . escaped($value::class . '::' . $value->name) . ';';
    }
    if ($value instanceof \Generator) {
        $out = '';
        for ($i = 0; $i < YIELDS_MAX && $value->valid(); $i++, $value->next()) {
            $out .= encoded($value->key(), $seen, $depth + 1) . encoded($value->current(), $seen, $depth + 1);
        }
        return "G{$out}e" . ($value->valid() ? '...' : encoded($value->getReturn(), $seen, $depth + 1));
    }
    $properties = $value instanceof \Throwable
        ? ['message' => $value->getMessage(), 'code' => $value->getCode()]
        : (array) $value;
    return 'O' . escaped($value::class) . ';' . elements($properties, $seen, $depth);
}

// The caller's place is the harness here and another one there.
function message(string $text): string
{
    return preg_replace('/, called in .* on line \d+$/D', '', preg_replace('/, called in .* on line \d+ and/', '', $text));
}

function answer(string $call): string
{
    ob_start();
    $level = ob_get_level();
    $shown = [];
    $seen = [];
    try {
        $fields = explode("\t", $call);
        $kind = array_shift($fields);
        $callable = array_shift($fields);
        if ($kind === 'S') {
            $callable = (new \ReflectionMethod($callable, array_shift($fields)))->getClosure();
        } elseif ($kind === 'M') {
            $name = array_shift($fields);
            $object = (new Reader(array_shift($fields)))->value();
            $callable = (new \ReflectionMethod($callable, $name))->getClosure($object);
            $shown[] = $object;
        }
        $arguments = [];
        foreach ($fields as $i => $field) {
            $arguments[$i] = (new Reader(ltrim($field, '&')))->value();
            if ($field[0] === '&') {
                $shown[] = &$arguments[$i];
            } elseif (is_object($arguments[$i])) {
                $shown[] = $arguments[$i];
            }
        }
        $outcome = 'R' . encoded($callable(...$arguments), $seen);
    } catch (\Throwable $thrown) {
        $outcome = 'E' . escaped($thrown::class) . ';' . escaped(message($thrown->getMessage())) . ';';
    }
    try {
        foreach ($shown as $one) {
            $outcome .= "\t" . encoded($one, $seen);
        }
    } catch (\Throwable $thrown) {
        $outcome .= "\tE" . escaped($thrown::class) . ';';
    }
    $printed = '';
    while (ob_get_level() >= $level) {
        $printed = ob_get_clean() . $printed;
    }
    $outcome .= "\ts" . escaped($printed) . ';';
    if (strlen($outcome) > ANSWER_BYTES_MAX) {
        $outcome = substr($outcome, 0, 1000) . '...' . strlen($outcome) . ' bytes, ' . md5($outcome);
    }
    return $outcome;
}

(function (string $plan, string $calls, int $first): void {
    $out = fopen('php://fd/3', 'w');
    $classes = [];
    $loads = [];
    foreach (file($plan, FILE_IGNORE_NEW_LINES) as $line) {
        [$what, $name, $path] = explode("\t", "$line\t");
        if ($what === 'class') {
            $classes[$name] = $path;
        } else {
            $loads[] = $name;
        }
    }
    spl_autoload_register(function (string $name) use ($classes): void {
        if (isset($classes[strtolower($name)])) {
            require_once $classes[strtolower($name)];
        }
    });
    ob_start();
    try {
        foreach ($loads as $path) {
            require_once $path;
        }
        $loaded = 'ready';
    } catch (\Throwable $thrown) {
        $loaded = 'failed ' . escaped($thrown::class . ': ' . $thrown->getMessage());
    }
    while (ob_get_level() > 0) {
        ob_end_clean();
    }
    fwrite($out, "$loaded\n");
    if ($loaded !== 'ready') {
        return;
    }
    foreach (array_slice(file($calls, FILE_IGNORE_NEW_LINES), $first) as $call) {
        fwrite($out, answer($call) . "\n");
    }
})($argv[1], $argv[2], (int) $argv[3]);
