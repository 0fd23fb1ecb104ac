<?php
// Prints the rows of builtins.tsv for the functions named on standard input, "php_name" or "php_name<TAB>GoName" a line,
// from PHP's own Reflection; the marks > and the flags are then set by hand. php -n runtimes/go/rows.php < names
function go_name(string $name): string {
    return implode('', array_map('ucfirst', explode('_', $name)));
}

function row(string $line): string {
    [$name, $go] = explode("\t", $line . "\t");
    $f = new ReflectionFunction($name);
    $type = $f->getReturnType() ?? $f->getTentativeReturnType();
    $columns = [$name, $go ?: go_name($name), (string)($type ?? 'mixed'), '-'];
    foreach ($f->getParameters() as $p) {
        $column = ($p->isPassedByReference() ? '&' : '') . ($p->isVariadic() ? '...' : '') . $p->getName() . ':' . ($p->getType() ?? 'mixed');
        if ($p->isOptional() && !$p->isVariadic()) {
            $column .= '=' . ($p->isDefaultValueAvailable() ? json_encode($p->getDefaultValue()) : 'absent');
        }
        $columns[] = $column;
    }
    return implode("\t", $columns);
}

foreach (file('php://stdin', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) as $line) {
    echo row($line), "\n";
}
