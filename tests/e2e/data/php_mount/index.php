<?php
// What a mounted program does with requests, page by page; php-fpm says what is right.
require_once __DIR__ . '/pages/tools.php';
$settings = require 'pages/settings.php';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

switch ($path) {
    case '/input':   include __DIR__ . '/pages/input.php'; break;
    case '/head':    include __DIR__ . '/pages/head.php'; break;
    case '/cookies': include __DIR__ . '/pages/cookies.php'; break;
    case '/buffers': include __DIR__ . '/pages/buffers.php'; break;
    case '/errors':  include __DIR__ . '/pages/errors.php'; break;
    case '/pdo':     include __DIR__ . '/pages/pdo.php'; break;
    case '/rows':    include __DIR__ . '/pages/rows.php'; break;
    case '/session': include __DIR__ . '/pages/session.php'; break;
    case '/included': include __DIR__ . '/pages/included.php'; break;
    case '/files':   include __DIR__ . '/pages/files.php'; break;
    case '/uploads': include __DIR__ . '/pages/uploads.php'; break;
    case '/shared':  include __DIR__ . '/pages/shared.php'; break;
    default:
        http_response_code(404);
        show('nothing at', $path);
}
