<?php
// Database and output. Everything goes through the globals $DB and $QUERY_COUNT.

$DB = null;
$QUERY_COUNT = 0;

function db()
{
    global $DB, $CONFIG;
    if ($DB === null) {
        $DB = new PDO('sqlite:' . $CONFIG['db']);
        $DB->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $DB->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, true);   // as it was with the mysql_* functions
        $DB->exec('PRAGMA busy_timeout = 2000');
    }
    return $DB;
}

function query($sql, $args = array())
{
    global $QUERY_COUNT;
    $QUERY_COUNT++;
    $st = db()->prepare($sql);
    $st->execute($args);
    return $st;
}

function one($sql, $args = array())
{
    $row = query($sql, $args)->fetch(PDO::FETCH_ASSOC);
    return $row ? $row : null;
}

// Header for the developers; somebody's monitoring reads it too, so it stayed.
function debug_header()
{
    global $CONFIG, $QUERY_COUNT, $STARTED;
    if ($CONFIG['debug']) {
        @header('X-Debug: sql=' . $QUERY_COUNT . '; t=' . round((microtime(true) - $STARTED) * 1000, 2) . 'ms');
    }
}

function fail($status, $message)
{
    http_response_code($status);
    header('Content-Type: application/json');
    debug_header();
    die(json_encode(array('error' => $message)));
}

function send_json($data)
{
    header('Content-Type: application/json');
    debug_header();
    echo json_encode($data);
}

function need_post()
{
    if (@$_SERVER['REQUEST_METHOD'] != 'POST') {
        header('Allow: POST');
        fail(405, 'method not allowed');
    }
}

// The body as an object. Content-Type was never checked, so clients send anything.
function json_body()
{
    $in = @json_decode(file_get_contents('php://input'));
    if (!is_object($in)) {
        return null;
    }
    return $in;
}
