<?php
// Writes builtin_methods.inc:
//   php8.2 -n -d extension=tokenizer -d extension=pdo builtin_methods.php > builtin_methods.inc
// PHP's own classes that are always there, in PHP's order. A line is a class, its parent or "-" or, where it is final, "!",
// and its methods, those of its ancestors left out: the name, "!" final, ":" static, "+" abstract, "#" protected, and
// behind "(" its parameters: "." needed, "&" needed and by reference, "~" needed and either, "?" not needed, "%" not
// needed and by reference, "*" the rest.
echo 'R"(';
foreach (get_declared_classes() as $name) {
    $class = new ReflectionClass($name);
    if (!$class->isInternal()) continue;
    $parent = $class->getParentClass();
    echo "\n", strtolower($name), ' ', $class->isFinal() ? '!' : ($parent ? strtolower($parent->getName()) : '-');
    if ($class->isFinal()) continue;
    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() !== $name || $method->isPrivate()) continue;
        // A constructor is bound by what is inherited only where that is final or abstract.
        if ($method->isConstructor() && !$method->isFinal() && !$method->isAbstract()) continue;
        echo ' ', strtolower($method->getName()), $method->isFinal() ? '!' : '', $method->isStatic() ? ':' : '',
            $method->isAbstract() ? '+' : '', $method->isProtected() ? '#' : '', '(';
        foreach ($method->getParameters() as $parameter) {
            if ($parameter->isVariadic()) {
                echo '*';
            } elseif (!$parameter->isOptional()) {
                echo $parameter->isPassedByReference() ? ($parameter->canBePassedByValue() ? '~' : '&') : '.';
            } else {
                echo $parameter->isPassedByReference() ? '%' : '?';
            }
        }
    }
}
echo "\n)\"\n";
