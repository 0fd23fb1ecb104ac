<?php
// What functions include sees their variables, and sets them.
function render($template, $values)
{
    extract($values);
    ob_start();
    $length = include __DIR__ . '/templates/' . $template;
    return [ob_get_clean(), $length, $set ?? 'not set', isset($name)];
}
function settings_again() { return require __DIR__ . '/settings.php'; }

spl_autoload_register(function ($class) {
    $file = __DIR__ . '/templates/' . $class . '.php';
    require_once $file;
});

$name = 'the page';
show(render('greeting.php', ['name' => 'Ada & co', 'count' => 3]));
show(render('greeting.php', ['name' => 'Bob']));
show($name, isset($set), settings_again(), settings_again());
show((new Loaded())->says(), Loaded::$times, class_exists('Loaded'));
$each = array_map(fn($n) => (include __DIR__ . '/templates/square.php'), [2, 3]);
show($each);
