<?php
show($_GET, $_POST, $_COOKIE, $_REQUEST, $_FILES);
show(file_get_contents('php://input'));
foreach (['REQUEST_METHOD', 'QUERY_STRING', 'REQUEST_URI', 'SCRIPT_NAME', 'PHP_SELF', 'CONTENT_TYPE', 'CONTENT_LENGTH',
          'HTTP_X_SEVERAL', 'HTTP_AUTHORIZATION', 'PHP_AUTH_USER', 'PHP_AUTH_PW', 'HTTP_COOKIE', 'HTTPS'] as $name) {
    show($name, $_SERVER[$name] ?? null);
}
show(is_int($_SERVER['REQUEST_TIME']), is_float($_SERVER['REQUEST_TIME_FLOAT']), php_sapi_name());
show($settings, $seen, (include_once __DIR__ . '/tools.php'), (require __DIR__ . '/settings.php'));
