<?php
// Prints PHP's own functions and classes, one a line, from Reflection. tools/php_builtins runs it; builtins.h says what
// the lines mean.

function type_text(?ReflectionType $type): string
{
    return $type === null ? '' : str_replace(' ', '', (string) $type);
}

function parameters_text(ReflectionFunctionAbstract $function): string
{
    $out = [];
    foreach ($function->getParameters() as $parameter) {
        $by = $parameter->isPassedByReference() ? ($parameter->canBePassedByValue() ? '~' : '&') : '';
        $out[] = $by . ($parameter->isVariadic() ? '...' : '') . $parameter->getName()
            . ($parameter->isOptional() && !$parameter->isVariadic() ? '?' : '')
            . ($parameter->getType() === null ? '' : ':' . type_text($parameter->getType()));
    }
    return implode(',', $out);
}

function return_text(ReflectionFunctionAbstract $function): string
{
    return type_text($function->getReturnType() ?? $function->getTentativeReturnType());
}

function flags_text(ReflectionFunctionAbstract $function): string
{
    $flags = $function->isDeprecated() ? 'd' : '';
    if ($function instanceof ReflectionMethod) {
        $flags .= $function->isStatic() ? 's' : '';
        $flags .= $function->isAbstract() ? 'a' : '';
        $flags .= $function->isFinal() ? 'f' : '';
        $flags .= $function->isPrivate() ? 'x' : ($function->isProtected() ? 'p' : '');
    }
    return $flags;
}

function line(array $fields): void
{
    foreach ($fields as $field) {
        if (strpbrk($field, "|\n\r") !== false && !str_contains($field, '|')) {
            throw new Exception("a field holds a line end: $field");
        }
    }
    echo implode("\t", $fields), "\n";
}

function extension_name($reflection): string
{
    return strtolower((string) $reflection->getExtensionName());
}

function print_class(ReflectionClass $class): void
{
    $kind = $class->isInterface() ? 'i' : ($class->isTrait() ? 't' : 'c');
    $kind .= $class->isFinal() ? 'f' : '';
    $kind .= $class->isAbstract() && !$class->isInterface() ? 'a' : '';
    $parent = $class->getParentClass();
    line(['C', $class->getName(), extension_name($class), $kind, $parent ? $parent->getName() : '',
        implode(',', $class->getInterfaceNames())]);
    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() === $class->getName()) {
            line(['M', $method->getName(), flags_text($method), return_text($method), parameters_text($method)]);
        }
    }
    foreach ($class->getProperties() as $property) {
        if ($property->getDeclaringClass()->getName() === $class->getName()) {
            line(['P', $property->getName(), $property->isStatic() ? 's' : '', type_text($property->getType())]);
        }
    }
    foreach ($class->getReflectionConstants() as $constant) {
        if ($constant->getDeclaringClass()->getName() === $class->getName()) {
            line(['K', $constant->getName(), get_debug_type($constant->getValue())]);
        }
    }
}

$own = ['type_text', 'parameters_text', 'return_text', 'flags_text', 'line', 'extension_name', 'print_class'];
$functions = array_diff(get_defined_functions()['internal'], $own);
sort($functions);
foreach ($functions as $name) {
    $function = new ReflectionFunction($name);
    line(['F', $function->getName(), extension_name($function), flags_text($function), return_text($function),
        parameters_text($function)]);
}
$classes = array_merge(get_declared_classes(), get_declared_interfaces());
sort($classes);
foreach ($classes as $name) {
    $class = new ReflectionClass($name);
    if ($class->isInternal()) {
        print_class($class);
    }
}
$seen = [];
foreach (get_defined_constants(true) as $extension => $constants) {
    foreach ($constants as $name => $value) {
        $seen[$name] = [strtolower($extension), get_debug_type($value)];
    }
}
ksort($seen);
foreach ($seen as $name => [$extension, $type]) {
    if (!in_array($name, ['STDIN', 'STDOUT', 'STDERR'], true) && $extension !== 'user') {
        line(['D', $name, $extension, $type]);
    }
}
