=== public/index.php
<?php
require __DIR__ . '/../lib/functions.php';
$path = @parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$method = $_SERVER['REQUEST_METHOD'] ?? 'GET';
switch ($path) {
    case '/':
    case '/home':
        session_start();
        echo 'home';
        break;
    case '/profile': action_profile(); break;
    case '/page': include __DIR__ . '/../templates/page.php'; break;
    case '/both':
        switch ($method) {
            case 'GET': both_get(); break;
            case 'POST': Api\Both::post(); break;
        }
        break;
    case '/empty': break;
    default: fail(404);
}
if ($method === 'POST' && preg_match('#^/users/(\d+)/?$#', $path, $m)) {
    (new UserController())->update($m[1]);
} elseif ($path == '/a' || '/b' === $path) {
    ab();
} elseif (str_starts_with($path, '/api')) {
    api($path);
} elseif ($other == 1) {
    nothing();
}
$answer = match (true) {
    $path === '/m1', $path === '/m2' => m(),
    default => null,
};
--- lib/functions.php is included, so it is no page
=== lib/functions.php
<?php
echo 'loaded';
function fail($status) { if ($_GET['x'] == '/no') { exit; } }
=== templates/page.php
<p>page</p>
=== public/tool.php
<?php
$action = isset($_REQUEST['action']) ? $_REQUEST['action'] : 'list';
switch ($action) {
    case 'list': echo 1; break;
    case 'save': save(); break;
}
=== expected
/ -> file public/index.php, likely
/ -> code public/index.php:8-9 [session_start], likely
/a -> function ab, likely
/api/* -> function api, guess
/b -> function ab, likely
GET /both -> function both_get, likely
POST /both -> method Api\Both::post, likely
/home -> code public/index.php:8-9 [session_start], likely
/m1 -> function m, likely
/m2 -> function m, likely
/page -> file templates/page.php, likely
/profile -> function action_profile, likely
/tool.php -> file public/tool.php, likely
/tool.php?action=list -> code public/tool.php:4-4 [], likely
/tool.php?action=save -> function save, likely
POST /users/:1 -> method UserController::update, likely
