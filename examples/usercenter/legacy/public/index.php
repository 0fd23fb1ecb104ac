<?php
// Front controller: every address that is not a file ends here.
$STARTED = microtime(true);
require_once dirname(__FILE__) . '/../config.php';
require_once dirname(__FILE__) . '/../includes/functions.php';
require_once dirname(__FILE__) . '/../includes/auth.php';
require_once dirname(__FILE__) . '/../includes/users.php';

$path = @parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

try {
    switch ($path) {
        case '/':
        case '/index.php':
            session_start();
            $visits = @$_SESSION['visits'] = @$_SESSION['visits'] + 1;
            $top = query('SELECT id, name, score FROM users ORDER BY score DESC, id LIMIT 10')->fetchAll(PDO::FETCH_ASSOC);
            debug_header();
            include dirname(__FILE__) . '/../templates/home.php';
            break;
        case '/user/profile': action_profile(); break;
        case '/user/batch':   action_batch(); break;
        case '/user/update':  action_update(); break;
        case '/user/login':   action_login(); break;
        case '/user/logout':  action_logout(); break;
        case '/healthz':
            one('SELECT 1');
            send_json(array('status' => 'ok'));
            break;
        default:
            fail(404, 'not found');
    }
} catch (Exception $e) {
    error_log($e->getMessage());
    fail(500, 'internal error');
}
