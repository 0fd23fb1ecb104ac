<?php
function show(...$values)
{
    foreach ($values as $value) {
        echo is_string($value) ? $value : var_export($value, true), ' ';
    }
    echo "\n";
}

// What a call gives, or throws.
function attempt($call)
{
    try {
        show($call());
    } catch (PDOException $e) {
        show(get_class($e), $e->getMessage(), $e->getCode(), $e->errorInfo);
    } catch (Throwable $e) {
        show(get_class($e), $e->getMessage());
    }
}
